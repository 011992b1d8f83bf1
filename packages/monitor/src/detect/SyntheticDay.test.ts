import { assert, describe, it } from "@effect/vitest"
import { defaultRules } from "./DefaultRules.ts"
import { type RuleScore, scoresOf } from "./DetectionScore.ts"
import { Detector } from "./Detector.ts"
import type { Finding } from "./Finding.ts"
import { syntheticDay } from "./SyntheticDay.ts"

const score = (seed: number) => {
  const day = syntheticDay({ seed, staff: 400, days: 3 })
  const detector = new Detector({ rules: defaultRules, standingOf: day.standingOf })
  const findings: Array<Finding> = []
  let last = 0
  for (const event of day.events()) {
    const atMillis = Date.parse(String(event["time"]))
    assert.isAtLeast(atMillis, last)
    last = atMillis
    findings.push(...detector.judge(event))
  }
  const ofDay = findings.filter(({ atMillis }) => atMillis >= day.fromMillis)
  return scoresOf(
    ofDay,
    day.attacks,
    defaultRules.map(({ name }) => name),
  )
}

/** Rules whose findings are for a person to weigh: ordinary work looks like that, too. */
const forWeighing = new Set(["first-seen-resource", "privilege-then-read", "off-hours"])

describe("the rules that come along, on a synthetic day", () => {
  const scores: ReadonlyArray<RuleScore> = score(7)

  for (const each of scores) {
    it(`${each.rule} finds what is above its bound`, () => {
      assert.isAbove(each.attacks, 0)
      assert.isAtLeast(each.found, each.attacks - each.patient)
    })
    if (forWeighing.has(each.rule)) continue
    it(`${each.rule} is right nine times of ten`, () => assert.isAtLeast(each.precision ?? 0, 0.9))
  }

  it("come out the same for the same seed, and otherwise for another", () => {
    assert.deepStrictEqual(score(7), scores)
    assert.notDeepEqual(score(8), scores)
  })
})

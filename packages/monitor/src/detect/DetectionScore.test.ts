import { assert, describe, it } from "@effect/vitest"
import { foundByAny, scoresOf, spreadsOf, totalOf } from "./DetectionScore.ts"
import type { Finding } from "./Finding.ts"
import type { Attack } from "./SyntheticAttacks.ts"

const attack = (rule: string, subject: string, isPatient = false): Attack => ({
  rule,
  subjects: [subject],
  fromMillis: 1000,
  toMillis: 2000,
  isPatient,
})
const finding = (rule: string, subject: string, atMillis = 1500): Finding => ({
  id: `${rule}/${subject}`,
  rule,
  severity: "info",
  subject,
  atMillis,
  confidence: 0.5,
  explanation: "",
  events: [],
})

const attacks = [attack("a", "loud"), attack("a", "patient", true), attack("b", "other")]

describe("scores", () => {
  it("say of a rule what it found, what was right, and how long it took", () => {
    const findings = [finding("a", "loud"), finding("a", "loud", 1900), finding("a", "nobody")]
    const [score] = scoresOf(findings, attacks, ["a"])
    assert.deepInclude(score, { attacks: 2, patient: 1, found: 1, foundPatient: 0, recall: 0.5 })
    assert.deepInclude(score, { findings: 3, right: 2, precision: 2 / 3, medianMillis: 500 })
  })

  it("add up over rules, and an attack that another rule noticed is found by some rule", () => {
    const findings = [finding("b", "loud"), finding("b", "other"), finding("b", "loud", 9e9)]
    const total = totalOf(scoresOf(findings, attacks, ["a", "b"]))
    assert.deepInclude(total, { attacks: 3, found: 1, findings: 3, right: 2 })
    assert.strictEqual(foundByAny(findings, attacks), 2)
  })

  it("have a mean and a range over days, of the days that have a figure", () => {
    const days = [[finding("a", "loud"), finding("a", "patient")], [finding("a", "loud")], []]
    const spread = spreadsOf(
      "a",
      days.flatMap((findings) => scoresOf(findings, attacks, ["a"])),
    )
    assert.deepStrictEqual(spread.recall, { mean: 0.5, least: 0, most: 1 })
    assert.deepStrictEqual(spread.loudRecall, { mean: 2 / 3, least: 0, most: 1 })
    assert.deepStrictEqual(spread.precision, { mean: 1, least: 1, most: 1 })
    assert.strictEqual(spread.longestMillis, 500)
    assert.isUndefined(spreadsOf("a", []).precision)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import { noiseModels, type Random } from "./NoiseModel.ts"
import { allowanceDefault, compareStored, driftOf } from "./StoredComparison.ts"
import type { Better } from "./Verdict.ts"

const options = (seed = 1) => ({ allowance: allowanceDefault, random: randomOf(seed) })
const runs = (around: number): ReadonlyArray<number> =>
  Array.from({ length: 10 }, (_, index) => around * (1 + (index % 3) / 100))

/** A session whose machine is off by a few percent as a whole, besides what each run is off. */
const sessionOf = (random: Random, noise: string, truth: number): ReadonlyArray<number> => {
  const machine = noiseModels[noise]?.(random) ?? assert.fail(noise)
  const day = Math.exp(0.02 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(7 * random()))
  return Array.from({ length: 20 }, () => machine() * day * truth)
}

const verdictsOf = (truth: number, count: number, stored = 3) => {
  const random = randomOf(7)
  const names = Object.keys(noiseModels)
  const verdicts = { regressed: 0, improved: 0, unchanged: 0, undecided: 0 }
  for (let number = 0; number < count; number++) {
    const noise = names[number % names.length] ?? ""
    const before = Array.from({ length: stored }, () => sessionOf(random, noise, 1))
    const after = sessionOf(random, noise, truth)
    const found = compareStored(before, after, "lower", { allowance: allowanceDefault, random })
    verdicts[found.verdict] += 1
  }
  return verdicts
}

describe("a comparison with what was stored", () => {
  it("finds what is worse by more than the machine may drift, and nothing less", () => {
    const verdict = (around: number) =>
      compareStored([runs(100), runs(101)], runs(around), "lower", options()).verdict
    assert.strictEqual(verdict(130), "regressed")
    assert.strictEqual(verdict(70), "improved")
    assert.strictEqual(verdict(105), "unchanged")
    assert.strictEqual(verdict(111), "undecided")
  })

  it("allows for what the stored sessions differ among themselves", () => {
    const found = compareStored([runs(100), runs(140)], runs(150), "lower", options())
    assert.approximately(found.allowance, 0.4, 0.001)
    assert.strictEqual(found.verdict, "unchanged")
    assert.approximately(driftOf([[Math.log(2)], [Math.log(3)]]), 0.5, 1e-12)
    // Days as a machine's own drift has them: three standard deviations, 0.05 × 1.4826 each.
    const drifting = [0, 0.05, 0.1, 0.15, 0.2].map((middle) => [middle])
    assert.approximately(driftOf(drifting), Math.expm1(3 * 0.05 * 1.4826), 1e-12)
  })

  it("takes one lucky session of five for luck, and not for what the machine drifts", () => {
    const days = [100, 101, 102, 103]
    const lucky = [...days, 40].map(runs)
    const { allowance, verdict } = compareStored(lucky, runs(130), "lower", options())
    assert.strictEqual(verdict, "regressed")
    assert.approximately(allowance, 0.1, 1e-12)
    const four = compareStored(lucky.slice(1), runs(130), "lower", options())
    assert.strictEqual(four.verdict, "unchanged", "of four, nobody knows which one is odd")
    const twoOfTwenty = [...Array.from({ length: 18 }, (_, day) => 100 + day / 10), 40, 250]
    const found = compareStored(twoOfTwenty.map(runs), runs(130), "lower", options())
    assert.strictEqual(found.verdict, "regressed")
  })

  it("allows for a machine that is slower every other day, however many days are stored", () => {
    const modes = Array.from({ length: 20 }, (_, day) => (day % 2 === 0 ? 100 : 120))
    for (const count of [5, 6, 20]) {
      const found = compareStored(modes.slice(0, count).map(runs), runs(120), "lower", options())
      assert.notStrictEqual(found.verdict, "regressed", `${count} days`)
      assert.isAbove(found.allowance, 0.19)
    }
  })

  it("leaves out sessions that are too short, and says so", () => {
    const sessions = [runs(100), [1, 2], runs(101), [500]]
    const { reason, verdict } = compareStored(sessions, runs(130), "lower", options())
    assert.strictEqual(verdict, "regressed")
    assert.match(reason, /; 2 sessions of fewer than 5 runs left out$/)
    const whole = compareStored([runs(100)], runs(130), "lower", options())
    assert.notInclude(whole.reason, "left out")
  })

  it("sees a metric that collapses to 0 or grows without end", () => {
    const zero = runs(0)
    const endless = runs(Infinity)
    const verdict = (before: number, after: ReadonlyArray<number>, better: Better) =>
      compareStored([runs(before)], after, better, options()).verdict
    assert.strictEqual(verdict(100, zero, "higher"), "regressed")
    assert.strictEqual(verdict(100, endless, "lower"), "regressed")
    assert.strictEqual(verdict(0, runs(100), "lower"), "regressed")
    assert.strictEqual(verdict(100, zero, "lower"), "improved")
    assert.strictEqual(verdict(0, zero, "lower"), "unchanged")
    const { ratio, reason } = compareStored([runs(100)], zero, "higher", options())
    assert.strictEqual(ratio, Infinity)
    assert.match(reason, /^infinitely worse \(∞ to ∞\)/)
    const some = [0, 0, 0, ...runs(100).slice(3)]
    assert.strictEqual(verdict(100, some, "higher"), "undecided", "3 of 10 runs at 0")
    const torn = compareStored([runs(0), runs(100)], runs(100), "lower", options())
    assert.deepInclude(torn, { verdict: "undecided", allowance: Infinity })
  })

  it("tells nothing from fewer than five runs, or from none", () => {
    const few = compareStored([runs(100)], [130, 131, 132, 133], "lower", options())
    assert.deepInclude(few, {
      verdict: "undecided",
      reason: "there are fewer than 5 runs now: that tells nothing",
    })
    assert.strictEqual(compareStored([], runs(1), "lower", options()).verdict, "undecided")
    const broken = compareStored([[0, -1, Number.NaN]], runs(1), "lower", options())
    assert.strictEqual(broken.verdict, "undecided")
  })

  it("raises fewer false alarms than 1 % though each day differs by 2 %", () => {
    for (const stored of [3, 5]) {
      const { improved, regressed } = verdictsOf(1, 300, stored)
      assert.isBelow(improved + regressed, 3, `${stored} sessions`)
    }
  })

  it("finds a slowdown of 50 % in at least 95 %", () => {
    assert.isAtLeast(verdictsOf(1.5, 100).regressed, 95)
  })
})

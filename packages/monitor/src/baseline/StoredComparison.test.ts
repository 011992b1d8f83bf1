import { assert, describe, it } from "@effect/vitest"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import { noiseModels, type Random } from "./NoiseModel.ts"
import { allowanceDefault, compareStored, driftOf } from "./StoredComparison.ts"

const options = (seed = 1) => ({ allowance: allowanceDefault, random: randomOf(seed) })
const runs = (around: number): ReadonlyArray<number> =>
  Array.from({ length: 10 }, (_, index) => around * (1 + (index % 3) / 100))

/** A session whose machine is off by a few percent as a whole, besides what each run is off. */
const sessionOf = (random: Random, noise: string, truth: number): ReadonlyArray<number> => {
  const machine = noiseModels[noise]?.(random) ?? assert.fail(noise)
  const day = Math.exp(0.02 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(7 * random()))
  return Array.from({ length: 20 }, () => machine() * day * truth)
}

const verdictsOf = (truth: number, count: number) => {
  const random = randomOf(7)
  const names = Object.keys(noiseModels)
  const verdicts = { regressed: 0, improved: 0, unchanged: 0, undecided: 0 }
  for (let number = 0; number < count; number++) {
    const noise = names[number % names.length] ?? ""
    const before = [1, 2, 3].map(() => sessionOf(random, noise, 1))
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
  })

  it("tells nothing from fewer than five runs, or from none", () => {
    const few = compareStored([runs(100)], [130, 131, 132, 133], "lower", options())
    assert.strictEqual(few.verdict, "undecided")
    assert.strictEqual(compareStored([], runs(1), "lower", options()).verdict, "undecided")
    const broken = compareStored([[0, -1, Number.NaN]], runs(1), "lower", options())
    assert.strictEqual(broken.verdict, "undecided")
  })

  it("raises fewer false alarms than 1 % though each day differs by 2 %", () => {
    const { improved, regressed } = verdictsOf(1, 300)
    assert.isBelow(improved + regressed, 3)
  })

  it("finds a slowdown of 50 % in at least 95 %", () => {
    assert.isAtLeast(verdictsOf(1.5, 100).regressed, 95)
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { intervalOf, signedRank } from "./SignedRank.ts"

/** The chance by looking at each of the 2ⁿ ways in which a coin can set the signs. */
const byEnumeration = (differences: ReadonlyArray<number>): number => {
  const sizes = differences.map(Math.abs)
  const rankOf = (size: number): number => {
    const below = sizes.filter((other) => other < size).length
    const equal = sizes.filter((other) => other === size).length
    return below + (equal + 1) / 2
  }
  const ranks = sizes.map(rankOf)
  const seen = differences.reduce((sum, one, at) => sum + (one > 0 ? (ranks[at] ?? 0) : 0), 0)
  let atLeast = 0
  for (let signs = 0; signs < 2 ** sizes.length; signs++) {
    const sum = ranks.reduce((all, rank, at) => all + ((signs >> at) & 1) * rank, 0)
    if (sum >= seen) atLeast += 1
  }
  return atLeast / 2 ** sizes.length
}

describe("the signed-rank test", () => {
  it("gives the chances of the published table for eight differences", () => {
    // Wilcoxon's table: a rank sum of 5 or less has the chance 0.0195 on one side.
    const differences = [8, 7, 6, 5, 4, 3, -2, -1].map((one) => one * 1.5)
    assert.approximately(signedRank(differences).pGreater, 5 / 256, 1e-12)
    assert.strictEqual(signedRank([1, 2, 3, 4, 5]).pGreater, 1 / 32)
    assert.strictEqual(signedRank([-1, -2, -3, -4, -5]).pLess, 1 / 32)
  })

  it.prop(
    "counts exactly, where sizes are equal, too",
    { differences: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -4, maximum: 4 }))) },
    ({ differences }) => {
      const some = differences.filter((one) => one !== 0).slice(0, 10)
      assert.approximately(signedRank(some).pGreater, byEnumeration(some), 1e-12)
      assert.approximately(
        signedRank(some).pLess,
        byEnumeration(some.map((one) => -one)),
        1e-12,
        "the other side is the mirror image",
      )
    },
  )

  it("leaves out what is 0 or no number", () => {
    const { count, pGreater, pLess } = signedRank([0, Number.NaN, 0])
    assert.deepStrictEqual({ count, pGreater, pLess }, { count: 0, pGreater: 1, pLess: 1 })
  })
})

describe("the interval", () => {
  it("is that of Hodges and Lehmann", () => {
    const { estimate, high, low } = intervalOf([1, 2, 4, 8, 16, 32], 0.05)
    // P(W ≤ 2) = 3/64 and P(W ≤ 3) = 5/64: three means are left out on each side.
    assert.deepStrictEqual([low, estimate, high], [2, 8.5, 20])
  })

  it("is without end where so few differences can't reach the confidence", () => {
    assert.deepStrictEqual(intervalOf([1, 2, 3, 4], 0.05), {
      estimate: 2.5,
      low: -Infinity,
      high: Infinity,
    })
    assert.isNaN(intervalOf([], 0.05).estimate)
  })

  it("has infinite differences for the largest, and two against each other for nothing", () => {
    const low = Array.from({ length: 12 }, () => Infinity)
    assert.deepStrictEqual(intervalOf(low, 0.01), {
      estimate: Infinity,
      low: Infinity,
      high: Infinity,
    })
    assert.strictEqual(signedRank(low).pGreater, 2 ** -12)
    const torn = intervalOf([-Infinity, Infinity, 1], 0.01)
    assert.deepStrictEqual(torn, { estimate: 0.5, low: -Infinity, high: Infinity })
    assert.strictEqual(signedRank([-Infinity, 1, 2]).pLess, 5 / 8)
  })

  it.prop(
    "lies above 0 exactly when the test refuses 0",
    {
      differences: Schema.Array(Schema.Finite.check(Schema.isBetween({ minimum: -1, maximum: 1 }))),
    },
    ({ differences }) => {
      const sizes = new Set(differences.map(Math.abs))
      if (sizes.size !== differences.length || sizes.has(0)) return
      const { high, low } = intervalOf(differences, 0.05)
      const { pGreater, pLess } = signedRank(differences)
      assert.strictEqual(low > 0, pGreater <= 0.05)
      assert.strictEqual(high < 0, pLess <= 0.05)
    },
  )
})

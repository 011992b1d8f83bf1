import { assert, describe, it } from "@effect/vitest"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import { simulate } from "./ComparisonSimulation.ts"
import {
  compare,
  feasibility,
  fixedPlan,
  type Pair,
  pairedPlan,
  pairsMax,
  sharedPlan,
} from "./PairedComparison.ts"
import { type Better, worsening } from "./Verdict.ts"

const pairsOf = (count: number, ratio: number, seed = 1): ReadonlyArray<Pair> => {
  const random = randomOf(seed)
  return Array.from({ length: count }, () => {
    const before = 100 + random()
    return { before, after: before * ratio * (1 + (random() - 0.5) / 100) }
  })
}

describe("a paired comparison", () => {
  it("finds what is slower, faster and the same at the first look", () => {
    assert.strictEqual(compare(pairsOf(12, 1.1), "lower").verdict, "regressed")
    assert.strictEqual(compare(pairsOf(12, 0.9), "lower").verdict, "improved")
    assert.strictEqual(compare(pairsOf(12, 1), "lower").verdict, "unchanged")
  })

  it("turns a metric of which more is better upside down", () => {
    const { ratio, verdict } = compare(pairsOf(12, 0.8), "higher")
    assert.strictEqual(verdict, "regressed")
    assert.approximately(ratio, 1.25, 0.01)
    assert.strictEqual(worsening(100, 50, "higher"), worsening(50, 100, "lower"))
  })

  it("calls what is certain but small unchanged, not regressed", () => {
    const { low, verdict } = compare(pairsOf(64, 1.01), "lower")
    assert.isAbove(low, 1)
    assert.strictEqual(verdict, "unchanged")
  })

  it("asks for more pairs before the first look and where they can't tell", () => {
    const few = compare(pairsOf(11, 2), "lower")
    assert.deepInclude(few, { verdict: "undecided", pairsNext: 12 })
    const wild = pairsOf(20, 1).map(({ before }, index) => ({
      before,
      after: before * (index % 2 === 0 ? 1.5 : 0.66),
    }))
    assert.deepInclude(compare(wild, "lower"), { verdict: "undecided", pairsNext: 32 })
  })

  it("judges at looks alone: pairs beyond one wait for the next", () => {
    const pairs = [...pairsOf(12, 1), ...pairsOf(7, 3)]
    assert.deepStrictEqual(compare(pairs, "lower"), compare(pairs.slice(0, 12), "lower"))
  })

  it("ends at the last look, whatever it says", () => {
    const last = pairsMax(pairedPlan)
    const random = randomOf(3)
    const wild = Array.from({ length: last }, () => ({ before: 1, after: 0.5 + random() }))
    assert.deepInclude(compare(wild, "lower"), { verdict: "undecided", pairsNext: undefined })
  })

  it("learns nothing from a pair without two numbers above 0", () => {
    const broken = pairsOf(12, 1.1).map((pair, index) =>
      index > 3 ? { before: -1, after: Number.NaN } : pair,
    )
    assert.strictEqual(compare(broken, "lower").verdict, "undecided")
  })

  it("sees a metric that collapses to 0 or grows without end", () => {
    const to = (after: number, better: Better, before = 100) =>
      compare(
        Array.from({ length: 12 }, () => ({ before, after })),
        better,
      )
    const collapsed = to(0, "higher")
    assert.deepInclude(collapsed, { verdict: "regressed", ratio: Infinity })
    assert.strictEqual(collapsed.reason, "infinitely worse (∞ to ∞) in 12 pairs")
    assert.strictEqual(to(Infinity, "lower").verdict, "regressed")
    assert.strictEqual(to(100, "lower", 0).verdict, "regressed")
    assert.strictEqual(to(0, "lower").verdict, "improved")
    assert.deepInclude(to(0, "lower", 0), { verdict: "unchanged", ratio: 1 })
    assert.deepInclude(to(Infinity, "lower", Infinity), { verdict: "unchanged", ratio: 1 })
  })

  it("takes zeros that come and go on both sides for what they are: noise", () => {
    const random = randomOf(4)
    const alarms = Array.from({ length: 200 }, () => {
      const clock = () => (random() < 0.3 ? 0 : 1 + random())
      const pairs = Array.from({ length: 96 }, () => ({ before: clock(), after: clock() }))
      return compare(pairs, "lower", fixedPlan(96)).verdict
    }).filter((verdict) => verdict === "regressed" || verdict === "improved")
    assert.isBelow(alarms.length, 3)
  })

  it("spends the chance of a false alarm once, over all looks", () => {
    const spent = pairedPlan.looks.reduce((sum, { alpha }) => sum + alpha, 0)
    assert.approximately(spent, 0.0025, 1e-12)
    assert.strictEqual(sharedPlan(2).looks[1]?.alpha, (pairedPlan.looks[1]?.alpha ?? 0) / 2)
    assert.approximately(fixedPlan(30).looks[0]?.alpha ?? 0, 0.0025, 1e-12)
  })
})

describe("a budget for auditing", () => {
  it("is reachable, is not, or nobody can tell", () => {
    const at = (low: number, high: number) =>
      feasibility({ low, high, ratio: (low + high) / 2 }, 0.05).isReachable
    assert.isTrue(at(1.01, 1.04))
    assert.isFalse(at(1.06, 1.2))
    assert.isUndefined(at(1.02, 1.07))
  })
})

describe("the error rates, on machines with every noise", () => {
  const options = { random: randomOf(20_261_122), comparisons: 1000 }

  it("raise fewer false alarms than 1 % of 1,000 comparisons of a program with itself", () => {
    for (const { comparisons, noise, verdicts } of simulate([1], options)) {
      assert.strictEqual(comparisons, 1000)
      assert.isBelow(verdicts.regressed + verdicts.improved, 10, noise)
    }
  })

  it("find a slowdown of 5 % in at least 95 % of 1,000 comparisons", () => {
    for (const { noise, verdicts } of simulate([1.05], options)) {
      assert.isAtLeast(verdicts.regressed, 950, noise)
      assert.strictEqual(verdicts.improved, 0, noise)
    }
  })

  it("need the coin: in a fixed order, what the first run does to the second is an alarm", () => {
    const [rates] = simulate([1], { ...options, comparisons: 50, isBeforeFirst: () => true }, [
      "order matters",
    ])
    assert.strictEqual((rates?.verdicts.regressed ?? 0) + (rates?.verdicts.improved ?? 0), 50)
  })
})

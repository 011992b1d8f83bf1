import { assert, describe, it } from "@effect/vitest"
import type { AlertRule } from "./AlertRule.ts"
import { compares } from "./Comparing.ts"
import { Counters } from "./Counters.ts"
import { levelMax } from "./Level.ts"
import * as Meter from "./Meter.ts"

const minute = 60_000
const of = { metric: "x" }
const shared = { name: "rule", summary: "it is so" }

const staleMillis = 5 * minute

/** Takes values as they are, also where a meter takes growth. */
const meter = (rule: AlertRule, baseline?: number): Meter.Meter => {
  const baselineOf = () => baseline
  const one = Meter.make(rule, { series: "x", bornMillis: 0, baselineOf, staleMillis })
  if (!Meter.isOfGrowth(rule)) return one
  const sides = [0, 1].map(() => new Counters({ max: 10, staleMillis }))
  return {
    ...one,
    take: (value, now, side, series) =>
      one.take(sides[side]?.growth(series, value, now) ?? 0, now, side, series),
  }
}

/** Takes a value each second, by its second, and says whether it holds at the end of each. */
const held = (
  one: Meter.Meter,
  seconds: number,
  valueAt: (second: number) => ReadonlyArray<readonly [value: number, side: Meter.Side]>,
): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let second = 0; second < seconds; second++) {
    for (const [value, side] of valueAt(second)) one.take(value, second * 1000, side, "x")
    if (one.judge(second * 1000).holds) found.push(second)
  }
  return found
}

describe("Meter", () => {
  it("compares with a bound in six ways, and a value that is none with nothing", () => {
    const ways = ["above", "at-least", "below", "at-most", "equals", "differs"] as const
    const holds = (value: number) => ways.filter((is) => compares({ is, bound: 2 }, value))
    assert.deepStrictEqual(holds(1), ["below", "at-most", "differs"])
    assert.deepStrictEqual(holds(2), ["at-least", "at-most", "equals"])
    assert.deepStrictEqual(holds(3), ["above", "at-least", "differs"])
    assert.deepStrictEqual(holds(Number.NaN), [])
  })

  it("threshold: judges the newest value", () => {
    const one = meter({ ...shared, kind: "threshold", of, is: "above", bound: 2 })
    assert.deepStrictEqual(one.judge(0), { holds: false, value: null, bound: 2 })
    assert.deepStrictEqual(
      held(one, 4, (second) => [[second, 0]]),
      [3],
    )
  })

  it("rate: judges growth, forgets what is long ago, and counts on when a counter begins again", () => {
    const rule: AlertRule = {
      ...shared,
      kind: "rate",
      of,
      over: "1m",
      per: "1m",
      is: "at-least",
      bound: 3,
    }
    const one = meter(rule)
    // What it counted before anybody looked is no growth.
    one.take(1000, 0, 0, "x")
    one.take(1002, 1000, 0, "x")
    assert.strictEqual(one.judge(1000).value, 2)
    // The process began again and counts from 0.
    one.take(1, 2000, 0, "x")
    assert.deepStrictEqual(one.judge(2000), { holds: true, value: 3, bound: 3 })
    assert.isTrue(one.judge(60_000).holds)
    assert.strictEqual(one.judge(63_100).value, 0)
  })

  it("absence: judges the time since anything was heard", () => {
    const one = meter({ ...shared, kind: "absence", of, after: "10s" })
    assert.isFalse(one.judge(9999).holds)
    assert.isTrue(one.judge(10_000).holds)
    one.take(1, 11_000, 0, "x")
    one.take(1, 20_000, 0, "x")
    assert.deepStrictEqual(one.judge(29_999).holds, false)
    assert.deepStrictEqual(one.judge(30_000), { holds: true, value: 10, bound: 10 })
  })

  it("absence: a heartbeat that stands still is none", () => {
    const one = meter({ ...shared, kind: "absence", of, after: "10s", isUnchanged: true })
    assert.deepStrictEqual(
      held(one, 16, (second) => [[Math.min(second, 4), 0]]),
      [14, 15],
    )
  })

  it("ratio: of values as they are", () => {
    const one = meter({ ...shared, kind: "ratio", of, to: of, is: "above", bound: 0.5 })
    assert.isFalse(one.judge(0).holds)
    one.take(3, 0, 0, "a")
    one.take(3, 0, 0, "b")
    one.take(10, 0, 1, "c")
    assert.deepStrictEqual(one.judge(0), { holds: true, value: 0.6, bound: 0.5 })
    one.take(1, 0, 0, "a")
    assert.strictEqual(one.judge(0).value, 0.4)
  })

  it("ratio: leaves out what is gone and what is no number, and has room for others then", () => {
    const one = meter({ ...shared, kind: "ratio", of, to: of, is: "above", bound: 0.5 })
    one.take(3, 0, 0, "a")
    one.take(Number.NaN, 0, 0, "b")
    one.take(10, 0, 1, "c")
    assert.strictEqual(one.judge(0).value, 0.3)
    one.take(Number.NaN, 1, 0, "a")
    assert.strictEqual(one.judge(1).value, 0)
    one.take(4, 2, 0, "a")
    one.take(10, staleMillis, 1, "c")
    one.take(1, staleMillis, 0, "d")
    assert.strictEqual(one.judge(staleMillis).value, 0.5)
    assert.strictEqual(one.judge(staleMillis + 2).value, 0.1)
  })

  it("ratio: says which series have no room, until others are gone", () => {
    const one = meter({ ...shared, kind: "ratio", of, to: of, is: "above", bound: 0.5 })
    for (let series = 0; series < levelMax; series++) {
      assert.isTrue(one.take(1, 0, 0, `${series}`))
    }
    assert.isFalse(one.take(1, 1, 0, "late"))
    assert.isTrue(one.take(2, 1, 0, "0"))
    assert.isTrue(one.take(1, staleMillis, 0, "late"))
    one.take(1, staleMillis, 1, "all")
    assert.strictEqual(one.judge(staleMillis).value, 3)
  })

  it("absence: a value that is no number says nothing, and is no change", () => {
    const one = meter({ ...shared, kind: "absence", of, after: "10s", isUnchanged: true })
    assert.deepStrictEqual(
      held(one, 12, () => [[Number.NaN, 0]]),
      [10, 11],
    )
  })

  it("change: is not spoilt by a value that is no number", () => {
    const rule: AlertRule = {
      ...shared,
      kind: "change",
      of,
      against: "past",
      over: "1m",
      is: "above",
      bound: 2,
    }
    const found = held(meter(rule), 51, (second) => [
      [second === 5 ? Number.NaN : second === 6 ? Infinity : second < 50 ? 10 : 30, 0],
    ])
    assert.deepStrictEqual(found, [50])
  })

  it("ratio: of growth, and of nothing over nothing it says nothing", () => {
    const rule: AlertRule = {
      ...shared,
      kind: "ratio",
      of,
      to: of,
      over: "1m",
      is: "below",
      bound: 0.5,
    }
    const one = meter(rule)
    const standing = held(one, 10, () => [
      [5, 0],
      [5, 1],
    ])
    assert.isEmpty(standing)
    one.take(6, 10_000, 0, "x")
    one.take(15, 10_000, 1, "x")
    assert.strictEqual(one.judge(10_000).value, 0.1)
    assert.isNull(one.judge(80_000).value)
  })

  it("burn rate: holds only while the long and the short span both say so", () => {
    const rule: AlertRule = {
      ...shared,
      kind: "burn-rate",
      bad: of,
      total: of,
      objective: 0.99,
      windows: [{ long: "10m", short: "1m", factor: 10 }],
    }
    // 100 a second; from 600 s on every fifth is bad: 20 times what is allowed; until 1000 s.
    let bad = 0
    const found = held(meter(rule), 1200, (second) => {
      if (second >= 600 && second < 1000) bad += 20
      return [
        [bad, 0],
        [second * 100, 1],
      ]
    })
    // Half of the long span must be bad before its mean is over it, and the short one ends it soon.
    assert.isAtLeast(found[0] ?? 0, 890)
    assert.isAtMost(found[0] ?? 0, 912)
    assert.isAtMost(found.at(-1) ?? 0, 1032)
    assert.isAtLeast(found.at(-1) ?? 0, 1020)
  })

  it("change: judges against its own past, once there is some", () => {
    const rule: AlertRule = {
      ...shared,
      kind: "change",
      of,
      against: "past",
      over: "1m",
      is: "above",
      bound: 2,
    }
    const found = held(meter(rule), 60, (second) => [[second < 50 && second !== 10 ? 10 : 30, 0]])
    assert.deepStrictEqual(found, [50, 51, 52, 53, 54, 55, 56, 57, 58, 59].slice(0, found.length))
    assert.isAtLeast(found.length, 5)
  })

  it("change: judges against the committed baseline, or a number", () => {
    const rule = { ...shared, kind: "change", of, is: "at-least", bound: 1.5 } as const
    const against = [
      meter({ ...rule, against: "baseline" }, 10),
      meter({ ...rule, against: "baseline" }),
      meter({ ...rule, against: 20 }),
    ].map((one) => {
      one.take(15, minute, 0, "x")
      return one.judge(minute)
    })
    assert.deepStrictEqual(
      against.map(({ holds, value }) => [holds, value]),
      [
        [true, 1.5],
        [false, null],
        [false, 0.75],
      ],
    )
  })

  it("change: finds what grew from nothing, and nothing where there still is none", () => {
    const rule = { ...shared, kind: "change", of, is: "at-least", bound: 1.5 } as const
    const judged = [0, 500].map((value) => {
      const one = meter({ ...rule, against: "baseline" }, 0)
      one.take(value, minute, 0, "x")
      return one.judge(minute).holds
    })
    assert.deepStrictEqual(judged, [false, true])
  })
})

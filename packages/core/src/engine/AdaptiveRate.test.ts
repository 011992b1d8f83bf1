import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import {
  type AdaptiveRate,
  type AdaptiveRateOptions,
  certain,
  start,
  step,
} from "./AdaptiveRate.ts"

const options: AdaptiveRateOptions = { rateMin: 0.01, rateMax: 1, targetOverhead: 0.05 }

/** An application whose overhead is a part of its own and a part for each kept event. */
const runOf =
  (base: number, costPerRate: number, wobble: (window: number) => number = () => 1) =>
  (from: AdaptiveRate, windows: number): ReadonlyArray<AdaptiveRate> => {
    const states: Array<AdaptiveRate> = []
    let state = from
    for (let window = 0; window < windows; window++) {
      state = step(state, (base + costPerRate * state.rate) * wobble(window), options)
      states.push(state)
    }
    return states
  }
const last = (states: ReadonlyArray<AdaptiveRate>): AdaptiveRate =>
  states.at(-1) ?? assert.fail("no states")

describe("AdaptiveRate", () => {
  it("falls at once when auditing costs too much, into the band", () => {
    const [first] = runOf(0, 0.2)(start(1, options), 1)
    assert.approximately(0.2 * (first?.rate ?? 1), 0.85 * options.targetOverhead, 1e-9)
  })

  it("falls to an eighth at most in one window, for one window may be an accident", () => {
    assert.strictEqual(step(start(1, options), 1, options).rate, 0.125)
  })

  it("converges from above and from below to an overhead within the band", () => {
    for (const [base, cost] of [
      [0, 0.1],
      [0.01, 0.5],
      [0.02, 2],
      [0.03, 0.3],
    ] as const) {
      for (const rate of [1, 0.01]) {
        const { rate: settled } = last(runOf(base, cost)(start(rate, options), 100))
        const overhead = base + cost * settled
        assert.isAtMost(overhead, options.targetOverhead + 1e-9, `${base} ${cost} from ${rate}`)
        assert.isAtLeast(overhead, options.targetOverhead * 0.7, `${base} ${cost} from ${rate}`)
      }
    }
  })

  it("moves one way only while the application stays the same", () => {
    for (const rate of [1, 0.01]) {
      const rates = runOf(0.01, 0.5)(start(rate, options), 100).map((state) => state.rate)
      const ordered = rates.toSorted((one, other) => (rate === 1 ? other - one : one - other))
      assert.deepStrictEqual(rates, ordered)
    }
  })

  it("does not move at all while the measurement wavers within the band", () => {
    const settled = last(runOf(0, 0.5)(start(1, options), 100))
    const wavering = runOf(0, 0.5, (window) => (window % 2 === 0 ? 1.15 : 0.87))(settled, 100)
    assert.deepStrictEqual(new Set(wavering.map((state) => state.rate)), new Set([settled.rate]))
  })

  it("rises only after three calm windows in a row", () => {
    const one = step(start(0.1, options), 0.01, options)
    const two = step(one, 0.01, options)
    const three = step(two, 0.01, options)
    assert.deepStrictEqual([one.rate, two.rate, three.rate], [0.1, 0.1, 0.125])
    const disturbed = step(step(two, 0.04, options), 0.01, options)
    assert.strictEqual(disturbed.rate, 0.1)
  })

  it("stays at the lowest rate when even that costs too much", () => {
    assert.strictEqual(last(runOf(0.2, 0.5)(start(1, options), 100)).rate, options.rateMin)
  })

  it("comes back to the highest rate when nothing costs anything", () => {
    assert.strictEqual(last(runOf(0, 0)(start(0.01, options), 100)).rate, options.rateMax)
  })

  it("changes nothing by a measurement that can't tell", () => {
    const state = start(0.5, options)
    const after = (overhead: number, low: number, high: number) =>
      step(state, certain({ overhead, low, high }, options), options).rate
    assert.strictEqual(after(0.2, 0.04, 0.5), 0.5)
    assert.strictEqual(after(0.01, -0.1, 0.04), 0.5)
    assert.isBelow(after(0.2, 0.06, 0.5), 0.5)
    const calm = certain({ overhead: 0.01, low: -0.01, high: 0.034 }, options)
    assert.strictEqual(calm, 0.01, "surely below the band")
  })

  it("takes no number for no measurement", () => {
    const state = start(0.5, options)
    for (const overhead of [Number.NaN, -1])
      assert.strictEqual(step(state, overhead, options), state)
  })

  it.prop(
    "never leaves its bounds, whatever is measured",
    { overheads: Schema.Array(Schema.Number), rate: Schema.Finite },
    ({ overheads, rate }) => {
      for (const [rateMin, rateMax] of [
        [0.01, 1],
        [0.25, 0.5],
        [0.1, 0.1],
      ] as const) {
        const bounded = { ...options, rateMin, rateMax }
        let state = start(rate, bounded)
        for (const overhead of overheads) {
          state = step(state, overhead, bounded)
          assert.isAtLeast(state.rate, rateMin)
          assert.isAtMost(state.rate, rateMax)
        }
      }
    },
  )
})

import { assert, describe, it } from "@effect/vitest"
import { initial, type RegressionOptions, step } from "./RegressionMachine.ts"

const options: RegressionOptions = {
  baseline: 100,
  better: "higher",
  allowance: 0.1,
  windowReadings: 3,
  windowsMin: 2,
}
/** Where a metric stands after so many readings of a value. */
const after = (value: number, given: Partial<RegressionOptions> = {}, count = 6) => {
  let state = initial
  for (let reading = 0; reading < count; reading++) {
    ;[state] = step(state, value, { ...options, ...given })
  }
  return state
}

describe("a metric at the ends of the numbers", () => {
  it("is worse when what should be high collapses to 0, and well again when it is back", () => {
    const collapsed = after(0)
    assert.deepInclude(collapsed, { isRegressed: true, ratio: Infinity })
    let state = collapsed
    for (let reading = 0; reading < 6; reading++) [state] = step(state, 100, options)
    assert.deepInclude(state, { isRegressed: false, ratio: 1 })
  })

  it("is worse when what should be low has no end, or was 0 and is not", () => {
    assert.isTrue(after(Infinity, { better: "lower" }).isRegressed)
    assert.isTrue(after(1, { better: "lower", baseline: 0 }).isRegressed)
    assert.deepInclude(after(0, { better: "lower", baseline: 0 }), { isRegressed: false, ratio: 1 })
    assert.deepInclude(after(0, { better: "lower" }), { isRegressed: false, ratio: 0 })
  })

  it("says nothing by a number below 0 or none at all", () => {
    for (const value of [-1, -Infinity, Number.NaN]) {
      assert.deepStrictEqual(after(value), initial)
    }
  })
})

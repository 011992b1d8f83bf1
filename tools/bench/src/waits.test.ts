import { assert, describe, it } from "@effect/vitest"
import { Samples } from "./statistics.ts"
import { waitsOf, waitsText } from "./waits.ts"

describe("waits of a row", () => {
  it("are quantiles that are values, the mean and how many", () => {
    const samples = new Samples(1000)
    for (let wait = 1000; wait >= 1; wait--) samples.add(wait)
    const round = waitsOf(samples)
    assert.deepStrictEqual(round, {
      events: 1000,
      mean: 500.5,
      p50: 500,
      p99: 990,
      p999: 999,
      max: 1000,
    })
    assert.strictEqual(waitsText(round, 1), "p50 500.0, p99 990.0, p999 999.0, max 1000.0")
  })

  it("say so where there were none", () => {
    assert.strictEqual(waitsText(waitsOf(new Samples(1)), 1), "p50 NaN, p99 NaN, p999 NaN, max NaN")
  })
})

import { assert, describe, it } from "@effect/vitest"
import { median, medianInterval, quantile, Samples, spreadOf } from "./statistics.ts"

describe("statistics", () => {
  it("takes the mean of the middle two of an even number of values", () => {
    assert.strictEqual(median([9, 1, 3, 5]), 4)
    assert.strictEqual(median([9, 1, 3]), 3)
    assert.isNaN(median([]))
  })

  it("gives a quantile that is one of the values", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    assert.strictEqual(quantile(hundred, 0.5), 50)
    assert.strictEqual(quantile(hundred, 0.99), 99)
    assert.strictEqual(quantile(hundred, 0.999), 100)
    assert.strictEqual(quantile(hundred, 0), 1)
  })

  it("orders numbers by size and not by their digits", () => {
    assert.deepStrictEqual(spreadOf([10, 9, 100]), { median: 10, low: 9, high: 100 })
  })

  // The table of the sign test: ten values, second to ninth, 1 − 2 · 11/1024.
  it("gives the second and the ninth of ten values, with their true confidence", () => {
    const ten = [7, 2, 9, 4, 1, 10, 3, 8, 5, 6]
    assert.deepStrictEqual(medianInterval(ten), { low: 2, high: 9, confidence: 1 - 22 / 1024 })
  })

  it("admits that five values can't reach 95 %", () => {
    assert.deepStrictEqual(medianInterval([5, 1, 2, 3, 4]), {
      low: 1,
      high: 5,
      confidence: 1 - 2 / 32,
    })
  })

  it("counts samples that found no room, so that a caller sees it", () => {
    const samples = new Samples(2)
    for (const value of [3, 1, 2]) samples.add(value)
    assert.strictEqual(samples.count, 3)
    assert.deepStrictEqual([...samples.sorted()], [1, 3])
  })
})

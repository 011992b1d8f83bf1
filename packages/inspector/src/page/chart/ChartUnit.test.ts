import { assert, it } from "@effect/vitest"
import { axisEnd, inUnit, indexAt, tableRows } from "./ChartUnit.ts"

it("writes each figure in its unit, and a gap as a gap", () => {
  assert.strictEqual(inUnit("perSecond", 1240), "1,240 /s")
  assert.strictEqual(inUnit("seconds", 0.0021), "2.1 ms")
  assert.strictEqual(inUnit("bytes", 2048), "2 KiB")
  assert.strictEqual(inUnit("ratio", 0.5), "50 %")
  assert.deepStrictEqual(
    [null, undefined, Number.NaN].map((value) => inUnit("count", value)),
    ["–", "–", "–"],
  )
})

it("ends the axis above the highest, and shares at one", () => {
  assert.isAbove(axisEnd("count", 10), 10)
  assert.closeTo(axisEnd("ratio", 0.9), 1, 0.05)
  assert.isBelow(axisEnd("ratio", 0.02), 0.03)
  assert.isAbove(axisEnd("ratio", 1.4), 1.4)
  assert.deepStrictEqual([axisEnd("count", 0), axisEnd("ratio", Number.NaN)], [4, 1])
})

it("takes rows evenly over the time, the newest first", () => {
  assert.deepStrictEqual(tableRows(3, 30), [2, 1, 0])
  const rows = tableRows(2400, 30)
  assert.strictEqual(rows[0], 2399)
  assert.isAtMost(rows.length, 30)
  assert.deepStrictEqual(tableRows(0, 30), [])
})

it("finds the moment at or before another", () => {
  assert.deepStrictEqual(
    [0, 1, 1.5, 9].map((at) => indexAt([1, 2, 3], at)),
    [-1, 0, 0, 2],
  )
})

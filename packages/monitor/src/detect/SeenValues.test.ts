import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { SeenValues, valuesOfKeyMax } from "./SeenValues.ts"
import { SlotTable } from "./SlotTable.ts"

const seen = Schema.Struct({
  key: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })),
  value: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: valuesOfKeyMax })),
})

describe("SeenValues", () => {
  it.prop(
    "tells what is new for a key, and how many others have it",
    { all: Schema.Array(seen) },
    ({ all }) => {
      const table = new SlotTable(100)
      const values = new SeenValues(table)
      const had = new Map<number, Set<number>>()
      for (const { key, value } of all) {
        const keys = had.get(value) ?? new Set()
        const expected = keys.has(key) ? undefined : keys.size
        assert.strictEqual(values.add(table.rowOf(key), value), expected)
        had.set(value, keys.add(key))
      }
    },
  )

  it("forgets of a key the value that was not seen for longest, and counts it", () => {
    const table = new SlotTable(10)
    const values = new SeenValues(table)
    const row = table.rowOf(1)
    for (let value = 0; value < valuesOfKeyMax; value += 1) values.add(row, value)
    assert.isUndefined(values.add(row, 0))
    assert.strictEqual(values.add(row, 1000), 0)
    assert.strictEqual(values.forgotten, 1)
    assert.isUndefined(values.add(row, 0))
    assert.strictEqual(values.add(row, 1), 0)
  })

  it("forgets with a key what it had", () => {
    const table = new SlotTable(10)
    const values = new SeenValues(table)
    for (const slot of [1, 2, 3]) values.add(table.rowOf(slot), 7)
    table.forget(2)
    assert.strictEqual(values.add(table.rowOf(4), 7), 2)
  })

  it("remembers what many keys have through a flood of what one has", () => {
    const table = new SlotTable(1000)
    const values = new SeenValues(table, 64)
    for (let slot = 0; slot < 100; slot += 1) values.add(table.rowOf(slot), 7)
    for (let value = 100; value < 10_000; value += 1) values.add(table.rowOf(200), value)
    assert.isAbove(values.forgotten, 9000)
    assert.strictEqual(values.add(table.rowOf(300), 7), 100)
  })
})

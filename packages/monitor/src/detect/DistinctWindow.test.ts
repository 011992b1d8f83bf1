import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { DistinctWindow } from "./DistinctWindow.ts"
import { SlotTable } from "./SlotTable.ts"

const event = Schema.Struct({
  wait: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })),
  value: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8 })),
})

describe("DistinctWindow", () => {
  it.prop(
    "tells at each event whether enough different values lie within the time",
    { events: Schema.Array(event) },
    ({ events }) => {
      const table = new SlotTable(8)
      const window = new DistinctWindow(table, 4, 100)
      const row = table.rowOf(3)
      const seen: Array<{ readonly at: number; readonly value: number }> = []
      let at = 1_000_000
      for (const { value, wait } of events) {
        at += wait
        seen.push({ at, value })
        const recent = seen.filter((each) => at - each.at <= 100)
        const isEnough = new Set(recent.map((each) => each.value)).size >= 4
        assert.strictEqual(window.add(row, at, value), isEnough)
      }
    },
    { arbitrary: { runs: 500 } },
  )

  it("counts a value that comes late, and begins anew for another key", () => {
    const table = new SlotTable(8)
    const window = new DistinctWindow(table, 3, 100)
    window.add(table.rowOf(1), 1050, 11)
    window.add(table.rowOf(1), 1060, 12)
    assert.isTrue(window.add(table.rowOf(1), 1000, 13))
    table.forget(1)
    assert.isFalse(window.add(table.rowOf(2), 1070, 14))
  })
})

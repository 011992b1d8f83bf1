import { assert, describe, it, vi } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { DistinctWindow } from "./DistinctWindow.ts"
import { Evidence } from "./Evidence.ts"
import { SlotTable } from "./SlotTable.ts"

const make = (table: SlotTable, atLeast: number, within: number) => {
  const evidence = new Evidence(table)
  const window = new DistinctWindow(table, atLeast, within, { evidence, latenessMillis: 1000 })
  return {
    add: (row: number, atMillis: number, value: number): boolean => {
      const isEnough = window.add(row, atMillis, value)
      evidence.add(row, atMillis, "e", value)
      return isEnough
    },
  }
}

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
      const window = make(table, 4, 100)
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

  it.prop(
    "tells the same where so many are asked for that room is made for them by and by",
    {
      events: Schema.Array(
        Schema.Struct({
          wait: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 })),
          value: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 })),
        }),
      ).check(Schema.isMinLength(60), Schema.isMaxLength(300)),
    },
    ({ events }) => {
      const table = new SlotTable(8)
      const window = make(table, 20, 60)
      const seen: Array<{ readonly at: number; readonly value: number }> = []
      let at = 1_000_000
      for (const { value, wait } of events) {
        at += wait
        seen.push({ at, value })
        const recent = seen.filter((each) => at - each.at <= 60)
        const isEnough = new Set(recent.map((each) => each.value)).size >= 20
        assert.strictEqual(window.add(table.rowOf(3), at, value), isEnough)
      }
    },
    { arbitrary: { runs: 200 } },
  )

  it.prop(
    "tells the same in the end however late events come, by as much as they may",
    {
      events: Schema.Array(event).check(Schema.isMaxLength(60)),
      late: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 }))),
    },
    ({ events, late }) => {
      let at = 1_000_000
      const seen = events.map(({ value, wait }, index) => {
        at += wait
        return { at, value, seen: at + (late[index % Math.max(late.length, 1)] ?? 0) }
      })
      const isEnough = seen.some((last) => {
        const recent = seen.filter((each) => each.at <= last.at && last.at - each.at <= 100)
        return new Set(recent.map(({ value }) => value)).size >= 4
      })
      const window = make(new SlotTable(8), 4, 100)
      const found = seen
        .toSorted((left, right) => left.seen - right.seen)
        .map((each) => window.add(0, each.at, each.value))
      assert.strictEqual(found.includes(true), isEnough)
    },
    { arbitrary: { runs: 500 } },
  )

  it("judges events of two skewed clocks by what lies around them, without going through all", () => {
    const table = new SlotTable(8)
    const evidence = { visit: () => undefined }
    const window = new DistinctWindow(table, 4, 100, { evidence, latenessMillis: 100_000 })
    const sort = vi.spyOn(Array.prototype, "toSorted")
    const filter = vi.spyOn(Array.prototype, "filter")
    const found: Array<number> = []
    for (let index = 0; index < 1000; index += 1) {
      const at = 1_000_000 + index * 50
      window.add(0, at, 1 + (index % 2))
      // Behind by twenty seconds; three values more within one window, once.
      const value = index >= 700 && index < 703 ? 3 + index - 700 : 1
      if (window.add(0, at - 20_010, value)) found.push(index)
    }
    const calls = sort.mock.calls.length + filter.mock.calls.length
    sort.mockRestore()
    filter.mockRestore()
    assert.deepStrictEqual(found, [701, 702, 703])
    // One, as the key has its first late event.
    assert.strictEqual(calls, 1)
  })

  it("remembers the latest of a key with more late events than there is room for", () => {
    const table = new SlotTable(8)
    const evidence = { visit: () => undefined }
    const window = new DistinctWindow(table, 4, 100, { evidence, latenessMillis: 1_000_000 })
    window.add(0, 2_000_000, 1)
    const found: Array<number> = []
    for (let index = 0; index < 10_000; index += 1) {
      if (window.add(0, 1_500_000 + index * 10, 1 + (index % 4))) found.push(index)
    }
    assert.strictEqual(found[0], 3)
    assert.strictEqual(found.length, 9997)
  })

  it("forgets that a key had late events when none came for as long as they may be late", () => {
    const table = new SlotTable(8)
    let visits = 0
    const evidence = {
      visit: () => {
        visits += 1
      },
    }
    const window = new DistinctWindow(table, 4, 100, { evidence, latenessMillis: 1000 })
    window.add(0, 10_000, 1)
    for (const at of [9990, 10_500, 10_400, 11_600, 11_590]) window.add(0, at, 1)
    assert.strictEqual(visits, 1)
    window.add(0, 12_801, 1)
    window.add(0, 12_700, 1)
    assert.strictEqual(visits, 2)
  })

  it("keeps keys apart while each gets more room", () => {
    const table = new SlotTable(1000)
    const window = make(table, 40, 1000)
    const found = new Set<number>()
    for (let value = 1; value <= 40; value += 1) {
      for (let slot = 0; slot < 300; slot += 1) {
        // Every third key sees each value twice, and so only half of them.
        const own = slot % 3 === 0 ? Math.ceil(value / 2) : value
        if (window.add(table.rowOf(slot), 1_000_000 + value, own)) found.add(slot)
      }
    }
    assert.strictEqual(found.size, 200)
    assert.isFalse([...found].some((slot) => slot % 3 === 0))
  })

  it("counts a value that comes late, and begins anew for another key", () => {
    const table = new SlotTable(8)
    const window = make(table, 3, 100)
    window.add(table.rowOf(1), 1050, 11)
    window.add(table.rowOf(1), 1060, 12)
    assert.isTrue(window.add(table.rowOf(1), 1000, 13))
    table.forget(1)
    assert.isFalse(window.add(table.rowOf(2), 1070, 14))
  })
})

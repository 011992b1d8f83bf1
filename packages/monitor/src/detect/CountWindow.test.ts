import { randomOf, wholeBelow } from "@countersign/core/testing/SeededRandom"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { CountWindow, partsOfWindow } from "./CountWindow.ts"
import { Evidence } from "./Evidence.ts"
import { SlotTable } from "./SlotTable.ts"

const within = 1200
const part = within / partsOfWindow
const base = 1_000_000

const lateness = 4 * within

const make = () => {
  const table = new SlotTable(1000)
  const evidence = new Evidence(table)
  const counting = new CountWindow(table, within, { evidence, latenessMillis: lateness })
  const add = (row: number, atMillis: number, amount: number): number => {
    const most = counting.add(row, atMillis, amount)
    evidence.add(row, atMillis, "e", amount)
    return most
  }
  return { table, window: { add } }
}

const times = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6000 })))

/** The most in any run of parts that is as long as the window. */
const mostOf = (all: ReadonlyArray<number>): number =>
  Math.max(
    0,
    ...all.map((end) => {
      const last = Math.floor((base + end) / part)
      return all.filter((each) => {
        const at = Math.floor((base + each) / part)
        return at <= last && at > last - partsOfWindow
      }).length
    }),
  )

describe("CountWindow", () => {
  it.prop(
    "finds the fullest window of events in order",
    { times },
    (each) => {
      const { table, window } = make()
      const row = table.rowOf(7)
      const sorted = each.times.toSorted((left, right) => left - right)
      const found = Math.max(0, ...sorted.map((time) => window.add(row, base + time, 1)))
      assert.strictEqual(found, mostOf(sorted))
    },
    { arbitrary: { runs: 300 } },
  )

  it.prop(
    "finds the same however events are late, by as much as they may be",
    {
      times,
      seed: Schema.Int,
      part: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20 })),
    },
    (each) => {
      const random = randomOf(each.seed)
      const late = each.times
        .map((time) => ({ time, seen: time + wholeBelow(random, lateness / each.part) }))
        .toSorted((left, right) => left.seen - right.seen)
      const { table, window } = make()
      const row = table.rowOf(7)
      const found = Math.max(0, ...late.map(({ time }) => window.add(row, base + time, 1)))
      assert.strictEqual(found, mostOf(each.times))
    },
    { arbitrary: { runs: 300 } },
  )

  it("counts those that come late with those that were in time, for the same window", () => {
    const { table, window } = make()
    const row = table.rowOf(1)
    for (let index = 0; index < 7; index += 1) window.add(row, base + index, 1)
    for (let index = 1; index < 40; index += 1) window.add(row, base + index * part, 0)
    assert.strictEqual(window.add(row, base + 8, 1), 8)
    assert.strictEqual(window.add(row, base + 9, 1), 9)
  })

  it("counts amounts, each key for itself, and none that is far too late", () => {
    const { table, window } = make()
    assert.strictEqual(window.add(table.rowOf(1), base, 40), 40)
    assert.strictEqual(window.add(table.rowOf(2), base, 2), 2)
    assert.strictEqual(window.add(table.rowOf(1), base + 1, 3), 43)
    assert.strictEqual(window.add(table.rowOf(1), base - 10 * within, 9), 0)
  })

  it("begins anew for a key that takes another's row, and grows with the keys", () => {
    const { table, window } = make()
    for (let slot = 0; slot < 500; slot += 1) window.add(table.rowOf(slot), base, slot)
    assert.strictEqual(window.add(table.rowOf(499), base, 1), 500)
    table.forget(499)
    assert.strictEqual(window.add(table.rowOf(700), base, 1), 1)
    assert.strictEqual(table.size, 500)
  })
})

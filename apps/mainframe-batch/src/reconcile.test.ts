import * as fs from "node:fs"
import * as path from "node:path"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { generateDay } from "./generateDay.ts"
import { centsOf, decimalOf } from "./money.ts"
import { type Day, readDay } from "./readDay.ts"
import { reconcile } from "./reconcile.ts"
import type { Totals } from "./totals.ts"

const dayOf = (records: number, seed: number, change: (bytes: Buffer) => void = () => undefined) =>
  Effect.gen(function* () {
    const file = path.join(yield* temporaryDirectory, "day.dat")
    generateDay(file, records, seed)
    const bytes = fs.readFileSync(file)
    change(bytes)
    fs.writeFileSync(file, bytes)
    return yield* readDay(file)
  }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer), Effect.runPromise)

const verdicts = (day: Day, tables: Totals = day.totals): Readonly<Record<string, string>> =>
  Object.fromEntries(reconcile(day, tables).map(({ measure, verdict }) => [measure.name, verdict]))

let day: Day
beforeAll(async () => {
  day = await dayOf(400, 3)
})

describe("reconciling a day", () => {
  it("explains what is missing by the record that is bad", () => {
    assert.lengthOf(day.rejected, 1)
    assert.deepStrictEqual(verdicts(day), {
      accounts: "equal",
      transactions: "explained",
      holds: "equal",
      balances: "equal",
      amounts: "explained",
      fees: day.trailer?.fees === day.totals.fees ? "equal" : "explained",
    })
  })

  it("finds the lost amount, with which the record has all its bytes but one", () => {
    const [mended] = reconcile(day, day.totals).flatMap((line) => line.mended ?? [])
    assert.strictEqual(mended?.value, (day.trailer?.amounts ?? 0n) - day.totals.amounts)
    assert.deepInclude(mended, { at: 26, is: 0x5c })
    assert.strictEqual(mended?.record, day.rejected[0]?.reject.record)
  })

  it.each(["accounts", "transactions", "holds", "balances", "amounts", "fees"] as const)(
    "does not reconcile tables that are off by one in their %s",
    (name) => {
      const tables = { ...day.totals, [name]: day.totals[name] + 1n }
      assert.strictEqual(verdicts(day, tables)[name], "wrong")
    },
  )

  it.each(["accounts", "transactions", "holds", "balances", "amounts", "fees"] as const)(
    "does not reconcile a trailer that is off in its %s",
    (name) => {
      const { trailer = day.totals } = day
      // More than the one byte that is lost can hold.
      const other = { ...day, trailer: { ...trailer, [name]: trailer[name] + 10_000_000n } }
      assert.strictEqual(verdicts(other)[name], "wrong")
    },
  )

  it("does not guess where two records lost their amounts", () => {
    const twice = { ...day, rejected: [...day.rejected, ...day.rejected] }
    assert.deepInclude(verdicts(twice), { transactions: "wrong", amounts: "wrong" })
  })

  it("says nothing of a day whose trailer can't be read", async () => {
    // The last byte is the sign of its last total.
    const other = await dayOf(400, 3, (bytes) => bytes.writeUInt8(0, bytes.length - 1))
    assert.lengthOf(other.rejected, 2)
    assert.lengthOf(reconcile(other, other.totals), 0)
  })

  it("notices a transaction that is not of the account before it", async () => {
    // The account of the last transaction, before the trailer and its record descriptor word.
    const other = await dayOf(400, 3, (bytes) =>
      bytes.writeUInt8(0xf9, bytes.length - 47 - 4 - 74 + 5 + 4),
    )
    assert.deepStrictEqual([day.strays, other.strays], [0, 1])
  })

  it("holds for any size and seed", async () => {
    for (const [records, seed] of [
      [4, 0],
      [10, 1],
      [11, 2],
      [1000, 2 ** 31 - 1],
    ] as const) {
      const found = await dayOf(records, seed)
      assert.strictEqual(found.records, records)
      assert.strictEqual(found.strays, 0)
      assert.lengthOf(found.rejected, 1)
      assert.notInclude(Object.values(verdicts(found)), "wrong")
    }
  })
})

describe("money", () => {
  it.each([
    ["0.00", 0n],
    ["-0.05", -5n],
    ["12.50", 1250n],
    ["-1234567890123.99", -123456789012399n],
  ])("%s is whole cents", (text, cents) => {
    assert.strictEqual(centsOf(text), cents)
    assert.strictEqual(decimalOf(cents), text)
  })

  it("takes decimals that are shorter", () => {
    assert.deepStrictEqual(["7", "7.5", "-7.5"].map(centsOf), [700n, 750n, -750n])
  })
})

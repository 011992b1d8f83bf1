/** What a day adds up to, and what a record adds to it. */
import type { RecordObject } from "@countersign/copybook/record/RecordDecoder"
import { centsOf } from "./money.ts"

export interface Measure {
  readonly name: "accounts" | "transactions" | "holds" | "balances" | "amounts" | "fees"
  /** The record that has it. */
  readonly record: "ACCOUNT-RECORD" | "TRANSACTION-RECORD"
  /** What it is the sum of, from the record on; without one, records are counted. */
  readonly field?: ReadonlyArray<string>
  /** Where the trailer says it. */
  readonly trailer: string
  readonly isMoney: boolean
}

export const measures: ReadonlyArray<Measure> = [
  { name: "accounts", record: "ACCOUNT-RECORD", trailer: "ACCOUNT-TOTAL", isMoney: false },
  {
    name: "transactions",
    record: "TRANSACTION-RECORD",
    trailer: "TRANSACTION-TOTAL",
    isMoney: false,
  },
  {
    name: "holds",
    record: "ACCOUNT-RECORD",
    field: ["HOLD-COUNT"],
    trailer: "HOLD-TOTAL",
    isMoney: false,
  },
  {
    name: "balances",
    record: "ACCOUNT-RECORD",
    field: ["OPENING-BALANCE"],
    trailer: "BALANCE-TOTAL",
    isMoney: true,
  },
  {
    name: "amounts",
    record: "TRANSACTION-RECORD",
    field: ["POSTING", "AMOUNT"],
    trailer: "AMOUNT-TOTAL",
    isMoney: true,
  },
  {
    name: "fees",
    record: "TRANSACTION-RECORD",
    field: ["POSTING", "FEE"],
    trailer: "FEE-TOTAL",
    isMoney: true,
  },
]

/** Whole numbers: counts, and money in cents. */
export type Totals = Record<Measure["name"], bigint>

export const noTotals = (): Totals => ({
  accounts: 0n,
  transactions: 0n,
  holds: 0n,
  balances: 0n,
  amounts: 0n,
  fees: 0n,
})

/** A value within a record; `undefined` where a part of the way is not there. */
export const valueAt = (value: unknown, way: ReadonlyArray<string>): unknown => {
  let at = value
  for (const name of way) {
    // Values of records are objects, tables, texts, numbers and null.
    if (typeof at !== "object" || at === null) return undefined
    at = (at as Readonly<Record<string, unknown>>)[name]
  }
  return at
}

/** A number of a record; `undefined` where it could not be read. */
export const wholeOf = (value: unknown, isMoney: boolean): bigint | undefined => {
  if (typeof value !== "string" && typeof value !== "number") return undefined
  return isMoney ? centsOf(String(value)) : BigInt(value)
}

/** What a record adds to a measure: 0 for a record of another kind, `undefined` for a field that can't be read. */
export const shareOf = (value: RecordObject, measure: Measure): bigint | undefined => {
  const { field, isMoney, record } = measure
  if (value[record] === undefined) return 0n
  return field === undefined ? 1n : wholeOf(valueAt(value, [record, ...field]), isMoney)
}

/** Reads a day record by record: the second way to its totals, and the only one to its trailer. */
import { createHash } from "node:crypto"
import * as FileDecoder from "@countersign/copybook/file/FileDecoder"
import { recordBatches } from "@countersign/copybook/framing/RecordFile"
import type { Reject } from "@countersign/copybook/framing/Rejects"
import type { RecordObject } from "@countersign/copybook/record/RecordDecoder"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { dayPlan } from "./bankDay.ts"
import { measures, noTotals, shareOf, type Totals, valueAt, wholeOf } from "./totals.ts"

export interface Rejected {
  readonly type: string
  readonly reject: Reject
  /** Fields with faults are `null`. */
  readonly value: RecordObject
}

export interface Day {
  readonly bank: string
  readonly records: number
  readonly bytes: number
  readonly sha256: string
  /** Of the records that were not rejected. */
  readonly totals: Totals
  /** What the trailer says; `undefined` where there is none. */
  readonly trailer: Totals | undefined
  readonly rejected: ReadonlyArray<Rejected>
  /** Transactions that are not of the account before them. */
  readonly strays: number
}

const trailerOf = (value: RecordObject): Totals | undefined => {
  const totals = noTotals()
  for (const { isMoney, name, trailer } of measures) {
    const total = wholeOf(valueAt(value, ["TRAILER-RECORD", trailer]), isMoney)
    if (total === undefined) return undefined
    totals[name] = total
  }
  return totals
}

/** Errors: the disk's, and a framing that is broken. */
export const readDay = Effect.fnUntraced(function* (file: string) {
  const decoder = yield* Effect.fromResult(FileDecoder.make(dayPlan))
  const hash = createHash("sha256")
  const totals = noTotals()
  const rejected: Array<Rejected> = []
  let [records, bytes, strays] = [0, 0, 0]
  let [bank, account] = ["", ""]
  let trailer: Totals | undefined

  const take = ({ reject, segment = "?", value }: FileDecoder.FileRecord): void => {
    records += 1
    if (reject !== undefined) rejected.push({ type: segment, reject, value })
    else for (const each of measures) totals[each.name] += shareOf(value, each) ?? 0n
    if (segment === "H") bank = String(valueAt(value, ["HEADER-RECORD", "BANK-NAME"]))
    if (segment === "A") account = String(valueAt(value, ["ACCOUNT-RECORD", "ACCOUNT-NUMBER"]))
    if (segment === "Z") trailer = trailerOf(value)
    const owner = valueAt(value, ["TRANSACTION-RECORD", "POSTING", "OF-ACCOUNT-NUMBER"])
    if (owner !== undefined && owner !== account) strays += 1
  }
  const { fields, framer, framing } = dayPlan
  const onBytes = (piece: Uint8Array): void => {
    hash.update(piece)
    bytes += piece.byteLength
  }
  yield* recordBatches(file, { ...framer, framing, fields, onBytes }).pipe(
    Stream.runForEach((batch) => Effect.sync(() => decoder.decode(batch).forEach(take))),
  )
  const sha256 = hash.digest("hex")
  const day: Day = { bank, records, bytes, sha256, totals, trailer, rejected, strays }
  return day
})

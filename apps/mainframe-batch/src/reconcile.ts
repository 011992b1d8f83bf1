/** Whether what was decoded is all that the trailer speaks of. */
import * as RecordCodec from "@countersign/copybook/record/RecordCodec"
import type { RecordObject } from "@countersign/copybook/record/RecordDecoder"
import * as Result from "effect/Result"
import { dayPlan } from "./bankDay.ts"
import { decimalOf } from "./money.ts"
import type { Day, Rejected } from "./readDay.ts"
import { type Measure, measures, shareOf, type Totals } from "./totals.ts"

/**
 * - `equal`: all agree.
 * - `explained`: what is missing is what rejected records have.
 * - `wrong`: nobody knows.
 */
export type Verdict = "equal" | "explained" | "wrong"

/** A rejected record that has all its bytes but one once its lost value is put in. */
export interface Mended {
  readonly record: number
  readonly field: string
  readonly value: bigint
  /** Of the record. */
  readonly at: number
  readonly is: number
  readonly fits: number
}

export interface Line {
  readonly measure: Measure
  readonly trailer: bigint
  readonly tables: bigint
  readonly records: bigint
  readonly verdict: Verdict
  readonly mended?: Mended
}

const put = (value: unknown, [name, ...way]: ReadonlyArray<string>, to: string): unknown =>
  name === undefined
    ? to
    : {
        // What lies on the way to a field is a group.
        ...(value as RecordObject),
        [name]: put((value as RecordObject)[name], way, to),
      }

const { codec, layout } = dayPlan
const { encoder } = Result.getOrThrow(RecordCodec.make(layout, codec))

/** Encodes the record with the missing value, and compares. */
const mend = (
  { reject, value }: Rejected,
  { field, isMoney, record }: Measure,
  missing: bigint,
): Mended | undefined => {
  if (field === undefined) return undefined
  const way = [record, ...field]
  const text = isMoney ? decimalOf(missing) : String(missing)
  // The value with one field put in has the shape that it had.
  const encoded = encoder.encode(put(value, way, text) as RecordObject)
  if (Result.isFailure(encoded) || encoded.success.length !== reject.bytes.length) return undefined
  const bytes = encoded.success
  const [at, ...others] = [...bytes.keys()].filter((index) => bytes[index] !== reject.bytes[index])
  if (at === undefined || others.length > 0) return undefined
  return {
    record: reject.record,
    field: way.join("."),
    value: missing,
    at,
    is: reject.bytes[at] ?? 0,
    fits: bytes[at] ?? 0,
  }
}

const lineOf = (measure: Measure, day: Day, trailers: Totals, read: Totals): Line => {
  const [trailer, tables, records] = [trailers, read, day.totals].map(
    (totals) => totals[measure.name],
  ) as [bigint, bigint, bigint]
  const line = { measure, trailer, tables, records }
  if (tables !== records) return { ...line, verdict: "wrong" }
  let missing = trailer - records
  const unread: Array<Rejected> = []
  let isTouched = false
  for (const rejected of day.rejected) {
    const share = shareOf(rejected.value, measure)
    if (share === undefined) unread.push(rejected)
    else missing -= share
    if (share !== 0n) isTouched = true
  }
  const [lost, ...more] = unread
  if (lost === undefined) {
    if (missing !== 0n) return { ...line, verdict: "wrong" }
    return { ...line, verdict: isTouched ? "explained" : "equal" }
  }
  const mended = more.length === 0 ? mend(lost, measure, missing) : undefined
  return mended === undefined
    ? { ...line, verdict: "wrong" }
    : { ...line, verdict: "explained", mended }
}

/** A line for each measure; none where the day has no trailer. */
export const reconcile = (day: Day, read: Totals): ReadonlyArray<Line> => {
  const { trailer } = day
  return trailer === undefined ? [] : measures.map((measure) => lineOf(measure, day, trailer, read))
}

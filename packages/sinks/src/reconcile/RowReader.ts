/**
 * The rows of one trail, read in order and a page at a time.
 *
 * @since 0.1.0
 */
import { textColumns } from "../postgres/RecordColumns.ts"
import type { PostgresSession } from "../postgres/PostgresSession.ts"
import type { RowKey, StoredRow } from "./RowDifference.ts"

/**
 * What the database says of a trail.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredTrail {
  readonly number: number
  /** The sequence that the sink wants next. */
  readonly next: number
  /** Months that retention has dropped, such as `2019-11`. */
  readonly droppedMonths: ReadonlySet<string>
}

const table = "countersign.audit_record"
const micros = `case when isfinite("time") then (extract(epoch from "time") * 1000000)::bigint end`
const columns = `sequence, "time"::text, ${micros}, ${textColumns.join(", ")}, targets, entry`

const rowOf = (values: ReadonlyArray<unknown>): StoredRow => {
  // The driver gives each column in the form of its type.
  const [sequence, time, micros] = values as [string, string, string | null]
  const [targets, entry] = values.slice(-2) as [ReadonlyArray<string> | null, Uint8Array]
  const texts = values.slice(3, -2) as ReadonlyArray<string | null>
  return { sequence: Number(sequence), key: { sequence, time }, micros, texts, targets, entry }
}

/**
 * What is known of a trail, or `undefined` where the database does not hold it.
 *
 * @category running
 * @since 0.1.0
 */
export const findTrail = async (
  session: PostgresSession,
  origin: string,
): Promise<StoredTrail | undefined> => {
  const [found] = await session.rows(
    `select trail.id, coalesce(sink_cursor.next, 0) from countersign.trail
       left join countersign.sink_cursor on sink_cursor.trail = trail.id where origin = $1`,
    [origin],
  )
  if (found === undefined) return undefined
  const dropped = await session.rows(
    "select to_char(month, 'YYYY-MM') from countersign.dropped_partition",
  )
  return {
    number: Number(found[0]),
    next: Number(found[1]),
    droppedMonths: new Set(dropped.map(([month]) => String(month))),
  }
}

/**
 * Rows with a sequence from `from` up to, not including, `to`, in order, behind `after`.
 *
 * @category running
 * @since 0.1.0
 */
export const rowsBetween = async (
  session: PostgresSession,
  trail: number,
  from: number,
  to: number,
  after: RowKey | undefined,
  rowsMax: number,
): Promise<ReadonlyArray<StoredRow>> => {
  const values: Array<unknown> = [trail, from, to, rowsMax]
  if (after !== undefined) values.push(after.sequence, after.time)
  const behind = after === undefined ? "" : `and (sequence, "time") > ($5, $6::timestamptz)`
  const rows = await session.rows(
    `select ${columns} from ${table}
     where trail = $1 and sequence >= $2 and sequence < $3 ${behind}
     order by sequence, "time" limit $4`,
    values,
  )
  return rows.map(rowOf)
}

/**
 * Rows that no record stands for: below the first sequence, or beyond both the trail's signed
 * size and what the sink has delivered.
 *
 * One statement, so that a delivery in between can't be taken for a forgery: rows and cursor
 * change together.
 *
 * @param end where the trail ends, if the cursor is not to be believed
 * @category running
 * @since 0.1.0
 */
export const rowsBeyond = async (
  session: PostgresSession,
  trail: number,
  size: number,
  end: number | undefined,
  after: RowKey | undefined,
  rowsMax: number,
): Promise<ReadonlyArray<StoredRow>> => {
  const values: Array<unknown> = [trail, size, rowsMax, end ?? null]
  if (after !== undefined) values.push(after.sequence, after.time)
  const behind = after === undefined ? "" : `and (sequence, "time") > ($5, $6::timestamptz)`
  const rows = await session.rows(
    `select ${columns} from ${table}
     where trail = $1 ${behind} and (
       sequence < 0
       or sequence >= greatest($2, coalesce(
         $4::bigint, (select next from countersign.sink_cursor where trail = $1), 0)))
     order by sequence, "time" limit $3`,
    values,
  )
  return rows.map(rowOf)
}

/**
 * What the sink has delivered beyond the signed size; it can't be judged yet.
 *
 * @category models
 * @since 0.1.0
 */
export interface UnsignedRows {
  readonly rows: number
  /** Records that have a row. */
  readonly records: number
  /** Where they end, by the cursor or by the trail. */
  readonly to: number
}

/**
 * Counts them, in one statement with the cursor.
 *
 * @param end where the trail ends, if the cursor is not to be believed
 * @category running
 * @since 0.1.0
 */
export const countUnsigned = async (
  session: PostgresSession,
  trail: number,
  size: number,
  end: number | undefined,
): Promise<UnsignedRows> => {
  const [row] = await session.rows(
    `with known as (
       select coalesce($3::bigint, (select next from countersign.sink_cursor where trail = $1), 0)
         as next
     )
     select count(*), count(distinct sequence), (select next from known) from ${table}
     where trail = $1 and sequence >= $2 and sequence < (select next from known)`,
    [trail, size, end ?? null],
  )
  return { rows: Number(row?.[0]), records: Number(row?.[1]), to: Number(row?.[2]) }
}

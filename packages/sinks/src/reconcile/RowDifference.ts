/**
 * What of a row is not as its record says.
 *
 * The bytes are the record; but people search the columns, so a column that says something else
 * hides a record or invents one.
 *
 * @since 0.1.0
 */
import { recordColumns, textColumns } from "../postgres/RecordColumns.ts"

/**
 * A row's place, which no other row has.
 *
 * @category models
 * @since 0.1.0
 */
export interface RowKey {
  /** As text: a forged row may have any number, and a double would round it. */
  readonly sequence: string
  /** The instant as the database writes it. */
  readonly time: string
}

/**
 * A row as it was read.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredRow {
  readonly sequence: number
  readonly key: RowKey
  /** Microseconds since 1970; `null` where the instant is infinite. */
  readonly micros: string | null
  /** In the order of `textColumns`. */
  readonly texts: ReadonlyArray<string | null>
  readonly targets: ReadonlyArray<string> | null
  readonly entry: Uint8Array
}

const lowest = "-infinity"

const isSameTime = (row: StoredRow, millis: number | undefined, micros: number): boolean =>
  millis === undefined
    ? row.key.time === lowest
    : row.micros === String(BigInt(millis) * 1000n + BigInt(micros))

const isSameList = (
  found: ReadonlyArray<string> | null,
  wanted: ReadonlyArray<string> | undefined,
): boolean => {
  if (found === null || wanted === undefined) return found === null && wanted === undefined
  return found.length === wanted.length && found.every((text, index) => text === wanted[index])
}

/**
 * Names of the columns of a row that differ from its record; none where it is whole.
 *
 * @param entry the record's bytes in the trail
 * @category predicates
 * @since 0.1.0
 */
export const differingColumns = (row: StoredRow, entry: Uint8Array): ReadonlyArray<string> => {
  const { micros, millis, targets, texts } = recordColumns(entry)
  const columns: Array<string> = []
  if (Buffer.compare(row.entry, entry) !== 0) columns.push("entry")
  if (!isSameTime(row, millis, micros)) columns.push("time")
  for (const [index, name] of textColumns.entries()) {
    if ((row.texts[index] ?? undefined) !== texts[index]) columns.push(name)
  }
  if (!isSameList(row.targets, targets)) columns.push("targets")
  return columns
}

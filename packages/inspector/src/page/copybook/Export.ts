/** Decoded records as text: lines of JSON, or a table for a spreadsheet. */
import { csvLine } from "../events/Csv.ts"
import type { Codec } from "./Codec.ts"
import { type RecordBytes, type RecordTree, readRecord, valueText } from "./FieldTree.ts"

const plain = (_: string, value: unknown): unknown => {
  if (value instanceof Uint8Array) return valueText(value)
  return typeof value === "bigint" ? String(value) : value
}

export const jsonLine = (
  { decoder }: Codec,
  { bytes, fileOffset, number }: RecordBytes,
): string => {
  const [decoded] = decoder.decode({
    bytes,
    starts: Int32Array.of(0),
    lengths: Int32Array.of(bytes.length),
    count: 1,
    firstRecord: number,
    fileOffset,
  })
  const { faults = [], segment, value = {} } = decoded ?? {}
  const shown = faults.map(({ code, message, path }) => ({ code, path, message }))
  return `${JSON.stringify(
    {
      _record: number,
      _offset: fileOffset,
      ...(segment === undefined ? {} : { _segment: segment }),
      ...value,
      ...(shown.length === 0 ? {} : { _faults: shown }),
    },
    plain,
  )}\n`
}

/** A row a field of one record: what is seen in the tree. */
export const fieldRows = ({ leaves }: RecordTree): string =>
  [
    ["field", "offset", "length", "value", "problem"],
    ...leaves
      .filter(({ isRead }) => isRead)
      .map(({ id, length, offset, problem, value }) => [
        id,
        String(offset),
        String(length),
        value ?? "",
        problem ?? "",
      ]),
  ]
    .map(csvLine)
    .join("")

/** A row a record, a column for each field that one of them has. */
export const recordRows = (codec: Codec, records: ReadonlyArray<RecordBytes>): string => {
  const columns: Array<string> = []
  const known = new Set<string>()
  const rows = records.map((record) => {
    const values = new Map<string, string>()
    for (const { id, isRead, problem, value } of readRecord(codec, record).leaves) {
      if (!isRead) continue
      if (!known.has(id)) {
        known.add(id)
        columns.push(id)
      }
      values.set(id, problem === undefined ? (value ?? "") : problem)
    }
    return { number: record.number, values }
  })
  return [
    ["record", ...columns],
    ...rows.map(({ number, values }) => [
      String(number),
      ...columns.map((name) => values.get(name) ?? ""),
    ]),
  ]
    .map(csvLine)
    .join("")
}

/** Decoded records as text: lines of JSON, or a table for a spreadsheet. */
import { csvLine } from "../events/Csv.ts"
import type { Codec } from "./Codec.ts"
import { breathe } from "./ByteSource.ts"
import { type RecordBytes, type RecordTree, readRecord, valueText } from "./FieldTree.ts"
import type { RecordIndex } from "./RecordIndex.ts"

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
  const { faults = [], reject, segment, value = {} } = decoded ?? {}
  const shown =
    faults.length > 0
      ? faults.map(({ code, message, path }) => ({ code, path, message }))
      : (reject?.faults ?? []).map(({ code, message }) => ({ code, message }))
  return `${JSON.stringify(
    {
      _record: number,
      _offset: fileOffset,
      ...(segment === undefined ? {} : { _segment: segment }),
      ...value,
      ...(decoded === undefined ? { _isLeftOut: true } : {}),
      ...(shown.length === 0 ? {} : { _faults: shown }),
    },
    plain,
  )}\n`
}

/** More are for the command line. */
export const exportedMax = 10_000
/** All that is decoded at once. Units: bytes of records. */
export const exportedBytesMax = 16 * 1024 * 1024

/** Up to `count` records, and no more of them than there is room for; one at least. */
export const collect = async (
  index: Pick<RecordIndex, "read">,
  first: number,
  count: number,
  bytesMax: number = exportedBytesMax,
): Promise<ReadonlyArray<RecordBytes>> => {
  const all: Array<RecordBytes> = []
  let bytes = 0
  for (let at = first; at < first + count; at += 1) {
    const record = await index.read(at)
    if (record === undefined) break
    bytes += record.bytes.length
    if (all.length > 0 && bytes > bytesMax) break
    all.push(record)
    if (all.length % 200 === 0) await breathe()
  }
  return all
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

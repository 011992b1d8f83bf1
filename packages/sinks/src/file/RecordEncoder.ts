/**
 * The forms in which records are exported, behind one interface: records in, bytes out.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ExportRecord from "../mapping/ExportRecord.ts"
import { formats } from "../mapping/Format.ts"
import * as CsvText from "./CsvText.ts"
import * as NdjsonLine from "./NdjsonLine.ts"
import { ParquetTable } from "./ParquetTable.ts"

/**
 * A record as it was read from the trail.
 *
 * @category models
 * @since 0.1.0
 */
export interface ReadRecord {
  readonly sequence: number
  readonly bytes: Uint8Array
  /** Parsed JSON, or a text where it is none. */
  readonly value: unknown
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordEncoder {
  /** Adds a record; or says why this form can't have it, and adds nothing. */
  readonly add: (record: ReadRecord) => ExportRecord.RecordUnreadable | undefined
  /** The bytes that are done since the last call. */
  readonly take: () => Uint8Array
  /** Nothing comes any more; the last bytes are to be taken afterwards. */
  readonly end: () => void
}

/**
 * A form of export.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExportForm {
  /** What it is, for people. */
  readonly title: string
  /** Whether it is lines of text, which may go through a pipe. */
  readonly isText: boolean
  /** @param trail origin of the trail */
  readonly make: (trail: string) => RecordEncoder
}

const ofLines = (
  head: string,
  write: (record: ReadRecord) => string | ExportRecord.RecordUnreadable,
): RecordEncoder => {
  let text = head
  return {
    add: (record) => {
      const line = write(record)
      if (typeof line !== "string") return line
      text += line
      return undefined
    },
    take: () => {
      const taken = Buffer.from(text)
      text = ""
      return taken
    },
    end: () => undefined,
  }
}

const ndjson = (trail: string): RecordEncoder => {
  let lines: Array<Uint8Array> = []
  return {
    add: ({ bytes, sequence }) => {
      const problem = NdjsonLine.problemOf(bytes)
      if (problem !== undefined) {
        return new ExportRecord.RecordUnreadable({ trail, sequence, detail: `it ${problem}` })
      }
      const batch = { trail, firstSequence: sequence, entries: [bytes], bytes: bytes.byteLength }
      lines.push(NdjsonLine.encode(batch, 0))
      return undefined
    },
    take: () => {
      const taken = Buffer.concat(lines)
      lines = []
      return taken
    },
    end: () => undefined,
  }
}

const parquet = (trail: string): RecordEncoder => {
  const table = new ParquetTable({ trail })
  return {
    add: ({ bytes, sequence, value }) => {
      table.add(sequence, bytes, value)
      return undefined
    },
    take: () => table.take(),
    end: () => table.end(),
  }
}

const mapped = Object.entries(formats).map(([name, { title, write }]): [string, ExportForm] => [
  name,
  {
    title,
    isText: true,
    make: (trail) =>
      ofLines("", ({ bytes, sequence }) => {
        const record = ExportRecord.read(trail, sequence, bytes)
        return Result.isSuccess(record) ? `${write(record.success)}\n` : record.failure
      }),
  },
])

/**
 * Every form by the name that it has on the command line.
 *
 * @category constants
 * @since 0.1.0
 */
export const forms: ReadonlyMap<string, ExportForm> = new Map<string, ExportForm>([
  ["ndjson", { title: "JSON lines, the trail's own bytes", isText: true, make: ndjson }],
  [
    "csv",
    {
      title: "comma-separated values, formulas escaped",
      isText: true,
      // What is no event would be a row of empty cells, from which nobody could tell what it was.
      make: (trail) =>
        ofLines(CsvText.header, ({ bytes, sequence, value }) => {
          const record = ExportRecord.read(trail, sequence, bytes)
          return Result.isSuccess(record) ? CsvText.row(sequence, value) : record.failure
        }),
    },
  ],
  ["parquet", { title: "a Parquet table", isText: false, make: parquet }],
  ...mapped,
])

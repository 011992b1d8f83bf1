/** Events as a file: a page at a time, bounded, and ended where somebody says so. */
import type { Entries } from "@countersign/monitor/protocol/FoundEvents"
import type { TableColumn } from "../table/TableColumns.ts"
import { csvLine } from "./Csv.ts"
import { pathOfColumn, sequenceColumn } from "./EventColumns.ts"
import { textAt } from "./EventPath.ts"

export type ExportFormat = "ndjson" | "csv"

/** Most events of one file. */
export const exportEventsMax = 500_000
/** A page keeps all of a file in memory until it is saved. Units: UTF-16 units. */
const lengthMax = 200_000_000
const askedAtOnce = 500

export interface ExportOptions {
  readonly format: ExportFormat
  readonly columns: ReadonlyArray<TableColumn>
  /** The places of the events, in the order of the file; `undefined` ends it. */
  readonly sequenceAt: (index: number) => number | undefined
  readonly count: number
  readonly ask: (sequences: ReadonlyArray<number>, signal: AbortSignal) => Promise<Entries>
  readonly signal: AbortSignal
  readonly progress: (done: number) => void
}

export interface Exported {
  readonly text: string
  readonly events: number
  /** Events that could not be read, and so are not part of it. */
  readonly damaged: number
  /** `true`: a limit was reached, and there are more. */
  readonly isCut: boolean
}

const jsonOf = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

/** As `countersign query --json` writes it; each event on one line, whatever stands in it. */
const ndjsonLine = (sequence: number, json: string): string => {
  const value = jsonOf(json)
  // Within a text a line's end is escaped: what is left is space between two parts.
  const event = value === json ? JSON.stringify(json) : json.replaceAll(/[\n\r]/g, " ")
  return `{"sequence":${sequence},"event":${event}}\n`
}

const csvRow = (sequence: number, json: string, columns: ReadonlyArray<TableColumn>): string => {
  const event = jsonOf(json)
  return csvLine(
    columns.map(({ id }) =>
      id === sequenceColumn ? String(sequence) : textAt(event, pathOfColumn(id) ?? [id]),
    ),
  )
}

/** All of some places, in as many answers as it takes. */
const allEntries = async (options: ExportOptions, wanted: ReadonlyArray<number>) => {
  const found = new Map<number, string>()
  let rest = wanted
  while (rest.length > 0) {
    const { events, next } = await options.ask(rest, options.signal)
    for (const { json, sequence } of events) found.set(sequence, json)
    const after = next === null ? [] : rest.filter((one) => one >= next)
    // An answer may hold damage alone; one that gets nowhere is the last.
    rest = after.length < rest.length ? after : []
  }
  return found
}

/** Rejects where it is aborted. */
export const exportEvents = async (options: ExportOptions): Promise<Exported> => {
  const { columns, format } = options
  const count = Math.min(options.count, exportEventsMax)
  const lines = format === "csv" ? [csvLine(columns.map(({ title }) => title))] : []
  let length = 0
  let events = 0
  let damaged = 0
  let done = 0
  while (done < count && length < lengthMax) {
    options.signal.throwIfAborted()
    const wanted: Array<number> = []
    for (; wanted.length < askedAtOnce && done < count; done += 1) {
      const sequence = options.sequenceAt(done)
      if (sequence !== undefined) wanted.push(sequence)
    }
    const found = await allEntries(options, wanted)
    for (const sequence of wanted) {
      const json = found.get(sequence)
      if (json === undefined) damaged += 1
      else {
        const line = format === "csv" ? csvRow(sequence, json, columns) : ndjsonLine(sequence, json)
        lines.push(line)
        length += line.length
        events += 1
      }
    }
    options.progress(done)
  }
  return { text: lines.join(""), events, damaged, isCut: done < options.count }
}

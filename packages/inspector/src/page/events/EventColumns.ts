/** Columns of the table of events: what they are called, and what is in them. */
import type { Host } from "../host/Host.ts"
import type { TableColumn } from "../table/TableColumns.ts"
import { formatTime } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { type Path, pathOf, textAt } from "./EventPath.ts"
import type { EventRow } from "./EventRows.ts"

/** The place of an event, which is not part of it. */
export const sequenceColumn = "#"

const widths: Readonly<Record<string, number>> = {
  [sequenceColumn]: 92,
  time: 196,
  observed: 196,
  type: 210,
  outcome: 84,
  severity: 84,
  class: 96,
  "actor.id": 150,
  "target.id": 170,
  reason: 200,
  data: 340,
}
const widthOfOthers = 150
const titleLengthMax = 120

export const columnOf = (id: string, width?: number): TableColumn => ({
  id,
  title: id === sequenceColumn ? "Sequence" : visible(id, titleLengthMax),
  // Somebody may have called a member as what every object has.
  width: width ?? (Object.hasOwn(widths, id) ? widths[id] : undefined) ?? widthOfOthers,
  ...(id === sequenceColumn ? { isNumber: true } : {}),
})

export const usualColumns: ReadonlyArray<TableColumn> = [
  sequenceColumn,
  "time",
  "type",
  "outcome",
  "actor.id",
  "target.id",
  "class",
  "data",
].map((id) => columnOf(id))

const columnsMax = 40
const key = "events.columns"

export const writeColumns = (columns: ReadonlyArray<TableColumn>): string =>
  JSON.stringify(columns.map(({ id, width }) => [id, width]))

/** What was kept, as far as it can be read. */
export const readColumns = (text: string | undefined): ReadonlyArray<TableColumn> => {
  try {
    const kept: unknown = JSON.parse(text ?? "")
    if (!Array.isArray(kept)) return usualColumns
    const columns = kept.slice(0, columnsMax).flatMap((one: unknown) => {
      if (!Array.isArray(one)) return []
      const [id, width]: ReadonlyArray<unknown> = one
      if (typeof id !== "string" || typeof width !== "number" || !(width > 0)) return []
      return id === sequenceColumn || pathOf(id) !== undefined ? [columnOf(id, width)] : []
    })
    return columns.length === 0 ? usualColumns : columns
  } catch {
    return usualColumns
  }
}

export const keptColumns = (host: Host): ReadonlyArray<TableColumn> => readColumns(host.read(key))
export const keepColumns = (host: Host, columns: ReadonlyArray<TableColumn>): void =>
  host.write(key, writeColumns(columns))

const cellLengthMax = 300
const paths = new Map<string, Path>()

export const pathOfColumn = (id: string): Path | undefined => {
  const known = paths.get(id)
  if (known !== undefined || id === sequenceColumn) return known
  const path = pathOf(id)
  if (path !== undefined) paths.set(id, path)
  return path
}

export type Precision = "seconds" | "milliseconds"

/** A moment as people read it; another text stays as it is. */
export const timeText = (text: string, precision: Precision): string => {
  const millis = text.length >= 20 ? Date.parse(text) : Number.NaN
  if (Number.isNaN(millis)) return text
  const whole = formatTime(millis)
  return precision === "seconds" ? whole.replace(/\.\d{3}/, "") : whole
}

const isTime = (id: string): boolean => id === "time" || id === "observed"

/** What a cell shows, with hostile characters made visible. */
export const cellText = (row: EventRow, id: string, precision: Precision): string => {
  if (id === sequenceColumn) return String(row.sequence)
  const known = row.texts.get(id)
  const text = known ?? visible(textAt(row.event, pathOfColumn(id) ?? [id]), cellLengthMax)
  if (known === undefined) row.texts.set(id, text)
  return isTime(id) ? timeText(text, precision) : text
}

/** What stands in a cell of the table of events; state is a shape and a word, not a colour alone. */
import { Icon } from "../shell/Icon.tsx"
import { type Precision, cellText, pathOfColumn, sequenceColumn } from "./EventColumns.ts"
import { valuesAt } from "./EventPath.ts"
import type { EventRow } from "./EventRows.ts"
import type { EventValue } from "./EventTree.ts"
import type { Scalar } from "./FilterEdit.ts"

const valuesMax = 6

const isScalar = (value: unknown): value is Scalar =>
  value === null || ["string", "number", "boolean"].includes(typeof value)

/** The single values that a cell is made of. */
export const valuesOf = (row: EventRow | undefined, column: string): ReadonlyArray<EventValue> => {
  const path = pathOfColumn(column)
  if (row === undefined || path === undefined) return []
  return valuesAt(row.event, path)
    .flat(2)
    .filter(isScalar)
    .slice(0, valuesMax)
    .map((value) => ({ path, value }))
}

const marks: Readonly<Record<string, readonly [kind: string, icon: string]>> = {
  "outcome denied": ["bad", "circle-slash"],
  "outcome failure": ["bad", "error"],
  "severity high": ["warn", "warning"],
  "severity critical": ["bad", "flame"],
}

export const CellText = ({
  column,
  precision,
  row,
}: {
  readonly row: EventRow
  readonly column: string
  readonly precision: Precision
}) => {
  if (row.damage !== undefined && column !== sequenceColumn) {
    if (column !== "time") return null
    return (
      <span className="cell-mark bad">
        <Icon name="error" /> can't be read
      </span>
    )
  }
  const text = cellText(row, column, precision)
  const mark = marks[`${column} ${text}`]
  if (mark === undefined) return text
  const [kind, icon] = mark
  return (
    <span className={`cell-mark ${kind}`}>
      <Icon name={icon} /> {text}
    </span>
  )
}

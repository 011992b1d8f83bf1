/** Every segment of the trail at a glance: one tab stop, arrows walk, Enter opens. */
import { type KeyboardEvent, useRef, useState } from "react"
import { type Cell, cellsOf, summaryOf } from "./VerifyRun.ts"

const columns = 32
const cellsMax = columns * 24

const marks: Readonly<Record<Cell["state"], string>> = { unchecked: "", clean: "", broken: "✕" }

/** One for all names: there are hundreds of them, a few times a second. */
const count = new Intl.NumberFormat("en")

const entriesOf = ({ from, to }: Cell, size: number): string =>
  `Entries ${count.format(from * 256)} to ${count.format(Math.min(to * 256, size) - 1)}`

const nameOf = (cell: Cell, size: number): string => {
  const many = cell.to - cell.from
  const state =
    cell.state === "broken" && many > 1 ? `${cell.broken} of ${many} segments broken` : cell.state
  return `${entriesOf(cell, size)}: ${state}`
}

export const SegmentMap = ({
  onOpen,
  segments,
  size,
}: {
  readonly segments: Uint8Array
  readonly size: number
  /** The first segment of the cell that was chosen, by a broken one if there is one. */
  readonly onOpen: (segment: number) => void
}) => {
  const [focused, setFocused] = useState(0)
  const map = useRef<HTMLDivElement>(null)
  const cells = cellsOf(segments, cellsMax)
  const at = Math.min(focused, cells.length - 1)
  const go = (to: number) => {
    const next = Math.min(cells.length - 1, Math.max(0, to))
    setFocused(next)
    map.current?.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus()
  }
  const open = (cell: Cell) => {
    const broken = segments.indexOf(2, cell.from)
    onOpen(cell.state === "broken" && broken >= 0 ? broken : cell.from)
  }
  const onKey = (event: KeyboardEvent) => {
    const row = Math.floor(at / columns) * columns
    const to: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: Math.min(at + columns, cells.length - 1),
      ArrowUp: at - columns < 0 ? at : at - columns,
      Home: event.ctrlKey ? 0 : row,
      End: event.ctrlKey ? cells.length - 1 : row + columns - 1,
    }
    const wanted = to[event.key]
    const cell = cells[at]
    if (wanted !== undefined) go(wanted)
    else if ((event.key === "Enter" || event.key === " ") && cell !== undefined) open(cell)
    else return
    event.preventDefault()
  }
  const shown = cells[at]
  if (shown === undefined) return null
  const rows = Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    cells.slice(row * columns, (row + 1) * columns),
  )
  return (
    <>
      <p>{summaryOf(segments)}.</p>
      <div
        ref={map}
        role="grid"
        aria-label="Segments of the trail"
        className="segments"
        onKeyDown={onKey}
      >
        {rows.map((row, y) => (
          <div key={y} role="row" className="segment-row">
            {row.map((cell, x) => {
              const index = y * columns + x
              const name = nameOf(cell, size)
              return (
                <div
                  key={index}
                  role="gridcell"
                  data-cell={index}
                  className={`segment segment-${cell.state}`}
                  aria-label={name}
                  title={name}
                  tabIndex={index === at ? 0 : -1}
                  onFocus={() => setFocused(index)}
                  onClick={() => open(cell)}
                >
                  {marks[cell.state]}
                </div>
              )
            })}
          </div>
        ))}
      </div>
      <p className="quiet segment-legend">
        <span className="segment segment-clean" aria-hidden="true" /> clean{" "}
        <span className="segment segment-broken" aria-hidden="true">
          ✕
        </span>{" "}
        broken <span className="segment segment-unchecked" aria-hidden="true" /> unchecked.{" "}
        {nameOf(shown, size)}.
      </p>
    </>
  )
}

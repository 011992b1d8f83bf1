/**
 * A grid of millions of rows (ARIA APG): the scroller itself is the grid and the one tab stop, a few
 * rows are there and used again, and a cell is active.
 */
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  memo,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react"
import "./Table.css"
import {
  type ScrollRange,
  centring,
  clampTop,
  elementHeight,
  fromScroll,
  isScaled,
  revealing,
  rowHeight,
  seenRows,
  toScroll,
} from "./ScrollRange.ts"
import { type TableColumn, totalWidth } from "./TableColumns.ts"

/** Units: rows. */
const overscan = 6
/** Rows stand relative to a multiple of this, so that no place is too large for a float of a style. */
const baseRows = 1000
/** Units: pixels. */
const headerHeight = 26

export interface Cell {
  readonly row: number
  readonly column: number
}

export interface TableHandle {
  readonly reveal: (row: number) => void
  readonly centre: (row: number) => void
  readonly focus: () => void
}

export interface VirtualTableProps {
  readonly label: string
  readonly columns: ReadonlyArray<TableColumn>
  readonly rows: number
  /** What a row's cells are made of; `undefined`: not here yet. The same object for the same row. */
  readonly rowAt: (row: number) => unknown
  readonly cell: (value: unknown, column: TableColumn) => ReactNode
  readonly rowClass?: (value: unknown) => string
  readonly active: Cell | undefined
  readonly isMarked?: (row: number) => boolean
  readonly onActive: (cell: Cell, isExtending: boolean) => void
  readonly onOpen: (row: number, isBeside: boolean) => void
  /** The menu of a cell, at a place of the window. */
  readonly onMenu?: (cell: Cell, at: { readonly x: number; readonly y: number }) => void
  /** Keys that the table does not know; `true`: taken. */
  readonly onKey?: (event: KeyboardEvent) => boolean
  readonly onResize?: (id: string, width: number) => void
  /** The rows that are seen, the last left out, and the direction of travel. */
  readonly onSeen: (first: number, end: number, step: 1 | -1) => void
  readonly handle?: Ref<TableHandle>
  /** Changes where what `rowAt` gives has changed. */
  readonly version: number
}

interface RowProps {
  readonly id: string
  readonly row: number
  readonly top: number
  readonly value: unknown
  readonly columns: ReadonlyArray<TableColumn>
  readonly cell: VirtualTableProps["cell"]
  readonly className: string
  readonly isSelected: boolean
  readonly activeColumn: number
}

const Row = memo((props: RowProps) => {
  const { activeColumn, cell, className, columns, id, isSelected, row, top, value } = props
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      aria-selected={isSelected}
      aria-busy={value === undefined || undefined}
      data-row={row}
      className={`grid-row ${className}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      {columns.map((column, index) => (
        <div
          key={column.id}
          id={index === activeColumn ? `${id}-active` : undefined}
          role="gridcell"
          aria-colindex={index + 1}
          data-column={index}
          className={`grid-cell${column.isNumber === true ? " number" : ""}${index === activeColumn ? " grid-active" : ""}`}
          style={{ width: column.width }}
        >
          {value === undefined ? (index === 0 ? "…" : "") : cell(value, column)}
        </div>
      ))}
    </div>
  )
})

/** The column and row under a pointer. */
const cellUnder = (target: EventTarget | null): Cell | undefined => {
  if (!(target instanceof Element)) return undefined
  const row = target.closest<HTMLElement>("[data-row]")?.dataset["row"]
  const column = target.closest<HTMLElement>("[data-column]")?.dataset["column"]
  return row === undefined ? undefined : { row: Number(row), column: Number(column ?? 0) }
}

const Header = ({ columns, onResize }: Pick<VirtualTableProps, "columns" | "onResize">) => (
  <div role="rowgroup" className="grid-header">
    <div role="row" aria-rowindex={1} className="grid-header-row">
      {columns.map(({ id, isNumber, title, width }, index) => (
        <div
          key={id}
          role="columnheader"
          aria-colindex={index + 1}
          className={`grid-cell${isNumber === true ? " number" : ""}`}
          style={{ width }}
          title={title}
        >
          {title}
          <span
            aria-hidden="true"
            className="grid-sash"
            onPointerDown={(event) => {
              event.preventDefault()
              event.currentTarget.setPointerCapture(event.pointerId)
            }}
            onPointerMove={(event) => {
              if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
              const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0
              onResize?.(id, event.clientX - left)
            }}
          />
        </div>
      ))}
    </div>
  </div>
)

/** Scrolling by rows rather than by the scroller's pixels, as far as they differ. */
const useScrolling = (rows: number, onSeen: VirtualTableProps["onSeen"]) => {
  const scroller = useRef<HTMLDivElement>(null)
  const [viewport, setViewport] = useState(0)
  const [top, setTop] = useState(0)
  const ours = useRef(-1)
  const range: ScrollRange = useMemo(() => ({ rows, viewport }), [rows, viewport])
  const latest = useRef({ range, top })
  useLayoutEffect(() => {
    latest.current = { range, top }
  })
  const goTo = useCallback((wanted: number) => {
    const element = scroller.current
    if (element === null) return
    const next = clampTop(latest.current.range, wanted)
    latest.current = { ...latest.current, top: next }
    element.scrollTop = toScroll(latest.current.range, next)
    ours.current = element.scrollTop
    setTop(next)
  }, [])
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () => setViewport(Math.max(0, element.clientHeight - headerHeight))
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    const scrolled = () => {
      // What it was put to is known better than the scroller can say.
      if (Math.abs(element.scrollTop - ours.current) < 1) return
      ours.current = -1
      setTop(fromScroll(latest.current.range, element.scrollTop))
    }
    const turned = (event: WheelEvent) => {
      if (!isScaled(latest.current.range) || event.deltaY === 0) return
      if (event.ctrlKey || event.shiftKey) return
      event.preventDefault()
      const unit =
        event.deltaMode === 1
          ? rowHeight
          : event.deltaMode === 2
            ? latest.current.range.viewport
            : 1
      goTo(latest.current.top + event.deltaY * unit)
    }
    element.addEventListener("scroll", scrolled, { passive: true })
    element.addEventListener("wheel", turned, { passive: false })
    return () => {
      observer.disconnect()
      element.removeEventListener("scroll", scrolled)
      element.removeEventListener("wheel", turned)
    }
  }, [goTo])
  // Fewer rows than before, or a lower window.
  const shown = clampTop(range, top)
  const rangeBefore = useRef(range)
  useLayoutEffect(() => {
    const element = scroller.current
    const { top: at } = latest.current
    const stood = toScroll(rangeBefore.current, at)
    rangeBefore.current = range
    // More rows than before make less of the scroll bar of what is seen: the rows stay, the bar moves.
    if (element === null || !isScaled(range) || Math.abs(element.scrollTop - stood) >= 2) return
    element.scrollTop = toScroll(range, at)
    ours.current = element.scrollTop
  }, [range])
  const { end, first } = seenRows(range, shown)
  const before = useRef(0)
  useEffect(() => {
    const step = first < before.current ? -1 : 1
    before.current = first
    onSeen(first, end, step)
  }, [first, end, onSeen])
  return { scroller, range, top: shown, goTo, latest }
}

const rowAfter = (key: string, isControl: boolean, at: number, page: number, rows: number) => {
  switch (key) {
    case "ArrowDown":
      return at + 1
    case "ArrowUp":
      return at - 1
    case "PageDown":
      return at + page
    case "PageUp":
      return at - page
    case "Home":
      return isControl ? 0 : undefined
    case "End":
      return isControl ? rows - 1 : undefined
    default:
      return undefined
  }
}

export const VirtualTable = (props: VirtualTableProps) => {
  const { active, cell, columns, handle, label, onActive, onMenu, onOpen, rowAt, rows } = props
  const id = useId()
  const { goTo, latest, range, scroller, top } = useScrolling(rows, props.onSeen)
  const table: TableHandle = {
    reveal: (row) => goTo(revealing(latest.current.range, latest.current.top, row)),
    centre: (row) => goTo(centring(latest.current.range, row)),
    focus: () => scroller.current?.focus({ preventScroll: true }),
  }
  useImperativeHandle(handle, () => table)
  const viewportBefore = useRef(range.viewport)
  useLayoutEffect(() => {
    const before = { ...range, viewport: viewportBefore.current }
    viewportBefore.current = range.viewport
    // A pane that opens below must not cover the row that it is about.
    const wasSeen = active !== undefined && revealing(before, top, active.row) === top
    if (wasSeen && before.viewport > range.viewport) goTo(revealing(range, top, active.row))
  }, [active, goTo, range, top])
  const width = totalWidth(columns)
  const { end, first } = seenRows(range, top, overscan)
  const pool = Math.ceil(range.viewport / rowHeight) + 2 * overscan + 2
  const base = Math.floor(first / baseRows) * baseRows
  const offset = toScroll(range, top) - top + base * rowHeight

  const activate = (row: number, column: number, isExtending: boolean) => {
    if (rows === 0) return
    const next = {
      row: Math.min(rows - 1, Math.max(0, row)),
      column: Math.min(columns.length - 1, Math.max(0, column)),
    }
    table.reveal(next.row)
    onActive(next, isExtending)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey) return void (props.onKey?.(event) === true && event.preventDefault())
    const isControl = event.ctrlKey || event.metaKey
    const at = active ?? { row: seenRows(range, top).first - 1, column: 0 }
    const page = Math.max(1, Math.floor(range.viewport / rowHeight) - 1)
    const row = rowAfter(event.key, isControl, at.row, page, rows)
    const column = {
      ArrowRight: at.column + 1,
      ArrowLeft: at.column - 1,
      Home: 0,
      End: columns.length - 1,
    }[event.key]
    if (row !== undefined) activate(row, at.column, event.shiftKey)
    else if (column !== undefined && !isControl) activate(Math.max(0, at.row), column, false)
    else if (event.key === "Enter" && active !== undefined) onOpen(active.row, isControl)
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      const box = document.getElementById(`${id}-active`)?.getBoundingClientRect()
      if (active === undefined || box === undefined) return
      onMenu?.(active, { x: box.left + 8, y: box.bottom })
    } else if (props.onKey?.(event) !== true) return
    event.preventDefault()
  }
  const onPointer = (event: MouseEvent, use: (cell: Cell) => void) => {
    const under = cellUnder(event.target)
    if (under !== undefined && under.row < rows) use(under)
  }
  const shownRows: Array<ReactNode> = []
  for (let row = first; row < end; row += 1) {
    const value = rowAt(row)
    shownRows.push(
      <Row
        key={row % pool}
        id={id}
        row={row}
        top={(row - base) * rowHeight}
        value={value}
        columns={columns}
        cell={cell}
        className={value === undefined ? "grid-waiting" : (props.rowClass?.(value) ?? "")}
        isSelected={row === active?.row || props.isMarked?.(row) === true}
        activeColumn={row === active?.row ? active.column : -1}
      />,
    )
  }
  const isActiveThere = active !== undefined && active.row >= first && active.row < end
  return (
    <div
      ref={scroller}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length}
      aria-multiselectable={props.isMarked === undefined ? undefined : true}
      aria-activedescendant={isActiveThere ? `${id}-active` : undefined}
      onKeyDown={onKeyDown}
      onClick={(event) =>
        onPointer(event, (under) => {
          onActive(under, event.shiftKey)
        })
      }
      onDoubleClick={(event) =>
        onPointer(event, ({ row }) => onOpen(row, event.ctrlKey || event.metaKey))
      }
      onContextMenu={(event) =>
        onPointer(event, (under) => {
          if (onMenu === undefined) return
          event.preventDefault()
          onActive(under, false)
          onMenu(under, { x: event.clientX, y: event.clientY })
        })
      }
    >
      <Header
        columns={columns}
        {...(props.onResize === undefined ? {} : { onResize: props.onResize })}
      />
      <div role="rowgroup" className="grid-body" style={{ height: elementHeight(range), width }}>
        <div role="presentation" style={{ transform: `translateY(${offset}px)`, width }}>
          {shownRows}
        </div>
      </div>
    </div>
  )
}

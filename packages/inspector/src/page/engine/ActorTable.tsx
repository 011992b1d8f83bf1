/** The actors as a tree grid (ARIA APG): one tab stop, and only the rows that can be seen. */
import { memo, useEffect, useId, useRef, useState } from "react"
import { Icon } from "../shell/Icon.tsx"
import { formatSpan } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { type ActorRow, type SortKey, type TreeRow } from "./ActorRows.ts"
import { Mailbox, StateLabel } from "./ActorParts.tsx"
import { rate, times } from "./Amount.ts"

const rowHeight = 26
/** Above and below what is seen, so that a short scroll draws nothing. */
const spare = 2

const columns: ReadonlyArray<{ readonly title: string; readonly sort?: SortKey }> = [
  { title: "Actor", sort: "name" },
  { title: "State", sort: "state" },
  { title: "For", sort: "age" },
  { title: "Rate", sort: "rate" },
  { title: "Mailbox", sort: "fill" },
  { title: "Waits on" },
  { title: "Restarts", sort: "restarts" },
  { title: "Last cause" },
]

const restartsInWords = ({ faults, restarts }: ActorRow): string =>
  [
    ...(restarts > 0 ? [times(restarts)] : []),
    ...(faults > 0 ? [`${faults} ${faults === 1 ? "fault" : "faults"}`] : []),
  ].join(", ")

/** Text of a cell; most of it stays while figures change. */
const Text = memo(({ max, text }: { readonly text: string; readonly max: number }) =>
  visible(text, max),
)

interface LineProps {
  readonly actor: ActorRow
  readonly age: string
  readonly index: number
  readonly level: number
  readonly position: number
  readonly setSize: number
  readonly isOpen: boolean | undefined
  readonly isActive: boolean
  readonly gridId: string
}

const Line = memo(
  ({ actor, age, gridId, index, isActive, isOpen, level, position, setSize }: LineProps) => (
    <div
      id={`${gridId}-${index}`}
      role="row"
      className="actor-line"
      data-index={index}
      aria-rowindex={index + 2}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={setSize}
      aria-expanded={isOpen}
      aria-selected={isActive}
      style={{ transform: `translateY(${index * rowHeight}px)` }}
    >
      <span role="gridcell" style={{ paddingInlineStart: level * 14 - 6 }}>
        <span className="tree-twist" data-twist={isOpen === undefined ? undefined : ""}>
          {isOpen === undefined ? null : <Icon name={isOpen ? "chevron-down" : "chevron-right"} />}
        </span>
        <span className="actor-name">
          <Text text={actor.id} max={80} />
        </span>
      </span>
      <span role="gridcell">
        <StateLabel state={actor.state} />
      </span>
      <span role="gridcell" className="number">
        {age}
      </span>
      <span role="gridcell" className="number">
        {actor.batches === 0 ? <span className="quiet">–</span> : rate(actor.perSecond)}
      </span>
      <span role="gridcell">
        <Mailbox actor={actor} />
      </span>
      <span role="gridcell">
        <Text text={actor.waitsOn ?? ""} max={80} />
      </span>
      <span role="gridcell">{restartsInWords(actor)}</span>
      <span role="gridcell">
        <Text text={(actor.lastCause ?? "").split("\n", 1)[0] ?? ""} max={200} />
      </span>
    </div>
  ),
)

interface ActorTableProps {
  readonly rows: ReadonlyArray<TreeRow>
  readonly atMillis: number
  readonly sort: SortKey
  readonly onSort: (sort: SortKey) => void
  readonly onToggle: (id: string) => void
  readonly onOpen: (id: string, isBeside: boolean) => void
}

const Head = ({ onSort, sort }: Pick<ActorTableProps, "onSort" | "sort">) => (
  <div role="row" className="actor-line actor-head" aria-rowindex={1}>
    {columns.map((column) => (
      <span
        key={column.title}
        role="columnheader"
        className={column.title === "For" || column.title === "Rate" ? "number" : ""}
        aria-sort={
          column.sort === undefined || column.sort !== sort
            ? undefined
            : sort === "name"
              ? "ascending"
              : "descending"
        }
        onClick={() => {
          if (column.sort !== undefined) onSort(column.sort === sort ? "order" : column.sort)
        }}
      >
        {column.title}
        {column.sort === sort ? <Icon name={sort === "name" ? "arrow-up" : "arrow-down"} /> : null}
      </span>
    ))}
  </div>
)

/** What part of the rows is in the window. */
const useWindow = () => {
  const scroller = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ top: 0, height: 600 })
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    let asked = 0
    const look = () => {
      asked = 0
      setSeen({ top: element.scrollTop, height: element.clientHeight })
    }
    const ask = () => {
      if (asked === 0) asked = requestAnimationFrame(look)
    }
    const resizing = new ResizeObserver(ask)
    resizing.observe(element)
    element.addEventListener("scroll", ask, { passive: true })
    return () => {
      cancelAnimationFrame(asked)
      resizing.disconnect()
      element.removeEventListener("scroll", ask)
    }
  }, [])
  const first = Math.max(0, Math.floor(seen.top / rowHeight) - spare)
  const many = Math.ceil(seen.height / rowHeight) + 2 * spare
  return { scroller, first, many, perPage: Math.max(1, Math.floor(seen.height / rowHeight) - 2) }
}

/** The index that a key goes to; `undefined`: the key is for something else. */
const keyTarget = (key: string, at: number, last: number, perPage: number): number | undefined => {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + perPage,
    PageUp: at - perPage,
    Home: 0,
    End: last,
  }
  const target = steps[key]
  return target === undefined ? undefined : Math.min(last, Math.max(0, target))
}

export const ActorTable = ({ atMillis, onOpen, onSort, onToggle, rows, sort }: ActorTableProps) => {
  const [activeId, setActiveId] = useState<string | undefined>(undefined)
  const { first, many, perPage, scroller } = useWindow()
  const gridId = useId()
  const at = Math.max(
    0,
    rows.findIndex(({ actor }) => actor.id === activeId),
  )
  const shown = rows.slice(first, first + many)
  const isActiveShown = at >= first && at < first + shown.length
  const go = (index: number) => {
    setActiveId(rows[index]?.actor.id)
    const element = scroller.current
    if (element === null) return
    const top = index * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    // The head stays over the first row.
    const bottom = top + 2 * rowHeight
    if (bottom > element.scrollTop + element.clientHeight)
      element.scrollTop = bottom - element.clientHeight
  }
  const onKey = (key: string, isBeside: boolean): boolean => {
    const row = rows[at]
    if (row === undefined) return false
    const target = keyTarget(key, at, rows.length - 1, perPage)
    if (target !== undefined) go(target)
    else if (key === "Enter") onOpen(row.actor.id, isBeside)
    else if (key === "ArrowRight" && row.isOpen === false) onToggle(row.actor.id)
    else if (key === "ArrowLeft" && row.isOpen === true) onToggle(row.actor.id)
    else if (key === "ArrowLeft") {
      const parent = rows.findLastIndex(({ level }, index) => index < at && level < row.level)
      if (parent >= 0) go(parent)
    } else return false
    return true
  }
  return (
    <div
      ref={scroller}
      className="actor-grid"
      role="treegrid"
      aria-label="Actors"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={isActiveShown && rows.length > 0 ? `${gridId}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={(event) => {
        if (event.altKey) return
        if (onKey(event.key, event.ctrlKey || event.metaKey)) event.preventDefault()
      }}
      onClick={(event) => {
        if (!(event.target instanceof Element)) return
        const line = event.target.closest<HTMLElement>("[data-index]")
        const row = rows[Number(line?.dataset["index"] ?? -1)]
        if (row === undefined) return
        setActiveId(row.actor.id)
        if (event.target.closest("[data-twist]") !== null) onToggle(row.actor.id)
        else if (event.target.closest(".actor-name") !== null)
          onOpen(row.actor.id, event.ctrlKey || event.metaKey)
      }}
      onDoubleClick={() => {
        const row = rows[at]
        if (row !== undefined) onOpen(row.actor.id, false)
      }}
    >
      <div role="rowgroup" className="actor-heads">
        <Head sort={sort} onSort={onSort} />
      </div>
      <div role="rowgroup" className="actor-lines" style={{ blockSize: rows.length * rowHeight }}>
        {shown.map(({ actor, isOpen, level, position, setSize }, offset) => (
          <Line
            key={(first + offset) % many}
            actor={actor}
            age={formatSpan(atMillis - actor.sinceMillis)}
            gridId={gridId}
            index={first + offset}
            isActive={first + offset === at}
            isOpen={isOpen}
            level={level}
            position={position}
            setSize={setSize}
          />
        ))}
      </div>
    </div>
  )
}

/** The fields of a record, or of a layout, as a tree with columns (ARIA APG: treegrid). */
import {
  type KeyboardEvent,
  memo,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react"
import { formatStorage } from "@countersign/copybook/layout/LayoutTree"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import type { FieldNode, RecordTree } from "./FieldTree.ts"
import { type TreeRow, conditionText, revealing, treeRows } from "./TreeRows.ts"

const rowHeight = 22

export interface LayoutPaneProps {
  readonly tree: RecordTree
  readonly hasRecord: boolean
  readonly selected: string | undefined
  readonly hovered: string | undefined
  /** Another object opens the tree there. */
  readonly reveal: { readonly id: string } | undefined
  readonly onSelect: (node: FieldNode) => void
  readonly onHover: (node: FieldNode | undefined) => void
}

const storedAs = ({ field, kind }: FieldNode): string => {
  const words = [
    field.kind === "elementary" ? (field.picture?.text ?? "") : "",
    field.kind === "elementary" ? formatStorage(field.storage) : "",
    kind === "table" && field.table?.counter !== undefined ? `by ${field.table.counter}` : "",
    field.redefines === undefined || kind === "table" ? "" : `redefines ${field.redefines}`,
  ]
  return visible(words.filter((word) => word !== "").join(" · "), 120)
}

const Value = ({ node }: { readonly node: FieldNode }) => {
  if (!node.isRead) return <span className="quiet">not this view</span>
  if (node.problem !== undefined)
    return (
      <span className={node.fault === undefined ? "quiet" : "bad"}>
        <Icon name={node.fault === undefined ? "circle-slash" : "error"} /> {node.problem}
        {node.isWhole ? "" : " not in the record"}
      </span>
    )
  return (
    <>
      <span className="mono">{visible(node.value ?? "", 200)}</span>
      {node.names.map((name) => (
        <span key={name} className="badge">
          {visible(name, 40)}
        </span>
      ))}
    </>
  )
}

const icons = { group: "symbol-namespace", table: "symbol-array", elementary: undefined }

interface RowProps {
  readonly row: TreeRow
  readonly index: number
  readonly id: string
  readonly hasRecord: boolean
  readonly isSelected: boolean
  readonly isHovered: boolean
  readonly onToggle: (id: string) => void
}

const Cells = ({ hasRecord, onToggle, row }: Pick<RowProps, "hasRecord" | "onToggle" | "row">) => {
  const { condition, isOpen, left, level, node } = row
  const indent = { paddingInlineStart: (level - 1) * 11 + 2 }
  if (left !== undefined)
    return (
      <span role="gridcell" className="quiet" style={indent}>
        … {left} more entries
      </span>
    )
  if (condition !== undefined)
    return (
      <>
        <span role="gridcell" className="field-name" style={indent}>
          <span className="tree-twist" />
          <span className="quiet">88</span> {visible(condition.name, 60)}
        </span>
        <span role="gridcell" className="quiet field-stored">
          {visible(conditionText(condition), 120)}
        </span>
        <span role="gridcell" />
        <span role="gridcell" />
        <span role="gridcell">
          {node.names.includes(condition.name) ? (
            <>
              <Icon name="check" /> holds
            </>
          ) : null}
        </span>
      </>
    )
  const isEntry = node.name.startsWith("[")
  const icon = icons[node.kind]
  return (
    <>
      <span role="gridcell" className="field-name" style={indent} title={visible(node.id, 200)}>
        <span
          className="tree-twist"
          onClick={(event) => {
            event.stopPropagation()
            if (isOpen !== undefined) onToggle(node.id)
          }}
        >
          {isOpen === undefined ? null : <Icon name={isOpen ? "chevron-down" : "chevron-right"} />}
        </span>
        {icon === undefined ? null : <Icon name={icon} />}
        {isEntry ? null : (
          <span className="quiet">{String(node.field.level).padStart(2, "0")}</span>
        )}{" "}
        {visible(node.name, 60)}
      </span>
      <span role="gridcell" className="quiet field-stored" title={storedAs(node)}>
        {isEntry && node.kind === "group" ? "" : storedAs(node)}
      </span>
      <span role="gridcell" className="number">
        {node.offset < 0 ? "–" : node.offset}
        {!hasRecord && node.field.isShifted ? "+" : ""}
      </span>
      <span role="gridcell" className="number">
        {node.length}
      </span>
      <span role="gridcell" className="field-value" title={visible(node.value ?? "", 400)}>
        {hasRecord ? <Value node={node} /> : <span className="quiet">{node.value}</span>}
      </span>
    </>
  )
}

const Row = memo(({ hasRecord, id, index, isHovered, isSelected, onToggle, row }: RowProps) => (
  <div
    role="row"
    id={`${id}-${index}`}
    data-index={index}
    aria-rowindex={index + 2}
    aria-level={row.level}
    aria-posinset={row.position}
    aria-setsize={row.setSize}
    aria-expanded={row.isOpen}
    aria-selected={isSelected}
    className={`field-row${isHovered ? " field-hovered" : ""}${row.node.isRead ? "" : " field-unread"}`}
    style={{ transform: `translateY(${index * rowHeight}px)` }}
  >
    <Cells hasRecord={hasRecord} onToggle={onToggle} row={row} />
  </div>
))

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 12,
  PageUp: -12,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

const indexIn = (target: EventTarget): number | undefined => {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null
  return row === null ? undefined : Number(row.dataset["index"])
}

export const LayoutPane = (props: LayoutPaneProps) => {
  const { hasRecord, hovered, onHover, onSelect, reveal, selected, tree } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [seen, setSeen] = useState({ top: 0, height: 400 })
  const [active, setActive] = useState("")
  const rows = useMemo(() => treeRows(tree.root, toggled), [tree, toggled])
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === active),
  )

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const watching = new ResizeObserver(() =>
      setSeen((before) => ({ ...before, height: element.clientHeight })),
    )
    watching.observe(element)
    return () => watching.disconnect()
  }, [])

  const show = (index: number) => {
    const element = scroller.current
    if (element === null) return
    const top = index * rowHeight
    // The head of the columns stands over the first row.
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + 2 * rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + 2 * rowHeight - element.clientHeight
  }

  useEffect(() => {
    if (reveal === undefined) return
    const opened = revealing(tree, reveal.id, toggled)
    setToggled(opened)
    setActive(reveal.id)
    show(treeRows(tree.root, opened).findIndex(({ key }) => key === reveal.id))
    // Only another place is a reason.
  }, [reveal])

  const [toggle] = useState(() => (node: string) => {
    setToggled((before) => {
      const next = new Set(before)
      if (!next.delete(node)) next.add(node)
      return next
    })
  })
  const go = (index: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, index))]
    if (next === undefined) return
    setActive(next.key)
    show(rows.indexOf(next))
    if (next.left === undefined) onSelect(next.node)
  }
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at]
    const step = steps[event.key]
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    if (step !== undefined) go(at + step)
    else if (event.key === "ArrowRight" && row.isOpen === true) go(at + 1)
    else if (event.key === "ArrowRight" && row.isOpen === false) toggle(row.node.id)
    else if (event.key === "ArrowLeft" && row.isOpen === true) toggle(row.node.id)
    else if (event.key === "ArrowLeft")
      go(rows.findLastIndex(({ level }, index) => index < at && level < row.level))
    else if (event.key === "Enter" || event.key === " ") go(at)
    else return
    event.preventDefault()
  }
  const first = Math.max(0, Math.floor(seen.top / rowHeight) - 6)
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / rowHeight) + 6)
  const drawn = rows.map((row, index) => ({ row, index })).slice(first, last)
  // What is active is always there, for whoever listens to it.
  const activeRow = rows[at]
  if (activeRow !== undefined && (at < first || at >= last))
    drawn.push({ row: activeRow, index: at })
  return (
    <div
      ref={scroller}
      className="fields"
      role="treegrid"
      tabIndex={0}
      aria-label={hasRecord ? "Fields of the record" : "Fields of the layout"}
      aria-rowcount={rows.length + 1}
      aria-colcount={5}
      aria-activedescendant={`${id}-${at}`}
      onScroll={({ currentTarget }) => {
        const { scrollTop } = currentTarget
        setSeen((before) => ({ ...before, top: scrollTop }))
      }}
      onKeyDown={onKey}
      onMouseOver={({ target }) => onHover(rows[indexIn(target) ?? -1]?.node)}
      onMouseLeave={() => onHover(undefined)}
      onClick={({ target }) => {
        const index = indexIn(target)
        if (index !== undefined) go(index)
      }}
      onDoubleClick={({ target }) => {
        const row = rows[indexIn(target) ?? -1]
        if (row?.isOpen !== undefined) toggle(row.node.id)
      }}
    >
      <div role="row" aria-rowindex={1} className="field-head">
        <span role="columnheader">Field</span>
        <span role="columnheader">Picture, stored as</span>
        <span role="columnheader" className="number">
          Offset
        </span>
        <span role="columnheader" className="number">
          Bytes
        </span>
        <span role="columnheader">{hasRecord ? "Value" : "Occurs"}</span>
      </div>
      <div role="rowgroup" className="field-rows" style={{ height: rows.length * rowHeight }}>
        {drawn.map(({ index, row }) => (
          <Row
            key={row.key}
            id={id}
            row={row}
            index={index}
            hasRecord={hasRecord}
            isSelected={row.node.id === selected && row.condition === undefined}
            isHovered={row.node.id === hovered}
            onToggle={toggle}
          />
        ))}
      </div>
    </div>
  )
}

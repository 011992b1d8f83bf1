/**
 * Bytes as a grid (ARIA APG): offset, hex and text. The scroller is the grid and the one tab stop;
 * rows that are not seen are not there.
 */
import {
  type KeyboardEvent,
  memo,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react"
import {
  type Range,
  caretAfter,
  hexByte,
  hexOffset,
  isIn,
  rangeOf,
  rowHeight,
  rowsOf,
  seenRows,
  topFor,
} from "./HexRows.ts"
import "./Hex.css"

export interface HexViewProps {
  readonly label: string
  readonly bytes: Uint8Array
  /** One character a byte; what can't be seen is a dot. */
  readonly characters: ReadonlyArray<string>
  /** Of each byte the field that it belongs to, or −1; a border stands where it changes. */
  readonly owners: Int32Array
  readonly isFaulty: (owner: number) => boolean
  readonly nameOf: (owner: number) => string
  readonly marked?: Range | undefined
  readonly hovered?: Range | undefined
  /** Another object takes the caret there. */
  readonly reveal?: { readonly offset: number } | undefined
  readonly onSelect: (selection: Range) => void
  readonly onHover: (offset: number | undefined) => void
  /** Enter on a byte. */
  readonly onOpen?: (offset: number) => void
}

interface RowProps extends Pick<
  HexViewProps,
  "bytes" | "characters" | "hovered" | "isFaulty" | "marked" | "nameOf" | "owners"
> {
  readonly row: number
  readonly width: number
  readonly id: string
  readonly caret: number
  readonly selection: Range
}

const classOf = (at: number, props: RowProps): string => {
  const { caret, hovered, isFaulty, marked, owners, selection } = props
  const owner = owners[at] ?? -1
  const words = ["hex-byte", owner < 0 ? "hex-none" : `hex-colour-${owner % 6}`]
  if (owner >= 0 && owners[at - 1] !== owner) words.push("hex-first")
  if (owner >= 0 && isFaulty(owner)) words.push("hex-faulty")
  if (isIn(marked, at)) words.push("hex-marked")
  if (isIn(hovered, at)) words.push("hex-hovered")
  if (selection.length > 1 && isIn(selection, at)) words.push("hex-selected")
  if (at === caret) words.push("hex-caret")
  return words.join(" ")
}

const Row = memo((props: RowProps) => {
  const { bytes, caret, characters, id, nameOf, owners, row, selection, width } = props
  const first = row * width
  const count = Math.min(width, bytes.length - first)
  const places = Array.from({ length: Math.max(0, count) }, (_, at) => first + at)
  return (
    <div
      role="row"
      aria-rowindex={row + 1}
      className="hex-row"
      style={{ transform: `translateY(${row * rowHeight}px)` }}
    >
      <span role="rowheader" className="hex-offset">
        {hexOffset(first)}
      </span>
      {places.map((at) => (
        <span
          key={at}
          role="gridcell"
          id={at === caret ? `${id}-caret` : undefined}
          aria-selected={at === caret || (selection.length > 1 && isIn(selection, at))}
          aria-label={
            at === caret
              ? `${hexByte(bytes[at] ?? 0)}, offset ${at}, ${nameOf(owners[at] ?? -1)}`
              : undefined
          }
          data-at={at}
          className={classOf(at, props)}
        >
          {hexByte(bytes[at] ?? 0)}
        </span>
      ))}
      {count < width ? (
        <span
          role="presentation"
          className="hex-missing"
          style={{ width: `${(width - count) * 3}ch` }}
        />
      ) : null}
      <span role="gridcell" className="hex-text">
        {places.map((at) => (
          <span key={at} data-at={at} className={classOf(at, props)}>
            {characters[bytes[at] ?? 0]}
          </span>
        ))}
      </span>
    </div>
  )
})

const placeOf = (target: EventTarget): number | undefined => {
  const at = target instanceof HTMLElement ? target.dataset["at"] : undefined
  return at === undefined ? undefined : Number(at)
}

/** Units: pixels. Narrower, a row has eight bytes. */
const wideFrom = 560

export const HexView = (props: HexViewProps) => {
  const { bytes, label, onHover, onOpen, onSelect, reveal } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ top: 0, height: 300, width: wideFrom })
  const [caret, setCaret] = useState(0)
  const [anchor, setAnchor] = useState(0)
  const width = size.width < wideFrom ? 8 : 16
  const rows = rowsOf(bytes.length, width)
  const at = Math.min(caret, Math.max(0, bytes.length - 1))
  const selection = rangeOf(Math.min(anchor, Math.max(0, bytes.length - 1)), at)

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const measure = () =>
      setSize((before) => ({ ...before, height: element.clientHeight, width: element.clientWidth }))
    const watching = new ResizeObserver(measure)
    watching.observe(element)
    return () => watching.disconnect()
  }, [])

  const show = (offset: number) => {
    const element = scroller.current
    if (element === null) return
    element.scrollTop = topFor(Math.floor(offset / width), element.scrollTop, element.clientHeight)
  }

  useEffect(() => {
    if (reveal === undefined) return
    setCaret(reveal.offset)
    setAnchor(reveal.offset)
    show(reveal.offset)
    // Another width is no reason to scroll.
  }, [reveal])

  const go = (offset: number, isExtended: boolean) => {
    const from = isExtended ? anchor : offset
    setCaret(offset)
    setAnchor(from)
    show(offset)
    onSelect(rangeOf(from, offset))
  }

  const onKey = (event: KeyboardEvent) => {
    if (event.altKey) return
    if (event.key === "Enter" && onOpen !== undefined) {
      event.preventDefault()
      return onOpen(at)
    }
    const page = Math.max(1, Math.floor(size.height / rowHeight) - 1)
    const pressed = { key: event.key, isControl: event.ctrlKey || event.metaKey }
    const next = caretAfter(pressed, at, { length: bytes.length, page, width })
    if (next === undefined) return
    event.preventDefault()
    go(next, event.shiftKey)
  }

  const { first, last } = seenRows(size.top, size.height, rows)
  return (
    <div
      ref={scroller}
      className="hex"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows}
      aria-colcount={width + 2}
      aria-activedescendant={bytes.length === 0 ? undefined : `${id}-caret`}
      onScroll={({ currentTarget }) => {
        const { scrollTop } = currentTarget
        setSize((before) => ({ ...before, top: scrollTop }))
      }}
      onKeyDown={onKey}
      onFocus={(event) => {
        if (event.target === event.currentTarget) show(at)
      }}
      onMouseOver={({ target }) => onHover(placeOf(target))}
      onMouseLeave={() => onHover(undefined)}
      onMouseDown={(event) => {
        const place = placeOf(event.target)
        if (place === undefined || event.button !== 0) return
        event.preventDefault()
        event.currentTarget.focus({ preventScroll: true })
        go(place, event.shiftKey)
      }}
      onMouseMove={(event) => {
        const place = event.buttons === 1 ? placeOf(event.target) : undefined
        if (place !== undefined && place !== at) go(place, true)
      }}
    >
      <div
        role="rowgroup"
        className="hex-rows"
        style={{ height: rows * rowHeight, minWidth: `${width * 4 + 12}ch` }}
      >
        {Array.from({ length: last - first + 1 }, (_, index) => (
          <Row
            key={(first + index) % (last - first + 1)}
            row={first + index}
            width={width}
            id={id}
            caret={at}
            selection={selection}
            bytes={bytes}
            characters={props.characters}
            owners={props.owners}
            isFaulty={props.isFaulty}
            nameOf={props.nameOf}
            marked={props.marked}
            hovered={props.hovered}
          />
        ))}
      </div>
    </div>
  )
}

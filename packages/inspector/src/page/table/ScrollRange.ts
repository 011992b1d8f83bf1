/**
 * Where rows are in a scroller that may have more of them than a browser's elements can be high:
 * beyond a limit a pixel of the scroll bar stands for several of the rows.
 */

/** Units: pixels. */
export const rowHeight = 22

/** Firefox ends near 17.9 million, Chromium near 33.5. Units: pixels. */
export const rangeMax = 8_000_000

export interface ScrollRange {
  readonly rows: number
  /** Of what is seen of the rows. Units: pixels. */
  readonly viewport: number
}

/** How high all rows would be. */
export const virtualHeight = ({ rows }: ScrollRange): number => rows * rowHeight

/** How high the element in the scroller is. */
export const elementHeight = (range: ScrollRange): number =>
  Math.min(virtualHeight(range), rangeMax)

export const isScaled = (range: ScrollRange): boolean => virtualHeight(range) > rangeMax

const spare = (height: number, viewport: number): number => Math.max(0, height - viewport)

/** The largest place that the rows can be scrolled to. */
export const topMax = (range: ScrollRange): number => spare(virtualHeight(range), range.viewport)

export const clampTop = (range: ScrollRange, top: number): number =>
  Math.min(topMax(range), Math.max(0, top))

/** The scroller's own place for a place among the rows. */
export const toScroll = (range: ScrollRange, top: number): number => {
  const most = topMax(range)
  return most === 0
    ? 0
    : (clampTop(range, top) / most) * spare(elementHeight(range), range.viewport)
}

export const fromScroll = (range: ScrollRange, scrollTop: number): number => {
  const most = spare(elementHeight(range), range.viewport)
  return most === 0 ? 0 : clampTop(range, (scrollTop / most) * topMax(range))
}

/** The rows that are seen, the last one left out. */
export const seenRows = (
  range: ScrollRange,
  top: number,
  overscan = 0,
): { readonly first: number; readonly end: number } => ({
  first: Math.max(0, Math.floor(top / rowHeight) - overscan),
  end: Math.min(range.rows, Math.ceil((top + range.viewport) / rowHeight) + overscan),
})

/** The least movement after which a row is seen whole. */
export const revealing = (range: ScrollRange, top: number, row: number): number => {
  const at = row * rowHeight
  if (at < top) return clampTop(range, at)
  const below = at + rowHeight - range.viewport
  return below > top ? clampTop(range, below) : top
}

/** A row in the middle of what is seen. */
export const centring = (range: ScrollRange, row: number): number =>
  clampTop(range, row * rowHeight - (range.viewport - rowHeight) / 2)

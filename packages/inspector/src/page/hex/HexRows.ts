/** Arithmetic of a hex view: rows, keys and ranges. */
export interface Range {
  readonly offset: number
  readonly length: number
}

/** Units: pixels. */
export const rowHeight = 20

export const rowsOf = (bytes: number, width: number): number =>
  Math.max(1, Math.ceil(bytes / width))

export interface Seen {
  readonly first: number
  readonly last: number
}

/** Rows to draw, some more than are seen. */
export const seenRows = (top: number, height: number, rows: number): Seen => ({
  first: Math.max(0, Math.floor(top / rowHeight) - 4),
  last: Math.min(rows - 1, Math.ceil((top + height) / rowHeight) + 4),
})

/** The place that brings a row into sight, and leaves it where it is seen already. */
export const topFor = (row: number, top: number, height: number): number => {
  const at = row * rowHeight
  if (at >= top && at + rowHeight <= top + height) return top
  return Math.max(0, at - Math.floor(height / 3))
}

export interface KeyPressed {
  readonly key: string
  readonly isControl: boolean
}

/** Where the caret goes; `undefined`: the key is not the view's. */
export const caretAfter = (
  { isControl, key }: KeyPressed,
  caret: number,
  {
    length,
    page,
    width,
  }: { readonly length: number; readonly page: number; readonly width: number },
): number | undefined => {
  const last = Math.max(0, length - 1)
  const to = (at: number): number => Math.min(last, Math.max(0, at))
  switch (key) {
    case "ArrowLeft":
      return to(caret - 1)
    case "ArrowRight":
      return to(caret + 1)
    case "ArrowUp":
      return caret < width ? caret : caret - width
    case "ArrowDown":
      return caret + width > last ? caret : caret + width
    case "Home":
      return isControl ? 0 : caret - (caret % width)
    case "End":
      return isControl ? last : to(caret - (caret % width) + width - 1)
    case "PageUp":
      return to(caret - page * width)
    case "PageDown":
      return to(caret + page * width)
    default:
      return undefined
  }
}

export const rangeOf = (anchor: number, caret: number): Range => ({
  offset: Math.min(anchor, caret),
  length: Math.abs(anchor - caret) + 1,
})

export const isIn = (range: Range | undefined, at: number): boolean =>
  range !== undefined && at >= range.offset && at < range.offset + range.length

/** `26`, `0x1A` or `1Ah`; `undefined`: no offset. */
export const offsetOf = (text: string): number | undefined => {
  const written = text.trim().replaceAll(",", "")
  const hex = /^(?:0x([\da-f]{1,13})|([\da-f]{1,13})h)$/i.exec(written)
  if (hex !== null) return Number.parseInt(hex[1] ?? hex[2] ?? "", 16)
  return /^\d{1,15}$/.test(written) ? Number(written) : undefined
}

export const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0")

export const hexOffset = (offset: number): string =>
  offset.toString(16).toUpperCase().padStart(6, "0")

export const hexText = (bytes: Uint8Array, max = 32): string => {
  const shown = Array.from(bytes.subarray(0, max), hexByte).join(" ")
  return bytes.length > max ? `${shown} … ${bytes.length - max} more` : shown
}

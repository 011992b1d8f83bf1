/**
 * Finds records that are lines of text.
 *
 * @since 0.1.0
 */
import type { Found, Scan } from "./Found.ts"
import { faultBytesMax } from "./FramingFault.ts"
import type { LineEnd, LineFraming } from "./Framing.ts"

const carriageReturn = 0x0d

/**
 * The last byte of an end of line, another that does as well, and whether a carriage return may or
 * must stand before it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ending {
  readonly byte: number
  readonly other?: number
  readonly before?: "may" | "must"
}

/**
 * @category models
 * @since 0.1.0
 */
export const endings: Readonly<Record<LineEnd, Ending>> = {
  text: { byte: 0x0a, before: "may" },
  lf: { byte: 0x0a },
  crlf: { byte: 0x0a, before: "must" },
  cr: { byte: carriageReturn },
  ebcdic: { byte: 0x15, other: 0x25, before: "may" },
  nel: { byte: 0x15 },
  "ebcdic-lf": { byte: 0x25 },
}

/**
 * Where the first end of a line is; −1 where there is none.
 *
 * @category searching
 * @since 0.1.0
 */
export const findEnd = (bytes: Uint8Array, from: number, end: number, ending: Ending): number => {
  const search = (byte: number): number => {
    const place = bytes.indexOf(byte, from)
    return place < 0 || place >= end ? -1 : place
  }
  if (ending.other !== undefined) {
    // Byte by byte: two searches could each run through the whole window for every line.
    for (let place = from; place < end; place++) {
      if (bytes[place] === ending.byte || bytes[place] === ending.other) return place
    }
    return -1
  }
  let place = search(ending.byte)
  const isBare = (at: number): boolean => at === from || bytes[at - 1] !== carriageReturn
  while (place >= 0 && ending.before === "must" && isBare(place)) {
    const next = bytes.indexOf(ending.byte, place + 1)
    place = next < 0 || next >= end ? -1 : next
  }
  return place
}

interface PassedLine {
  readonly fileOffset: number
  length: number
  /** The first of its bytes. */
  readonly bytes: Uint8Array
}

/**
 * The blank of the code page that an end of line belongs to.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const blankOf = ({ byte }: Ending): number => (byte === 0x15 || byte === 0x25 ? 0x40 : 0x20)

/**
 * @category constructors
 * @since 0.1.0
 */
export const lineScan = (framing: LineFraming, recordBytesMax: number): Scan => {
  const { empty = "skip", isTrimmed = false, splitBytes } = framing
  const end = framing.end ?? "text"
  const ending = endings[end]
  const blank = blankOf(ending)
  /** A line that is too long, whose end is still to come. */
  let passing: PassedLine | undefined

  const endPassing = (found: Found): void => {
    if (passing === undefined) return
    const { bytes, fileOffset, length } = passing
    passing = undefined
    const detail = `a line of ${length} bytes, and the limit is ${recordBytesMax}`
    found.faultAt("CPY-3005", fileOffset, length, bytes, detail)
  }

  const add = (bytes: Uint8Array, start: number, stop: number, found: Found): void => {
    let to = stop
    if (isTrimmed) while (to > start && bytes[to - 1] === blank) to--
    if (to > start || empty === "record") found.add(start, to - start)
    else if (empty === "skip") found.skipped += 1
    else found.fault("CPY-3017", start, 0, `at byte ${found.base + start}`)
  }

  /** Where the text of a line ends whose end stands at `place`. */
  const textEnd = (bytes: Uint8Array, start: number, place: number): number =>
    ending.before !== undefined && place > start && bytes[place - 1] === carriageReturn
      ? place - 1
      : place

  const run: Scan["run"] = (bytes, from, limit, isLast, found) => {
    let at = from
    while (at < limit && !found.isStopped && found.count < found.capacity) {
      const reach = splitBytes === undefined ? limit : Math.min(limit, at + splitBytes + 2)
      const place = findEnd(bytes, at, reach, ending)
      const isOpen = place < 0 && reach === limit && !isLast
      // A carriage return there may be the first half of the line's end.
      const isHalf = isOpen && ending.before !== undefined && bytes[limit - 1] === carriageReturn
      const stop = place >= 0 ? textEnd(bytes, at, place) : isHalf ? limit - 1 : reach
      if (passing !== undefined) {
        passing.length += stop - at
        at = place < 0 ? stop : place + 1
        if (place >= 0) endPassing(found)
        if (isHalf) break
      } else if (splitBytes !== undefined && stop - at > splitBytes) {
        add(bytes, at, at + splitBytes, found)
        at += splitBytes
      } else if (stop - at > recordBytesMax) {
        const shown = new Uint8Array(bytes.subarray(at, at + Math.min(stop - at, faultBytesMax)))
        passing = { fileOffset: found.base + at, length: 0, bytes: shown }
      } else if (place >= 0) {
        add(bytes, at, stop, found)
        if (!found.isStopped) at = place + 1
      } else if (isLast) {
        add(bytes, at, stop, found)
        at = limit
      } else break
    }
    return at
  }
  return { run, finish: endPassing }
}

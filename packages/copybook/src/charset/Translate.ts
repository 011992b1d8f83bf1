/**
 * Text of bytes and bytes of text, in a code page, in double bytes alone, and in UTF-16.
 *
 * @since 0.1.0
 */
import type { CodePage, DoubleBytePage } from "./CodePage.ts"
import { doubleByteCoding, mixedCoding } from "./DoubleByteCoding.ts"
import { nationalCoding, singleByteCoding, utf8Coding } from "./SingleByteCoding.ts"
import type { TextCoding, TextFault, TextOptions } from "./TextCoding.ts"

/**
 * How a text fills a field.
 *
 * @category models
 * @since 0.1.0
 */
export interface Filling {
  /** Blanks before the text instead of behind it. */
  readonly isJustified?: boolean
  /** Cuts what doesn't fit: its end, or its beginning where it is justified. Default `false`. */
  readonly canTruncate?: boolean
}

/**
 * Reads and writes texts.
 *
 * Where a text can't be read or written, the answer is a fault with the place, and nothing is
 * thrown. Offsets and lengths are in bytes, and must lie in the bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Translator {
  /** The text of `length` bytes from `offset`. */
  readonly decode: (bytes: Uint8Array, offset: number, length: number) => string | TextFault
  /**
   * Writes the text's UTF-8 to `into` from `at`, which has room for `length · utf8Max` bytes.
   * Gives how many were written.
   */
  readonly toUtf8: (
    bytes: Uint8Array,
    offset: number,
    length: number,
    into: Uint8Array,
    at: number,
  ) => number | TextFault
  /** The most bytes of UTF-8 that one byte becomes. */
  readonly utf8Max: number
  /** The bytes of a text, without blanks to fill a field. */
  readonly encode: (text: string) => Uint8Array | TextFault
  /** Writes a text and blanks to the `length` bytes from `at`. */
  readonly fill: (
    text: string,
    into: Uint8Array,
    at: number,
    length: number,
    how?: Filling,
  ) => TextFault | undefined
  /** The bytes of one blank. */
  readonly blank: Uint8Array
}

const blankBehind = / +$/
const blankBefore = /^ +/

/** The longest end of a text that fits, without parting what belongs together. */
const endThatFits = (coding: TextCoding, text: string, room: number): string => {
  const fits = (from: number): boolean => {
    const size = coding.write(
      text.slice(from),
      scratchOf(text.length * coding.sizeMax),
      0,
      room,
      false,
    )
    return typeof size === "number"
  }
  let from = Math.max(0, text.length - room)
  let until = text.length
  while (from < until) {
    const middle = (from + until) >> 1
    if (fits(middle)) until = middle
    else from = middle + 1
  }
  // The second half of a pair says nothing without its first.
  const isParted = (text.charCodeAt(from) & 0xfc00) === 0xdc00
  return text.slice(isParted ? from + 1 : from)
}

/** Read before anything else is written to it. */
let scratch = new Uint8Array(4096)

const scratchOf = (size: number): Uint8Array => {
  if (scratch.length < size) scratch = new Uint8Array(size * 2)
  return scratch
}

const padding = (into: Uint8Array, from: number, until: number, blank: Uint8Array): void => {
  if (blank.length === 1) into.fill(blank[0] ?? 0, from, until)
  else for (let at = from; at < until; at++) into[at] = blank[(at - from) % blank.length] ?? 0
}

const filler =
  (coding: TextCoding): Translator["fill"] =>
  (text, into, at, length, how) => {
    const isJustified = how?.isJustified === true
    // Blanks that don't fit say nothing.
    const bare =
      text.length * coding.sizeMax <= length
        ? text
        : text.replace(isJustified ? blankBefore : blankBehind, "")
    let written = coding.write(bare, into, at, length, how?.canTruncate === true && !isJustified)
    if (typeof written !== "number") {
      if (written.reason !== "long" || !isJustified || how.canTruncate !== true) return written
      written = coding.write(endThatFits(coding, bare, length), into, at, length, true)
      if (typeof written !== "number") return written
    }
    if (isJustified) {
      into.copyWithin(at + length - written, at, at + written)
      padding(into, at, at + length - written, coding.blank)
    } else padding(into, at + written, at + length, coding.blank)
    return undefined
  }

const translatorOf = (coding: TextCoding): Translator => ({
  decode: coding.read,
  toUtf8:
    coding.toUtf8 ??
    ((bytes, offset, length, into, at) => {
      const text = coding.read(bytes, offset, length)
      if (typeof text !== "string") return text
      return Buffer.from(into.buffer, into.byteOffset, into.byteLength).write(text, at, "utf8")
    }),
  utf8Max: coding.utf8Max,
  encode: (text) => {
    const room = scratchOf(text.length * coding.sizeMax)
    const written = coding.write(text, room, 0, room.length, false)
    return typeof written === "number" ? room.slice(0, written) : written
  },
  fill: filler(coding),
  blank: coding.blank,
})

/**
 * Translates text of a code page: single bytes, single and double bytes with shifts between
 * them, double bytes alone, or UTF-8, as the page has it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const translator = (page: CodePage, options: TextOptions = {}): Translator => {
  if (page.name === "utf-8") return translatorOf(utf8Coding)
  if (page.double === undefined) return translatorOf(singleByteCoding(page, options))
  return translatorOf(
    page.isDoubleOnly === true
      ? doubleByteCoding(page.double, options)
      : mixedCoding(page, page.double, options),
  )
}

/**
 * Translates text of double bytes alone, without shifts: `PIC G` and `PIC N` in double bytes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const doubleTranslator = (page: DoubleBytePage, options: TextOptions = {}): Translator =>
  translatorOf(doubleByteCoding(page, options))

/**
 * Translates UTF-16: `PIC N` with `USAGE NATIONAL`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const nationalTranslator = (endian: "big" | "little"): Translator =>
  translatorOf(nationalCoding(endian))

/**
 * The Latin-1 characters of a page's bytes, of pages that have no others (`isLatin`): for text
 * that is translated byte by byte.
 *
 * @category getters
 * @since 0.1.0
 */
export const latinTable = (page: CodePage): Uint8Array => Uint8Array.from(page.toUnicode)

/**
 * Translates `length` bytes with a table of 256.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toLatin1 = (
  table: Uint8Array,
  bytes: Uint8Array,
  offset: number,
  length: number,
  into: Uint8Array,
  at: number,
): void => {
  for (let index = 0; index < length; index++) {
    into[at + index] = table[bytes[offset + index] ?? 0] ?? 0
  }
}

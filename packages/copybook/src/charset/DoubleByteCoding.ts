/**
 * Text of two bytes a character, alone or between shifts in text of one byte a character.
 *
 * @since 0.1.0
 */
import type { CodePage, DoubleBytePage } from "./CodePage.ts"
import { bytesOf, charactersOf, substituteOf } from "./SingleByteCoding.ts"
import type { TextCoding, TextFault, TextOptions } from "./TextCoding.ts"

const shiftOut = 0x0e
const shiftIn = 0x0f
const blank = 0x4040
/** What stands for a character that a page doesn't have. */
const substitute = 0xfefe
const replacement = "\ufffd"

/** Text of two bytes, or undefined. */
type PairText = (bytes: number) => string | undefined

const pairTextOf = (page: DoubleBytePage, options: TextOptions): PairText => {
  const other = (options.unassigned ?? "error") === "error" ? undefined : replacement
  return (bytes) => {
    const codePoint = page.toUnicode(bytes)
    // Low-values are what they are elsewhere.
    if (codePoint !== 0 || bytes === 0) return String.fromCodePoint(codePoint)
    return page.sequences?.get(bytes) ?? other
  }
}

/** Two bytes of the character at a place, how many UTF-16 units it takes, or −1. */
interface Pairs {
  readonly at: (text: string, index: number) => number
  readonly length: () => number
}

const pairsOf = (page: DoubleBytePage): Pairs => {
  const sequences = new Map([...(page.sequences ?? [])].map(([bytes, text]) => [text, bytes]))
  let length = 1
  return {
    at: (text, index) => {
      length = 2
      if (sequences.size > 0) {
        const bytes = sequences.get(text.slice(index, index + 2))
        if (bytes !== undefined) return bytes
      }
      const codePoint = text.codePointAt(index) ?? 0
      length = codePoint > 0xffff ? 2 : 1
      return codePoint === 0 ? 0 : page.fromUnicode(codePoint)
    },
    length: () => length,
  }
}

const isHalf = (text: string, index: number): boolean => {
  const unit = text.charCodeAt(index)
  return (unit & 0xf800) === 0xd800 && (text.codePointAt(index) ?? 0) < 0x10000
}

/**
 * Text of double bytes alone. A blank (U+0020) is written as theirs, which is read as U+3000.
 *
 * @category constructors
 * @since 0.1.0
 */
export const doubleByteCoding = (page: DoubleBytePage, options: TextOptions): TextCoding => {
  const pairText = pairTextOf(page, options)
  const pairs = pairsOf(page)
  return {
    read: (bytes, offset, length) => {
      let text = ""
      for (let index = offset; index + 1 < offset + length; index += 2) {
        const character = pairText(((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0))
        if (character === undefined) return { reason: "unassigned", at: index }
        text += character
      }
      return length % 2 === 0 ? text : { reason: "half", at: offset + length - 1 }
    },
    // Two bytes become up to four, and a sequence of two characters up to six.
    utf8Max: 3,
    write: (text, into, at, room, canTruncate) => {
      let end = at
      for (let index = 0; index < text.length;) {
        const isBlank = text.charCodeAt(index) === 0x20
        let pair = isBlank ? blank : pairs.at(text, index)
        const units = isBlank ? 1 : pairs.length()
        if (pair < 0) {
          if (options.unmappable !== "replace") {
            return { reason: isHalf(text, index) ? "malformed" : "unmappable", at: index }
          }
          pair = substitute
        }
        if (end - at + 2 > room) return canTruncate ? end - at : { reason: "long", at: index }
        into[end++] = pair >> 8
        into[end++] = pair & 0xff
        index += units
      }
      return end - at
    },
    sizeMax: 2,
    blank: Uint8Array.of(blank >> 8, blank & 0xff),
  }
}

const mixedReader = (
  page: CodePage,
  double: DoubleBytePage,
  options: TextOptions,
): TextCoding["read"] => {
  const characters = charactersOf(page, options)
  const faults = new Uint8Array(256)
  if ((options.unassigned ?? "error") === "error") {
    for (const byte of page.unassigned) faults[byte] = 1
  }
  const pairText = pairTextOf(double, options)
  const isLenient = options.isShiftLenient === true
  return (bytes, offset, length) => {
    let text = ""
    let isShifted = false
    let shiftedAt = offset
    const end = offset + length
    for (let index = offset; index < end; index++) {
      const byte = bytes[index] ?? 0
      if (byte === shiftOut || byte === shiftIn) {
        if (isShifted === (byte === shiftOut) && !isLenient) return { reason: "shift", at: index }
        isShifted = byte === shiftOut
        shiftedAt = index
      } else if (isShifted) {
        if (index + 1 === end) return { reason: "half", at: index }
        const character = pairText((byte << 8) | (bytes[index + 1] ?? 0))
        if (character === undefined) return { reason: "unassigned", at: index }
        text += character
        index++
      } else {
        if (faults[byte] === 1) return { reason: "unassigned", at: index }
        text += String.fromCharCode(characters[byte] ?? 0)
      }
    }
    return isShifted && !isLenient ? { reason: "shift", at: shiftedAt } : text
  }
}

/**
 * Text of single bytes, with double bytes between shift-out (0x0E) and shift-in (0x0F).
 *
 * What is written has the fewest shifts, and ends in single bytes. The shifts themselves are no
 * characters: a text that holds U+000E or U+000F can't be written.
 *
 * @category constructors
 * @since 0.1.0
 */
export const mixedCoding = (
  page: CodePage,
  double: DoubleBytePage,
  options: TextOptions,
): TextCoding => {
  const pairs = pairsOf(double)
  let made: Int16Array | undefined
  const narrowOf = (unit: number): number => {
    const byte = (made ??= bytesOf(page, options))[unit] ?? -1
    return byte === shiftOut || byte === shiftIn ? -1 : byte
  }
  const missing = (text: string, at: number): TextFault => ({
    reason: isHalf(text, at) ? "malformed" : "unmappable",
    at,
  })
  return {
    read: mixedReader(page, double, options),
    utf8Max: 3,
    write: (text, into, at, room, canTruncate) => {
      let end = at
      let isShifted = false
      // While shifted, one byte of the room is kept for the shift-in.
      const finish = (): number => {
        if (isShifted) into[end++] = shiftIn
        return end - at
      }
      for (let index = 0; index < text.length;) {
        let narrow = narrowOf(text.charCodeAt(index))
        const pair = narrow < 0 ? pairs.at(text, index) : -1
        let units = 1
        const isWide = pair > 0
        if (isWide) units = pairs.length()
        else if (narrow < 0) {
          if (options.unmappable !== "replace") return missing(text, index)
          narrow = substituteOf(page)
          units = pairs.length()
        }
        const size = isWide ? (isShifted ? 2 : 4) : 1
        // Narrow behind wide: the shift-in's byte is kept already.
        if (end - at + (isShifted ? 1 : 0) + size > room) {
          return canTruncate ? finish() : { reason: "long", at: index }
        }
        if (isWide) {
          if (!isShifted) into[end++] = shiftOut
          into[end++] = pair >> 8
          into[end++] = pair & 0xff
        } else {
          if (isShifted) into[end++] = shiftIn
          into[end++] = narrow
        }
        isShifted = isWide
        index += units
      }
      return finish()
    },
    sizeMax: 4,
    blank: Uint8Array.of(page.fromUnicode[0x20] ?? 0x40),
  }
}

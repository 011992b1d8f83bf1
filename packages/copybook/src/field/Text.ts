/**
 * Text fields: bytes of a code page, mixed single and double bytes, double bytes alone, and
 * UTF-16.
 *
 * @since 0.1.0
 */
import type { CodePage, DoubleBytePage } from "../charset/CodePage.ts"
import type { DecodeFaultCode, EncodeFaultCode } from "./FaultCode.ts"

/**
 * Which blanks around a text are left out.
 *
 * @category models
 * @since 0.1.0
 */
export type Trim = "none" | "right" | "left" | "both"

const shiftOut = 0x0e
const shiftIn = 0x0f

/** The first code unit that is trimmed; the last is the blank. */
const trimmedFrom = (hasControls: boolean): number => (hasControls ? 0 : 0x20)

/**
 * Leaves out blanks around a text.
 *
 * @param hasControls whether controls, such as low-values, are taken for blanks
 * @category conversions
 * @since 0.1.0
 */
export const trim = (text: string, how: Trim, hasControls = false): string => {
  const from = trimmedFrom(hasControls)
  const isBlank = (unit: number): boolean => unit >= from && unit <= 0x20
  let start = 0
  let end = text.length
  if (how !== "left" && how !== "none") while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--
  if (how !== "right" && how !== "none") {
    while (start < end && isBlank(text.charCodeAt(start))) start++
  }
  return start === 0 && end === text.length ? text : text.substring(start, end)
}

/**
 * Reads and writes the characters of a kind of text. `read` gives a fault code in `fault` and
 * undefined.
 *
 * @category models
 * @since 0.1.0
 */
export interface TextFormat {
  /** `offset` to `offset + length`. */
  readonly read: (bytes: Uint8Array, offset: number, length: number) => string | undefined
  /** Why the last read gave undefined. */
  readonly fault: () => DecodeFaultCode
  /** Bytes of a text, without padding; undefined where a character has none. */
  readonly write: (text: string) => Uint8Array | undefined
  /** Bytes of one blank. */
  readonly blank: Uint8Array
}

/** Grows with the longest field, and is read before anything else is written to it. */
let scratch = Buffer.alloc(1024)

const singleByte = (page: CodePage): TextFormat => {
  const { fromUnicode, toUnicode } = page
  const isUnassigned = new Uint8Array(256)
  for (const byte of page.unassigned) isUnassigned[byte] = 1
  const checks = page.unassigned.length > 0
  return {
    read: (bytes, offset, length) => {
      if (scratch.length < length * 2) scratch = Buffer.alloc(length * 4)
      const buffer = scratch
      for (let index = 0; index < length; index++) {
        const byte = bytes[offset + index] ?? 0
        if (checks && isUnassigned[byte] === 1) return undefined
        const unit = toUnicode[byte] ?? 0
        buffer[index * 2] = unit & 0xff
        buffer[index * 2 + 1] = unit >> 8
      }
      return buffer.toString("utf16le", 0, length * 2)
    },
    fault: () => "CPY-4007",
    write: (text) => {
      const bytes = new Uint8Array(text.length)
      for (let index = 0; index < text.length; index++) {
        const byte = fromUnicode[text.charCodeAt(index)] ?? -1
        if (byte < 0) return undefined
        bytes[index] = byte
      }
      return bytes
    },
    blank: Uint8Array.of(fromUnicode[0x20] ?? 0x20),
  }
}

const doubleByte = (page: DoubleBytePage): TextFormat => ({
  read: (bytes, offset, length) => {
    let text = ""
    for (let index = 0; index + 1 < length; index += 2) {
      const unit = ((bytes[offset + index] ?? 0) << 8) | (bytes[offset + index + 1] ?? 0)
      const codePoint = page.toUnicode(unit)
      if (codePoint === 0 && unit !== 0) return undefined
      text += String.fromCodePoint(codePoint)
    }
    return length % 2 === 0 ? text : undefined
  },
  fault: () => "CPY-4007",
  write: (text) => {
    const bytes: Array<number> = []
    for (const character of text) {
      const unit = doubleOf(page, character)
      if (unit < 0) return undefined
      bytes.push(unit >> 8, unit & 0xff)
    }
    return Uint8Array.from(bytes)
  },
  blank: Uint8Array.of(0x40, 0x40),
})

/** The double bytes of a blank are 0x4040, which mapping tables show as U+3000. */
const doubleOf = (page: DoubleBytePage, character: string): number => {
  const codePoint = character.codePointAt(0) ?? 0
  if (codePoint === 0x20) return 0x4040
  return codePoint === 0 ? 0 : page.fromUnicode(codePoint)
}

const mixed = (page: CodePage, double: DoubleBytePage): TextFormat => {
  const single = singleByte(page)
  const pairs = doubleByte(double)
  let code: DecodeFaultCode = "CPY-4007"
  return {
    read: (bytes, offset, length) => {
      let text = ""
      let from = offset
      const end = offset + length
      while (from < end) {
        // Not `indexOf`, which would go on through all records behind this one.
        let out = from
        while (out < end && bytes[out] !== shiftOut) out++
        const isShifted = out < end
        const until = isShifted ? out : end
        const part = single.read(bytes, from, until - from)
        code = "CPY-4007"
        if (part === undefined) return undefined
        text += part
        if (!isShifted) return text
        let back = out + 1
        while (back < end && bytes[back] !== shiftIn) back += 2
        code = "CPY-4008"
        if (back >= end) return undefined
        code = "CPY-4007"
        const wide = pairs.read(bytes, out + 1, back - out - 1)
        if (wide === undefined) return undefined
        text += wide
        from = back + 1
      }
      return text
    },
    fault: () => code,
    write: (text) => {
      const bytes: Array<number> = []
      let isShifted = false
      for (const character of text) {
        const narrow =
          character.length === 1 ? (page.fromUnicode[character.charCodeAt(0)] ?? -1) : -1
        const isNarrow = narrow >= 0 && narrow !== shiftOut && narrow !== shiftIn
        if (isNarrow) {
          if (isShifted) bytes.push(shiftIn)
          isShifted = false
          bytes.push(narrow)
          continue
        }
        const unit = double.fromUnicode(character.codePointAt(0) ?? 0)
        if (unit < 0) return undefined
        if (!isShifted) bytes.push(shiftOut)
        isShifted = true
        bytes.push(unit >> 8, unit & 0xff)
      }
      if (isShifted) bytes.push(shiftIn)
      return Uint8Array.from(bytes)
    },
    blank: single.blank,
  }
}

const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const utf8: TextFormat = {
  read: (bytes, offset, length) => {
    try {
      // A copy, since a view on shared memory is refused.
      return utf8Decoder.decode(bytes.slice(offset, offset + length))
    } catch {
      return undefined
    }
  },
  fault: () => "CPY-4007",
  write: (text) => (text.isWellFormed() ? new TextEncoder().encode(text) : undefined),
  blank: Uint8Array.of(0x20),
}

/**
 * Text of a code page.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofPage = (page: CodePage): TextFormat => {
  if (page.name === "utf-8") return utf8
  return page.double === undefined ? singleByte(page) : mixed(page, page.double)
}

/**
 * Text of double bytes alone.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofDouble = (page: DoubleBytePage): TextFormat => doubleByte(page)

/**
 * UTF-16 text.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofNational = (endian: "big" | "little"): TextFormat => ({
  read: (bytes, offset, length) => {
    const buffer = Buffer.from(bytes.subarray(offset, offset + length - (length % 2)))
    if (endian === "big") buffer.swap16()
    const text = buffer.toString("utf16le")
    return length % 2 === 0 && text.isWellFormed() ? text : undefined
  },
  fault: () => "CPY-4007",
  write: (text) => {
    if (!text.isWellFormed()) return undefined
    const buffer = Buffer.from(text, "utf16le")
    return endian === "big" ? buffer.swap16() : buffer
  },
  blank: endian === "big" ? Uint8Array.of(0, 0x20) : Uint8Array.of(0x20, 0),
})

/** The last place at which a text can be cut without splitting what belongs together. */
const cutTo = (format: TextFormat, text: string, length: number): Uint8Array => {
  let cut = text.slice(0, length)
  for (;;) {
    const bytes = format.write(cut)
    if (bytes !== undefined && bytes.length <= length) return bytes
    cut = cut.slice(0, -1)
  }
}

/**
 * Writes a text with blanks behind it, or before it where it is justified.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (
  format: TextFormat,
  text: string,
  bytes: Uint8Array,
  offset: number,
  length: number,
  options: { readonly isJustified: boolean; readonly canTruncate: boolean },
): EncodeFaultCode | undefined => {
  let content = format.write(text)
  if (content === undefined) return "CPY-5007"
  if (content.length > length) {
    // Blanks that don't fit say nothing.
    const bare = format.write(trim(text, options.isJustified ? "left" : "right"))
    if (bare !== undefined && bare.length <= length) content = bare
    else if (!options.canTruncate) return "CPY-5006"
    else content = cutTo(format, text, length)
  }
  const { blank } = format
  const rest = length - content.length
  const first = options.isJustified ? offset : offset + content.length
  for (let index = 0; index < rest; index++) {
    bytes[first + index] = blank[index % blank.length] ?? 0
  }
  bytes.set(content, options.isJustified ? offset + rest : offset)
  return undefined
}

/**
 * Text of one byte a character, and of Unicode's own encodings.
 *
 * @since 0.1.0
 */
import type { CodePage } from "./CodePage.ts"
import type { TextCoding, TextOptions } from "./TextCoding.ts"

/** Grows with the longest text, and is read before anything else is written to it. */
let scratch = Buffer.alloc(4096)

/** A page's unassigned bytes, as options have it: 1 where reading fails. */
const faultsOf = (page: CodePage, options: TextOptions): Uint8Array | undefined => {
  if (page.unassigned.length === 0 || (options.unassigned ?? "error") !== "error") return undefined
  const faults = new Uint8Array(256)
  for (const byte of page.unassigned) faults[byte] = 1
  return faults
}

/**
 * The characters that bytes become: with `replace`, U+FFFD for those that have none.
 *
 * @category getters
 * @since 0.1.0
 */
export const charactersOf = (page: CodePage, options: TextOptions): Uint16Array => {
  if (options.unassigned !== "replace") return page.toUnicode
  const characters = page.toUnicode.slice()
  for (const byte of page.unassigned) characters[byte] = 0xfffd
  return characters
}

/**
 * The bytes that characters become: the private characters of unassigned bytes only with `keep`.
 *
 * @category getters
 * @since 0.1.0
 */
export const bytesOf = (page: CodePage, options: TextOptions): Int16Array => {
  if (page.unassigned.length === 0 || options.unassigned === "keep") return page.fromUnicode
  const bytes = page.fromUnicode.slice()
  for (const byte of page.unassigned) bytes[page.toUnicode[byte] ?? 0] = -1
  return bytes
}

/**
 * Substitute of EBCDIC (0x3F) and of ASCII (0x1A).
 *
 * @category getters
 * @since 0.1.0
 */
export const substituteOf = (page: CodePage): number => (page.isEbcdic ? 0x3f : 0x1a)

/** UTF-8 of each byte: its length, and up to three bytes, least significant first. */
const utf8Table = (characters: Uint16Array): Uint32Array =>
  Uint32Array.from(characters, (unit) => {
    const [first = 0, second = 0, third = 0] = Buffer.from(String.fromCharCode(unit), "utf8")
    const size = unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
    return size | (first << 8) | (second << 16) | (third << 24)
  })

const reader = (characters: Uint16Array, faults: Uint8Array | undefined): TextCoding["read"] => {
  const isLatin = characters.every((unit) => unit < 0x100)
  return (bytes, offset, length) => {
    if (scratch.length < length * 2) scratch = Buffer.alloc(length * 4)
    const buffer = scratch
    if (isLatin) {
      for (let index = 0; index < length; index++) {
        buffer[index] = characters[bytes[offset + index] ?? 0] ?? 0
      }
      return buffer.toString("latin1", 0, length)
    }
    for (let index = 0; index < length; index++) {
      const byte = bytes[offset + index] ?? 0
      if (faults?.[byte] === 1) return { reason: "unassigned", at: offset + index }
      const unit = characters[byte] ?? 0
      buffer[index * 2] = unit & 0xff
      buffer[index * 2 + 1] = unit >> 8
    }
    return buffer.toString("utf16le", 0, length * 2)
  }
}

const utf8Writer =
  (table: Uint32Array, faults: Uint8Array | undefined): NonNullable<TextCoding["toUtf8"]> =>
  (bytes, offset, length, into, at) => {
    let end = at
    for (let index = 0; index < length; index++) {
      const byte = bytes[offset + index] ?? 0
      const packed = table[byte] ?? 0
      const size = packed & 0xff
      if (faults?.[byte] === 1) return { reason: "unassigned", at: offset + index }
      into[end++] = (packed >> 8) & 0xff
      if (size > 1) into[end++] = (packed >> 16) & 0xff
      if (size > 2) into[end++] = packed >>> 24
    }
    return end - at
  }

/**
 * A page of single bytes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const singleByteCoding = (page: CodePage, options: TextOptions): TextCoding => {
  const characters = charactersOf(page, options)
  const faults = faultsOf(page, options)
  const table = utf8Table(characters)
  const substitute = options.unmappable === "replace" ? substituteOf(page) : -1
  let made: Int16Array | undefined
  return {
    read: reader(characters, faults),
    toUtf8: utf8Writer(table, faults),
    utf8Max: table.reduce((most, packed) => Math.max(most, packed & 0xff), 1),
    write: (text, into, at, room, canTruncate) => {
      const bytes = (made ??= bytesOf(page, options))
      let end = at
      for (let index = 0; index < text.length; index++) {
        if (end - at === room) return canTruncate ? room : { reason: "long", at: index }
        const unit = text.charCodeAt(index)
        let byte = bytes[unit] ?? -1
        if (byte < 0) {
          if (substitute < 0) return { reason: "unmappable", at: index }
          byte = substitute
          // One substitute stands for both halves of a pair.
          if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00)
            index++
        }
        into[end++] = byte
      }
      return end - at
    },
    sizeMax: 1,
    blank: Uint8Array.of(page.fromUnicode[0x20] ?? 0x20),
  }
}

const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const unicodeEncoder = new TextEncoder()

/** Where bytes stop being UTF-8: what precedes an incomplete or wrong sequence is right. */
const utf8FaultAt = (bytes: Uint8Array): number => {
  let from = 0
  let until = bytes.length
  const stream = (end: number): boolean => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end), { stream: true })
      return true
    } catch {
      return false
    }
  }
  while (from < until) {
    const middle = (from + until + 1) >> 1
    if (stream(middle)) from = middle
    else until = middle - 1
  }
  return Math.min(from, Math.max(0, bytes.length - 1))
}

/** Where a text holds half of a surrogate pair, or −1. */
const halfAt = (text: string): number => (text.isWellFormed() ? -1 : text.search(/\p{Surrogate}/u))

/**
 * UTF-8.
 *
 * @category constructors
 * @since 0.1.0
 */
export const utf8Coding: TextCoding = {
  read: (bytes, offset, length) => {
    // A copy, since a view on shared memory is refused.
    const copy = bytes.slice(offset, offset + length)
    try {
      return fatal.decode(copy)
    } catch {
      return { reason: "malformed", at: offset + utf8FaultAt(copy) }
    }
  },
  utf8Max: 1,
  write: (text, into, at, room, canTruncate) => {
    const half = halfAt(text)
    if (half >= 0) return { reason: "malformed", at: half }
    const { read, written } = unicodeEncoder.encodeInto(text, into.subarray(at, at + room))
    return read === text.length || canTruncate ? written : { reason: "long", at: read }
  },
  sizeMax: 3,
  blank: Uint8Array.of(0x20),
}

/**
 * UTF-16 of two bytes a unit.
 *
 * @category constructors
 * @since 0.1.0
 */
export const nationalCoding = (endian: "big" | "little"): TextCoding => ({
  read: (bytes, offset, length) => {
    if (length % 2 === 1) return { reason: "half", at: offset + length - 1 }
    const buffer = Buffer.from(bytes.subarray(offset, offset + length))
    if (endian === "big") buffer.swap16()
    const text = buffer.toString("utf16le")
    const half = halfAt(text)
    return half < 0 ? text : { reason: "malformed", at: offset + half * 2 }
  },
  utf8Max: 1.5,
  write: (text, into, at, room, canTruncate) => {
    const half = halfAt(text)
    if (half >= 0) return { reason: "malformed", at: half }
    let size = text.length
    if (size * 2 > room) {
      size = room >> 1
      if (!canTruncate) return { reason: "long", at: size }
      if ((text.charCodeAt(size) & 0xfc00) === 0xdc00) size--
    }
    const high = endian === "big" ? 0 : 1
    for (let index = 0; index < size; index++) {
      const unit = text.charCodeAt(index)
      into[at + index * 2 + high] = unit >> 8
      into[at + index * 2 + 1 - high] = unit & 0xff
    }
    return size * 2
  },
  sizeMax: 2,
  blank: endian === "big" ? Uint8Array.of(0, 0x20) : Uint8Array.of(0x20, 0),
})

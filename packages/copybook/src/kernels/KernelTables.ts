/**
 * Tables that the kernels look up in: what bytes mean, worked out once.
 *
 * @since 0.1.0
 */
import type { CodePage } from "../charset/CodePage.ts"

/**
 * How large each table is. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const tableBytes = {
  pairs: 131_072,
  characters: 2048,
  signs: 256,
  packedFours: 20_000,
  zonedFours: 40_000,
  overpunch: 32,
} as const

/**
 * 64 Ki entries that translate two bytes at once, the first in the lower half.
 *
 * @param map 256 bytes
 * @category constructors
 * @since 0.1.0
 */
export const pairsOf = (map: Uint8Array): Uint16Array => {
  const table = new Uint16Array(65_536)
  for (let second = 0; second < 256; second++) {
    const high = (map[second] ?? 0) << 8
    for (let first = 0; first < 256; first++) {
      table[(second << 8) | first] = high | (map[first] ?? 0)
    }
  }
  return table
}

/**
 * Latin-1 of each byte; 0xFF where the character is beyond Latin-1 or the byte has none, which
 * tells the kernels to look closer as every byte above 0x7F does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const latinOf = (page: CodePage): Uint8Array => {
  const map = Uint8Array.from(page.toUnicode, (unit) => (unit > 0xff ? 0xff : unit))
  for (const byte of page.unassigned) map[byte] = 0xff
  return map
}

const shortEscapes: Readonly<Record<number, string>> = {
  0x08: "\\b",
  0x09: "\\t",
  0x0a: "\\n",
  0x0c: "\\f",
  0x0d: "\\r",
  0x22: '\\"',
  0x5c: "\\\\",
}

const escaped = (unit: number): string => {
  const short = shortEscapes[unit]
  if (short !== undefined) return short
  return unit < 0x20 || (unit >= 0xd800 && unit <= 0xdfff)
    ? `\\u${unit.toString(16).padStart(4, "0")}`
    : String.fromCharCode(unit)
}

/** What says that a byte begins so many of a character that is UTF-8 already; 255 for none. */
const leadOf = (byte: number): number => {
  if (byte < 0xc2 || byte > 0xf4) return 255
  return 240 + (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4)
}

/** Eight bytes an entry: up to seven of UTF-8, and how many; 255 where the byte has no character. */
const charactersOf = (page: CodePage, textOf: (unit: number) => string): Uint8Array => {
  const table = new Uint8Array(tableBytes.characters)
  const encoder = new TextEncoder()
  for (let byte = 0; byte < 256; byte++) {
    const bytes = encoder.encode(textOf(page.toUnicode[byte] ?? 0))
    table.set(bytes, byte * 8)
    const none = page.name === "utf-8" ? leadOf(byte) : 255
    table[byte * 8 + 7] = page.unassigned.includes(byte) ? none : bytes.length
  }
  return table
}

/**
 * UTF-8 of each byte, as it stands in a JSON string.
 *
 * @category constructors
 * @since 0.1.0
 */
export const jsonCharactersOf = (page: CodePage): Uint8Array => charactersOf(page, escaped)

/**
 * UTF-8 of each byte.
 *
 * @category constructors
 * @since 0.1.0
 */
export const utf8CharactersOf = (page: CodePage): Uint8Array =>
  charactersOf(page, (unit) => String.fromCharCode(unit))

const notPacked = 0x8000

const packedEntry = (
  index: number,
  lastNibble: (nibble: number, three: number) => number,
): number => {
  const first = index & 0xff
  const second = index >> 8
  const [a, b, c] = [first >> 4, first & 15, second >> 4]
  return a > 9 || b > 9 || c > 9 ? notPacked : lastNibble(second & 15, a * 100 + b * 10 + c)
}

/**
 * Four digits of two packed bytes; bit 15 where they are none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const packedPairs = (): Uint16Array =>
  Uint16Array.from({ length: 65_536 }, (_, index) =>
    packedEntry(index, (digit, three) => (digit > 9 ? notPacked : three * 10 + digit)),
  )

/** Which sign nibbles are taken, and which of them mean minus: a bit a nibble. */
export interface PackedSigns {
  readonly valid: number
  readonly negative: number
}

/**
 * Three digits and a sign of the last two packed bytes: bit 14 for minus, bit 15 for none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const packedLastPairs = ({ negative, valid }: PackedSigns): Uint16Array =>
  Uint16Array.from({ length: 65_536 }, (_, index) =>
    packedEntry(index, (sign, three) =>
      (valid >> sign) & 1 ? three | (((negative >> sign) & 1) << 14) : notPacked,
    ),
  )

const digitAt = (four: number, place: number): number => Math.floor(four / 10 ** (3 - place)) % 10

/**
 * Two packed bytes of each number below 10,000.
 *
 * @category constructors
 * @since 0.1.0
 */
export const packedFours = (): Uint16Array =>
  Uint16Array.from({ length: 10_000 }, (_, four) => {
    const first = (digitAt(four, 0) << 4) | digitAt(four, 1)
    return first | (((digitAt(four, 2) << 4) | digitAt(four, 3)) << 8)
  })

/**
 * Four digits of each number below 10,000.
 *
 * @param zone what a digit's byte is above the digit
 * @category constructors
 * @since 0.1.0
 */
export const zonedFours = (zone: number): Uint8Array => {
  const table = new Uint8Array(tableBytes.zonedFours)
  for (let index = 0; index < table.length; index++) {
    table[index] = zone + digitAt(index >> 2, index & 3)
  }
  return table
}

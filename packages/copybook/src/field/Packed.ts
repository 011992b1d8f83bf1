/**
 * Packed decimals: two digits a byte, the sign in the last nibble (COMP-3), or digits only
 * (COMP-6).
 *
 * The signs A, C, E and F mean plus, B and D minus; C and D are written, F where the picture has
 * no sign (IBM, z/Architecture Principles of Operation, "Decimal-number formats").
 *
 * @since 0.1.0
 */
import type { PackedStorage } from "../layout/Layout.ts"
import type { Digits } from "./Digits.ts"
import type { DecodeFaultCode, EncodeFaultCode } from "./FaultCode.ts"
import type { SignRule, ZonedRule } from "./Zoned.ts"

/**
 * A packed field, ready to be read and written.
 *
 * @category models
 * @since 0.1.0
 */
export interface PackedFormat {
  readonly storage: PackedStorage
  readonly length: number
  /** By sign nibble: 1, −1, or 0 where it is not taken. */
  readonly signs: Int8Array
  readonly blank: number
  /** Whether the half byte that the picture leaves unused may hold a digit. */
  readonly takesSurplus: boolean
  /** The largest whole number of the picture's digits, where a nibble more is stored that is to be zero; else infinite. */
  readonly limit: number
}

/** Value of two packed digits by byte, or NaN. */
const pairs = Float64Array.from({ length: 256 }, (_, byte) =>
  byte >> 4 > 9 || (byte & 0x0f) > 9 ? Number.NaN : (byte >> 4) * 10 + (byte & 0x0f),
)

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  storage: PackedStorage,
  length: number,
  options: {
    readonly isEbcdic: boolean
    readonly signRule: SignRule
    readonly rule: ZonedRule
  },
): PackedFormat => {
  const signs = new Int8Array(16)
  const takesAll = options.signRule !== "preferred"
  for (const sign of takesAll ? [0x0a, 0x0c, 0x0e, 0x0f] : [storage.isSigned ? 0x0c : 0x0f]) {
    signs[sign] = 1
  }
  if (storage.isSigned) for (const sign of takesAll ? [0x0b, 0x0d] : [0x0d]) signs[sign] = -1
  const nibbles = length * 2 - (storage.hasSignNibble ? 1 : 0)
  const takesSurplus = options.rule !== "strict"
  const isLimited = nibbles > storage.digits && !takesSurplus
  return {
    storage,
    length,
    signs,
    blank: options.isEbcdic ? 0x40 : 0x20,
    takesSurplus,
    limit: isLimited ? 10 ** storage.digits - 1 : Number.POSITIVE_INFINITY,
  }
}

/**
 * The number of a field of at most 15 digits and a sign nibble, as a whole number; NaN where
 * anything is wrong, which `read` then names.
 *
 * @category decoding
 * @since 0.1.0
 */
export const toInteger = (
  bytes: Uint8Array,
  start: number,
  end: number,
  signs: Int8Array,
  limit: number,
): number => {
  const last = end - 1
  let value = 0
  for (let index = start; index < last; index++) {
    // Not a number stays not a number to the end, so one test there is enough.
    value = value * 100 + (pairs[bytes[index] ?? 0] ?? 0)
  }
  const byte = bytes[last] ?? 0
  const sign = signs[byte & 0x0f] ?? 0
  const digit = byte >> 4
  if (sign === 0 || digit > 9) return Number.NaN
  value = value * 10 + digit
  if (!(value <= limit)) return Number.NaN
  return sign < 0 && value !== 0 ? -value : value
}

const isFilled = (bytes: Uint8Array, start: number, end: number, byte: number): boolean => {
  for (let index = start; index < end; index++) if (bytes[index] !== byte) return false
  return true
}

const misread = (
  format: PackedFormat,
  bytes: Uint8Array,
  offset: number,
  otherwise: DecodeFaultCode,
): DecodeFaultCode => {
  const end = offset + format.length
  if (isFilled(bytes, offset, end, format.blank)) return "CPY-4001"
  return isFilled(bytes, offset, end, 0) ? "CPY-4002" : otherwise
}

/**
 * Reads digits and sign.
 *
 * @returns the scale of the digits, or what is wrong
 * @category decoding
 * @since 0.1.0
 */
export const read = (
  format: PackedFormat,
  digits: Digits,
  bytes: Uint8Array,
  offset: number,
): DecodeFaultCode | number => {
  digits.clear()
  const { storage } = format
  const nibbles = format.length * 2 - (storage.hasSignNibble ? 1 : 0)
  const surplus = nibbles - storage.digits
  let isTooLong = false
  for (let index = 0; index < nibbles; index++) {
    const byte = bytes[offset + (index >> 1)] ?? 0
    const digit = index & 1 ? byte & 0x0f : byte >> 4
    if (digit > 9) return misread(format, bytes, offset, "CPY-4003")
    if (index < surplus && !format.takesSurplus) isTooLong ||= digit !== 0
    else if (!digits.push(digit)) return "CPY-4006"
  }
  if (storage.hasSignNibble) {
    const nibble = (bytes[offset + format.length - 1] ?? 0) & 0x0f
    const sign = format.signs[nibble] ?? 0
    if (sign === 0) {
      const isNegative = nibble === 0x0b || nibble === 0x0d
      return misread(
        format,
        bytes,
        offset,
        isNegative && !storage.isSigned ? "CPY-4005" : "CPY-4004",
      )
    }
    digits.isNegative = sign < 0
  }
  return isTooLong ? misread(format, bytes, offset, "CPY-4006") : storage.scale
}

/**
 * Writes digits, as many as the storage has, with the preferred sign.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (
  format: PackedFormat,
  digits: Digits,
  bytes: Uint8Array,
  offset: number,
): EncodeFaultCode | undefined => {
  const { storage } = format
  const isSigned = storage.isSigned && storage.hasSignNibble
  if (digits.isNegative && !isSigned) return "CPY-5004"
  const sign = isSigned ? (digits.isNegative ? 0x0d : 0x0c) : 0x0f
  const nibbles = format.length * 2
  const first = nibbles - (storage.hasSignNibble ? 1 : 0) - digits.count
  const at = (index: number): number => {
    if (index < first) return 0
    return index - first < digits.count ? (digits.values[index - first] ?? 0) : sign
  }
  for (let index = 0; index < nibbles; index += 2) {
    bytes[offset + (index >> 1)] = (at(index) << 4) | at(index + 1)
  }
  return undefined
}

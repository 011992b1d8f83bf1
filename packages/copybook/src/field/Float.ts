/**
 * Floating-point numbers: IEEE 754 and IBM hexadecimal, 4 and 8 bytes, either end first.
 *
 * A hexadecimal number is a sign bit, seven bits of exponent to the base 16 in excess of 64, and
 * a fraction of 6 or 14 hexadecimal digits (IBM, z/Architecture Principles of Operation,
 * "Hexadecimal-Floating-Point Instructions"). Reading a short one is exact. A long one has up to
 * 56 bits, which a double rounds to the nearest, ties to even. Writing takes the nearest fraction,
 * ties to even; what is too small becomes zero. The largest long fractions are read as 16^63, which
 * is one more than there is: it is written as the largest.
 *
 * @since 0.1.0
 */
import type { EncodeFaultCode } from "./FaultCode.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type FloatFormat = "ibm" | "ieee"

const word = 4_294_967_296
const scratch = new DataView(new ArrayBuffer(8))

const wordAt = (bytes: Uint8Array, offset: number, isBig: boolean): number => {
  const a = bytes[offset] ?? 0
  const b = bytes[offset + 1] ?? 0
  const c = bytes[offset + 2] ?? 0
  const d = bytes[offset + 3] ?? 0
  return (isBig ? (a << 24) | (b << 16) | (c << 8) | d : (d << 24) | (c << 16) | (b << 8) | a) >>> 0
}

const putWord = (bytes: Uint8Array, offset: number, isBig: boolean, value: number): void => {
  for (let index = 0; index < 4; index++) {
    bytes[offset + index] = (isBig ? value >>> (24 - index * 8) : value >>> (index * 8)) & 0xff
  }
}

const ieee = (high: number, low: number, length: number): number => {
  scratch.setUint32(0, high)
  if (length === 4) return scratch.getFloat32(0)
  scratch.setUint32(4, low)
  return scratch.getFloat64(0)
}

const hexadecimal = (high: number, low: number, length: number): number => {
  const exponent = ((high >>> 24) & 0x7f) - 64
  // One addition, so at most one rounding.
  const fraction = length === 4 ? high & 0xff_ffff : (high & 0xff_ffff) * word + low
  const digits = length === 4 ? 6 : 14
  const value = fraction * 2 ** (4 * (exponent - digits))
  return high >>> 31 === 1 ? -value : value
}

/**
 * Reads a number; infinities and not-a-numbers are handed on as they are.
 *
 * @category decoding
 * @since 0.1.0
 */
export const read = (
  format: FloatFormat,
  bytes: Uint8Array,
  offset: number,
  length: number,
  isBig: boolean,
): number => {
  const first = wordAt(bytes, offset, isBig)
  const second = length === 8 ? wordAt(bytes, offset + 4, isBig) : 0
  const high = isBig || length === 4 ? first : second
  const low = isBig ? second : first
  return format === "ieee" ? ieee(high, low, length) : hexadecimal(high, low, length)
}

/** To the nearest whole number, ties to even; exact for what a double holds. */
const rounded = (value: number): number => {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest < 0.5) return floor
  if (rest > 0.5) return floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

/** The exponent to the base 16 with which the fraction is at least 1/16 and below 1. */
const exponentOf = (magnitude: number): number => {
  let exponent = Math.ceil(Math.log2(magnitude) / 4)
  // The logarithm may be off by its last bit, next to a power of 16.
  while (magnitude >= 16 ** exponent) exponent++
  while (magnitude < 16 ** (exponent - 1)) exponent--
  return exponent
}

/** What a double makes of the largest long number. */
const beyondLong = 16 ** 63

const writeHexadecimal = (
  value: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  isBig: boolean,
): EncodeFaultCode | undefined => {
  const digits = length === 4 ? 6 : 14
  const magnitude = Math.abs(value)
  if (length === 8 && magnitude === beyondLong) {
    putWord(bytes, isBig ? offset : offset + 4, isBig, value < 0 ? 0xffff_ffff : 0x7fff_ffff)
    putWord(bytes, isBig ? offset + 4 : offset, isBig, 0xffff_ffff)
    return undefined
  }
  const sign = value < 0 || Object.is(value, -0) ? 0x8000_0000 : 0
  let exponent = magnitude === 0 ? -64 : Math.max(exponentOf(magnitude), -64)
  // Two steps: 16^(digits − exponent) may be beyond a double although the product is not.
  let fraction = rounded(magnitude * 2 ** (-4 * exponent) * 2 ** (4 * digits))
  if (fraction >= 16 ** digits) {
    fraction /= 16
    exponent++
  }
  if (exponent > 63) return "CPY-5008"
  if (fraction === 0) exponent = -64
  const upper = length === 4 ? fraction : Math.floor(fraction / word)
  const high = (sign | ((exponent + 64) << 24) | upper) >>> 0
  const low = length === 4 ? 0 : fraction % word
  if (length === 4) putWord(bytes, offset, isBig, high)
  else {
    putWord(bytes, isBig ? offset : offset + 4, isBig, high)
    putWord(bytes, isBig ? offset + 4 : offset, isBig, low)
  }
  return undefined
}

/**
 * Writes a number; refuses what is not finite or beyond the field's range.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (
  format: FloatFormat,
  value: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  isBig: boolean,
): EncodeFaultCode | undefined => {
  if (!Number.isFinite(value)) return "CPY-5008"
  if (format === "ibm") return writeHexadecimal(value, bytes, offset, length, isBig)
  if (length === 4) {
    if (!Number.isFinite(Math.fround(value))) return "CPY-5008"
    scratch.setFloat32(0, value)
  } else scratch.setFloat64(0, value)
  for (let index = 0; index < length; index++) {
    bytes[offset + (isBig ? index : length - 1 - index)] = scratch.getUint8(index)
  }
  return undefined
}

/**
 * The shortest text that is read as the same number: of a short IEEE number the shortest that
 * its 4 bytes tell from their neighbours.
 *
 * @category encoding
 * @since 0.1.0
 */
export const render = (format: FloatFormat, value: number, length: number): string => {
  if (format === "ieee" && length === 4) {
    for (let precision = 1; precision <= 9; precision++) {
      const text = value.toPrecision(precision)
      if (Math.fround(Number(text)) === value) return String(Number(text))
    }
  }
  return String(value)
}

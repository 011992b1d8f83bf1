/**
 * Binary numbers: two's complement or unsigned, 1 to 16 bytes, either end first.
 *
 * @since 0.1.0
 */
import type { BinaryStorage } from "../layout/Layout.ts"
import type { EncodeFaultCode } from "./FaultCode.ts"

/**
 * How much of a binary's range counts, where the layout does not say that all of it does.
 *
 * - `lenient`: what is read may be anything that its bytes hold; what is written keeps to the
 *   digits of the picture.
 * - `digits`: both keep to the picture (the compiler option TRUNC(STD)).
 * - `full`: both take what the bytes hold (TRUNC(BIN)).
 *
 * @category models
 * @since 0.1.0
 */
export type BinaryRange = "lenient" | "digits" | "full"

/**
 * A binary field of at most 6 bytes, or one of 8 whose number a double holds.
 *
 * @returns NaN where a double can't hold it
 * @category decoding
 * @since 0.1.0
 */
export const toInteger = (
  bytes: Uint8Array,
  offset: number,
  length: number,
  isBig: boolean,
  isSigned: boolean,
): number => {
  let high = 0
  let low = 0
  // The upper half in 32-bit arithmetic, so that signs extend; the lower as a double.
  const lowBytes = length > 4 ? 4 : length
  for (let index = 0; index < lowBytes; index++) {
    low =
      (low << 8) |
      (bytes[isBig ? offset + length - lowBytes + index : offset + lowBytes - 1 - index] ?? 0)
  }
  if (length <= 4) {
    if (!isSigned) return low >>> 0
    const unused = 32 - length * 8
    return (low << unused) >> unused
  }
  const highBytes = length - 4
  for (let index = 0; index < highBytes; index++) {
    high = (high << 8) | (bytes[isBig ? offset + index : offset + length - 1 - index] ?? 0)
  }
  if (isSigned) {
    const unused = 32 - highBytes * 8
    high = (high << unused) >> unused
  } else high >>>= 0
  const value = high * 4_294_967_296 + (low >>> 0)
  return Number.isSafeInteger(value) ? value : Number.NaN
}

/**
 * @category decoding
 * @since 0.1.0
 */
export const toBigInt = (
  bytes: Uint8Array,
  offset: number,
  length: number,
  isBig: boolean,
  isSigned: boolean,
): bigint => {
  let value = 0n
  for (let index = 0; index < length; index++) {
    value = (value << 8n) | BigInt(bytes[isBig ? offset + index : offset + length - 1 - index] ?? 0)
  }
  return isSigned ? BigInt.asIntN(length * 8, value) : value
}

/**
 * Whether a number has no more digits than the picture.
 *
 * @category predicates
 * @since 0.1.0
 */
export const fits = (storage: BinaryStorage, unscaled: bigint): boolean => {
  const limit = 10n ** BigInt(storage.digits)
  return unscaled < limit && unscaled > -limit
}

/**
 * @category encoding
 * @since 0.1.0
 */
export const write = (
  storage: BinaryStorage,
  isFull: boolean,
  unscaled: bigint,
  bytes: Uint8Array,
  offset: number,
): EncodeFaultCode | undefined => {
  if (unscaled < 0n && !storage.isSigned) return "CPY-5004"
  if (!isFull && !fits(storage, unscaled)) return "CPY-5002"
  const length = storage.bytes
  const bits = length * 8
  const kept = storage.isSigned ? BigInt.asIntN(bits, unscaled) : BigInt.asUintN(bits, unscaled)
  if (kept !== unscaled) return "CPY-5002"
  let rest = BigInt.asUintN(bits, unscaled)
  for (let index = 0; index < length; index++) {
    const place = storage.endian === "big" ? offset + length - 1 - index : offset + index
    bytes[place] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return undefined
}

/**
 * A row of decimal digits with a sign, reused from field to field so that nothing is allocated
 * before the value itself.
 *
 * @since 0.1.0
 */
import { type Decimal, placePoint } from "./Decimal.ts"

/** Digits that a double holds whatever they are. */
const doubleDigits = 15
const digitsMax = 80
const chunk = 10n ** BigInt(doubleDigits)

/** Powers of ten that a double holds exactly. */
const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

/**
 * @category models
 * @since 0.1.0
 */
export class Digits {
  /** Most significant first; only the first `count` hold. */
  readonly values: Uint8Array = new Uint8Array(digitsMax)
  count = 0
  isNegative = false

  clear(): void {
    this.count = 0
    this.isNegative = false
  }

  /** False when there is no room: nothing that COBOL stores is so long. */
  push(digit: number): boolean {
    if (this.count >= digitsMax) return false
    this.values[this.count++] = digit
    return true
  }

  /** How many there are behind the zeros in front. */
  significant(): number {
    let start = 0
    while (start < this.count && this.values[start] === 0) start++
    return this.count - start
  }

  isZero(): boolean {
    return this.significant() === 0
  }

  private range(start: number, end: number): number {
    let value = 0
    for (let index = start; index < end; index++) value = value * 10 + (this.values[index] ?? 0)
    return value
  }

  /** Exact up to 15 significant digits. */
  toInteger(): number {
    const value = this.range(0, this.count)
    return this.isNegative ? -value : value
  }

  toBigInt(): bigint {
    let value = 0n
    for (let start = 0; start < this.count; start += doubleDigits) {
      const end = Math.min(start + doubleDigits, this.count)
      const factor = end - start === doubleDigits ? chunk : 10n ** BigInt(end - start)
      value = value * factor + BigInt(this.range(start, end))
    }
    return this.isNegative ? -value : value
  }

  /** The canonical text at a scale; `-0` only where asked for. */
  toText(scale: number, keepsNegativeZero: boolean): string {
    let digits = ""
    for (let index = 0; index < this.count; index++) {
      digits += String.fromCharCode(0x30 + (this.values[index] ?? 0))
    }
    const isNegative = this.isNegative && (keepsNegativeZero || !this.isZero())
    return placePoint(digits === "" ? "0" : digits, scale, isNegative)
  }

  /**
   * Takes a whole number, with zeros in front up to `count` digits.
   *
   * @returns false where it has more digits
   */
  set(unscaled: bigint, count: number): boolean {
    this.isNegative = unscaled < 0n
    const text = (this.isNegative ? -unscaled : unscaled).toString()
    if (text.length > count && unscaled !== 0n) return false
    this.count = count
    const zeros = count - text.length
    for (let index = 0; index < count; index++) {
      this.values[index] = index < zeros ? 0 : text.charCodeAt(index - zeros) - 0x30
    }
    return true
  }
}

/**
 * How decoded numbers appear.
 *
 * - `native`: a number where a double shows every digit of the picture (up to 15), else the
 *   canonical text; nothing is lost.
 * - `string`: always the canonical text.
 * - `decimal`: a {@link Decimal}.
 *
 * @category models
 * @since 0.1.0
 */
export type NumberForm = "native" | "string" | "decimal"

/**
 * @category models
 * @since 0.1.0
 */
export type NumericValue = number | string | Decimal

/**
 * Whether `native` gives numbers for a picture: all of its digits, with the zeros of its scale,
 * are kept by a double and come back from its shortest text.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isNative = (digits: number, scale: number): boolean =>
  digits + Math.max(0, -scale) <= doubleDigits && scale < powers.length

/**
 * A whole number of at most 15 digits at a scale, rounded once.
 *
 * @category conversions
 * @since 0.1.0
 */
export const scaled = (unscaled: number, scale: number): number => {
  if (scale === 0) return unscaled
  return scale > 0 ? unscaled / (powers[scale] ?? 1) : unscaled * (powers[-scale] ?? 1)
}

/**
 * The value of digits at a scale in a form.
 *
 * @category conversions
 * @since 0.1.0
 */
export const valueOf = (
  digits: Digits,
  scale: number,
  form: NumberForm,
  keepsNegativeZero: boolean,
): NumericValue => {
  if (form === "decimal") return { unscaled: digits.toBigInt(), scale }
  if (form === "string" || !isNative(digits.significant(), scale)) {
    return digits.toText(scale, keepsNegativeZero)
  }
  const value = scaled(digits.toInteger(), scale)
  return value === 0 && !keepsNegativeZero ? 0 : value
}

/**
 * External floating-point fields: mantissa and exponent as characters, such as `+9.9(5)E+99`.
 *
 * @since 0.1.0
 */
import type { Picture } from "../syntax/Picture.ts"
import { type Decimal, unscaledAt } from "./Decimal.ts"
import type { DecodeFaultCode } from "./FaultCode.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ExternalFloatFormat {
  /** `+` shows a plus, `-` a blank for positive numbers. */
  readonly mantissaSign: string
  readonly exponentSign: string
  readonly wholeDigits: number
  readonly fractionDigits: number
  /** The point, or empty where it is assumed (V). */
  readonly point: string
  readonly exponentDigits: number
}

/**
 * Takes a picture apart; undefined where it is no external float.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (picture: Picture): ExternalFloatFormat | undefined => {
  const text = picture.symbols
    .map(({ count, symbol }) => symbol.toUpperCase().repeat(count))
    .join("")
  const match = /^([+-])(9*)([.,V]?)(9*)E([+-])(9+)$/.exec(text)
  if (match === null) return undefined
  const [
    ,
    mantissaSign = "",
    whole = "",
    point = "",
    fraction = "",
    exponentSign = "",
    exponent = "",
  ] = match
  if (point !== "" && point !== "V" && point !== (picture.decimalPoint ?? ".")) return undefined
  return {
    mantissaSign,
    exponentSign,
    wholeDigits: whole.length,
    fractionDigits: fraction.length,
    point: point === "V" ? "" : point,
    exponentDigits: exponent.length,
  }
}

const takesSign = (symbol: string, character: string): boolean =>
  character === "-" || character === (symbol === "+" ? "+" : " ")

/**
 * @category decoding
 * @since 0.1.0
 */
export const read = (format: ExternalFloatFormat, text: string): Decimal | DecodeFaultCode => {
  if (text.trim() === "") return "CPY-4001"
  if (/^\0+$/.test(text)) return "CPY-4002"
  const { exponentDigits, fractionDigits, point, wholeDigits } = format
  const mantissa = text.slice(1, 1 + wholeDigits + point.length + fractionDigits)
  const whole = mantissa.slice(0, wholeDigits)
  const fraction = mantissa.slice(wholeDigits + point.length)
  const rest = text.slice(1 + mantissa.length)
  const exponent = rest.slice(2, 2 + exponentDigits)
  const isWell =
    takesSign(format.mantissaSign, text[0] ?? "") &&
    takesSign(format.exponentSign, rest[1] ?? "") &&
    mantissa.slice(wholeDigits, wholeDigits + point.length) === point &&
    rest[0] === "E" &&
    rest.length === 2 + exponentDigits &&
    /^\d+$/.test(whole + fraction + exponent)
  if (!isWell) return "CPY-4010"
  const unscaled = BigInt(whole + fraction) * (text.startsWith("-") ? -1n : 1n)
  const power = Number(exponent) * (rest[1] === "-" ? -1 : 1)
  return { unscaled, scale: fractionDigits - power }
}

/**
 * Writes a decimal with its first digit at the first place; further digits are rounded.
 *
 * @returns undefined where the exponent has no room
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (format: ExternalFloatFormat, value: Decimal): string | undefined => {
  const size = format.wholeDigits + format.fractionDigits
  const isNegative = value.unscaled < 0n
  const magnitude = isNegative ? -value.unscaled : value.unscaled
  let digits = magnitude.toString()
  let scale = value.scale
  if (digits.length > size) {
    const dropped = digits.length - size
    const rounded = unscaledAt({ unscaled: magnitude, scale: dropped }, 0, "round") ?? 0n
    digits = rounded.toString()
    scale -= dropped
    // Rounding 99.9 up gives a digit more, and it is a zero.
    if (digits.length > size) {
      digits = digits.slice(0, size)
      scale--
    }
  }
  scale += size - digits.length
  digits = digits.padEnd(size, "0")
  const power = magnitude === 0n ? 0 : format.fractionDigits - scale
  const exponent = String(Math.abs(power)).padStart(format.exponentDigits, "0")
  if (exponent.length > format.exponentDigits) return undefined
  const show = (symbol: string, isMinus: boolean): string =>
    isMinus ? "-" : symbol === "+" ? "+" : " "
  const mantissa =
    digits.slice(0, format.wholeDigits) + format.point + digits.slice(format.wholeDigits)
  return `${show(format.mantissaSign, isNegative)}${mantissa}E${show(format.exponentSign, power < 0)}${exponent}`
}

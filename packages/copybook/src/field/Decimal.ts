/**
 * Exact decimal numbers: a whole number times a power of ten.
 *
 * @since 0.1.0
 */

/**
 * `unscaled` · 10^−`scale`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/
/** Nothing that COBOL stores comes near; keeps a hostile text from growing a number without end. */
const exponentMax = 400
const lengthMax = 500

/**
 * Puts the point into a row of digits: one optional minus, no zeros in front but one before the
 * point, exactly `scale` decimals; below 0 the scale adds zeros.
 *
 * @param digits decimal digits, zeros in front allowed
 * @category encoding
 * @since 0.1.0
 */
export const placePoint = (digits: string, scale: number, isNegative: boolean): string => {
  const all = scale < 0 ? digits + "0".repeat(-scale) : digits.padStart(scale + 1, "0")
  const whole = scale > 0 ? all.slice(0, -scale) : all
  let start = 0
  while (start < whole.length - 1 && whole.charCodeAt(start) === 0x30) start++
  const text = scale > 0 ? `${whole.slice(start)}.${all.slice(-scale)}` : whole.slice(start)
  return isNegative ? `-${text}` : text
}

/**
 * The canonical text of a decimal.
 *
 * @category encoding
 * @since 0.1.0
 */
export const render = ({ scale, unscaled }: Decimal): string => {
  const isNegative = unscaled < 0n
  return placePoint((isNegative ? -unscaled : unscaled).toString(), scale, isNegative)
}

/**
 * Reads a decimal from text such as `-12.50` or `1.5E3`; undefined where it is none.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (text: string): Decimal | undefined => {
  if (text.length > lengthMax) return undefined
  const match = decimalForm.exec(text)
  if (match === null) return undefined
  const [, sign, whole = "", fraction = "", exponent = "0"] = match
  if (whole === "" && fraction === "") return undefined
  const shift = Number(exponent)
  if (shift > exponentMax || shift < -exponentMax) return undefined
  const magnitude = BigInt(whole + fraction)
  return { unscaled: sign === "-" ? -magnitude : magnitude, scale: fraction.length - shift }
}

/**
 * Below 0, 0 or above, as one decimal is less than, equal to or more than another.
 *
 * @category comparisons
 * @since 0.1.0
 */
export const compareTo = (one: Decimal, other: Decimal): number => {
  const scale = Math.max(one.scale, other.scale)
  const at = ({ scale: own, unscaled }: Decimal): bigint => unscaled * 10n ** BigInt(scale - own)
  const difference = at(one) - at(other)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/**
 * What is done with decimals that a scale has no room for.
 *
 * `truncate` cuts them off, as MOVE does; `round` takes the nearest, away from zero in the
 * middle, as ROUNDED does.
 *
 * @category models
 * @since 0.1.0
 */
export type Rounding = "error" | "truncate" | "round"

/**
 * The whole number that a decimal is at another scale; undefined where decimals would be lost
 * and may not.
 *
 * @category conversions
 * @since 0.1.0
 */
export const unscaledAt = (
  value: Decimal,
  scale: number,
  rounding: Rounding,
): bigint | undefined => {
  if (value.scale === scale) return value.unscaled
  if (value.scale < scale) return value.unscaled * 10n ** BigInt(scale - value.scale)
  const divisor = 10n ** BigInt(value.scale - scale)
  const quotient = value.unscaled / divisor
  const rest = value.unscaled % divisor
  if (rest === 0n || rounding === "truncate") return quotient
  if (rounding === "error") return undefined
  const isHalf = (rest < 0n ? -rest : rest) * 2n >= divisor
  if (!isHalf) return quotient
  return value.unscaled < 0n ? quotient - 1n : quotient + 1n
}

/**
 * Codecs of fields that hold numbers in digits, bits or floating point.
 *
 * @since 0.1.0
 */
import type { Dialect, Storage, ZonedStorage } from "../layout/Layout.ts"
import * as Binary from "./Binary.ts"
import type { FieldCodec, FieldValue } from "./CodecShape.ts"
import { type Decimal, parse, render, unscaledAt } from "./Decimal.ts"
import { Digits, isNative, type NumberForm, valueOf } from "./Digits.ts"
import type { DecodeFaultCode, EncodeFaultCode } from "./FaultCode.ts"
import type { FieldOptions } from "./FieldOptions.ts"
import * as Float from "./Float.ts"
import * as Zoned from "./Zoned.ts"

/**
 * The digits of the field that is read or written right now.
 *
 * @category constructors
 * @since 0.1.0
 */
export const digits = new Digits()

/**
 * Any value that stands for a number.
 *
 * @category constructors
 * @since 0.1.0
 */
export const decimalOf = (value: unknown): Decimal | undefined => {
  if (typeof value === "string") return parse(value)
  if (typeof value === "bigint") return { unscaled: value, scale: 0 }
  if (typeof value === "number") return Number.isFinite(value) ? parse(String(value)) : undefined
  if (typeof value !== "object" || value === null) return undefined
  const { scale, unscaled } = value as { readonly scale?: unknown; readonly unscaled?: unknown }
  const isDecimal =
    typeof unscaled === "bigint" &&
    typeof scale === "number" &&
    Number.isInteger(scale) &&
    Math.abs(scale) <= 400
  return isDecimal ? { unscaled, scale } : undefined
}

const isMinusZero = (value: unknown): boolean =>
  Object.is(value, -0) || (typeof value === "string" && /^-0*(?:\.0*)?$/.test(value))

/** Takes a value's digits as a field has room for them. */
const takeDigits = (
  value: unknown,
  count: number,
  scale: number,
  options: FieldOptions,
): EncodeFaultCode | undefined => {
  const decimal = decimalOf(value)
  if (decimal === undefined) return "CPY-5001"
  const unscaled = unscaledAt(decimal, scale, options.rounding ?? "error")
  if (unscaled === undefined) return "CPY-5003"
  if (!digits.set(unscaled, count)) return "CPY-5002"
  if (unscaled === 0n) digits.isNegative = options.keepsNegativeZero === true && isMinusZero(value)
  return undefined
}

/**
 * Zero in a form.
 *
 * @category constructors
 * @since 0.1.0
 */
export const zeroOf = (form: NumberForm, scale: number): FieldValue => {
  if (form === "decimal") return { unscaled: 0n, scale }
  return form === "string" ? render({ unscaled: 0n, scale }) : 0
}

/** A picture too wide for doubles has texts, whatever the value of the moment. */
const formOf = (options: FieldOptions, count: number, scale: number): NumberForm => {
  const form = options.numbers ?? "native"
  return form === "native" && !isNative(count, scale) ? "string" : form
}

/**
 * What zoned, packed, edited and national numbers have in common: digits and a scale.
 *
 * @category constructors
 * @since 0.1.0
 */
export const digitsCodec = (
  shape: { readonly digits: number; readonly scale: number },
  options: FieldOptions,
  read: (bytes: Uint8Array, offset: number) => DecodeFaultCode | number,
  write: (bytes: Uint8Array, offset: number) => EncodeFaultCode | undefined,
): FieldCodec => {
  const form = formOf(options, shape.digits, shape.scale)
  const keepsNegativeZero = options.keepsNegativeZero === true
  let code: DecodeFaultCode = "CPY-4003"
  return {
    decode: (bytes, offset) => {
      const scale = read(bytes, offset)
      if (typeof scale === "number") return valueOf(digits, scale, form, keepsNegativeZero)
      code = scale
      return undefined
    },
    fault: () => code,
    encode: (value, bytes, offset) =>
      takeDigits(value, shape.digits, shape.scale, options) ?? write(bytes, offset),
    zero: zeroOf(form, shape.scale),
    isNumeric: true,
    isPlainText: false,
  }
}

/**
 * How a field's zoned digits are read and written.
 *
 * @category constructors
 * @since 0.1.0
 */
export const zonedFormat = (
  storage: ZonedStorage,
  length: number,
  dialect: Dialect,
  options: FieldOptions,
): Zoned.ZonedFormat => {
  const { isEbcdic } = options.codePage
  const ascii = dialect === "ibm" ? "ascii-overpunch" : "ascii-zone"
  return Zoned.make(storage, length, {
    isEbcdic,
    signs: options.zonedSigns ?? (isEbcdic ? "ebcdic" : ascii),
    signRule: options.signRule ?? "any",
    rule: options.digits ?? "strict",
  })
}

/**
 * Whether a fast path gives what the exact one gives.
 *
 * @category constructors
 * @since 0.1.0
 */
export const isFast = (
  shape: { readonly digits: number; readonly scale: number },
  options: FieldOptions,
): boolean =>
  formOf(options, shape.digits, shape.scale) === "native" && options.keepsNegativeZero !== true

/**
 * Zoned decimals.
 *
 * @category constructors
 * @since 0.1.0
 */
export const zonedCodec = (
  storage: ZonedStorage,
  length: number,
  dialect: Dialect,
  options: FieldOptions,
): FieldCodec => {
  const format = zonedFormat(storage, length, dialect, options)
  const codec = digitsCodec(
    storage,
    options,
    (bytes, offset) => Zoned.read(format, digits, bytes, offset),
    (bytes, offset) => Zoned.write(format, digits, bytes, offset),
  )
  const isSimple =
    !storage.isSigned || (storage.signPosition === "trailing" && !storage.isSignSeparate)
  return isSimple && length === storage.digits && isFast(storage, options)
    ? { ...codec, zoned: format }
    : codec
}

/**
 * Digits without editing that are blank when zero.
 *
 * @category constructors
 * @since 0.1.0
 */
export const blankWhenZero = (
  codec: FieldCodec,
  length: number,
  options: FieldOptions,
): FieldCodec => {
  const blank = options.codePage.isEbcdic ? 0x40 : 0x20
  return {
    ...codec,
    decode: (bytes, offset) => {
      const value = codec.decode(bytes, offset)
      return value === undefined && codec.fault() === "CPY-4001" ? codec.zero : value
    },
    encode: (value, bytes, offset) => {
      const code = codec.encode(value, bytes, offset)
      if (code === undefined && digits.isZero()) bytes.fill(blank, offset, offset + length)
      return code
    },
  }
}

/**
 * Binary numbers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const binaryCodec = (
  storage: Extract<Storage, { readonly kind: "binary" }>,
  options: FieldOptions,
): FieldCodec => {
  const { bytes: length, endian, isSigned, scale } = storage
  const range = options.binaryRange ?? "lenient"
  const checks = !storage.isFullRange && range === "digits"
  const isFull = storage.isFullRange || range === "full"
  const isBig = endian === "big"
  const form = formOf(options, storage.digits, scale)
  const show = (unscaled: bigint): FieldValue => {
    if (form === "decimal") return { unscaled, scale }
    const text = render({ unscaled, scale })
    return form === "native" && text.replace(/^-/, "").replace(/^0\.0*|\./, "").length <= 15
      ? Number(text)
      : text
  }
  const limit = storage.digits <= 15 && checks ? 10 ** storage.digits : Number.POSITIVE_INFINITY
  return {
    decode: (bytes, offset) => {
      if (form === "native" && scale === 0 && length <= 8) {
        const value = Binary.toInteger(bytes, offset, length, isBig, isSigned)
        if (value < limit && value > -limit) return value
      }
      const unscaled = Binary.toBigInt(bytes, offset, length, isBig, isSigned)
      return checks && !Binary.fits(storage, unscaled) ? undefined : show(unscaled)
    },
    fault: () => "CPY-4006",
    encode: (value, bytes, offset) => {
      const decimal = decimalOf(value)
      if (decimal === undefined) return "CPY-5001"
      const unscaled = unscaledAt(decimal, scale, options.rounding ?? "error")
      if (unscaled === undefined) return "CPY-5003"
      return Binary.write(storage, isFull, unscaled, bytes, offset)
    },
    zero: zeroOf(form, scale),
    isNumeric: true,
    isPlainText: false,
  }
}

/**
 * Floating-point numbers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const floatCodec = (length: 4 | 8, dialect: Dialect, options: FieldOptions): FieldCodec => {
  const format = options.floats ?? (dialect === "ibm" ? "ibm" : "ieee")
  const isBig = (options.floatEndian ?? (dialect === "ibm" ? "big" : "little")) === "big"
  const form = options.numbers ?? "native"
  const keepsNegativeZero = options.keepsNegativeZero === true
  const show = (value: number): FieldValue => {
    if (form === "native") return value
    const text = Object.is(value, -0) ? "-0" : Float.render(format, value, length)
    return form === "string" ? text : (parse(text) ?? { unscaled: 0n, scale: 0 })
  }
  return {
    decode: (bytes, offset) => {
      const value = Float.read(format, bytes, offset, length, isBig)
      if (!Number.isFinite(value)) return undefined
      return show(value === 0 && !keepsNegativeZero ? 0 : value)
    },
    fault: () => "CPY-4009",
    encode: (value, bytes, offset) => {
      const decimal = decimalOf(value)
      if (decimal === undefined) return "CPY-5001"
      const number = typeof value === "number" ? value : Number(render(decimal))
      const kept = isMinusZero(value) && keepsNegativeZero ? -0 : number === 0 ? 0 : number
      return Float.write(format, kept, bytes, offset, length, isBig)
    },
    zero: zeroOf(form, 0),
    isNumeric: true,
    isPlainText: false,
  }
}

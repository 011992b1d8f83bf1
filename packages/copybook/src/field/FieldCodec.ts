/**
 * One elementary field, ready to be read and written.
 *
 * @since 0.1.0
 */
import type { Dialect, ElementaryField, Storage, ZonedStorage } from "../layout/Layout.ts"
import * as Binary from "./Binary.ts"
import { type Decimal, parse, render, unscaledAt } from "./Decimal.ts"
import { Digits, isNative, type NumberForm, valueOf } from "./Digits.ts"
import * as Edited from "./Edited.ts"
import * as EditedPicture from "./EditedPicture.ts"
import * as ExternalFloat from "./ExternalFloat.ts"
import type { DecodeFaultCode, EncodeFaultCode } from "./FaultCode.ts"
import type { BytesForm, FieldOptions } from "./FieldOptions.ts"
import * as Float from "./Float.ts"
import * as Packed from "./Packed.ts"
import * as Text from "./Text.ts"
import * as Zoned from "./Zoned.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type FieldValue = number | string | Decimal | Uint8Array

/**
 * @category models
 * @since 0.1.0
 */
export interface FieldCodec {
  /** The value at an offset; undefined where something is wrong, which `fault` then names. */
  readonly decode: (bytes: Uint8Array, offset: number) => FieldValue | undefined
  /** What was wrong at the last decode that gave undefined. */
  readonly fault: () => DecodeFaultCode
  /** Writes a value over the field's bytes; they are undefined where a fault comes back. */
  readonly encode: (
    value: unknown,
    bytes: Uint8Array,
    offset: number,
  ) => EncodeFaultCode | undefined
  /** Zero, or an empty text. */
  readonly zero: FieldValue
  /** Whether values are numbers: then a VALUE or a default is one. */
  readonly isNumeric: boolean
  /** Packed and zoned numbers that a double holds: how the record decoder reads them without a call. */
  readonly zoned?: Zoned.ZonedFormat
  readonly packed?: Packed.PackedFormat
  /** Text of one byte a character, all of which exist. */
  readonly isPlainText: boolean
  /** What is read at most, where the bytes hold fewer: a cut text. */
  readonly decodeCut?: (bytes: Uint8Array, offset: number, length: number) => FieldValue | undefined
}

const digits = new Digits()

/** Any value that stands for a number. */
const decimalOf = (value: unknown): Decimal | undefined => {
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

const bytesText = (bytes: Uint8Array, form: BytesForm): FieldValue => {
  if (form === "bytes") return bytes.slice()
  return Buffer.from(bytes).toString(form)
}

/**
 * Bytes as text in hex or base64, or a copy of them.
 *
 * @category conversions
 * @since 0.1.0
 */
export const showBytes = bytesText

const bytesCodec = (length: number, form: BytesForm): FieldCodec => ({
  decode: (bytes, offset) => bytesText(bytes.subarray(offset, offset + length), form),
  fault: () => "CPY-4007",
  encode: (value, bytes, offset) => {
    const given =
      typeof value === "string" && form !== "bytes"
        ? Buffer.from(value, form)
        : value instanceof Uint8Array
          ? value
          : undefined
    const isWhole =
      given?.length === length &&
      (typeof value !== "string" ||
        form === "bytes" ||
        bytesText(given, form) === canonical(value, form))
    if (given === undefined || !isWhole) return "CPY-5016"
    bytes.set(given, offset)
    return undefined
  },
  zero: form === "bytes" ? new Uint8Array(0) : "",
  isNumeric: false,
  isPlainText: false,
})

const canonical = (value: string, form: BytesForm): string =>
  form === "hex" ? value.toLowerCase() : value

const textCodec = (
  format: Text.TextFormat,
  field: { readonly length: number; readonly isJustified: boolean },
  options: FieldOptions,
  isPlainText: boolean,
): FieldCodec => {
  const how = options.trim ?? "right"
  const decodeCut = (bytes: Uint8Array, offset: number, length: number): FieldValue | undefined => {
    const text = format.read(bytes, offset, length)
    return text === undefined ? undefined : Text.trim(text, how)
  }
  const writing = {
    isJustified: field.isJustified,
    canTruncate: options.longTexts === "truncate",
  }
  return {
    decode: (bytes, offset) => decodeCut(bytes, offset, field.length),
    decodeCut,
    fault: format.fault,
    encode: (value, bytes, offset) =>
      typeof value === "string"
        ? Text.write(format, value, bytes, offset, field.length, writing)
        : "CPY-5005",
    zero: "",
    isNumeric: false,
    isPlainText,
  }
}

const zeroOf = (form: NumberForm, scale: number): FieldValue => {
  if (form === "decimal") return { unscaled: 0n, scale }
  return form === "string" ? render({ unscaled: 0n, scale }) : 0
}

/** A picture too wide for doubles has texts, whatever the value of the moment. */
const formOf = (options: FieldOptions, count: number, scale: number): NumberForm => {
  const form = options.numbers ?? "native"
  return form === "native" && !isNative(count, scale) ? "string" : form
}

/** What zoned, packed, edited and national numbers have in common: digits and a scale. */
const digitsCodec = (
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

const zonedFormat = (
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

/** Fields whose fast path gives what the exact one gives. */
const isFast = (
  shape: { readonly digits: number; readonly scale: number },
  options: FieldOptions,
): boolean =>
  formOf(options, shape.digits, shape.scale) === "native" && options.keepsNegativeZero !== true

const zonedCodec = (
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

/** Digits without editing that are blank when zero. */
const blankWhenZero = (codec: FieldCodec, length: number, options: FieldOptions): FieldCodec => {
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

const binaryCodec = (
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

const floatCodec = (length: 4 | 8, dialect: Dialect, options: FieldOptions): FieldCodec => {
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

/** Characters of fields that are numbers in a text's clothes. */
const charactersOf = (
  format: Text.TextFormat,
  length: number,
): {
  readonly read: (bytes: Uint8Array, offset: number) => string
  readonly write: (text: string, bytes: Uint8Array, offset: number) => EncodeFaultCode | undefined
} => ({
  // What is no character can't be one of the picture's.
  read: (bytes, offset) => format.read(bytes, offset, length) ?? "\uFFFD".repeat(length),
  write: (text, bytes, offset) =>
    Text.write(format, text, bytes, offset, length, { isJustified: false, canTruncate: false }),
})

const editedCodec = (
  field: ElementaryField,
  storage: Extract<Storage, { readonly kind: "edited" }>,
  options: FieldOptions,
): FieldCodec => {
  const { picture } = storage
  const isNational = picture.category === "national-edited"
  const format = isNational
    ? Text.ofNational(options.nationalEndian ?? "big")
    : Text.ofPage(options.codePage)
  if (!storage.isNumeric) return insertedCodec(field, picture.symbols, format, options)
  const characters = charactersOf(format, field.length)
  const edited: Edited.EditedFormat = {
    picture: EditedPicture.make(picture),
    isBlankWhenZero: field.isBlankWhenZero,
    rule: options.digits ?? "strict",
  }
  const shape = { digits: edited.picture.digits, scale: picture.scale }
  return digitsCodec(
    shape,
    options,
    (bytes, offset) => Edited.read(edited, digits, characters.read(bytes, offset)),
    (bytes, offset) => {
      if (digits.isNegative && !edited.picture.isSigned) return "CPY-5004"
      return characters.write(Edited.edit(edited, digits), bytes, offset)
    },
  )
}

/** An alphanumeric picture with insertions: the whole text, or only what is between them. */
const insertedCodec = (
  field: ElementaryField,
  symbols: ReadonlyArray<{ readonly symbol: string; readonly count: number }>,
  format: Text.TextFormat,
  options: FieldOptions,
): FieldCodec => {
  const places = symbols.flatMap(({ count, symbol }) =>
    Array.from({ length: count }, () => symbol.toUpperCase()),
  )
  const inserted = (symbol: string | undefined): string | undefined =>
    symbol === "B" ? " " : symbol === "0" || symbol === "/" ? symbol : undefined
  const room = places.filter((place) => inserted(place) === undefined).length
  const codec = textCodec(format, field, { ...options, longTexts: "error" }, false)
  return {
    ...codec,
    encode: (value, bytes, offset) => {
      if (typeof value !== "string") return "CPY-5005"
      const whole = value.padEnd(places.length)
      const isWhole =
        whole.length === places.length &&
        places.every((place, index) => (inserted(place) ?? whole[index]) === whole[index])
      if (isWhole) return codec.encode(value, bytes, offset)
      if (value.length > room) return "CPY-5009"
      let next = 0
      const text = places.map((place) => inserted(place) ?? value[next++] ?? " ").join("")
      return codec.encode(text, bytes, offset)
    },
  }
}

const externalFloatCodec = (
  field: ElementaryField,
  format: ExternalFloat.ExternalFloatFormat,
  options: FieldOptions,
): FieldCodec => {
  const characters = charactersOf(Text.ofPage(options.codePage), field.length)
  const form = options.numbers ?? "native"
  let code: DecodeFaultCode = "CPY-4010"
  return {
    decode: (bytes, offset) => {
      const value = ExternalFloat.read(format, characters.read(bytes, offset))
      if (typeof value === "string") {
        code = value
        return undefined
      }
      if (form === "decimal") return value
      if (form === "string") return render(value)
      return Number(`${value.unscaled}e${-value.scale}`)
    },
    fault: () => code,
    encode: (value, bytes, offset) => {
      const decimal = decimalOf(value)
      if (decimal === undefined) return "CPY-5001"
      const text = ExternalFloat.write(format, decimal)
      return text === undefined ? "CPY-5008" : characters.write(text, bytes, offset)
    },
    zero: zeroOf(form, 0),
    isNumeric: true,
    isPlainText: false,
  }
}

/** Digits in UTF-16: as ASCII digits, once every unit is one. */
const nationalCodec = (
  storage: ZonedStorage,
  length: number,
  dialect: Dialect,
  options: FieldOptions,
): FieldCodec => {
  const isBig = (options.nationalEndian ?? "big") === "big"
  const size = length >> 1
  const narrow = new Uint8Array(size)
  const page = { ...options.codePage, isEbcdic: false }
  const format = zonedFormat(storage, size, dialect, {
    ...options,
    codePage: page,
    zonedSigns: "ascii-overpunch",
  })
  return digitsCodec(
    storage,
    options,
    (bytes, offset) => {
      for (let index = 0; index < size; index++) {
        const high = bytes[offset + index * 2 + (isBig ? 0 : 1)] ?? 0
        // Above ASCII there is no digit, and no sign.
        narrow[index] = high === 0 ? (bytes[offset + index * 2 + (isBig ? 1 : 0)] ?? 0) : 0xff
      }
      return Zoned.read(format, digits, narrow, 0)
    },
    (bytes, offset) => {
      const code = Zoned.write(format, digits, narrow, 0)
      for (let index = 0; index < size; index++) {
        bytes[offset + index * 2 + (isBig ? 0 : 1)] = 0
        bytes[offset + index * 2 + (isBig ? 1 : 0)] = narrow[index] ?? 0
      }
      return code
    },
  )
}

const storageCodec = (
  field: ElementaryField,
  dialect: Dialect,
  options: FieldOptions,
): FieldCodec => {
  const { length, storage } = field
  switch (storage.kind) {
    case "text":
      return textCodec(
        Text.ofPage(options.codePage),
        field,
        options,
        options.codePage.double === undefined &&
          options.codePage.unassigned.length === 0 &&
          options.codePage.name !== "utf-8",
      )
    case "national": {
      const { decimal } = storage
      return decimal === undefined
        ? textCodec(Text.ofNational(options.nationalEndian ?? "big"), field, options, false)
        : nationalCodec(decimal, length, dialect, options)
    }
    case "dbcs": {
      const { double } = options.codePage
      // Without a double-byte page there are no characters to show, and no reason to guess any.
      return double === undefined
        ? bytesCodec(length, options.bytes ?? "hex")
        : textCodec(Text.ofDouble(double), field, options, false)
    }
    case "zoned":
      return field.isBlankWhenZero
        ? blankWhenZero(zonedCodec(storage, length, dialect, options), length, options)
        : zonedCodec(storage, length, dialect, options)
    case "packed": {
      const format = Packed.make(storage, length, {
        isEbcdic: options.codePage.isEbcdic,
        signRule: options.signRule ?? "any",
      })
      const codec = digitsCodec(
        storage,
        options,
        (bytes, offset) => Packed.read(format, digits, bytes, offset),
        (bytes, offset) => Packed.write(format, digits, bytes, offset),
      )
      return storage.hasSignNibble && isFast(storage, options)
        ? { ...codec, packed: format }
        : codec
    }
    case "binary":
      return binaryCodec(storage, options)
    case "float":
      return floatCodec(storage.bytes, dialect, options)
    case "edited": {
      const float =
        storage.picture.category === "external-float"
          ? ExternalFloat.make(storage.picture)
          : undefined
      return float === undefined
        ? editedCodec(field, storage, options)
        : externalFloatCodec(field, float, options)
    }
    case "opaque":
      return bytesCodec(length, options.bytes ?? "hex")
  }
}

/**
 * Makes the codec of a field.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  field: ElementaryField,
  dialect: Dialect,
  options: FieldOptions,
): FieldCodec => {
  if (options.as === "text") return textCodec(Text.ofPage(options.codePage), field, options, false)
  return options.as === undefined
    ? storageCodec(field, dialect, options)
    : bytesCodec(field.length, options.as)
}

/**
 * One elementary field, ready to be read and written.
 *
 * @since 0.1.0
 */
import type { Dialect, ElementaryField, Storage, ZonedStorage } from "../layout/Layout.ts"
import type { FieldCodec, FieldValue } from "./CodecShape.ts"
import { render } from "./Decimal.ts"
import * as Edited from "./Edited.ts"
import * as EditedPicture from "./EditedPicture.ts"
import * as ExternalFloat from "./ExternalFloat.ts"
import type { DecodeFaultCode, EncodeFaultCode } from "./FaultCode.ts"
import type { FieldOptions } from "./FieldOptions.ts"
import {
  binaryCodec,
  blankWhenZero,
  decimalOf,
  digits,
  digitsCodec,
  floatCodec,
  isFast,
  zeroOf,
  zonedCodec,
  zonedFormat,
} from "./NumberCodec.ts"
import * as Packed from "./Packed.ts"
import * as Text from "./Text.ts"
import { bytesCodec, textCodec } from "./TextCodec.ts"
import * as Zoned from "./Zoned.ts"

export type { FieldCodec, FieldValue }

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

/** Zero with a sign over it has no character of its own: each country's page shows another one. */
const withZones = (text: string, bytes: Uint8Array, offset: number): string =>
  Array.from(text, (character, index) => {
    const byte = bytes[offset + index]
    return byte === 0xc0 ? "{" : byte === 0xd0 ? "}" : character
  }).join("")

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
  const hasZones = edited.picture.hasOperationalSign && !isNational && options.codePage.isEbcdic
  const textOf = (bytes: Uint8Array, offset: number): string => {
    const text = characters.read(bytes, offset)
    return hasZones ? withZones(text, bytes, offset) : text
  }
  return digitsCodec(
    shape,
    options,
    (bytes, offset) => Edited.read(edited, digits, textOf(bytes, offset)),
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
        rule: options.digits ?? "strict",
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

/**
 * What the kernels need to know of a field: they read what the field's codec reads of ordinary
 * bytes. Everything else they call not valid, and it is read by the codec itself.
 *
 * @since 0.1.0
 */
import type { CodePage } from "../charset/CodePage.ts"
import * as FieldCodec from "../field/FieldCodec.ts"
import type { FieldOptions } from "../field/FieldOptions.ts"
import { trimOf } from "../field/TextCodec.ts"
import type {
  BinaryStorage,
  Dialect,
  ElementaryField,
  PackedStorage,
  ZonedStorage,
} from "../layout/Layout.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type FieldShape = TextShape | ZonedShape | PackedShape | BinaryShape

/**
 * @category models
 * @since 0.1.0
 */
export interface TextShape {
  readonly kind: "text"
  readonly width: number
  readonly page: CodePage
  /** 1 right, 2 left, 3 both. */
  readonly trim: number
  readonly blank: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ZonedShape {
  readonly kind: "zoned"
  readonly digits: number
  readonly scale: number
  readonly zone: number
  /** By byte: the digit, bit 7 for minus, 255 for none; absent where every byte is a digit. */
  readonly signs?: Uint8Array
  /** 16 minus how far the digit with the sign stands before the end; 16 without one. */
  readonly signLane: number
  /** Where the digits begin in the field. */
  readonly first: number
  /** Where a separate sign stands from the first digit. */
  readonly separate?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PackedShape {
  readonly kind: "packed"
  readonly digits: number
  readonly scale: number
  readonly width: number
  readonly hasSign: boolean
  /** Whether the first nibble is beyond the digits. */
  readonly isPadded: boolean
  /** A bit a sign nibble. */
  readonly validSigns: number
  readonly negativeSigns: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface BinaryShape {
  readonly kind: "binary"
  readonly digits: number
  readonly scale: number
  readonly width: number
  readonly isLittle: boolean
  readonly isSigned: boolean
  /** The greatest magnitude; 0 where every value may stand there. */
  readonly most: bigint
}

/** What the codec makes of one byte as a field of one digit: `-0` to `9`, or nothing. */
const probe = (
  field: ElementaryField,
  storage: PackedStorage | ZonedStorage,
  length: number,
  dialect: Dialect,
  options: FieldOptions,
): ((bytes: Uint8Array) => string | undefined) => {
  const codec = FieldCodec.make({ ...field, storage, length, isBlankWhenZero: false }, dialect, {
    ...options,
    numbers: "string",
    digits: "strict",
    keepsNegativeZero: true,
  })
  return (bytes) => {
    const value = codec.decode(bytes, 0)
    return typeof value === "string" ? value : undefined
  }
}

/** An entry of a sign table for the last digit of two, or the first. */
const entryOf = (text: string | undefined, isLast: boolean): number => {
  const [, minus = "", first = "0", last] = /^(-?)(\d)?(\d)$/.exec(text ?? "") ?? []
  if (last === undefined) return 255
  return Number(isLast ? last : first) | (minus === "" ? 0 : 0x80)
}

const zonedShape = (
  field: ElementaryField,
  storage: ZonedStorage,
  dialect: Dialect,
  options: FieldOptions,
): ZonedShape | undefined => {
  const { digits, isSignSeparate, isSigned, scale } = storage
  const isLeading = storage.signPosition === "leading"
  const zone = options.codePage.isEbcdic ? 0xf0 : 0x30
  const shape = { kind: "zoned", digits, scale, zone, signLane: 16, first: 0 } as const
  if (isSigned && isSignSeparate) {
    if (field.length !== digits + 1) return undefined
    const read = probe(field, { ...storage, digits: 1, scale: 0 }, 2, dialect, options)
    const signs = Uint8Array.from({ length: 256 }, (_, byte) => {
      const text = read(isLeading ? Uint8Array.of(byte, zone) : Uint8Array.of(zone, byte))
      return text === undefined ? 255 : text === "-0" ? 0x80 : 0
    })
    return isLeading
      ? { ...shape, signs, first: 1, separate: -1 }
      : { ...shape, signs, separate: digits }
  }
  if (field.length !== digits) return undefined
  // An unsigned field's last byte may have a zone of its own, as a program may leave it.
  const read = probe(field, { ...storage, digits: 2, scale: 0 }, 2, dialect, options)
  const atEnd = !(isSigned && isLeading)
  const signs = Uint8Array.from({ length: 256 }, (_, byte) => {
    const text = read(atEnd ? Uint8Array.of(zone | 1, byte) : Uint8Array.of(byte, zone | 1))
    return entryOf(text, atEnd)
  })
  return { ...shape, signs, signLane: atEnd ? 15 : 16 - digits }
}

const packedShape = (
  field: ElementaryField,
  storage: PackedStorage,
  dialect: Dialect,
  options: FieldOptions,
): PackedShape => {
  const { digits, hasSignNibble: hasSign, scale } = storage
  let validSigns = 0
  let negativeSigns = 0
  if (hasSign) {
    const read = probe(field, { ...storage, digits: 1, scale: 0 }, 1, dialect, options)
    for (let sign = 0; sign < 16; sign++) {
      const text = read(Uint8Array.of(0x10 | sign))
      if (text === "1" || text === "-1") validSigns |= 1 << sign
      if (text === "-1") negativeSigns |= 1 << sign
    }
  }
  const nibbles = field.length * 2 - (hasSign ? 1 : 0)
  return {
    kind: "packed",
    digits,
    scale,
    width: field.length,
    hasSign,
    isPadded: nibbles > digits,
    validSigns,
    negativeSigns,
  }
}

const binaryShape = (storage: BinaryStorage, options: FieldOptions): BinaryShape | undefined => {
  const { bytes: width, digits, endian, isSigned, scale } = storage
  const checks = !storage.isFullRange && (options.binaryRange ?? "lenient") === "digits"
  if (checks && (digits > 18 || width > 8)) return undefined
  return {
    kind: "binary",
    digits,
    scale,
    width,
    isLittle: endian === "little",
    isSigned,
    most: checks ? 10n ** BigInt(digits) - 1n : 0n,
  }
}

const trims = { none: 0, right: 1, left: 2, both: 3 } as const

/**
 * The shape of a field that the kernels can read, or nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  field: ElementaryField,
  dialect: Dialect,
  options: FieldOptions,
): FieldShape | undefined => {
  const { storage } = field
  if (options.as !== undefined || options.keepsNegativeZero === true) return undefined
  const { codePage } = options
  switch (storage.kind) {
    case "text":
      // Kernels trim blanks alone.
      if (options.trimsControls === true && options.trim !== "none") return undefined
      return {
        kind: "text",
        width: field.length,
        page: codePage,
        trim: trims[trimOf(field, options)],
        blank: codePage.isEbcdic ? 0x40 : 0x20,
      }
    case "zoned":
      return zonedShape(field, storage, dialect, options)
    case "packed":
      return packedShape(field, storage, dialect, options)
    case "binary":
      return binaryShape(storage, options)
    case "national":
    case "dbcs":
    case "float":
    case "edited":
    case "opaque":
      return undefined
  }
}

/**
 * What a decoded record looks like as JSON: the one description that every schema is written from.
 *
 * It follows the record decoder's own defaults: groups as objects; numbers where a double holds every digit, else
 * texts; FILLER left out; every view of redefined bytes there, with `null` where its bytes don't
 * fit.
 *
 * @since 0.1.0
 */
import type { ElementaryField, Field, Layout, Storage } from "../layout/Layout.ts"

/**
 * How the decoder was told to show values; what is given here must be what is given there.
 *
 * @category models
 * @since 0.1.0
 */
export interface ShapeOptions {
  /** Numbers where 15 digits are enough, else texts; or always texts. @default "native" */
  readonly numbers?: "native" | "string"
  /** Names as written, or with `_` for `-`. @default "written" */
  readonly names?: "written" | "underscore"
  /** Whether elementary fields called FILLER are shown. @default false */
  readonly hasFillers?: boolean
  /** Whether groups are objects, or their fields belong to what is around them. @default "nested" */
  readonly groups?: "nested" | "flat"
  /** What becomes of groups called FILLER. @default "keep" */
  readonly fillerGroups?: "keep" | "dissolve" | "drop"
  /** How bytes without a meaning are shown. @default "hex" */
  readonly bytes?: "hex" | "base64"
  /** Whether every value may be `null`, as the policy `null` makes it. @default false */
  readonly isNullable?: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export type ValueShape =
  /** At most so many characters. */
  | { readonly kind: "text"; readonly lengthMax: number }
  | {
      readonly kind: "number"
      readonly isInteger: boolean
      readonly min?: number
      readonly max?: number
    }
  /** Digits, a point and exactly `scale` digits behind it, with a minus where needed. */
  | {
      readonly kind: "decimal"
      /** Before the point, where that is known. */
      readonly wholeMax?: number
      readonly scale: number
      readonly isSigned: boolean
    }
  /** A number, or a text where a double would lose digits. */
  | { readonly kind: "either" }
  | { readonly kind: "bytes"; readonly form: "hex" | "base64"; readonly length: number }

/**
 * @category models
 * @since 0.1.0
 */
export type Shape =
  | ValueShape
  | { readonly kind: "object"; readonly members: ReadonlyArray<Member> }
  | {
      readonly kind: "array"
      readonly min: number
      readonly max: number
      readonly element: Shape
    }

/**
 * @category models
 * @since 0.1.0
 */
export interface Member {
  readonly key: string
  readonly field: Field
  readonly shape: Shape
  /** Whether it may be left out: a view of redefined bytes. */
  readonly isOptional: boolean
  /** Whether its values, or those of its entries, may be `null`. */
  readonly isNullable: boolean
}

/**
 * A decoded record: an object of the root's fields, or of the root itself when it is no group.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordShape {
  readonly kind: "object"
  readonly members: ReadonlyArray<Member>
}

/** Digits that a double shows exactly, whatever they are. */
const doubleDigits = 15

/** The largest power of ten that a double holds exactly. */
const scaleMax = 22

interface Decimal {
  readonly digits: number
  readonly scale: number
  readonly isSigned: boolean
}

const isNative = ({ digits, scale }: Decimal): boolean =>
  digits + Math.max(0, -scale) <= doubleDigits && scale <= scaleMax

const textOf = ({ digits, isSigned, scale }: Decimal): ValueShape => ({
  kind: "decimal",
  wholeMax: Math.max(1, digits - scale),
  scale: Math.max(0, scale),
  isSigned,
})

const numberOf = (decimal: Decimal, options: ShapeOptions): ValueShape => {
  if (options.numbers === "string" || !isNative(decimal)) return textOf(decimal)
  const { digits, isSigned, scale } = decimal
  // Divided, not multiplied: so the bound is the double nearest to the decimal.
  const max = scale > 0 ? (10 ** digits - 1) / 10 ** scale : (10 ** digits - 1) * 10 ** -scale
  return { kind: "number", isInteger: scale <= 0, min: isSigned ? -max : 0, max }
}

const binaryOf = (
  storage: Extract<Storage, { readonly kind: "binary" }>,
  options: ShapeOptions,
): ValueShape => {
  const { bytes, isSigned, scale } = storage
  if (options.numbers === "string" || !isNative(storage)) {
    return { kind: "decimal", scale: Math.max(0, scale), isSigned }
  }
  // More than the picture's digits may stand in the bytes.
  if (bytes > 6) return { kind: "either" }
  const all = 2 ** (8 * bytes - (isSigned ? 1 : 0))
  const at = (value: number): number => (scale > 0 ? value / 10 ** scale : value * 10 ** -scale)
  return {
    kind: "number",
    isInteger: scale <= 0,
    min: isSigned ? at(-all) : 0,
    max: at(all - 1),
  }
}

const valueOf = (field: ElementaryField, options: ShapeOptions): ValueShape => {
  const { length, storage } = field
  switch (storage.kind) {
    case "text":
      return { kind: "text", lengthMax: length }
    case "dbcs":
      return { kind: "text", lengthMax: length / 2 }
    case "national":
      return storage.decimal === undefined
        ? { kind: "text", lengthMax: length / 2 }
        : numberOf(storage.decimal, options)
    case "zoned":
    case "packed":
      return numberOf(storage, options)
    case "binary":
      return binaryOf(storage, options)
    case "float":
      return options.numbers === "string"
        ? { kind: "either" }
        : { kind: "number", isInteger: false }
    case "edited": {
      if (!storage.isNumeric) return { kind: "text", lengthMax: length }
      if (storage.picture.category === "external-float") return { kind: "either" }
      // A sign in an edited picture is an insertion: the digits alone don't tell.
      return numberOf({ ...storage.picture, isSigned: true }, options)
    }
    case "opaque":
      return { kind: "bytes", form: options.bytes ?? "hex", length }
  }
}

const shapeOf = (field: Field, isView: boolean, options: ShapeOptions): Shape => {
  const one: Shape =
    field.kind === "group"
      ? { kind: "object", members: membersOf(field.fields, isView, options) }
      : valueOf(field, options)
  return field.table === undefined
    ? one
    : { kind: "array", min: field.table.min, max: field.table.max, element: one }
}

const keyOf = ({ name }: Field, { names }: ShapeOptions): string => {
  const key = names === "underscore" ? name.replaceAll("-", "_") : name
  // This one name would set an object's prototype.
  return key === "__proto__" ? "__proto___" : key
}

const isShown = ({ isFiller, kind }: Field, options: ShapeOptions): boolean => {
  if (!isFiller) return true
  return kind === "group" ? options.fillerGroups !== "drop" : options.hasFillers === true
}

const isDissolved = (field: Field, { fillerGroups, groups }: ShapeOptions): boolean =>
  field.kind === "group" &&
  field.table === undefined &&
  (groups === "flat" || (field.isFiller && fillerGroups === "dissolve"))

/** Each key once, as the decoder has them: the second `A_B` is `A_B_2`. */
const distinct = (members: ReadonlyArray<Member>): ReadonlyArray<Member> => {
  const taken = new Set<string>()
  return members.map((member) => {
    let { key } = member
    for (let number = 2; taken.has(key); number += 1) key = `${member.key}_${number}`
    taken.add(key)
    return { ...member, key }
  })
}

const membersOf = (
  fields: ReadonlyArray<Field>,
  isInView: boolean,
  options: ShapeOptions,
): ReadonlyArray<Member> => {
  const redefined = new Set(fields.flatMap(({ redefines }) => redefines ?? []))
  const members = fields.flatMap((field): ReadonlyArray<Member> => {
    if (!isShown(field, options)) return []
    const isOptional = field.redefines !== undefined || redefined.has(field.path)
    const isView = isInView || isOptional
    if (field.kind === "group" && isDissolved(field, options)) {
      return membersOf(field.fields, isView, options).map((member) =>
        isOptional ? { ...member, isOptional } : member,
      )
    }
    return [
      {
        key: keyOf(field, options),
        field,
        shape: shapeOf(field, isView, options),
        isOptional,
        isNullable: field.kind === "elementary" && (isView || options.isNullable === true),
      },
    ]
  })
  return distinct(members)
}

/**
 * The shape of a layout's decoded records.
 *
 * @category constructors
 * @since 0.1.0
 */
export const recordShape = (layout: Layout, options: ShapeOptions = {}): RecordShape => {
  const { root } = layout
  const fields = root.kind === "group" && root.table === undefined ? root.fields : [root]
  return { kind: "object", members: membersOf(fields, false, options) }
}

/**
 * The form of a decimal's text, as a regular expression.
 *
 * @category encoding
 * @since 0.1.0
 */
export const decimalPattern = (
  shape: Extract<ValueShape, { readonly kind: "decimal" }>,
): string => {
  const more = shape.wholeMax === undefined ? "*" : `{0,${shape.wholeMax - 1}}`
  const whole = `(?:0|[1-9][0-9]${more})`
  const fraction = shape.scale === 0 ? "" : `\\.[0-9]{${shape.scale}}`
  return `^${shape.isSigned ? "-?" : ""}${whole}${fraction}$`
}

/** A column holds more digits than its picture, and whole numbers have no other size. */
const columnNumber = (digits: number, scale: number): ArrowType =>
  digits > 18 || scale !== 0
    ? { kind: "decimal128", precision: 38, scale: Math.max(scale, 0) }
    : int(64)

const columnType = ({ length, storage }: ElementaryField): ArrowType => {
  switch (storage.kind) {
    case "text":
    case "dbcs":
    case "national":
      return { kind: "utf8" }
    case "zoned":
    case "packed":
      return columnNumber(storage.digits, storage.scale)
    case "binary": {
      const isWide = storage.bytes > 8 || (storage.bytes === 8 && !storage.isSigned)
      return columnNumber(isWide ? 38 : 18, storage.scale)
    }
    case "float":
      return { kind: "float", bits: 64 }
    case "edited":
      if (storage.picture.category === "external-float") return { kind: "float", bits: 64 }
      return storage.isNumeric
        ? columnNumber(storage.picture.digits, storage.picture.scale)
        : { kind: "utf8" }
    case "opaque":
      return { kind: "binary", width: length }
  }
}

/** Tables in tables are one list: its places are as many as all of them have. */
const columnFields = (
  field: Field,
  outer: number,
  hasFillers: boolean,
): ReadonlyArray<ArrowField> => {
  const places = outer * (field.table?.max ?? 1)
  if (field.kind === "group") {
    return field.fields.flatMap((each) => columnFields(each, places, hasFillers))
  }
  if (field.isFiller && !hasFillers) return []
  const value = columnType(field)
  const item: ArrowField = { name: "item", type: value, isNullable: true, metadata: {} }
  const type: ArrowType = places === 1 ? value : { kind: "list", item, min: places, max: places }
  const metadata = { "cobol.path": field.path }
  return [{ name: field.path, type, isNullable: true, metadata }]
}

/**
 * The Arrow schema of a layout's records: groups are structs, tables are lists; or of the files that
 * are written from them, a column a field.

 *
 * @since 0.1.0
 */
import type { ElementaryField, Field, Layout } from "../layout/Layout.ts"
import { formatStorage } from "../layout/LayoutTree.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type ArrowType =
  | { readonly kind: "utf8" }
  | { readonly kind: "int"; readonly bits: 8 | 16 | 32 | 64; readonly isSigned: boolean }
  /** Range of the precision: 1 to 38. */
  | { readonly kind: "decimal128"; readonly precision: number; readonly scale: number }
  | { readonly kind: "float"; readonly bits: 32 | 64 }
  /** Units: bytes. */
  | { readonly kind: "binary"; readonly width: number }
  | { readonly kind: "struct"; readonly fields: ReadonlyArray<ArrowField> }
  /** Of a fixed size when both are equal. */
  | {
      readonly kind: "list"
      readonly item: ArrowField
      readonly min: number
      readonly max: number
    }

/**
 * @category models
 * @since 0.1.0
 */
export interface ArrowField {
  readonly name: string
  readonly type: ArrowType
  readonly isNullable: boolean
  /** Keys begin with `cobol.`. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ArrowSchema {
  readonly fields: ReadonlyArray<ArrowField>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ArrowOptions {
  /** Names as written, or with `_` for `-`. @default "written" */
  readonly names?: "written" | "underscore"
  /** Whether elementary fields called FILLER are there. @default false */
  readonly hasFillers?: boolean
  /**
   * `nested`: groups are structs. `columns`: a field is a column under its path, as in the files that
   * are written, with the few types that columns have; names stay as written. @default "nested"
   */
  readonly form?: "nested" | "columns"
}

interface Decimal {
  readonly digits: number
  readonly scale: number
  readonly isSigned: boolean
}

const int = (bits: 8 | 16 | 32 | 64, isSigned = true): ArrowType => ({
  kind: "int",
  bits,
  isSigned,
})

/** The narrowest type that holds every value exactly; a negative scale is zeros in the number. */
const decimalType = ({ digits, scale }: Decimal): ArrowType => {
  if (scale > 0) return { kind: "decimal128", precision: Math.max(digits, scale), scale }
  const all = digits - scale
  if (all <= 9) return int(32)
  return all <= 18 ? int(64) : { kind: "decimal128", precision: Math.min(all, 38), scale: 0 }
}

// The digits of the largest value of so many bytes.
const digitsOf = (bytes: number, isSigned: boolean): number =>
  String((1n << BigInt(8 * bytes - (isSigned ? 1 : 0))) - 1n).length

const binaryType = (bytes: number, decimal: Decimal): ArrowType => {
  const { isSigned, scale } = decimal
  if (scale === 0 && bytes <= 8) {
    if (bytes === 1) return int(8, isSigned)
    if (bytes === 2) return int(16, isSigned)
    return bytes <= 4 ? int(32, isSigned) : int(64, isSigned)
  }
  // More than the picture's digits may stand in the bytes.
  return {
    kind: "decimal128",
    precision: Math.min(38, Math.max(digitsOf(bytes, isSigned) - Math.min(scale, 0), scale)),
    scale: Math.max(scale, 0),
  }
}

const valueType = ({ length, storage }: ElementaryField): ArrowType => {
  switch (storage.kind) {
    case "text":
    case "dbcs":
      return { kind: "utf8" }
    case "national":
      return storage.decimal === undefined ? { kind: "utf8" } : decimalType(storage.decimal)
    case "zoned":
    case "packed":
      return decimalType(storage)
    case "binary":
      return binaryType(storage.bytes, storage)
    case "float":
      return { kind: "float", bits: storage.bytes === 4 ? 32 : 64 }
    case "edited":
      if (!storage.isNumeric) return { kind: "utf8" }
      return storage.picture.category === "external-float"
        ? { kind: "float", bits: 64 }
        : decimalType({ ...storage.picture, isSigned: true })
    case "opaque":
      return { kind: "binary", width: length }
  }
}

const metadataOf = (field: Field): Readonly<Record<string, string>> => ({
  "cobol.path": field.path,
  "cobol.offset": String(field.offset),
  "cobol.length": String(field.length),
  ...(field.kind === "elementary"
    ? {
        "cobol.storage": formatStorage(field.storage),
        ...(field.picture === undefined ? {} : { "cobol.picture": field.picture.text }),
      }
    : {}),
  ...(field.redefines === undefined ? {} : { "cobol.redefines": field.redefines }),
  ...(field.table?.counter === undefined ? {} : { "cobol.counter": field.table.counter }),
})

const arrowField = (field: Field, options: ArrowOptions): ArrowField => {
  const name = options.names === "underscore" ? field.name.replaceAll("-", "_") : field.name
  const type: ArrowType =
    field.kind === "group"
      ? { kind: "struct", fields: arrowFields(field.fields, options) }
      : valueType(field)
  const metadata = metadataOf(field)
  if (field.table === undefined) {
    // A value may be faulty; a group is always there.
    return { name, type, isNullable: field.kind === "elementary", metadata }
  }
  const item: ArrowField = {
    name: "item",
    type,
    isNullable: field.kind === "elementary",
    metadata: {},
  }
  const { max, min } = field.table
  return { name, type: { kind: "list", item, min, max }, isNullable: false, metadata }
}

const arrowFields = (
  fields: ReadonlyArray<Field>,
  options: ArrowOptions,
): ReadonlyArray<ArrowField> =>
  fields
    .filter((field) => field.kind === "group" || !field.isFiller || options.hasFillers === true)
    .map((field) => arrowField(field, options))

/**
 * The Arrow schema of a layout's records: groups are structs, tables are lists.
 *
 * @category constructors
 * @since 0.1.0
 */
export const arrowSchemaOf = (layout: Layout, options: ArrowOptions = {}): ArrowSchema => {
  const { root } = layout
  const isGroup = root.kind === "group" && root.table === undefined
  return {
    fields:
      options.form === "columns"
        ? columnFields(root, 1, options.hasFillers === true)
        : arrowFields(isGroup ? root.fields : [root], options),
    metadata: {
      "cobol.record": layout.name,
      "cobol.fingerprint": layout.fingerprint,
      "cobol.dialect": layout.dialect,
    },
  }
}

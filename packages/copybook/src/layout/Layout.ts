/**
 * A record's layout: where each field lies and how it is stored, with everything inherited,
 * aligned and resolved.
 *
 * @since 0.1.0
 */
import type { Condition, Literal } from "../syntax/Item.ts"
import type { Picture } from "../syntax/Picture.ts"
import type { Diagnostic, Span } from "../source/Diagnostic.ts"

/**
 * How an elementary field's bytes hold its value.
 *
 * @category models
 * @since 0.1.0
 */
export type Storage =
  /** One byte a character, in the record's or the field's code page. */
  | { readonly kind: "text"; readonly isAlphabetic: boolean }
  /**
   * UTF-16, two bytes a character; big-endian on z/OS. With `decimal` the characters are a number,
   * as they would be in DISPLAY with a separate sign.
   */
  | { readonly kind: "national"; readonly decimal?: ZonedStorage }
  /** Two bytes a character of a double-byte code page, without shift bytes. */
  | { readonly kind: "dbcs" }
  | ZonedStorage
  | PackedStorage
  | BinaryStorage
  | { readonly kind: "float"; readonly bytes: 4 | 8 }
  /** Characters with editing: the value is read out of them by the picture. */
  | { readonly kind: "edited"; readonly picture: Picture; readonly isNumeric: boolean }
  /** An address or an index: bytes without a meaning outside the program. */
  | { readonly kind: "opaque" }

interface Decimal {
  /** Stored digits. Range: 1 to 38. */
  readonly digits: number
  /** Digits behind the point; below 0 the value ends with that many zeros. */
  readonly scale: number
  readonly isSigned: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ZonedStorage extends Decimal {
  readonly kind: "zoned"
  readonly signPosition: "leading" | "trailing"
  readonly isSignSeparate: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PackedStorage extends Decimal {
  readonly kind: "packed"
  /** COMP-6 has none: every nibble is a digit. */
  readonly hasSignNibble: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface BinaryStorage extends Decimal {
  readonly kind: "binary"
  /** Range: 1 to 16. */
  readonly bytes: number
  readonly endian: "big" | "little"
  /** Whether every value of its bytes may stand there (COMP-5), not only those of its digits. */
  readonly isFullRange: boolean
}

/**
 * A table: how often a field stands there in a row.
 *
 * @category models
 * @since 0.1.0
 */
export interface Table {
  readonly min: number
  readonly max: number
  /** From one occurrence to the next. Units: bytes (at the maximum, where it holds tables itself). */
  readonly stride: number
  /** The path of the field that says how many there are; absent in a table of fixed size. */
  readonly counter?: string
}

interface FieldBase {
  /** As written, with `_2`, `_3`, … behind the second and later of one name in one group. */
  readonly name: string
  /** Names from the root's child down, joined by `.`; unique in the layout. The root's is its name. */
  readonly path: string
  readonly level: number
  readonly isFiller: boolean
  /**
   * Where its first occurrence begins, from the start of the record, every table before it at
   * its maximum. Units: bytes.
   */
  readonly offset: number
  /** One occurrence, tables inside at their maximum. Units: bytes. */
  readonly length: number
  /** One occurrence, tables inside at their minimum. Units: bytes. */
  readonly lengthMin: number
  readonly table?: Table
  /** Whether a table that depends on a counter lies before it, so that its place may vary. */
  readonly isShifted: boolean
  /** The path of the field whose place it takes: the first of the chain of redefinitions. */
  readonly redefines?: string
  readonly conditions: ReadonlyArray<Condition>
  readonly span: Span
}

/**
 * @category models
 * @since 0.1.0
 */
export interface GroupField extends FieldBase {
  readonly kind: "group"
  readonly fields: ReadonlyArray<Field>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ElementaryField extends FieldBase {
  readonly kind: "elementary"
  readonly storage: Storage
  readonly picture?: Picture
  readonly isJustified: boolean
  readonly isBlankWhenZero: boolean
  readonly value?: Literal
}

/**
 * @category models
 * @since 0.1.0
 */
export type Field = GroupField | ElementaryField

/**
 * Another name for a run of bytes: a level 66.
 *
 * @category models
 * @since 0.1.0
 */
export interface Alias {
  readonly name: string
  readonly offset: number
  readonly length: number
  /** The paths of the first and the last field that it covers. */
  readonly from: string
  readonly through: string
}

/**
 * How compilers differ in what a clause takes.
 *
 * @category models
 * @since 0.1.0
 */
export type Dialect = "ibm" | "gnucobol" | "micro-focus"

/**
 * @category models
 * @since 0.1.0
 */
export interface Layout {
  readonly name: string
  readonly dialect: Dialect
  readonly root: Field
  /** Tables at their maximum. Units: bytes. */
  readonly lengthMax: number
  /** Tables at their minimum. Units: bytes. */
  readonly lengthMin: number
  readonly aliases: ReadonlyArray<Alias>
  /** SHA-256 of the layout's canonical description, in hex: equal where records are read the same. */
  readonly fingerprint: string
  /** What was assumed; absent when nothing was. */
  readonly warnings?: ReadonlyArray<Diagnostic>
}

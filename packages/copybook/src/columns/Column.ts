/**
 * The values of one elementary field over a batch of records.
 *
 * A column of a field inside tables has as many values a record as the tables have places at
 * their maximum, innermost index fastest; places beyond a counter are not valid.
 *
 * @since 0.1.0
 */
import type { ElementaryField } from "../layout/Layout.ts"

interface ColumnBase {
  readonly field: ElementaryField
  /** Records · places a record. */
  readonly length: number
  /** Places a record: 1 outside tables. */
  readonly places: number
  /** A byte a value: 1 valid, 0 absent or faulty. */
  readonly valid: Uint8Array
}

/**
 * Text in Latin-1 or UTF-8: `width` bytes a value where the code page is Latin-1 in other places and
 * texts are not trimmed (`trim: "none"`, the fastest), else offsets.
 *
 * @category models
 * @since 0.1.0
 */
export interface TextColumn extends ColumnBase {
  readonly kind: "text"
  readonly bytes: Uint8Array
  /** Latin-1 bytes of a fixed width. */
  readonly width?: number
  /** UTF-8 between `offsets[i]` and `offsets[i + 1]`. */
  readonly offsets?: Int32Array
}

/**
 * Decimals of up to 18 digits: the value times ten to the power of its scale.
 *
 * @category models
 * @since 0.1.0
 */
export interface IntegerColumn extends ColumnBase {
  readonly kind: "integer"
  readonly values: BigInt64Array
  readonly scale: number
}

/**
 * Decimals of 19 to 38 digits: two 64-bit halves a value, low first, two's complement (Arrow's
 * Decimal128).
 *
 * @category models
 * @since 0.1.0
 */
export interface DecimalColumn extends ColumnBase {
  readonly kind: "decimal"
  readonly values: BigUint64Array
  readonly scale: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface FloatColumn extends ColumnBase {
  readonly kind: "float"
  readonly values: Float64Array
}

/**
 * Bytes without a meaning: `width` a value.
 *
 * @category models
 * @since 0.1.0
 */
export interface BytesColumn extends ColumnBase {
  readonly kind: "bytes"
  readonly bytes: Uint8Array
  readonly width: number
}

/**
 * @category models
 * @since 0.1.0
 */
export type Column = TextColumn | IntegerColumn | DecimalColumn | FloatColumn | BytesColumn

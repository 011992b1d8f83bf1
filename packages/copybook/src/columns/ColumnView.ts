/**
 * A column as views on the memory that its parts lie in.
 *
 * @since 0.1.0
 */
import type { Column } from "./Column.ts"
import type { ColumnSource } from "./ColumnPlan.ts"

/**
 * Where a column's parts begin.
 *
 * @category models
 * @since 0.1.0
 */
export interface ColumnParts {
  readonly values: number
  readonly valid: number
  /** Of text in UTF-8. */
  readonly offsets: number
}

/**
 * @param length values
 * @category constructors
 * @since 0.1.0
 */
export const columnOf = (
  { field, form, offsets: places, scale }: ColumnSource,
  buffer: ArrayBufferLike,
  at: ColumnParts,
  length: number,
): Column => {
  const valid = new Uint8Array(buffer, at.valid, length)
  const base = { field, places: places.length, length, valid }
  switch (form) {
    case "latin": {
      const bytes = new Uint8Array(buffer, at.values, length * field.length)
      return { ...base, kind: "text", bytes, width: field.length }
    }
    case "utf8": {
      const offsets = new Int32Array(buffer, at.offsets, length + 1)
      const bytes = new Uint8Array(buffer, at.values, offsets[length] ?? 0)
      return { ...base, kind: "text", bytes, offsets }
    }
    case "integer":
      return { ...base, kind: form, scale, values: new BigInt64Array(buffer, at.values, length) }
    case "decimal": {
      const values = new BigUint64Array(buffer, at.values, length * 2)
      return { ...base, kind: form, scale, values }
    }
    case "float":
      return { ...base, kind: form, values: new Float64Array(buffer, at.values, length) }
    case "bytes": {
      const bytes = new Uint8Array(buffer, at.values, length * field.length)
      return { ...base, kind: form, bytes, width: field.length }
    }
  }
}

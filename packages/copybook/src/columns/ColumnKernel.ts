/**
 * One column's call of a kernel.
 *
 * @since 0.1.0
 */
import type { Kernels } from "../kernels/Kernels.ts"
import type { ColumnSource } from "./ColumnPlan.ts"
import type { PackedShape, ZonedShape } from "./FieldShape.ts"
import type { TablePool } from "./TablePool.ts"

/**
 * Where the records and a column's parts lie in the kernels' memory.
 *
 * @category models
 * @since 0.1.0
 */
export interface ColumnPlace {
  /** Addresses of the values' records: of each place one, where there are several. */
  readonly starts: number
  readonly count: number
  /** Added to every start. */
  readonly offset: number
  readonly values: number
  readonly valid: number
  /** Of text in UTF-8. */
  readonly offsets: number
}

type Call = (kernels: Kernels, place: ColumnPlace) => number

const zonedCall = (shape: ZonedShape, tables: TablePool): Call => {
  const { digits, first, separate, signLane, zone } = shape
  const signs = shape.signs === undefined ? 0 : tables.signs(shape.signs)
  const isWide = digits > 16
  return (kernels, { count, offset, starts, valid, values }) =>
    kernels[isWide ? "zonedWide" : "zoned"](
      starts,
      count,
      offset + first,
      digits,
      zone,
      signs,
      signLane,
      separate === undefined ? -1 : offset + first + separate,
      values,
      valid,
      1,
    )
}

const packedCall = (shape: PackedShape, tables: TablePool): Call => {
  const { digits, hasSign, isPadded, negativeSigns, validSigns, width } = shape
  const pad = isPadded ? 1 : 0
  if (digits > 18) {
    return (kernels, { count, offset, starts, valid, values }) =>
      kernels.packedWide(
        starts,
        count,
        offset,
        width,
        validSigns,
        negativeSigns,
        hasSign ? 1 : 0,
        pad,
        values,
        valid,
        1,
      )
  }
  const pairs = tables.packedPairs()
  const last = hasSign
    ? tables.packedLastPairs({ valid: validSigns, negative: negativeSigns })
    : pairs
  const unit = hasSign ? 1000n : 10_000n
  return (kernels, { count, offset, starts, valid, values }) =>
    kernels.packed(starts, count, offset, width, pairs, last, unit, pad, values, valid, 1)
}

/**
 * The call that fills a column and says how many of its values are valid; nothing where only the
 * codec can fill it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (source: ColumnSource, tables: TablePool): Call | undefined => {
  const { form, shape } = source
  if (shape === undefined) return undefined
  if (shape.kind === "zoned") return zonedCall(shape, tables)
  if (shape.kind === "packed") return packedCall(shape, tables)
  if (shape.kind === "binary") {
    const { isLittle, isSigned, most, width } = shape
    const [little, signed] = [isLittle ? 1 : 0, isSigned ? 1 : 0]
    if (form === "integer") {
      return (kernels, { count, offset, starts, valid, values }) =>
        kernels.binary(starts, count, offset, width, little, signed, most, values, valid, 1)
    }
    if (most > 0n) return undefined
    return (kernels, { count, offset, starts, valid, values }) => {
      kernels.binaryWide(starts, count, offset, width, little, signed, values, valid, 1)
      return count
    }
  }
  const { blank, page, trim, width } = shape
  const pairs = tables.pairs(page)
  if (form === "latin") {
    return (kernels, { count, offset, starts, valid, values }) => {
      kernels.text(starts, count, offset, width, pairs, values, width)
      new Uint8Array(kernels.memory.buffer, valid, count).fill(1)
      return count
    }
  }
  const characters = tables.utf8(page)
  return (kernels, { count, offset, offsets, starts, valid, values }) =>
    kernels.utf8(
      starts,
      count,
      offset,
      width,
      pairs,
      characters,
      trim,
      blank,
      values,
      offsets,
      valid,
      1,
    )
}

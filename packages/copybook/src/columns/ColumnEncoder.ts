/**
 * Columns back into records of a fixed length.
 *
 * @since 0.1.0
 */
import * as FieldCodec from "../field/FieldCodec.ts"
import type { ElementaryField, ZonedStorage } from "../layout/Layout.ts"
import { Arena } from "../kernels/Arena.ts"
import type { Kernels } from "../kernels/Kernels.ts"
import type { RecordPlan } from "../record/RecordPlan.ts"
import type { Column, TextColumn } from "./Column.ts"
import * as ColumnPlan from "./ColumnPlan.ts"
import type { FieldShape, ZonedShape } from "./FieldShape.ts"
import { TablePool } from "./TablePool.ts"

/**
 * Records one after the other, and what could not be written.
 *
 * @category models
 * @since 0.1.0
 */
export interface EncodedColumns {
  /** Holds until the next call. */
  readonly bytes: Uint8Array
  /** Paths of fields that have values which are absent or don't fit, and how many. */
  readonly misfits: ReadonlyArray<{ readonly path: string; readonly count: number }>
}

/** Puts a column's values into records; how many were written. */
type Put = (starts: number, count: number, values: number, valid: number) => number

/** Only whole values of the column, each in its place. */
const isFixed = (plan: RecordPlan): boolean => plan.layout.lengthMin === plan.layout.lengthMax

const encodedBy = (
  plan: RecordPlan,
  field: ElementaryField,
  storage: ElementaryField["storage"],
  length: number,
): ((value: number) => Uint8Array) => {
  const own = { ...plan.options, ...plan.options.fields?.[field.path] }
  const codec = FieldCodec.make(
    { ...field, storage, length, isBlankWhenZero: false },
    plan.layout.dialect,
    { ...own, keepsNegativeZero: true },
  )
  return (value) => {
    const bytes = new Uint8Array(length)
    codec.encode(value, bytes, 0)
    return bytes
  }
}

/**
 * Encodes the columns of one plan. Not for two batches at once.
 *
 * @category models
 * @since 0.1.0
 */
export class ColumnEncoder {
  private readonly plan: RecordPlan
  private readonly arena: Arena
  private readonly tables: TablePool
  private readonly sources: ReadonlyArray<ColumnPlan.ColumnSource>
  private readonly puts: ReadonlyArray<Put | undefined>
  private readonly mark: number

  constructor(plan: RecordPlan, kernels: Kernels) {
    this.plan = plan
    this.arena = new Arena(kernels)
    this.tables = new TablePool(this.arena)
    this.sources = ColumnPlan.make(plan)
    this.puts = this.sources.map((source) => this.putOf(source))
    this.mark = this.arena.mark
  }

  /** Whether all of the plan's fields can be encoded so; else it is for the record encoder. */
  get isCompiled(): boolean {
    return isFixed(this.plan) && this.puts.every((put) => put !== undefined)
  }

  /** What columns of one batch, as the column decoder gives them, come to. */
  encode(columns: ReadonlyArray<Column>, count: number): EncodedColumns {
    const { lengthMax } = this.plan.layout
    this.arena.release(this.mark)
    const records = this.arena.reserve(count * lengthMax)
    const startsAt = this.arena.reserve(count * 4)
    const widest = this.sources.reduce((most, { field }) => Math.max(most, field.length, 8), 8)
    const valuesAt = this.arena.reserve(count * widest)
    const validAt = this.arena.reserve(count)
    const { codePage } = this.plan.options
    this.arena.bytes(records, count * lengthMax).fill(codePage.isEbcdic ? 0x40 : 0x20)
    const { buffer } = this.arena.kernels.memory
    const starts = new Uint32Array(buffer, startsAt, count)
    for (let index = 0; index < count; index++) starts[index] = records + index * lengthMax
    const valid = this.arena.bytes(validAt, count)
    const misfits: Array<{ readonly path: string; readonly count: number }> = []
    columns.forEach((column, which) => {
      const put = this.puts[which]
      if (put === undefined) return
      valid.set(column.valid.subarray(0, count))
      this.place(column, valuesAt, count)
      const missing = count - put(startsAt, count, valuesAt, validAt)
      if (missing > 0) misfits.push({ path: column.field.path, count: missing })
    })
    return { bytes: this.arena.bytes(records, count * lengthMax), misfits }
  }

  /** A column's values in memory, texts of one width. */
  private place(column: Column, address: number, count: number): void {
    const { buffer } = this.arena.kernels.memory
    if (column.kind === "integer") {
      new BigInt64Array(buffer, address, count).set(column.values.subarray(0, count))
    } else if (column.kind === "text") this.placeText(column, address, count)
  }

  private placeText(column: TextColumn, address: number, count: number): void {
    const { length } = column.field
    const target = this.arena.bytes(address, count * length)
    const { bytes, offsets } = column
    if (offsets === undefined) {
      target.set(bytes.subarray(0, count * length))
      return
    }
    target.fill(0x20)
    for (let index = 0; index < count; index++) {
      const text = Buffer.from(bytes.subarray(offsets[index], offsets[index + 1])).toString("utf8")
      target.set(Buffer.from(text, "latin1").subarray(0, length), index * length)
    }
  }

  private putOf(source: ColumnPlan.ColumnSource): Put | undefined {
    const { field, form, offsets, shape } = source
    const isOne =
      offsets.length === 1 && (form === "integer" || form === "latin" || form === "utf8")
    if (shape === undefined || !isOne || field.isBlankWhenZero || field.isJustified)
      return undefined
    return this.shapePut(shape, field, offsets[0] ?? 0)
  }

  private shapePut(shape: FieldShape, field: ElementaryField, offset: number): Put | undefined {
    const { kernels } = this.arena
    const most = shape.kind === "text" ? 0n : 10n ** BigInt(shape.digits) - 1n
    if (shape.kind === "text") {
      if (!shape.page.isLatin || shape.page.name === "utf-8") return undefined
      const pairs = this.tables.latinPairs(shape.page)
      return (starts, count, values, valid) => {
        kernels.putText(starts, count, offset, shape.width, pairs, values, shape.width)
        return this.arena.bytes(valid, count).reduce((sum, each) => sum + each, 0)
      }
    }
    if (shape.kind === "zoned") return this.zonedPut(shape, field, offset, most)
    if (shape.kind === "packed") {
      const { storage } = field
      if (storage.kind !== "packed") return undefined
      const encode = encodedBy(this.plan, field, { ...storage, digits: 1, scale: 0 }, 1)
      const [plus = 0, minus = 0] = [...encode(1), ...encode(-1)]
      const signs = (plus & 15) | ((minus & 15) << 4)
      const isSigned = storage.isSigned && shape.hasSign ? 1 : 0
      const fours = this.tables.packedFours()
      const hasSign = shape.hasSign ? 1 : 0
      return (starts, count, values, valid) =>
        kernels.putPacked(
          starts,
          count,
          offset,
          shape.width,
          fours,
          most,
          signs,
          hasSign,
          isSigned,
          values,
          valid,
          1,
        )
    }
    const { storage } = field
    const range =
      this.plan.options.fields?.[field.path]?.binaryRange ?? this.plan.options.binaryRange
    const isFull = storage.kind === "binary" && (storage.isFullRange || range === "full")
    const [little, signed] = [shape.isLittle ? 1 : 0, shape.isSigned ? 1 : 0]
    return (starts, count, values, valid) =>
      kernels.putBinary(
        starts,
        count,
        offset,
        shape.width,
        little,
        signed,
        isFull ? 0n : most,
        values,
        valid,
        1,
      )
  }

  private zonedPut(
    shape: ZonedShape,
    field: ElementaryField,
    offset: number,
    most: bigint,
  ): Put | undefined {
    const storage = field.storage as ZonedStorage
    const { kernels } = this.arena
    const { digits, first, separate } = shape
    const fours = this.tables.zonedFours(shape.zone)
    const isSigned = storage.isSigned ? 1 : 0
    const isSeparate = separate !== undefined
    const encode = encodedBy(
      this.plan,
      field,
      { ...storage, digits: 1, scale: 0 },
      isSeparate ? 2 : 1,
    )
    const overpunch = new Uint8Array(32)
    for (let digit = 0; digit < 10; digit++) {
      overpunch[digit] = encode(digit)[0] ?? 0
      overpunch[10 + digit] = encode(digit === 0 ? -0 : -digit)[0] ?? 0
    }
    const at = this.tables.signs(overpunch)
    const sign = separate === -1 ? 0 : 1
    const characters = isSeparate ? (encode(1)[sign] ?? 0) | ((encode(-1)[sign] ?? 0) << 8) : 0
    const hasOverpunch = storage.isSigned && !isSeparate
    const signAt = hasOverpunch ? shape.signLane - 16 + digits : -1
    const place = isSeparate ? offset + first + separate : -1
    return (starts, count, values, valid) =>
      kernels.putZoned(
        starts,
        count,
        offset + first,
        digits,
        fours,
        most,
        at,
        signAt,
        place,
        characters,
        isSigned,
        values,
        valid,
        1,
      )
  }
}

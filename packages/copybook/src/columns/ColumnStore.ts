/**
 * A column's memory: views for the caller, and single values put where kernels left them out.
 *
 * @since 0.1.0
 */
import { unscaledAt } from "../field/Decimal.ts"
import type { FieldValue } from "../field/FieldCodec.ts"
import type { Arena } from "../kernels/Arena.ts"
import type { Column } from "./Column.ts"
import type { ColumnPlace } from "./ColumnKernel.ts"
import type { ColumnSource } from "./ColumnPlan.ts"
import { columnOf } from "./ColumnView.ts"

/** Of a Unicode character below 0x10000, in UTF-8. */
const utf8Most = 3

const valueBytes = ({ field, form }: ColumnSource): number => {
  if (form === "integer" || form === "float") return 8
  if (form === "decimal") return 16
  return form === "utf8" ? field.length * utf8Most : field.length
}

const encoder = new TextEncoder()

const encodedOf = (
  texts: ReadonlyArray<string>,
): { readonly bytes: Uint8Array; readonly offsets: Int32Array } => {
  const offsets = new Int32Array(texts.length + 1)
  const encoded = texts.map((text) => encoder.encode(text))
  encoded.forEach((bytes, index) => {
    offsets[index + 1] = (offsets[index] ?? 0) + bytes.length
  })
  return { bytes: Buffer.concat(encoded), offsets }
}

/**
 * @category models
 * @since 0.1.0
 */
export class ColumnStore {
  readonly source: ColumnSource
  private readonly arena: Arena
  private valuesAt = 0
  private validAt = 0
  private offsetsAt = 0
  /** Texts of a column that is not written by a kernel alone. */
  private texts: Array<string> | undefined = undefined

  constructor(source: ColumnSource, arena: Arena) {
    this.source = source
    this.arena = arena
  }

  get places(): number {
    return this.source.offsets.length
  }

  /** Takes memory for so many records. */
  hold(records: number): void {
    const values = records * this.places
    this.valuesAt = this.arena.reserve(values * valueBytes(this.source))
    this.validAt = this.arena.reserve(values)
    const isUtf8 = this.source.form === "utf8"
    this.offsetsAt = this.arena.reserve(isUtf8 ? (values + 1) * 4 : 0)
    // Kernels write the ends, and the memory may have held something else before.
    if (isUtf8) new Int32Array(this.arena.kernels.memory.buffer, this.offsetsAt, 1)[0] = 0
  }

  place(starts: number, count: number, offset: number): ColumnPlace {
    this.texts = undefined
    const { offsetsAt: offsets, validAt: valid, valuesAt: values } = this
    return { starts, count, offset, values, valid, offsets }
  }

  valid(count: number): Uint8Array {
    return this.arena.bytes(this.validAt, count)
  }

  /** Gives up what kernels wrote; every value is to be put. */
  clear(count: number): void {
    this.valid(count).fill(0)
    const { form } = this.source
    if (form === "utf8") {
      this.texts = Array.from({ length: count }, () => "")
      // No kernel writes them, and the memory may have held something else before.
      this.arena.bytes(this.offsetsAt, (count + 1) * 4).fill(0)
    } else this.arena.bytes(this.valuesAt, count * valueBytes(this.source)).fill(0)
  }

  /** Texts that kernels wrote, to be put between. */
  private textsOf(count: number): Array<string> {
    if (this.texts !== undefined) return this.texts
    const { buffer } = this.arena.kernels.memory
    const offsets = new Int32Array(buffer, this.offsetsAt, count + 1)
    const bytes = Buffer.from(buffer, this.valuesAt)
    this.texts = Array.from({ length: count }, (_, index) =>
      bytes.toString("utf8", offsets[index], offsets[index + 1]),
    )
    return this.texts
  }

  /**
   * Puts a value; nothing for one that is absent.
   *
   * @returns whether the column can hold it
   */
  put(index: number, count: number, value: FieldValue | undefined): boolean {
    const isKept = value === undefined || this.keep(index, count, value)
    this.valid(count)[index] = value !== undefined && isKept ? 1 : 0
    return isKept
  }

  private keep(index: number, count: number, value: FieldValue): boolean {
    const { field, form, scale } = this.source
    const { buffer } = this.arena.kernels.memory
    if (form === "utf8") {
      if (typeof value !== "string") return false
      this.textsOf(count)[index] = value
      return true
    }
    if (form === "float") {
      new Float64Array(buffer, this.valuesAt, count)[index] = Number(value)
      return true
    }
    if (form === "bytes") {
      if (!(value instanceof Uint8Array)) return false
      this.arena.bytes(this.valuesAt + index * field.length, field.length).set(value)
      return true
    }
    if (typeof value !== "object" || value instanceof Uint8Array) return false
    const unscaled = unscaledAt(value, scale, "error")
    const bits = form === "decimal" ? 128 : 64
    if (unscaled === undefined || BigInt.asIntN(bits, unscaled) !== unscaled) return false
    const view = new DataView(buffer, this.valuesAt + (index * bits) / 8)
    view.setBigInt64(0, BigInt.asIntN(64, unscaled), true)
    if (form === "decimal") view.setBigInt64(8, unscaled >> 64n, true)
    return true
  }

  /** What the caller gets: views that hold until the next batch. */
  column(count: number): Column {
    const { offsetsAt: offsets, validAt: valid, valuesAt: values } = this
    const { buffer } = this.arena.kernels.memory
    const column = columnOf(this.source, buffer, { offsets, valid, values }, count)
    if (this.texts === undefined || column.kind !== "text") return column
    return { ...column, ...encodedOf(this.texts) }
  }
}

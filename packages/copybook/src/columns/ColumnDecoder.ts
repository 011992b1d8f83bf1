/**
 * Records as columns: a typed array for each elementary field over a batch.
 *
 * Kernels fill whole columns. What they call not valid is read again by the field's codec, and
 * its record by the record decoder, which says what is wrong as it does everywhere else. Fields
 * that kernels can't read, or that move behind tables of varying size, are read by their codecs.
 *
 * @since 0.1.0
 */
import type { Fault } from "../field/Fault.ts"
import { decodeFaults, faultClasses } from "../field/FaultCode.ts"
import type { FieldValue } from "../field/FieldCodec.ts"
import { numberOf, offsetOf, type RecordBatch } from "../framing/RecordBatch.ts"
import { Arena } from "../kernels/Arena.ts"
import type { Kernels } from "../kernels/Kernels.ts"
import { RecordDecoder } from "../record/RecordDecoder.ts"
import type { RecordPlan } from "../record/RecordPlan.ts"
import { RecordWalk } from "../record/RecordWalk.ts"
import { BatchMemory } from "./BatchMemory.ts"
import type { Column } from "./Column.ts"
import * as ColumnKernel from "./ColumnKernel.ts"
import * as ColumnPlan from "./ColumnPlan.ts"
import { ColumnStore } from "./ColumnStore.ts"
import { TablePool } from "./TablePool.ts"

/**
 * A batch of records as columns, which hold until the next batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface ColumnBatch {
  readonly columns: ReadonlyArray<Column>
  /** Records. */
  readonly count: number
  /** Faults of the policy `error`, by record. */
  readonly faults: ReadonlyArray<Fault>
  /** Records with such faults, 0-based in the batch: their faulty values are absent. */
  readonly rejected: ReadonlyArray<number>
}

interface Filling {
  readonly store: ColumnStore
  readonly call: ReturnType<typeof ColumnKernel.make>
}

/** A record too short for its fields. */
const shortClass = faultClasses.indexOf("short")

/**
 * Decodes the records of one plan. Not for two batches at once.
 *
 * Views of redefined bytes have a column each, with a value wherever the bytes are one; fields
 * whose policy is `raw` are absent where they have a fault.
 *
 * @category models
 * @since 0.1.0
 */
export class ColumnDecoder {
  private readonly plan: RecordPlan
  private readonly arena: Arena
  private readonly fillings: ReadonlyArray<Filling>
  private readonly decoder: RecordDecoder
  private readonly walk: RecordWalk
  private readonly mark: number
  private memory: BatchMemory
  private expandedAt = 0
  private held = 0

  constructor(plan: RecordPlan, kernels: Kernels) {
    this.plan = plan
    this.arena = new Arena(kernels)
    const tables = new TablePool(this.arena)
    this.fillings = ColumnPlan.make(plan).map((source) => ({
      store: new ColumnStore(source, this.arena),
      call: ColumnKernel.make(source, tables),
    }))
    this.decoder = new RecordDecoder(plan)
    this.walk = new RecordWalk(plan)
    this.mark = this.arena.mark
    this.memory = new BatchMemory(this.arena, plan.layout.lengthMax)
  }

  /** The columns' fields and forms, in order. */
  get sources(): ReadonlyArray<ColumnPlan.ColumnSource> {
    return this.fillings.map(({ store }) => store.source)
  }

  decode(given: RecordBatch): ColumnBatch {
    const batch = this.padded(given)
    if (batch.count > this.held) this.hold(batch.count)
    if (batch.count > 0) this.memory.load(batch, { from: 0, until: batch.count })
    const doubtful = new Set<number>()
    let shortest = Number.POSITIVE_INFINITY
    const { isLong, lengthLeast } = this.lengths()
    for (let index = 0; index < batch.count; index++) {
      const length = batch.lengths[index] ?? 0
      if (length < shortest) shortest = length
      if (length < lengthLeast || length > isLong) doubtful.add(index)
    }
    for (const filling of this.fillings) this.fill(filling, batch, shortest, doubtful)
    const faults: Array<Fault> = []
    const rejected: Array<number> = []
    for (const index of [...doubtful].sort((one, other) => one - other)) {
      // The record as it is: the decoder knows what was padded.
      const start = given.starts[index] ?? 0
      const decoded = this.decoder.decode(
        given.bytes,
        start,
        given.lengths[index] ?? 0,
        numberOf(given, index),
        offsetOf(given, index),
      )
      if (decoded.isRejected) rejected.push(index)
      faults.push(...decoded.faults)
    }
    const columns = this.fillings.map(({ store }) => store.column(batch.count * store.places))
    return { columns, count: batch.count, faults, rejected }
  }

  /** Short records as if blanks followed, where the plan has them so. */
  private padded(batch: RecordBatch): RecordBatch {
    const { layout, options } = this.plan
    const { lengthMax } = layout
    const own = batch.lengths.subarray(0, batch.count)
    if (options.padsShort !== true || own.every((length) => length >= lengthMax)) return batch
    const lengths = own.map((length) => Math.max(length, lengthMax))
    const starts = new Int32Array(batch.count)
    for (let index = 1; index < batch.count; index++) {
      starts[index] = (starts[index - 1] ?? 0) + (lengths[index - 1] ?? 0)
    }
    const size = lengths.reduce((sum, length) => sum + length, 0)
    const bytes = new Uint8Array(size).fill(options.codePage.isEbcdic ? 0x40 : 0x20)
    for (let index = 0; index < batch.count; index++) {
      const start = batch.starts[index] ?? 0
      bytes.set(batch.bytes.subarray(start, start + (own[index] ?? 0)), starts[index])
    }
    return { ...batch, bytes, starts, lengths }
  }

  /** Lengths that are never a fault of the record. */
  private lengths(): { readonly lengthLeast: number; readonly isLong: number } {
    const { layout, physicalSize } = this.plan
    const isActual = physicalSize === "actual" && layout.lengthMin !== layout.lengthMax
    // What is long for its counters is only known by walking: then every record is in doubt.
    return isActual
      ? { lengthLeast: Number.POSITIVE_INFINITY, isLong: 0 }
      : { lengthLeast: layout.lengthMax, isLong: layout.lengthMax }
  }

  private hold(count: number): void {
    this.held = Math.max(count, this.held * 2)
    this.arena.release(this.mark)
    this.memory = new BatchMemory(this.arena, this.plan.layout.lengthMax)
    let placesMost = 0
    for (const { store } of this.fillings) {
      store.hold(this.held)
      placesMost = Math.max(placesMost, store.places)
    }
    this.expandedAt = placesMost > 1 ? this.arena.reserve(this.held * placesMost * 4) : 0
  }

  private fill(
    { call, store }: Filling,
    batch: RecordBatch,
    shortest: number,
    doubtful: Set<number>,
  ): void {
    const { isCounted, offsets, step } = store.source
    const values = batch.count * offsets.length
    if (call === undefined) {
      store.clear(values)
      for (let value = 0; value < values; value++) this.put(store, batch, value, doubtful)
      return
    }
    const isPlain = offsets.length === 1
    const starts = isPlain ? this.memory.startsAt : this.expand(batch.count, offsets)
    const good = call(
      this.arena.kernels,
      store.place(starts, values, isPlain ? (offsets[0] ?? 0) : 0),
    )
    const end = (offsets.at(-1) ?? 0) + step.length
    if (good === values && shortest >= end && !isCounted) return
    for (let value = 0; value < values; value++) {
      const record = Math.floor(value / offsets.length)
      const place = offsets[value % offsets.length] ?? 0
      const isWhole = place + step.length <= (batch.lengths[record] ?? 0)
      const isThere = store.valid(values)[value] === 1 && isWhole
      if (!isThere || isCounted) this.put(store, batch, value, doubtful)
    }
  }

  /** The address of each place of each record. */
  private expand(count: number, offsets: ReadonlyArray<number>): number {
    const { buffer } = this.arena.kernels.memory
    const starts = new Int32Array(buffer, this.memory.startsAt, count)
    const expanded = new Int32Array(buffer, this.expandedAt, count * offsets.length)
    let at = 0
    for (let index = 0; index < count; index++) {
      for (const offset of offsets) expanded[at++] = (starts[index] ?? 0) + offset
    }
    return this.expandedAt
  }

  /** One value by its codec. */
  private put(store: ColumnStore, batch: RecordBatch, value: number, doubtful: Set<number>): void {
    const { chain, codec, indexes, offsets, step } = store.source
    const places = offsets.length
    const record = Math.floor(value / places)
    const start = batch.starts[record] ?? 0
    const end = start + (batch.lengths[record] ?? 0)
    this.walk.begin(batch.bytes, start, end)
    const at = this.walk.locate(chain, indexes[value % places] ?? [])
    const count = batch.count * places
    if (at < 0) {
      store.put(value, count, undefined)
      return
    }
    const isWhole = at + step.length <= end
    const decoded = isWhole ? codec.decode(batch.bytes, at) : undefined
    if (decoded !== undefined && store.put(value, count, decoded)) return
    doubtful.add(record)
    const kind = isWhole ? decodeFaults[codec.fault()].class : "short"
    const policy = step.policies[isWhole ? faultClasses.indexOf(kind) : shortClass]
    const zero: FieldValue | undefined = policy === "zero" ? codec.zero : undefined
    store.put(value, count, zero)
  }
}

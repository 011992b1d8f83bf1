/**
 * Records as plain objects, a batch at once: kernels read the numbers and translate the texts of
 * all its records, and objects are made of what comes out.
 *
 * A record of which anything is in doubt goes through the record decoder, which says what is
 * wrong as it does everywhere else.
 *
 * @since 0.1.0
 */
import type { Fault } from "../field/Fault.ts"
import { numberOf, offsetOf, type RecordBatch } from "../framing/RecordBatch.ts"
import { Arena } from "../kernels/Arena.ts"
import type { Kernels } from "../kernels/Kernels.ts"
import { type Decoded, RecordDecoder, type RecordObject } from "../record/RecordDecoder.ts"
import type { RecordPlan } from "../record/RecordPlan.ts"
import type { Step } from "../record/Step.ts"
import { BatchMemory, type Piece } from "./BatchMemory.ts"
import * as ColumnKernel from "./ColumnKernel.ts"
import * as ObjectMaker from "./ObjectMaker.ts"
import * as ObjectPlan from "./ObjectPlan.ts"
import { TablePool } from "./TablePool.ts"

const none: ReadonlyArray<Fault> = []

/** What is in the second-level cache with what becomes of it. Units: bytes, records. */
const pieceBytes = 131_072
const pieceRecords = 256
/** So many pieces are decoded record by record after one that was mostly in doubt. */
const pauses = 7

type Values = ArrayLike<unknown>

/** The values of one source over the piece that is loaded; nothing where code reads them itself. */
type Reading = (count: number) => Values

/**
 * Decodes the records of one plan. Not for two batches at once.
 *
 * @category models
 * @since 0.1.0
 */
export class ObjectDecoder {
  /** Decodes what is in doubt; counts faults. */
  readonly records: RecordDecoder
  private readonly plan: RecordPlan
  private readonly arena: Arena
  private readonly tables: TablePool
  private readonly memory: BatchMemory
  private readonly capacity: number
  private readonly objects: ObjectPlan.ObjectPlan | undefined
  private readonly root: Reading
  private readonly textAt: number
  private readonly pairs: number
  private readonly doubtful: Uint8Array
  private paused = 0
  // Of the piece that is loaded.
  private batch: RecordBatch | undefined = undefined
  private first = 0
  private buffer = new ArrayBuffer(0)
  private readonly shared = {
    text: "",
    units: new Uint8Array(0) as Uint8Array | Uint16Array,
    words: new Int32Array(0),
  }
  private readonly wide: Uint16Array

  constructor(
    plan: RecordPlan,
    kernels: Kernels,
    records: RecordDecoder = new RecordDecoder(plan),
  ) {
    const { codePage } = plan.options
    const { lengthMax } = plan.layout
    this.plan = plan
    this.records = records
    this.arena = new Arena(kernels)
    this.tables = new TablePool(this.arena)
    this.capacity = Math.min(
      Math.max(Math.floor(pieceBytes / Math.max(lengthMax, 1)), 1),
      pieceRecords,
    )
    this.doubtful = new Uint8Array(this.capacity)
    this.objects = ObjectPlan.make(plan)
    const characters = (this.objects?.textWidth ?? 0) * this.capacity
    this.textAt = codePage.isLatin ? this.arena.reserve(characters) : 0
    this.pairs = codePage.isLatin ? this.tables.pairs(codePage) : 0
    this.wide = new Uint16Array(codePage.isLatin ? 0 : characters)
    this.root = this.objects === undefined ? () => [] : this.reading(this.objects.root)
    this.memory = new BatchMemory(this.arena, lengthMax)
  }

  /** Whether ordinary records are decoded a batch at once. */
  get isCompiled(): boolean {
    return this.objects !== undefined
  }

  /**
   * Decodes the records of a batch in their order.
   *
   * @param sink gets each of them, and its place in the batch. Short texts are their own; a long
   *   one keeps the texts of up to 256 records alive with it.
   */
  decode(batch: RecordBatch, sink: (decoded: Decoded, index: number) => void): void {
    const { capacity } = this
    const isCompiled = this.objects !== undefined && this.records.metadataOf === undefined
    for (let from = 0; from < batch.count; from += capacity) {
      const piece = { from, until: Math.min(from + capacity, batch.count) }
      if (!isCompiled || this.paused > 0) {
        this.paused = Math.max(this.paused - 1, 0)
        for (let index = from; index < piece.until; index++) sink(this.one(batch, index), index)
      } else this.piece(batch, piece, sink)
    }
    this.batch = undefined
  }

  private piece(
    batch: RecordBatch,
    piece: Piece,
    sink: (decoded: Decoded, index: number) => void,
  ): void {
    const { from, until } = piece
    const count = until - from
    this.load(batch, piece)
    const values = this.root(count)
    let doubts = 0
    for (let index = 0; index < count; index++) {
      if (this.doubtful[index] === 1) {
        doubts++
        sink(this.one(batch, from + index), from + index)
      } else {
        // A group's reading gives objects, and the record decoder the same ones.
        const value = values[index] as RecordObject
        sink({ value, faults: none, isRejected: false }, from + index)
      }
    }
    if (doubts * 2 > count) this.paused = pauses
  }

  private one(batch: RecordBatch, index: number): Decoded {
    return this.records.decode(
      batch.bytes,
      batch.starts[index] ?? 0,
      batch.lengths[index] ?? 0,
      numberOf(batch, index),
      offsetOf(batch, index),
    )
  }

  /** Into the kernels' memory, and the texts through the code page. */
  private load(batch: RecordBatch, piece: Piece): void {
    const { lengthMax } = this.plan.layout
    const count = piece.until - piece.from
    this.batch = batch
    this.first = piece.from
    this.memory.load(batch, piece)
    const { buffer } = this.arena.kernels.memory
    if (buffer !== this.buffer) {
      this.buffer = buffer
      this.shared.words = new Int32Array(buffer, 0, buffer.byteLength >> 2)
      const isLatin = this.plan.options.codePage.isLatin
      this.shared.units = isLatin ? new Uint8Array(buffer, this.textAt) : this.wide
    }
    for (let index = 0; index < count; index++) {
      this.doubtful[index] = batch.lengths[piece.from + index] === lengthMax ? 0 : 1
    }
    this.translate(count)
  }

  private translate(count: number): void {
    const { runs = [], textWidth = 0 } = this.objects ?? {}
    if (textWidth === 0) return
    if (!this.plan.options.codePage.isLatin) {
      this.translateWide(count)
      return
    }
    const { kernels } = this.arena
    for (const { at, from, width } of runs) {
      kernels.text(
        this.memory.startsAt,
        count,
        from,
        width,
        this.pairs,
        this.textAt + at,
        textWidth,
      )
    }
    this.shared.text = Buffer.from(this.buffer, this.textAt, count * textWidth).toString("latin1")
  }

  private translateWide(count: number): void {
    const { runs = [], textWidth = 0 } = this.objects ?? {}
    const { toUnicode } = this.plan.options.codePage
    const { wide } = this
    const bytes = new Uint8Array(this.buffer)
    for (let index = 0; index < count; index++) {
      const start = this.shared.words[(this.memory.startsAt >> 2) + index] ?? 0
      for (const { at, from, width } of runs) {
        const out = index * textWidth + at
        for (let unit = 0; unit < width; unit++) {
          wide[out + unit] = toUnicode[bytes[start + from + unit] ?? 0] ?? 0
        }
      }
    }
    this.shared.text = Buffer.from(wide.buffer, 0, count * textWidth * 2).toString("utf16le")
  }

  private reading(source: ObjectPlan.ObjectSource): Reading {
    switch (source.kind) {
      case "text":
        return this.texts(source)
      case "number":
        return this.numbers(source)
      case "codec":
        return this.codec(source)
      case "group":
        return this.group(source)
      case "table": {
        const { max, places } = source
        const element = this.reading(source.element)
        return (count) => {
          const values = element(count)
          const entries: Array<ReadonlyArray<unknown>> = []
          for (let index = 0; index < count * places; index++) {
            const own: Array<unknown> = []
            for (let entry = 0; entry < max; entry++) own.push(values[index * max + entry])
            entries.push(own)
          }
          return entries
        }
      }
    }
  }

  private group({ keys, members, places }: ObjectPlan.GroupSource): Reading {
    const isCode = this.plan.options.generatesCode === true && ObjectMaker.takesCode(keys)
    const parts: Array<ObjectMaker.Part> = []
    const readings = members.map((member) => {
      const [part, reading] = isCode && places === 1 ? this.part(member) : [undefined, undefined]
      parts.push(part ?? { kind: "column" })
      return reading ?? this.reading(member)
    })
    const make = isCode ? ObjectMaker.generated(keys, parts) : ObjectMaker.copying(keys)
    return (count) =>
      make(
        readings.map((read) => read(count)),
        count * places,
        this.shared,
      )
  }

  /** What code reads itself, and what is done before it does. */
  private part(source: ObjectPlan.ObjectSource): [ObjectMaker.Part, Reading] | [] {
    if (source.kind === "text") {
      const width = this.objects?.textWidth ?? 0
      return [{ kind: "text", step: source.step, at: source.at[0] ?? 0, width }, () => []]
    }
    if (source.kind !== "number") return []
    const call = this.call(source)
    if (call === undefined) return []
    const reading: Reading = (count) => {
      call.run(count)
      return []
    }
    return [{ kind: "number", step: source.step, word: call.values >> 2 }, reading]
  }

  private texts({ at, places, step }: ObjectPlan.TextSource): Reading {
    const width = this.objects?.textWidth ?? 0
    const [first = 0] = at
    // The usual: nothing to be asked of each value.
    if (places === 1 && step.isTrimmedRight && !step.isTrimmedLeft && step.trimmedFrom === 0x20) {
      return (count) => trimmedRight(this.shared, first, width, step.length, count)
    }
    return (count) => {
      const values: Array<string> = []
      const { text, units } = this.shared
      for (let index = 0; index < count; index++) {
        for (let place = 0; place < places; place++) {
          values.push(cut(text, units, index * width + (at[place] ?? 0), step))
        }
      }
      return values
    }
  }

  private numbers(source: ObjectPlan.NumberSource): Reading {
    const { column, places, step } = source
    const call = this.call(source)
    if (call === undefined)
      return this.codec({ kind: "codec", step, places, offsets: column.offsets })
    const { divisor } = step
    const numbers = new Float64Array(this.capacity * places)
    const { run, values } = call
    return (count) => {
      run(count)
      read(this.shared.words, values >> 2, count * places, divisor, numbers)
      return numbers
    }
  }

  /** A kernel's call, and where the numbers are then; nothing where no kernel reads them. */
  private call({
    column,
    places,
  }: ObjectPlan.NumberSource):
    | { readonly run: (count: number) => void; readonly values: number }
    | undefined {
    const call = ColumnKernel.make(column, this.tables)
    if (call === undefined) return undefined
    const { kernels } = this.arena
    const { offsets } = column
    const isPlain = places === 1
    const most = this.capacity * places
    const values = this.arena.reserve(most * 8)
    const valid = this.arena.reserve(most)
    const expandedAt = isPlain ? 0 : this.arena.reserve(most * 4)
    const offset = isPlain ? (offsets[0] ?? 0) : 0
    const run = (count: number): void => {
      const length = count * places
      const starts = isPlain ? this.memory.startsAt : this.expand(count, offsets, expandedAt)
      const good = call(kernels, { starts, count: length, offset, values, valid, offsets: 0 })
      if (good !== length) this.doubt(valid, count, places)
    }
    return { run, values }
  }

  /** The address of each place of each record. */
  private expand(count: number, offsets: ReadonlyArray<number>, expandedAt: number): number {
    const { words } = this.shared
    const starts = this.memory.startsAt >> 2
    let at = expandedAt >> 2
    for (let index = 0; index < count; index++) {
      for (const offset of offsets) words[at++] = (words[starts + index] ?? 0) + offset
    }
    return expandedAt
  }

  private doubt(valid: number, count: number, places: number): void {
    const bytes = new Uint8Array(this.buffer, valid, count * places)
    for (let index = 0; index < bytes.length; index++) {
      if (bytes[index] !== 1) this.doubtful[Math.floor(index / places)] = 1
    }
  }

  private codec({ offsets, step }: ObjectPlan.CodecSource): Reading {
    return (count) => {
      const values: Array<unknown> = []
      const { batch, first } = this
      for (let index = 0; index < count; index++) {
        const start = batch?.starts[first + index] ?? 0
        for (const offset of offsets) {
          const isWhole = this.doubtful[index] === 0 && batch !== undefined
          const value = isWhole ? step.codec?.decode(batch.bytes, start + offset) : undefined
          if (value === undefined) this.doubtful[index] = 1
          values.push(value)
        }
      }
      return values
    }
  }
}

/** Whole numbers of 64 bits that a double holds, as decimals. */
const read = (
  words: Int32Array,
  from: number,
  count: number,
  divisor: number,
  numbers: Float64Array,
): void => {
  for (let index = 0; index < count; index++) {
    const low = words[from + index * 2] ?? 0
    const high = words[from + index * 2 + 1] ?? 0
    numbers[index] = (high * 4_294_967_296 + (low >>> 0)) / divisor
  }
}

const trimmedRight = (
  { text, units }: ObjectMaker.PieceText,
  from: number,
  width: number,
  length: number,
  count: number,
): ReadonlyArray<string> => {
  const values: Array<string> = []
  let begin = from
  for (let index = 0; index < count; index++) {
    let end = begin + length
    while (end > begin && units[end - 1] === 0x20) end--
    values.push(text.substring(begin, end))
    begin += width
  }
  return values
}

const cut = (text: string, units: Uint8Array | Uint16Array, from: number, step: Step): string => {
  const { trimmedFrom } = step
  let begin = from
  let end = from + step.length
  if (step.isTrimmedRight) {
    for (; end > begin; end--) {
      const unit = units[end - 1] ?? 0
      if (unit > 0x20 || unit < trimmedFrom) break
    }
  }
  if (step.isTrimmedLeft) {
    for (; begin < end; begin++) {
      const unit = units[begin] ?? 0
      if (unit > 0x20 || unit < trimmedFrom) break
    }
  }
  return text.substring(begin, end)
}

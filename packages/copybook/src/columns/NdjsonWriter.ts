/**
 * Records as NDJSON: a line for each, the bytes that `JSON.stringify` gives of what the record
 * decoder gives; decimals are texts of all their digits.
 *
 * Ordinary records are written by the JSON kernel. What it leaves, because of a fault or because
 * the plan has something that it can't express, goes through the record decoder.
 *
 * @since 0.1.0
 */
import { type Decimal, render } from "../field/Decimal.ts"
import { numberOf, offsetOf, type RecordBatch } from "../framing/RecordBatch.ts"
import { Arena } from "../kernels/Arena.ts"
import { none, reasons, state } from "../kernels/JsonPlan.ts"
import type { Kernels } from "../kernels/Kernels.ts"
import { type Decoded, RecordDecoder } from "../record/RecordDecoder.ts"
import type { RecordPlan } from "../record/RecordPlan.ts"
import { BatchMemory, type Piece, pieces } from "./BatchMemory.ts"
import { HeldViews } from "./HeldViews.ts"
import * as JsonPlanBuilder from "./JsonPlanBuilder.ts"
import { TablePool } from "./TablePool.ts"

/**
 * Takes bytes that hold only during the call.
 *
 * @category models
 * @since 0.1.0
 */
export type Sink = (bytes: Uint8Array) => void

/**
 * What became of a batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface NdjsonReport {
  /** Lines written. */
  readonly written: number
  /** Records that the kernel left to the record decoder, which takes many times as long. */
  readonly decoded: number
  /** Records with faults of the policy `error`: they have no line. */
  readonly rejected: ReadonlyArray<Decoded & { readonly record: number }>
}

/** In the second-level cache with what becomes of it. Units: bytes. */
const pieceBytes = 131_072
const outputBytes = 1_048_576

const encoder = new TextEncoder()

const isDecimal = (value: unknown): value is Decimal =>
  typeof value === "object" &&
  value !== null &&
  "unscaled" in value &&
  typeof value.unscaled === "bigint"

/** Bytes as JSON has them: in hex, as everything that is no text. Decimals keep all digits. */
const replacer = (_key: string, value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex")
  return isDecimal(value) ? render(value) : value
}

/**
 * Writes the records of one plan. Not for two batches at once.
 *
 * @category models
 * @since 0.1.0
 */
export class NdjsonWriter {
  private readonly arena: Arena
  private readonly memory: BatchMemory
  private readonly decoder: RecordDecoder
  private readonly program: JsonPlanBuilder.JsonProgram | undefined
  private readonly stateAt: number
  private readonly outAt: number
  private readonly outBytes: number
  private decoded = 0
  private readonly rules: ReadonlyArray<{ readonly views: HeldViews; readonly address: number }>
  private rulesAt = 0
  private rulesBytes = 0
  private externalsAt = 0
  private externalsBytes = 0

  constructor(plan: RecordPlan, kernels: Kernels) {
    this.arena = new Arena(kernels)
    this.decoder = new RecordDecoder(plan)
    this.program = JsonPlanBuilder.build(plan, this.arena, new TablePool(this.arena))
    this.rules = (this.program?.rules ?? []).map(({ address, rule }) => ({
      address,
      views: new HeldViews(plan, rule),
    }))
    this.memory = new BatchMemory(this.arena, plan.layout.lengthMax)
    this.stateAt = this.arena.place(new Uint8Array(state.bytes))
    this.outBytes = Math.max(outputBytes, (this.program?.longestLine ?? 0) * 2)
    this.outAt = this.program === undefined ? 0 : this.arena.reserve(this.outBytes)
  }

  /** Whether ordinary records are written by the kernel. */
  get isCompiled(): boolean {
    return this.program !== undefined
  }

  /** Writes the lines of a batch, in order. */
  write(batch: RecordBatch, sink: Sink): NdjsonReport {
    const rejected: Array<Decoded & { readonly record: number }> = []
    this.decoded = 0
    for (const piece of pieces(batch, pieceBytes)) {
      if (this.program === undefined) {
        for (let index = piece.from; index < piece.until; index++) {
          this.decode(batch, index, sink, rejected)
        }
      } else this.compiled(this.program, batch, piece, sink, rejected)
    }
    return { written: batch.count - rejected.length, decoded: this.decoded, rejected }
  }

  private compiled(
    program: JsonPlanBuilder.JsonProgram,
    batch: RecordBatch,
    piece: Piece,
    sink: Sink,
    rejected: Array<Decoded & { readonly record: number }>,
  ): void {
    const { kernels } = this.arena
    this.memory.load(batch, piece)
    const { lengthsAt, startsAt } = this.memory
    if (program.externals.length > 0) this.externals(program, batch, piece)
    if (this.rules.length > 0) this.views(batch, piece)
    const count = piece.until - piece.from
    const limit = this.outAt + this.outBytes
    let next = 0
    while (next < count) {
      next = kernels.json(
        program.address,
        startsAt,
        lengthsAt,
        next,
        count,
        this.outAt,
        limit,
        this.stateAt,
      )
      const [end = 0, reason] = new Uint32Array(kernels.memory.buffer, this.stateAt, 2)
      if (end > this.outAt) sink(this.arena.bytes(this.outAt, end - this.outAt))
      if (reason === reasons.notPlain) this.decode(batch, piece.from + next++, sink, rejected)
    }
  }

  private decode(
    batch: RecordBatch,
    index: number,
    sink: Sink,
    rejected: Array<Decoded & { readonly record: number }>,
  ): void {
    const start = batch.starts[index] ?? 0
    const record = numberOf(batch, index)
    this.decoded += 1
    const decoded = this.decoder.decode(
      batch.bytes,
      start,
      batch.lengths[index] ?? 0,
      record,
      offsetOf(batch, index),
    )
    if (decoded.isRejected) rejected.push({ ...decoded, record })
    else sink(encoder.encode(`${JSON.stringify(decoded.value, replacer)}\n`))
  }

  /** Which views hold, written where the kernel finds it. */
  private views(batch: RecordBatch, { from, until }: Piece): void {
    const count = until - from
    const needed = count * this.rules.length
    if (needed > this.rulesBytes) {
      this.rulesBytes = needed * 2
      this.rulesAt = this.arena.reserve(this.rulesBytes)
    }
    const view = new DataView(this.arena.kernels.memory.buffer)
    this.rules.forEach(({ address, views }, which) => {
      const at = this.rulesAt + which * count
      views.write(batch, from, this.arena.bytes(at, count))
      view.setUint32(address, at, true)
    })
  }

  /** Values that only their codecs can read, written where the kernel finds them. */
  private externals(program: JsonPlanBuilder.JsonProgram, batch: RecordBatch, piece: Piece): void {
    const count = piece.until - piece.from
    const texts: Array<Uint8Array> = []
    const entries = new Uint32Array(count * 2 * program.externals.length)
    let length = 0
    program.externals.forEach(({ step }, which) => {
      for (let index = 0; index < count; index++) {
        const start = (batch.starts[piece.from + index] ?? 0) + step.offset
        const isWhole = step.offset + step.length <= (batch.lengths[piece.from + index] ?? 0)
        const value = isWhole ? step.codec?.decode(batch.bytes, start) : undefined
        const text =
          value === undefined ? undefined : encoder.encode(JSON.stringify(replacer("", value)))
        const entry = (which * count + index) * 2
        entries[entry] = length
        entries[entry + 1] = text?.length ?? none
        if (text !== undefined) texts.push(text)
        length += text?.length ?? 0
      }
    })
    const needed = entries.byteLength + length
    if (needed > this.externalsBytes) {
      this.externalsBytes = needed * 2
      this.externalsAt = this.arena.reserve(this.externalsBytes)
    }
    const entriesAt = this.externalsAt
    const textAt = entriesAt + entries.byteLength
    const bytes = this.arena.bytes(textAt, length)
    let at = 0
    for (const text of texts) {
      bytes.set(text, at)
      at += text.length
    }
    for (let entry = 0; entry < entries.length; entry += 2)
      entries[entry] = (entries[entry] ?? 0) + textAt
    new Uint32Array(this.arena.kernels.memory.buffer, entriesAt, entries.length).set(entries)
    const view = new DataView(this.arena.kernels.memory.buffer)
    program.externals.forEach(({ address }, which) => {
      view.setUint32(address, entriesAt + which * count * 8, true)
    })
  }
}

/**
 * A piece of a batch of records in the kernels' memory.
 *
 * @since 0.1.0
 */
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { Arena } from "../kernels/Arena.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Piece {
  /** The first of its records in the batch. */
  readonly from: number
  /** Behind the last. */
  readonly until: number
}

/**
 * Cuts a batch where its records come to so many bytes; a longer record is a piece alone.
 *
 * @category operations
 * @since 0.1.0
 */
export const pieces = function* (batch: RecordBatch, bytesMax: number): Generator<Piece> {
  let from = 0
  while (from < batch.count) {
    const start = batch.starts[from] ?? 0
    let until = from + 1
    while (until < batch.count) {
      const end = (batch.starts[until] ?? 0) + (batch.lengths[until] ?? 0)
      if (end - start > bytesMax) break
      until++
    }
    yield { from, until }
    from = until
  }
}

/**
 * Room for pieces, and where the last one's records are.
 *
 * @category models
 * @since 0.1.0
 */
export class BatchMemory {
  private readonly arena: Arena
  private readonly slack: number
  private bytesHeld = 0
  private recordsHeld = 0
  private inputAt = 0
  startsAt = 0
  lengthsAt = 0

  /**
   * @param slack how far kernels may read behind a record's beginning. Units: bytes
   */
  constructor(arena: Arena, slack: number) {
    this.arena = arena
    this.slack = slack
  }

  private hold(bytes: number, records: number): void {
    if (bytes > this.bytesHeld) {
      // What was held is given up: pieces are of one size but for records that are longer.
      this.bytesHeld = Math.max(bytes, this.bytesHeld * 2)
      this.inputAt = this.arena.reserve(this.bytesHeld + this.slack)
    }
    if (records > this.recordsHeld) {
      this.recordsHeld = Math.max(records, this.recordsHeld * 2)
      this.startsAt = this.arena.reserve(this.recordsHeld * 4)
      this.lengthsAt = this.arena.reserve(this.recordsHeld * 4)
    }
  }

  /** Copies a piece into memory. */
  load(batch: RecordBatch, { from, until }: Piece): void {
    const first = batch.starts[from] ?? 0
    const end = (batch.starts[until - 1] ?? 0) + (batch.lengths[until - 1] ?? 0)
    const count = until - from
    this.hold(end - first, count)
    const { buffer } = this.arena.kernels.memory
    new Uint8Array(buffer, this.inputAt, end - first).set(batch.bytes.subarray(first, end))
    const starts = new Int32Array(buffer, this.startsAt, count)
    const moved = this.inputAt - first
    for (let index = 0; index < count; index++) {
      starts[index] = (batch.starts[from + index] ?? 0) + moved
    }
    new Int32Array(buffer, this.lengthsAt, count).set(batch.lengths.subarray(from, until))
  }
}

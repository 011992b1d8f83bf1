/**
 * The newest batches, kept so that a sink that keeps up need not read the trail.
 *
 * Bounded by bytes: what does not fit is let go, and whoever still wants it reads the trail.
 *
 * @since 0.1.0
 */
import { endOf, type DeliveredBatch } from "./Sink.ts"

/**
 * A batch whose memory somebody wants back.
 *
 * @category models
 * @since 0.1.0
 */
export interface PublishedBatch extends DeliveredBatch {
  /** Called once, when no sink reads the batch any more. */
  readonly release: () => void
}

/**
 * A batch that somebody reads; to be let go once.
 *
 * @category models
 * @since 0.1.0
 */
export class HeldBatch {
  readonly batch: PublishedBatch
  private holders = 1

  constructor(batch: PublishedBatch) {
    this.batch = batch
  }

  hold(): this {
    this.holders += 1
    return this
  }

  letGo(): void {
    this.holders -= 1
    if (this.holders === 0) this.batch.release()
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export class RecentBatches {
  private readonly bytesMax: number
  private readonly countMax: number
  private readonly batches: Array<HeldBatch> = []
  private heldBytes = 0

  /**
   * @param bytesMax bytes of entries kept at once
   * @param countMax batches kept at once: each may pin a whole slab, however little it holds
   */
  constructor(bytesMax: number, countMax: number) {
    this.bytesMax = bytesMax
    this.countMax = countMax
  }

  get bytes(): number {
    return this.heldBytes
  }

  get count(): number {
    return this.batches.length
  }

  /** Keeps the batch, and lets the oldest go until the bounds hold again. */
  push(batch: PublishedBatch): void {
    this.batches.push(new HeldBatch(batch))
    this.heldBytes += batch.bytes
    while (this.heldBytes > this.bytesMax || this.batches.length > this.countMax) this.drop()
  }

  /** The batch with this sequence, held for the caller; `undefined` where it is not kept. */
  hold(sequence: number): HeldBatch | undefined {
    return this.find(sequence)?.hold()
  }

  /** The batch with this sequence, to be read before anything else happens. */
  at(sequence: number): DeliveredBatch | undefined {
    return this.find(sequence)?.batch
  }

  private find(sequence: number): HeldBatch | undefined {
    return this.batches.find(
      ({ batch }) => batch.firstSequence <= sequence && sequence < endOf(batch),
    )
  }

  /** Lets every batch go that ends at or before this sequence. */
  passed(sequence: number): void {
    for (let first = this.batches[0]; first !== undefined; first = this.batches[0]) {
      if (endOf(first.batch) > sequence) return
      this.drop()
    }
  }

  private drop(): void {
    const oldest = this.batches.shift()
    if (oldest === undefined) return
    this.heldBytes -= oldest.batch.bytes
    oldest.letGo()
  }
}

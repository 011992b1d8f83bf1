/**
 * What the deliveries of a trail share: the recent batches, and how far the trail has got.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { DiskError } from "../platform/Disk.ts"
import type { PublishedBatch, RecentBatches } from "./RecentBatches.ts"
import { endOf, type DeliveredBatch } from "./Sink.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class Feed {
  readonly recent: RecentBatches
  /** Records from this sequence on, or `undefined` where there are none yet. */
  readonly readFrom: (sequence: number) => Effect.Effect<DeliveredBatch | undefined, DiskError>
  /** Sequences that every reader has passed. */
  slowest: () => number = () => 0
  /** The sequence after the newest durable record. */
  head: number
  /** Changes with each batch, and on closing. */
  version = 0
  isClosed = false
  private readonly waiting = new Set<() => void>()

  constructor(
    head: number,
    recent: RecentBatches,
    readFrom: (sequence: number) => Effect.Effect<DeliveredBatch | undefined, DiskError>,
  ) {
    this.head = head
    this.recent = recent
    this.readFrom = readFrom
  }

  /** A durable batch; its memory is given back once no reader needs it, at the latest when others need the room. */
  publish(batch: PublishedBatch): void {
    const end = endOf(batch)
    if (end <= this.head) {
      batch.release()
      return
    }
    this.head = end
    this.recent.push(batch)
    this.passed()
    this.tell()
  }

  /** Lets batches go that every reader has passed. */
  passed(): void {
    this.recent.passed(this.slowest())
  }

  close(): void {
    this.isClosed = true
    this.tell()
  }

  /** Resolves once the version is another than this. */
  after(version: number): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (this.version !== version) {
        resume(Effect.void)
        return
      }
      const wake = (): void => resume(Effect.void)
      this.waiting.add(wake)
      return Effect.sync(() => this.waiting.delete(wake))
    })
  }

  private tell(): void {
    this.version += 1
    const waiting = [...this.waiting]
    this.waiting.clear()
    for (const wake of waiting) wake()
  }
}

/**
 * What the deliveries of a trail share: the recent batches, and how far the trail has got.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { DiskError } from "../platform/Disk.ts"
import { Milestones, RateMeter } from "./CatchUp.ts"
import { fit, join } from "./DeliveryBatch.ts"
import type { DeliveryLimits } from "./DeliverySize.ts"
import type { PublishedBatch, RecentBatches } from "./RecentBatches.ts"
import { endOf, type DeliveredBatch } from "./Sink.ts"

/** Records from a sequence on, about so many bytes; `undefined` where there are none yet. */
type ReadFrom = (
  sequence: number,
  bytesMax: number,
) => Effect.Effect<DeliveredBatch | undefined, DiskError>

/**
 * Records on their way to a sink; to be let go once.
 *
 * @category models
 * @since 0.1.0
 */
export interface TakenBatch {
  readonly batch: DeliveredBatch
  /** The limits, and not the trail's end, kept it from being larger. */
  readonly isFull: boolean
  readonly letGo: () => void
}

/** A reader who has nothing to do before the trail holds so many records. */
interface Waiting {
  readonly size: number
  readonly wake: () => void
}

const nothing = (): void => undefined

/**
 * @category models
 * @since 0.1.0
 */
export class Feed {
  readonly recent: RecentBatches
  /** Sequences that every reader has passed. */
  slowest: () => number = () => 0
  /** The sequence after the newest durable record. */
  head: number
  /** Changes with each batch, on closing, and where a reader has something else to do. */
  version = 0
  isClosed = false
  /** How fast the trail grows. */
  readonly growth = new RateMeter()
  private readonly readFrom: ReadFrom
  private readonly nowMillis: () => number
  private readonly milestones: Milestones
  private readonly waiting = new Set<Waiting>()

  constructor(head: number, recent: RecentBatches, readFrom: ReadFrom, nowMillis: () => number) {
    this.head = head
    this.recent = recent
    this.readFrom = readFrom
    this.nowMillis = nowMillis
    this.milestones = new Milestones(head, nowMillis())
  }

  /** A durable batch; its memory is given back once no reader needs it, at the latest when others need the room. */
  publish(batch: PublishedBatch): void {
    const end = endOf(batch)
    if (end <= this.head) {
      batch.release()
      return
    }
    const now = this.nowMillis()
    this.growth.add(end - this.head, now)
    this.milestones.grew(end, now)
    this.head = end
    this.recent.push(batch)
    this.passed()
    this.tell()
  }

  /** When the record with this sequence was durable, near enough. */
  durableAt(sequence: number): number {
    return this.milestones.at(sequence)
  }

  /** What is to be delivered from a sequence on: from memory where it is there, else from the trail. */
  take(
    sequence: number,
    limits: DeliveryLimits,
    reading: () => void,
  ): Effect.Effect<TakenBatch | undefined, DiskError> {
    return Effect.suspend(() => {
      const held = this.takeRecent(sequence, limits)
      if (held !== undefined) return Effect.succeed(held)
      if (sequence >= this.head) return Effect.succeed(undefined)
      reading()
      return Effect.flatMap(this.readFrom(sequence, limits.bytesMax), (read) => {
        if (read === undefined || endOf(read) <= sequence) return Effect.succeed(undefined)
        if (read.firstSequence > sequence) {
          return Effect.die(
            new Error(`record ${sequence} was asked for, the trail gave ${read.firstSequence}`),
          )
        }
        const batch = fit(read, sequence, limits)
        return Effect.succeed({ batch, isFull: endOf(batch) < this.head, letGo: nothing })
      })
    })
  }

  private takeRecent(sequence: number, limits: DeliveryLimits): TakenBatch | undefined {
    const held = this.recent.hold(sequence)
    if (held === undefined) return undefined
    const first = fit(held.batch, sequence, limits)
    const others: Array<DeliveredBatch> = []
    let end = endOf(first)
    let recordsMax = limits.recordsMax - first.entries.length
    let bytesMax = limits.bytesMax - first.bytes
    // Only whole batches follow: a part of one is joined with what comes after it the next time.
    for (let next = this.recent.at(end); next !== undefined; next = this.recent.at(end)) {
      if (next.firstSequence !== end) break
      recordsMax -= next.entries.length
      bytesMax -= next.bytes
      if (recordsMax < 0 || bytesMax < 0) break
      others.push(next)
      end = endOf(next)
    }
    const isFull = end < this.head
    if (others.length === 0) return { batch: first, isFull, letGo: () => held.letGo() }
    const batch = join(first, others)
    held.letGo()
    return { batch, isFull, letGo: nothing }
  }

  /** Lets batches go that every reader has passed. */
  passed(): void {
    const slowest = this.slowest()
    this.recent.passed(slowest)
    this.milestones.forget(slowest)
  }

  close(): void {
    this.isClosed = true
    this.tell()
  }

  /** Wakes the readers who have nothing to deliver, for something else that they do. */
  nudge(): void {
    this.tell()
  }

  /** Resolves once the version is another than this. */
  after(version: number): Effect.Effect<void> {
    return this.until(0, () => this.version !== version)
  }

  /** Resolves once so many records are durable, or no more will be. */
  reached(size: number): Effect.Effect<void> {
    return this.until(size, () => this.isClosed || this.head >= size)
  }

  private until(size: number, isThere: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (isThere()) {
        resume(Effect.void)
        return
      }
      const waiting: Waiting = { size, wake: () => resume(Effect.void) }
      this.waiting.add(waiting)
      return Effect.sync(() => this.waiting.delete(waiting))
    })
  }

  private tell(): void {
    this.version += 1
    const due = [...this.waiting].filter(({ size }) => this.isClosed || size <= this.head)
    for (const waiting of due) {
      this.waiting.delete(waiting)
      waiting.wake()
    }
  }
}

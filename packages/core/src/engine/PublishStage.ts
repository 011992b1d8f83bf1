/**
 * The publish stage: durable batches enter the tree, and the tree is signed at intervals.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { DiskError } from "../platform/Disk.ts"
import type { SignerError } from "../signer/Signer.ts"
import type { Lease } from "../trail/Lease.ts"
import { TrailFenced } from "../trail/TrailError.ts"
import type { TrailWriter } from "../trail/TrailWriter.ts"
import type { WriteAheadLog } from "../trail/WriteAheadLog.ts"
import type { DurableBatch } from "./EncodedBatch.ts"
import { type EngineTimes, timed } from "./EngineTimes.ts"
import type { Waiter } from "./Lane.ts"

// A system writes what it caches after half a minute by default; syncing it then is nearly free.
const settledMillis = 35_000

/**
 * @category models
 * @since 0.1.0
 */
export interface PublishStageOptions {
  readonly writer: TrailWriter
  readonly wal: WriteAheadLog
  readonly lease: Lease
  readonly directory: string
  /** Log kept for tiles that were not synced yet. Units: bytes. */
  readonly retainBytesMax: number
  readonly segmentBytesMax: number
  /** Called with each batch once it is in the tree, in order; it may retain the slab. */
  readonly deliver: (batch: DurableBatch) => void
  readonly times: EngineTimes
  readonly nowMillis: () => number
}

interface Unpublished {
  readonly sequence: number
  readonly waiter: Waiter
}

/**
 * The tree's side of the engine.
 *
 * @category models
 * @since 0.1.0
 */
export class PublishStage {
  private readonly options: PublishStageOptions
  private unpublished: Array<Unpublished> = []
  /** When the newest checkpoint was published. Units: milliseconds since 1970. */
  publishedMillis: number | undefined
  private followers: Array<{ readonly size: number; readonly done: () => void }> = []

  constructor(options: PublishStageOptions) {
    this.options = options
  }

  /** Adds durable batches, which follow each other, to the tree. */
  add(batches: ReadonlyArray<DurableBatch>): Effect.Effect<void> {
    const [first] = batches
    if (first === undefined) return Effect.void
    const runs = batches.map(({ bytes, count, slab }) => ({
      bytes: slab.bytes,
      usedBytes: bytes,
      count,
    }))
    return Effect.map(this.options.writer.add(runs, first.firstSequence), () =>
      this.tellFollowers(),
    )
  }

  /** Writes the tiles that a batch filled, hands it to the sinks and gives its slab back. */
  write(batch: DurableBatch): Effect.Effect<void, DiskError> {
    const { deliver, writer } = this.options
    return Effect.map(writer.write, () => {
      deliver(batch)
      batch.slab.release()
    })
  }

  /** Remembers who waits for entries to be signed; before they can be. */
  follow(batch: DurableBatch): void {
    for (const { index, waiter } of batch.waiting) {
      if (!waiter.wantsPublished) continue
      this.unpublished.push({ sequence: batch.firstSequence + index, waiter })
    }
  }

  /** Resolves when the tree holds so many entries. */
  appended(size: number): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (this.options.writer.size >= size) {
        resume(Effect.void)
        return
      }
      const follower = { size, done: () => resume(Effect.void) }
      this.followers.push(follower)
      return Effect.sync(() => {
        this.followers = this.followers.filter((other) => other !== follower)
      })
    })
  }

  private tellFollowers(): void {
    if (this.followers.length === 0) return
    const { size } = this.options.writer
    const reached = this.followers.filter((follower) => follower.size <= size)
    this.followers = this.followers.filter((follower) => follower.size > size)
    for (const { done } of reached) done()
  }

  /** Signs and publishes a checkpoint over what the tree holds, and tells those who wait. */
  readonly checkpoint: Effect.Effect<number, DiskError | SignerError | TrailFenced> =
    Effect.suspend((): Effect.Effect<number, DiskError | SignerError | TrailFenced> => {
      const { directory, lease, nowMillis, times, writer } = this.options
      if (!lease.isHeldUnsafe()) {
        return Effect.fail(new TrailFenced({ path: directory, fence: lease.fence }))
      }
      return Effect.map(timed(times, "publish", writer.publish), (size) => {
        this.publishedMillis = nowMillis()
        const rest = this.unpublished.findIndex(({ sequence }) => sequence >= size)
        const done = this.unpublished.splice(0, rest < 0 ? this.unpublished.length : rest)
        for (const { sequence, waiter } of done) waiter.published(sequence)
        return size
      })
    })

  /** Syncs what a power failure could still take, and deletes the log that is needed no more. */
  readonly prune: Effect.Effect<void, DiskError> = Effect.suspend(() => {
    const { nowMillis, retainBytesMax, segmentBytesMax, wal, writer } = this.options
    const isUrgent = wal.isIncomplete || wal.segments * segmentBytesMax > retainBytesMax
    return Effect.flatMap(writer.sync(isUrgent ? Infinity : nowMillis() - settledMillis), (size) =>
      wal.prune(size),
    )
  })

  /** Before a close: makes the tiles durable as far as there is time, and deletes the log before them. */
  settle(millisMax: number): Effect.Effect<void, DiskError> {
    const { wal, writer } = this.options
    return Effect.interruptible(writer.syncAll).pipe(
      Effect.timeoutOption(millisMax),
      Effect.andThen(wal.roll),
      Effect.andThen(Effect.suspend(() => wal.prune(writer.syncedSize))),
    )
  }

  /** Tells all who still wait that nothing more will come. */
  abandon(cause: string): void {
    for (const { waiter } of this.unpublished.splice(0)) waiter.lost(cause)
  }
}

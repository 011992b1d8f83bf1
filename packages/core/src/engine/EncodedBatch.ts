/**
 * A batch in a slab: what the stages after the pool hand on.
 *
 * @since 0.1.0
 */
import type { SlabLease } from "./BufferPool.ts"
import type { Waiter } from "./Lane.ts"

/**
 * Someone who waits for the entry at `index` of a batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitingEntry {
  readonly index: number
  readonly waiter: Waiter
}

/**
 * @category models
 * @since 0.1.0
 */
export interface EncodedBatch {
  readonly slab: SlabLease
  /** Bytes of the slab in use: entries as they lie in an entry bundle. */
  readonly bytes: number
  readonly count: number
  /** Entries of each lane, the engine's own last. */
  readonly perLane: ReadonlyArray<number>
  readonly waiting: ReadonlyArray<WaitingEntry>
  /** Set once the log holds it, so that the synchronous path never writes it twice. */
  isLogged: boolean
}

/**
 * A batch that the write-ahead log has made durable.
 *
 * @category models
 * @since 0.1.0
 */
export interface DurableBatch extends EncodedBatch {
  readonly firstSequence: number
}

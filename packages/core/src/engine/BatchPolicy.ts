/**
 * When a batch is due.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"

/**
 * A batch is due at the first of three limits. A single item larger than `bytesMax` is a batch
 * of its own, so that no item can stay behind for ever.
 *
 * @category models
 * @since 0.1.0
 */
export interface BatchPolicy {
  /** Most items in a batch. Bounds: at least 1. */
  readonly countMax: number
  /** Most bytes in a batch. Units: bytes. Bounds: at least 1. */
  readonly bytesMax: number
  /** Longest wait for more once one item is there. `0` takes what is there. */
  readonly waitMax: Duration.Input
}

/**
 * Tells whether this much is a full batch, with no reason to wait for more.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isFull = (policy: BatchPolicy, count: number, bytes: number): boolean =>
  count >= policy.countMax || bytes >= policy.bytesMax

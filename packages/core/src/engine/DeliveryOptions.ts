/**
 * What a delivery runs on.
 *
 * @since 0.1.0
 */
import type { DeadLetters } from "./DeadLetters.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import type { RetryOptions } from "./RetryWaits.ts"
import type { SinkCircuit } from "./SinkCircuit.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface DeliveryOptions {
  /** Origin of the trail. */
  readonly trail: string
  /** Directory of the trail, for the cursor and the dead letters. */
  readonly directory: string
  /** Most bytes of one delivery; a sink may wish for less. Units: bytes. */
  readonly batchBytesMax: number
  /** Longest time for one call to the sink, unless it says otherwise; then it is interrupted and counts as `unavailable`. */
  readonly deliverMillisMax: number
  /** A cursor is saved after so many batches … */
  readonly cursorBatches: number
  /** … or so much time, whichever is first. */
  readonly cursorMillis: number
  readonly letters: DeadLetters
  /** After a crash. */
  readonly restart: RestartPolicy
  /** After a fault. */
  readonly retry: RetryOptions
  readonly circuit: SinkCircuit
  /** The position has moved. */
  readonly moved: () => void
  /** A record went to the dead letters; told before the position passes it. */
  readonly refused: (sequence: number) => void
  /** Time that only goes forward, virtual or real. Units: milliseconds. */
  readonly nowMillis: () => number
}

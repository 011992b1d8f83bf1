/**
 * How a sink stands, for people and metrics.
 *
 * @since 0.1.0
 */
import type { CircuitState } from "./SinkCircuit.ts"

/**
 * How one sink stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface DeliveryStatus {
  readonly sink: string
  readonly isRequired: boolean
  /** The next sequence to deliver; `undefined` until the sink has said where it stands. */
  readonly cursor: number | undefined
  /** Records that are durable and not yet delivered. */
  readonly lag: number
  /** The same in bytes of entries, from the mean size of those delivered so far. */
  readonly lagBytes: number
  /**
   * How long ago the oldest of them became durable, near enough; of those from before the engine
   * opened only since then. 0: nothing lags. Units: milliseconds.
   */
  readonly oldestMillis: number
  /** Records that the sink takes in a second, over the last ten. */
  readonly perSecond: number
  /** Until nothing lags, at this rate and the trail's growth; `undefined`: it falls further behind. */
  readonly catchUpMillis: number | undefined
  readonly circuit: CircuitState
  /** Most records that it is handed at once now. */
  readonly recordsMax: number
  /** Records that the sink took, redeliveries included. */
  readonly delivered: number
  /** Records that the sink refused, since the engine opened. */
  readonly deadLetters: number
  /** Refused records that were neither replayed nor dropped. */
  readonly openLetters: number
}

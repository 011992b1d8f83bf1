/**
 * What an event may measure.
 *
 * Apart from the encoder, which takes random bytes from Node: a browser that knows the
 * configuration's bounds loads this too.
 *
 * @since 0.1.0
 */
import type { Limits } from "./CanonicalJson.ts"

/**
 * Bounds of one event.
 *
 * @category models
 * @since 0.1.0
 */
export interface EventLimits extends Limits {
  /** Canonical bytes of one event. Bounds: at most {@link entryBytesMax}. */
  readonly eventBytesMax: number
}

/**
 * The most bytes an entry bundle can hold for one entry: its length has 16 bits.
 *
 * - Source: C2SP tlog-tiles, log entries.
 *
 * @category constants
 * @since 0.1.0
 */
export const entryBytesMax = 65_535

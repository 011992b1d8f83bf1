/**
 * What auditing costs, out of slices of the same work with it and without it.
 *
 * @since 0.1.0
 */
import * as SignedRank from "../baseline/SignedRank.ts"

/**
 * Two slices beside each other: the time that each operation took. Units: any, the same for both.
 *
 * @category models
 * @since 0.1.0
 */
export interface SlicePair {
  readonly bare: number
  readonly audited: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface OverheadMeasurement {
  /** Share of the operation's time that auditing takes: 0.05 is a twentieth. Noise can make it negative. */
  readonly overhead: number
  /** Where it surely lies (95 %). `-Infinity` and 1 where there are too few pairs. */
  readonly low: number
  readonly high: number
  readonly pairs: number
}

const alpha = 0.025

const shareOf = (logarithm: number): number => -Math.expm1(-logarithm)

/**
 * The middle over the pairs, with its interval.
 *
 * @param pairs whose order a coin decided, each for itself
 * @category constructors
 * @since 0.1.0
 */
export const measurementOf = (pairs: ReadonlyArray<SlicePair>): OverheadMeasurement => {
  const differences = pairs
    .map(({ audited, bare }) => Math.log(audited / bare))
    .filter(Number.isFinite)
  const { estimate, high, low } = SignedRank.intervalOf(differences, alpha)
  return {
    overhead: shareOf(estimate),
    low: shareOf(low),
    high: shareOf(high),
    pairs: differences.length,
  }
}

const percent = (share: number): string =>
  Number.isFinite(share) ? `${(share * 100).toFixed(2)} %` : "unknown"

/**
 * A measurement in words.
 *
 * @category encoding
 * @since 0.1.0
 */
export const inWords = ({ high, low, overhead, pairs }: OverheadMeasurement): string =>
  `auditing takes ${percent(overhead)} of the operation (${percent(low)} to ${percent(high)}, ${pairs} pairs of slices)`

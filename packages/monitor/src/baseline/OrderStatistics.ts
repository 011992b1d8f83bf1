/**
 * What the order of numbers says; nothing here supposes how they are distributed.
 *
 * @since 0.1.0
 */

/**
 * @category numbers
 * @since 0.1.0
 */
export const ascending = (values: Iterable<number>): Float64Array =>
  Float64Array.from(values).sort()

/**
 * The middle of values that are in order, or the mean of the middle two. `NaN` of none.
 *
 * @category numbers
 * @since 0.1.0
 */
export const medianOfSorted = (sorted: ArrayLike<number>): number => {
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? Number.NaN)) / 2 : upper
}

/**
 * As {@link medianOfSorted}, of values in any order.
 *
 * @category numbers
 * @since 0.1.0
 */
export const median = (values: Iterable<number>): number => medianOfSorted(ascending(values))

/**
 * The value below which a share of them lies, by nearest rank, so it is one of them.
 *
 * @param share a ratio, 0 to 1
 * @category numbers
 * @since 0.1.0
 */
export const quantileOfSorted = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length, Math.max(1, Math.ceil(sorted.length * share))) - 1] ?? Number.NaN

/** Order statistics: nothing here supposes how the numbers are distributed. */

const ascending = (values: Iterable<number>): Float64Array => Float64Array.from(values).sort()

/** Nearest rank, so the result is one of the values. `NaN` of no values. */
export const quantile = (values: Iterable<number>, share: number): number =>
  quantileOfSorted(ascending(values), share)

/** As {@link quantile}, of values that are in order already. */
export const quantileOfSorted = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length, Math.max(1, Math.ceil(sorted.length * share))) - 1] ?? Number.NaN

/** The middle value, or the mean of the middle two. `NaN` of no values. */
export const median = (values: Iterable<number>): number => {
  const sorted = ascending(values)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? Number.NaN)) / 2 : upper
}

/** The median and the two ends. */
export const spreadOf = (
  values: ReadonlyArray<number>,
): { readonly median: number; readonly low: number; readonly high: number } => ({
  median: median(values),
  low: Math.min(...values),
  high: Math.max(...values),
})

/** A confidence interval of a median. */
export interface Interval {
  readonly low: number
  readonly high: number
  /** The probability with which such an interval holds the median. */
  readonly confidence: number
}

/**
 * The narrowest pair of order statistics that holds the median with at least 95 %, by the
 * sign test; the two ends, with what they reach, where there are too few values.
 */
export const medianInterval = (values: ReadonlyArray<number>): Interval => {
  const sorted = ascending(values)
  const { length } = sorted
  // Chance that at most `below` of the values lie below the median, added up from the left.
  let term = 0.5 ** length
  let tail = term
  let below = 0
  while (below + 1 < length / 2) {
    const next = (term * (length - below)) / (below + 1)
    if (tail + next > 0.025) break
    term = next
    tail += next
    below += 1
  }
  return {
    low: sorted[below] ?? Number.NaN,
    high: sorted[length - 1 - below] ?? Number.NaN,
    confidence: 1 - 2 * tail,
  }
}

/** Samples of a run, kept one by one: exact, and no allocation while it runs. */
export class Samples {
  private readonly values: Float64Array
  private length = 0
  private sum = 0

  constructor(capacity: number) {
    this.values = new Float64Array(Math.max(1, capacity))
  }

  /** Beyond the capacity nothing is kept, and {@link count} says so. */
  add(value: number): void {
    if (this.length < this.values.length) this.values[this.length] = value
    this.length += 1
    this.sum += value
  }

  get count(): number {
    return this.length
  }

  get mean(): number {
    return this.sum / this.length
  }

  /** A copy, in order. */
  sorted(): Float64Array {
    return this.values.slice(0, Math.min(this.length, this.values.length)).sort()
  }
}

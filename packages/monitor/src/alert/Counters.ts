/**
 * How much the counters of a rule have grown since their reading before.
 *
 * A counter that comes while others are watched began at 0, so that the first failure counts. Of
 * those that are there in the first reading nobody knows when they began.
 *
 * @since 0.1.0
 */

/**
 * Counters that one rule remembers at least.
 *
 * @category constants
 * @since 0.1.0
 */
export const countersMax = 1000

/**
 * @category models
 * @since 0.1.0
 */
export interface CountersOptions {
  /** Counters that are remembered. */
  readonly max: number
  /** After so long one that is not heard of makes room for another. Units: milliseconds. */
  readonly staleMillis: number
}

interface Counter {
  value: number
  heardMillis: number
}

/**
 * @category models
 * @since 0.1.0
 */
export class Counters {
  private readonly options: CountersOptions
  private readonly known = new Map<string, Counter>()
  private isWatching = false
  /** Whether every one that ever came is remembered: only then one that isn't is new. */
  private isWhole = true
  private sweptMillis = Number.NEGATIVE_INFINITY

  constructor(options: CountersOptions) {
    this.options = options
  }

  /** From now on a counter that comes began at 0. */
  watch(): void {
    this.isWatching = true
  }

  /** `undefined`: there is no room for it. What is no number says nothing. */
  growth(series: string, value: number, nowMillis: number): number | undefined {
    if (!Number.isFinite(value)) return 0
    const counter = this.known.get(series)
    if (counter !== undefined) {
      const before = counter.value
      counter.value = value
      counter.heardMillis = nowMillis
      return value >= before ? value - before : value
    }
    if (!this.hasRoom(nowMillis)) {
      this.isWhole = false
      return undefined
    }
    this.known.set(series, { value, heardMillis: nowMillis })
    return this.isWatching && this.isWhole ? value : 0
  }

  private hasRoom(nowMillis: number): boolean {
    const { max, staleMillis } = this.options
    if (this.known.size < max) return true
    // Looking through all of them for each that has no room would take a pass's time.
    if (nowMillis - this.sweptMillis < staleMillis / 60) return false
    this.sweptMillis = nowMillis
    for (const [series, { heardMillis }] of this.known) {
      if (nowMillis - heardMillis < staleMillis) continue
      this.known.delete(series)
      this.isWhole = false
    }
    return this.known.size < max
  }
}

/**
 * The sum of the newest values of some series.
 *
 * @since 0.1.0
 */

/**
 * Series that one sum takes.
 *
 * @category constants
 * @since 0.1.0
 */
export const levelMax = 1000

/**
 * A series that nothing is heard of, or whose value is no number, is not in the sum any more.
 *
 * @category models
 * @since 0.1.0
 */
export class Level {
  private readonly staleMillis: number
  /** Those that were heard of last at the end. */
  private readonly values = new Map<string, readonly [value: number, heardMillis: number]>()

  /** @param staleMillis after so long of silence a series is gone */
  constructor(staleMillis: number) {
    this.staleMillis = staleMillis
  }

  /** `false`: there is no room for it. */
  take(value: number, series: string, nowMillis: number): boolean {
    this.values.delete(series)
    if (!Number.isFinite(value)) return true
    if (this.values.size >= levelMax) this.forget(nowMillis)
    if (this.values.size >= levelMax) return false
    this.values.set(series, [value, nowMillis])
    return true
  }

  /** `undefined`: there is none. */
  sum(nowMillis: number): number | undefined {
    this.forget(nowMillis)
    if (this.values.size === 0) return undefined
    // Summed anew: adding differences would gather errors of rounding.
    let sum = 0
    for (const [value] of this.values.values()) sum += value
    return sum
  }

  private forget(nowMillis: number): void {
    for (const [series, [, heardMillis]] of this.values) {
      if (nowMillis - heardMillis < this.staleMillis) return
      this.values.delete(series)
    }
  }
}

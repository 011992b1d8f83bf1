/**
 * The sum of what was added within the last while.
 *
 * @since 0.1.0
 */

const stepsInWindow = 60

/**
 * Sixty steps and the one that is being filled: so it looks back by one step, 1/60, too far at most,
 * and takes the same memory however much is added. Time that goes back counts as standing still.
 *
 * @category models
 * @since 0.1.0
 */
export class SlidingSum {
  private readonly stepMillis: number
  private readonly steps = new Float64Array(stepsInWindow + 1)
  private newest = Number.NaN
  private sum = 0

  /** @param windowMillis at least 1 */
  constructor(windowMillis: number) {
    this.stepMillis = windowMillis / stepsInWindow
  }

  add(amount: number, nowMillis: number): void {
    this.advance(nowMillis)
    const slot = this.newest % this.steps.length
    this.steps[slot] = (this.steps[slot] ?? 0) + amount
    this.sum += amount
  }

  /** What was added within the window that ends now. */
  within(nowMillis: number): number {
    this.advance(nowMillis)
    return this.sum
  }

  private advance(nowMillis: number): void {
    const step = Math.floor(nowMillis / this.stepMillis)
    if (step <= this.newest) return
    const { steps } = this
    if (Number.isNaN(this.newest) || step - this.newest >= steps.length) steps.fill(0)
    else for (let each = this.newest + 1; each <= step; each++) steps[each % steps.length] = 0
    this.newest = step
    // Summed anew: taking away what left would gather errors of rounding.
    let sum = 0
    for (const amount of steps) sum += amount
    this.sum = sum
  }
}

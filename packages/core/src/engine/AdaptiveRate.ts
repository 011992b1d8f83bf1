/**
 * A sampling rate that follows what auditing costs.
 *
 * One step a window, from the overhead that was measured in it. Above the target the rate falls
 * at once; below the calm part of the target it rises slowly, and only after several calm windows
 * in a row; in between nothing changes. Every change aims at the middle of that band, so a
 * measurement that wavers within it moves nothing.
 *
 * Where overhead is `base + cost × rate`, a step multiplies the rate by `aim / overhead`: it
 * comes nearer to the aim from its side each time and never passes it, so it can't oscillate.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface AdaptiveRateOptions {
  /** Never lower. A ratio above 0. */
  readonly rateMin: number
  /** Never higher. A ratio of at least `rateMin`, at most 1. */
  readonly rateMax: number
  /** Overhead that is still accepted: busy time ÷ time. A ratio above 0. */
  readonly targetOverhead: number
}

/**
 * Where the controller stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface AdaptiveRate {
  readonly rate: number
  /** Windows in a row below the band. */
  readonly calmWindows: number
}

/** The band within which nothing changes: from this part of the target up to the target. */
const calmBelow = 0.7
const aimAt = (1 + calmBelow) / 2

/** One calm window may be a pause of the application; three at the default window are half a minute. */
const calmWindowsMin = 3

/** A rise is at most a quarter, since what it will cost is a guess; a fall is known to be needed. */
const riseMax = 1.25
const fallMax = 1 / 8

const within = (rate: number, { rateMax, rateMin }: AdaptiveRateOptions): number =>
  Math.min(rateMax, Math.max(rateMin, rate))

/**
 * The controller at a first rate, brought within the bounds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const start = (rate: number, options: AdaptiveRateOptions): AdaptiveRate => ({
  rate: within(rate, options),
  calmWindows: 0,
})

/**
 * A measured overhead with the interval that it surely lies in.
 *
 * @category models
 * @since 0.1.0
 */
export interface MeasuredOverhead {
  readonly overhead: number
  readonly low: number
  readonly high: number
}

/**
 * The overhead by which to step. What is surely above the target or surely below the band counts as
 * it is; what is uncertain is brought into the band, where nothing changes.
 *
 * @category running
 * @since 0.1.0
 */
export const certain = (
  { high, low, overhead }: MeasuredOverhead,
  { targetOverhead }: AdaptiveRateOptions,
): number => {
  const calm = targetOverhead * calmBelow
  if (low > targetOverhead || high < calm) return overhead
  return Math.min(targetOverhead, Math.max(calm, overhead))
}

/**
 * The controller after one more window.
 *
 * @param overhead what the window measured: a ratio, 0 to 1; what is no number says nothing and
 *   changes nothing
 * @category running
 * @since 0.1.0
 */
export const step = (
  state: AdaptiveRate,
  overhead: number,
  options: AdaptiveRateOptions,
): AdaptiveRate => {
  if (!(overhead >= 0)) return state
  const { targetOverhead } = options
  const aim = (targetOverhead * aimAt) / overhead
  if (overhead > targetOverhead) {
    return { rate: within(state.rate * Math.max(fallMax, aim), options), calmWindows: 0 }
  }
  if (overhead >= targetOverhead * calmBelow) {
    return state.calmWindows === 0 ? state : { ...state, calmWindows: 0 }
  }
  const calmWindows = Math.min(calmWindowsMin, state.calmWindows + 1)
  return calmWindows < calmWindowsMin
    ? { ...state, calmWindows }
    : { rate: within(state.rate * Math.min(riseMax, aim), options), calmWindows }
}

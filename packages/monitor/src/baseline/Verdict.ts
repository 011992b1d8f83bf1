/**
 * What a comparison of two programs says.
 *
 * Ratios are "after ÷ before" turned so that above 1 is always worse: a metric of which more is
 * better, such as events per second, enters upside down.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * `undecided` is an answer: the runs so far can't tell, and no one should act on them.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Verdict = Schema.Literals(["regressed", "improved", "unchanged", "undecided"])

/**
 * @category models
 * @since 0.1.0
 */
export type Verdict = typeof Verdict.Type

/**
 * @category models
 * @since 0.1.0
 */
export interface Comparison {
  readonly verdict: Verdict
  /** Worse above 1. */
  readonly ratio: number
  readonly low: number
  readonly high: number
  /** One sentence: why this verdict. */
  readonly reason: string
}

/**
 * Which way a metric gets better.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Better = Schema.Literals(["lower", "higher"])

/**
 * @category models
 * @since 0.1.0
 */
export type Better = typeof Better.Type

/**
 * How much worse `after` is than `before`, as a logarithm: 0 is the same, above is worse. A rate
 * that falls to 0 and a time without an end are infinitely worse; 0 after 0 is the same.
 *
 * @param before at least 0, also infinite; `NaN` comes of anything else
 * @param after at least 0, also infinite; `NaN` comes of anything else
 * @category numbers
 * @since 0.1.0
 */
export const worsening = (before: number, after: number, better: Better): number => {
  if (!(before >= 0 && after >= 0)) return Number.NaN
  // Two that are infinite, or 0, have no ratio.
  if (before === after) return 0
  return better === "lower" ? Math.log(after / before) : Math.log(before / after)
}

const percent = (ratio: number): string => `${(Math.abs(ratio - 1) * 100).toFixed(1)} %`

/**
 * A ratio in digits.
 *
 * @category encoding
 * @since 0.1.0
 */
export const inDigits = (ratio: number): string => (ratio === Infinity ? "∞" : ratio.toFixed(3))

/**
 * A ratio in words: `3.2 % worse`, `0.4 % better`, `infinitely worse`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const inWords = (ratio: number): string => {
  if (!(ratio >= 0)) return "unknown"
  if (ratio === 0 || ratio === Infinity) return `infinitely ${ratio > 1 ? "worse" : "better"}`
  const text = percent(ratio)
  if (text === "0.0 %") return "the same"
  return `${text} ${ratio > 1 ? "worse" : "better"}`
}

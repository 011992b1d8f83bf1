/**
 * Tells while a program runs whether a metric became worse than its baseline, and when it is
 * over.
 *
 * Readings are gathered into windows that do not overlap, and the median of each is compared
 * with the baseline. One bad window is an accident; as many in a row as `windowsMin` are not. It
 * is over after as many in a row that are well within what is allowed: in between, nothing
 * changes, so a metric at the bound does not flutter.
 *
 * @since 0.1.0
 */
import { median } from "./OrderStatistics.ts"
import { type Better, worsening } from "./Verdict.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RegressionOptions {
  /** What the baseline says: at least 0. */
  readonly baseline: number
  readonly better: Better
  /** How much worse it may be: a ratio such as 0.1. */
  readonly allowance: number
  /** Readings in a window. */
  readonly windowReadings: number
  /** Windows in a row that begin and end a regression. */
  readonly windowsMin: number
}

/**
 * Where a metric stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface RegressionState {
  readonly isRegressed: boolean
  /** Of the last whole window: above 1 is worse, also infinite. `NaN` before there is one. */
  readonly ratio: number
  /** Readings of the window that is not whole. */
  readonly window: ReadonlyArray<number>
  /** Windows in a row that speak for a change. */
  readonly streak: number
}

/**
 * What a step found.
 *
 * @category models
 * @since 0.1.0
 */
export type Transition = "none" | "regressed" | "recovered"

/**
 * Before the first reading.
 *
 * @category constructors
 * @since 0.1.0
 */
export const initial: RegressionState = {
  isRegressed: false,
  ratio: Number.NaN,
  window: [],
  streak: 0,
}

/** A regression is over below this part of what is allowed. */
const recoveredBelow = 0.5

/**
 * The state after one more reading.
 *
 * @param value at least 0, also infinite; anything else says nothing
 * @category running
 * @since 0.1.0
 */
export const step = (
  state: RegressionState,
  value: number,
  { allowance, baseline, better, windowReadings, windowsMin }: RegressionOptions,
): readonly [RegressionState, Transition] => {
  if (!(value >= 0)) return [state, "none"]
  const window = [...state.window, value]
  if (window.length < windowReadings) return [{ ...state, window }, "none"]
  const ratio = Math.exp(worsening(baseline, median(window), better))
  const speaks = state.isRegressed ? ratio <= 1 + allowance * recoveredBelow : ratio > 1 + allowance
  const streak = speaks ? state.streak + 1 : 0
  const next = { ...state, ratio, window: [], streak }
  if (streak < windowsMin) return [next, "none"]
  const isRegressed = !state.isRegressed
  return [{ ...next, isRegressed, streak: 0 }, isRegressed ? "regressed" : "recovered"]
}

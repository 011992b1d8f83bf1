/**
 * What was measured today against what was stored: weaker than running both in turns, and it
 * says so.
 *
 * Between two days a machine changes by itself: heat, neighbours, kernels. No number of runs
 * within one day shows that, so an interval from runs alone would cry wolf. The comparison
 * therefore has an allowance, which is either given or what the stored sessions differ among
 * themselves, if that is more. A verdict of `regressed` says: surely worse by more than the
 * allowance.
 *
 * @since 0.1.0
 */
import { ascending, median, medianOfSorted, quantileOfSorted } from "./OrderStatistics.ts"
import { type Better, type Comparison, inWords } from "./Verdict.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface StoredOptions {
  /** What a machine may drift between sessions: a ratio such as 0.1. */
  readonly allowance: number
  /** For the bootstrap: at least 0 and below 1. */
  readonly random: () => number
}

/**
 * What is allowed for where nothing better is known: shared virtual machines differ so much from
 * one day to another.
 *
 * @category constants
 * @since 0.1.0
 */
export const allowanceDefault = 0.1

const resamples = 1000
/** Chance for each side. */
const alpha = 0.005
/** Fewer runs have no interval to speak of. */
const runsMin = 5

/** The median of blocks of runs in a row, since a run resembles the one before it. */
const resampled = (values: ReadonlyArray<number>, random: () => number): number => {
  const { length } = values
  const block = Math.max(1, Math.round(Math.cbrt(length)))
  const drawn = new Float64Array(length)
  for (let at = 0; at < length; at += block) {
    const from = Math.floor(random() * length)
    for (let step = 0; step < block && at + step < length; step++) {
      drawn[at + step] = values[(from + step) % length] ?? 0
    }
  }
  return medianOfSorted(drawn.sort())
}

/**
 * How far the sessions differ among themselves: the largest ratio of two of their medians, less 1.
 *
 * @param sessions logarithms
 * @category numbers
 * @since 0.1.0
 */
export const driftOf = (sessions: ReadonlyArray<ReadonlyArray<number>>): number => {
  const middles = ascending(sessions.map(median))
  return middles.length < 2 ? 0 : Math.expm1((middles.at(-1) ?? 0) - (middles[0] ?? 0))
}

const usable = (values: ReadonlyArray<number>): ReadonlyArray<number> =>
  values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log)

/**
 * Compares runs of today with stored sessions.
 *
 * @param before each session's runs, in their order
 * @param after today's runs, in their order
 * @category running
 * @since 0.1.0
 */
export const compareStored = (
  before: ReadonlyArray<ReadonlyArray<number>>,
  after: ReadonlyArray<number>,
  better: Better,
  { allowance, random }: StoredOptions,
): Comparison & { readonly allowance: number } => {
  const sessions = before.map(usable).filter((session) => session.length > 0)
  const today = usable(after)
  const allowed = Math.max(allowance, driftOf(sessions))
  const runs = Math.min(today.length, ...sessions.map((session) => session.length))
  if (sessions.length === 0 || runs < runsMin) {
    return {
      verdict: "undecided",
      ratio: Number.NaN,
      low: 0,
      high: Infinity,
      allowance: allowed,
      reason: `a session of fewer than ${runsMin} runs tells nothing`,
    }
  }
  const sign = better === "lower" ? 1 : -1
  const ratios = new Float64Array(resamples)
  for (let number = 0; number < resamples; number++) {
    // The middle of the sessions' own middles: a long session counts no more than a short one.
    const drawn = sessions.map((session) => resampled(session, random))
    ratios[number] = sign * (resampled(today, random) - median(drawn))
  }
  ratios.sort()
  const low = quantileOfSorted(ratios, alpha)
  const high = quantileOfSorted(ratios, 1 - alpha)
  const estimate = sign * (median(today) - median(sessions.map(median)))
  const found = {
    ratio: Math.exp(estimate),
    low: Math.exp(low),
    high: Math.exp(high),
    allowance: allowed,
  }
  const told = `${inWords(found.ratio)} (${found.low.toFixed(3)} to ${found.high.toFixed(3)}), and ${(allowed * 100).toFixed(1)} % is allowed for the machine`
  const bound = Math.log1p(allowed)
  if (low > bound) return { ...found, verdict: "regressed", reason: told }
  if (high < -bound) return { ...found, verdict: "improved", reason: told }
  return low >= -bound && high <= bound
    ? { ...found, verdict: "unchanged", reason: told }
    : { ...found, verdict: "undecided", reason: `${told}: that is too near to tell` }
}

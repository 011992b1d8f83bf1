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
 * One session on a lucky day is not the machine. So from `sessionsToTrim` on, the sessions that lie
 * farthest off do not count for the allowance, and go with the file when they are the oldest.
 *
 * @since 0.1.0
 */
import { ascending, median, medianOfSorted, quantileOfSorted } from "./OrderStatistics.ts"
import { type Better, type Comparison, inDigits, inWords } from "./Verdict.ts"

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
/** Of fewer sessions nobody can tell which one is the odd one. */
const sessionsToTrim = 5
/** The part of the sessions, at least one, that may lie off without widening the allowance. */
const shareTrimmed = 0.1
/** Of a normal distribution, the standard deviation is so many median deviations. */
const deviationsOfMedian = 1.4826
/** Within so many standard deviations lie 99.7 % of the days of a machine that drifts so. */
const deviationsAllowed = 3

/** Infinite ends are the logarithms of 0 and of infinity: of two such there is no difference. */
const gap = (from: number, to: number): number => (from === to ? 0 : to - from)

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

const rangeOf = (values: ReadonlyArray<number>): number => {
  const sorted = ascending(values)
  return gap(sorted[0] ?? 0, sorted.at(-1) ?? 0)
}

/**
 * How far the sessions differ among themselves, as a ratio less 1: the largest ratio of two of
 * their medians. From five sessions on, it is that of those which lie nearest to the middle (all
 * but a tenth, and all but one at least), or three standard deviations as the median deviation
 * tells them, if that is more.
 *
 * @param sessions logarithms
 * @category numbers
 * @since 0.1.0
 */
export const driftOf = (sessions: ReadonlyArray<ReadonlyArray<number>>): number => {
  const middles = sessions.map(median)
  if (middles.length < sessionsToTrim) return Math.expm1(rangeOf(middles))
  const middle = median(middles)
  const off = (one: number): number => Math.abs(gap(middle, one))
  const trimmed = Math.max(1, Math.round(middles.length * shareTrimmed))
  const near = middles.toSorted((one, other) => off(one) - off(other)).slice(0, -trimmed)
  const deviation = deviationsOfMedian * median(middles.map(off))
  return Math.expm1(Math.max(rangeOf(near), deviationsAllowed * deviation))
}

const usable = (values: ReadonlyArray<number>): ReadonlyArray<number> =>
  values.filter((value) => value >= 0).map(Math.log)

/**
 * The sessions that are long enough to be compared with.
 *
 * @category numbers
 * @since 0.1.0
 */
export const sessionsCounted = (
  sessions: ReadonlyArray<ReadonlyArray<number>>,
): ReadonlyArray<ReadonlyArray<number>> =>
  sessions.filter((session) => usable(session).length >= runsMin)

const sessionsInWords = (count: number): string => (count === 1 ? "1 session" : `${count} sessions`)

const undecided = (allowance: number, reason: string) => ({
  verdict: "undecided" as const,
  ratio: Number.NaN,
  low: 0,
  high: Infinity,
  allowance,
  reason,
})

/** Estimates from runs drawn anew, in order. */
const estimatesOf = (
  sessions: ReadonlyArray<ReadonlyArray<number>>,
  today: ReadonlyArray<number>,
  sign: 1 | -1,
  random: () => number,
): Float64Array => {
  const estimates = new Float64Array(resamples)
  for (let number = 0; number < resamples; number++) {
    // The middle of the sessions' own middles: a long session counts no more than a short one.
    const drawn = sessions.map((session) => resampled(session, random))
    estimates[number] = sign * gap(median(drawn), resampled(today, random))
  }
  return estimates.sort()
}

/**
 * Compares runs of today with stored sessions.
 *
 * @param before each session's runs, in their order. One of fewer than 5 is left out, and the reason
 *   says so
 * @param after today's runs, in their order: numbers from 0 on, also infinite. Others are left out
 * @category running
 * @since 0.1.0
 */
export const compareStored = (
  before: ReadonlyArray<ReadonlyArray<number>>,
  after: ReadonlyArray<number>,
  better: Better,
  { allowance, random }: StoredOptions,
): Comparison & { readonly allowance: number } => {
  const counted = sessionsCounted(before)
  const sessions = counted.map(usable)
  const today = usable(after)
  const allowed = Math.max(allowance, driftOf(sessions))
  const short = before.length - counted.length
  const leftOut =
    short === 0 ? "" : `; ${sessionsInWords(short)} of fewer than ${runsMin} runs left out`
  if (today.length < runsMin || sessions.length === 0) {
    const whose = today.length < runsMin ? "now" : "stored"
    return undecided(allowed, `there are fewer than ${runsMin} runs ${whose}: that tells nothing`)
  }
  if (allowed === Infinity) {
    return undecided(allowed, `the stored sessions are 0 or without end one day, and not the next`)
  }
  const sign = better === "lower" ? 1 : -1
  const ratios = estimatesOf(sessions, today, sign, random)
  const low = quantileOfSorted(ratios, alpha)
  const high = quantileOfSorted(ratios, 1 - alpha)
  const estimate = sign * gap(median(sessions.map(median)), median(today))
  const found = {
    ratio: Math.exp(estimate),
    low: Math.exp(low),
    high: Math.exp(high),
    allowance: allowed,
  }
  const told = `${inWords(found.ratio)} (${inDigits(found.low)} to ${inDigits(found.high)}), and ${(allowed * 100).toFixed(1)} % is allowed for the machine${leftOut}`
  const bound = Math.log1p(allowed)
  if (low > bound) return { ...found, verdict: "regressed", reason: told }
  if (high < -bound) return { ...found, verdict: "improved", reason: told }
  return low >= -bound && high <= bound
    ? { ...found, verdict: "unchanged", reason: told }
    : { ...found, verdict: "undecided", reason: `${told}: that is too near to tell` }
}

/**
 * Two programs, run in turns on one machine, until the runs decide or the plan ends.
 *
 * The two runs of a pair stand beside each other in time, so what drifts slowly is in both, and
 * a coin of its own decides for each pair which goes first, so what the first run does to the
 * second hits both alike. That coin is what the bound on false alarms rests on (SignedRank says
 * why): nothing has to be supposed about the machine.
 *
 * Whoever looks at results while they come in and stops when he likes them deceives himself. So
 * there are a few looks, fixed before, and each may spend a part of the chance of a false alarm:
 * together they spend all of it and no more (the union bound), whatever was seen on the way.
 *
 * @since 0.1.0
 */
import * as SignedRank from "./SignedRank.ts"
import { type Better, type Comparison, inDigits, inWords, worsening } from "./Verdict.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Look {
  /** Pairs that are there at this look. */
  readonly pairs: number
  /** Chance of a false alarm that this look may spend, for each direction. */
  readonly alpha: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PairedPlan {
  readonly looks: ReadonlyArray<Look>
  /** What is certain but smaller is no regression: a ratio above 0, such as 0.02. */
  readonly effectMin: number
  /** `unchanged` means: surely less than this, either way. A ratio above `effectMin`. */
  readonly effect: number
}

/** Later looks know more, so they get more of it. */
const alphaShares = [0.1, 0.1, 0.15, 0.15, 0.2, 0.3] as const
/** For each direction: half of what is promised, so that luck does not break the promise. */
const alphaTotal = 0.0025
const pairsAtLooks = [12, 20, 32, 48, 64, 96] as const

/**
 * Six looks at 12 to 96 pairs. Of 1,000 comparisons of a program with itself, 2.5 say `regressed`
 * in the long run, and 2.5 `improved`, or fewer.
 *
 * @category constants
 * @since 0.1.0
 */
export const pairedPlan: PairedPlan = {
  looks: pairsAtLooks.map((pairs, index) => ({
    pairs,
    alpha: alphaTotal * (alphaShares[index] ?? 0),
  })),
  effectMin: 0.02,
  effect: 0.05,
}

/**
 * A plan with one look: for a number of pairs that is given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fixedPlan = (pairs: number, plan: PairedPlan = pairedPlan): PairedPlan => ({
  ...plan,
  looks: [{ pairs, alpha: plan.looks.reduce((sum, look) => sum + look.alpha, 0) }],
})

/**
 * The plan for so many metrics at once: they share the chance of a false alarm.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sharedPlan = (metrics: number, plan: PairedPlan = pairedPlan): PairedPlan => ({
  ...plan,
  looks: plan.looks.map(({ alpha, pairs }) => ({ pairs, alpha: alpha / Math.max(1, metrics) })),
})

/**
 * The most pairs that a plan asks for.
 *
 * @category numbers
 * @since 0.1.0
 */
export const pairsMax = ({ looks }: PairedPlan): number =>
  looks.reduce((most, { pairs }) => Math.max(most, pairs), 0)

/**
 * One pair of runs of one metric.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pair {
  readonly before: number
  readonly after: number
}

/**
 * Which of a pair is run first: a coin of its own for each pair. Not balanced on purpose, since
 * a balanced order would make the pairs depend on each other.
 *
 * @category running
 * @since 0.1.0
 */
export const isBeforeFirst = (random: () => number): boolean => random() < 0.5

const judged = (
  differences: ReadonlyArray<number>,
  { alpha }: Look,
  { effect, effectMin }: PairedPlan,
): Comparison => {
  const { estimate, high, low } = SignedRank.intervalOf(differences, alpha)
  const { pGreater, pLess } = SignedRank.signedRank(differences)
  const found = { ratio: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high) }
  const range = `${inDigits(found.low)} to ${inDigits(found.high)}`
  const told = `${inWords(found.ratio)} (${range}) in ${differences.length} pairs`
  const least = Math.log1p(effectMin)
  if (pGreater <= alpha && estimate >= least)
    return { ...found, verdict: "regressed", reason: told }
  if (pLess <= alpha && estimate <= -least) return { ...found, verdict: "improved", reason: told }
  const within = Math.log1p(effect)
  if (low > -within && high < within) {
    const reason = `${told}: surely less than ${(effect * 100).toFixed(1)} % either way`
    return { ...found, verdict: "unchanged", reason }
  }
  return { ...found, verdict: "undecided", reason: `${told}: that is too wide to tell` }
}

/**
 * What the pairs so far say, judged at the newest look that they have reached. Pairs beyond it
 * wait for the next look.
 *
 * @param pairs in the order in which they were run. One of two numbers may be 0 or infinite: that
 *   is the largest difference there is. A pair with a number below 0 is counted and says nothing
 * @category running
 * @since 0.1.0
 */
export const compare = (
  pairs: ReadonlyArray<Pair>,
  better: Better,
  plan: PairedPlan = pairedPlan,
): Comparison & { readonly pairsNext: number | undefined } => {
  const reached = plan.looks.findLastIndex((look) => look.pairs <= pairs.length)
  const look = plan.looks[reached]
  const pairsNext = plan.looks[reached + 1]?.pairs
  if (look === undefined) {
    const reason = `${pairs.length} of the ${pairsNext ?? 0} pairs that the first look needs`
    return {
      verdict: "undecided",
      ratio: Number.NaN,
      low: 0,
      high: Infinity,
      reason,
      pairsNext,
    }
  }
  const differences = pairs
    .slice(0, look.pairs)
    .map(({ after, before }) => worsening(before, after, better))
    .filter((difference) => !Number.isNaN(difference))
  const comparison = judged(differences, look, plan)
  return { ...comparison, pairsNext: comparison.verdict === "undecided" ? pairsNext : undefined }
}

/**
 * Whether what auditing costs stays within a budget: `before` without it, `after` with it.
 *
 * @param budget share that may be added, such as 0.05
 * @category running
 * @since 0.1.0
 */
export const feasibility = (
  { high, low, ratio }: Pick<Comparison, "high" | "low" | "ratio">,
  budget: number,
): { readonly isReachable: boolean | undefined; readonly reason: string } => {
  const bound = 1 + budget
  const said = `with auditing it is ${inWords(ratio)} (${inDigits(low)} to ${inDigits(high)}), and ${inDigits(bound)} is allowed`
  if (high <= bound) return { isReachable: true, reason: said }
  if (low > bound) return { isReachable: false, reason: said }
  return { isReachable: undefined, reason: `${said}: that is too wide to tell` }
}

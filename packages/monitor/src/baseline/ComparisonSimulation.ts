/**
 * How often comparisons err: thousands of them on simulated machines, where the truth is known.
 *
 * @since 0.1.0
 */
import { median } from "./OrderStatistics.ts"
import { type Machine, noiseModels, type Random } from "./NoiseModel.ts"
import {
  compare,
  isBeforeFirst,
  type Pair,
  pairedPlan,
  type PairedPlan,
} from "./PairedComparison.ts"
import type { Verdict } from "./Verdict.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SimulationOptions {
  readonly random: Random
  /** Comparisons for each model and truth. */
  readonly comparisons: number
  readonly plan?: PairedPlan
  /** Which of a pair is run first. Default: a coin, as it has to be. */
  readonly isBeforeFirst?: (random: Random) => boolean
}

/**
 * What became of the comparisons of one model.
 *
 * @category models
 * @since 0.1.0
 */
export interface ErrorRates {
  readonly noise: string
  /** How much slower the second program truly is: 1 is the same. */
  readonly truth: number
  readonly comparisons: number
  readonly verdicts: Readonly<Record<Verdict, number>>
  /** Pairs until the answer, in the middle. */
  readonly pairs: number
}

/** One comparison, from its first pair to its answer. */
const decide = (
  machine: Machine,
  truth: number,
  { isBeforeFirst: isFirst = isBeforeFirst, plan = pairedPlan, random }: SimulationOptions,
): { readonly verdict: Verdict; readonly pairs: number } => {
  const pairs: Array<Pair> = []
  for (const look of plan.looks) {
    while (pairs.length < look.pairs) {
      const beforeFirst = isFirst(random)
      const first = machine()
      const second = machine()
      pairs.push(
        beforeFirst
          ? { before: first, after: second * truth }
          : { before: second, after: first * truth },
      )
    }
    const { verdict } = compare(pairs, "lower", plan)
    if (verdict !== "undecided") return { verdict, pairs: pairs.length }
  }
  return { verdict: "undecided", pairs: pairs.length }
}

const ratesOf = (noise: string, truth: number, options: SimulationOptions): ErrorRates => {
  const verdicts = { regressed: 0, improved: 0, unchanged: 0, undecided: 0 }
  const pairs: Array<number> = []
  const make = noiseModels[noise]
  for (let number = 0; make !== undefined && number < options.comparisons; number++) {
    const decided = decide(make(options.random), truth, options)
    verdicts[decided.verdict] += 1
    pairs.push(decided.pairs)
  }
  return { noise, truth, comparisons: pairs.length, verdicts, pairs: median(pairs) }
}

/**
 * Compares programs whose true ratio is known, under each model of noise.
 *
 * @param truths such as 1 for programs that are the same and 1.05 for one that is 5 % slower
 * @category running
 * @since 0.1.0
 */
export const simulate = (
  truths: ReadonlyArray<number>,
  options: SimulationOptions,
  models: ReadonlyArray<string> = Object.keys(noiseModels),
): ReadonlyArray<ErrorRates> =>
  truths.flatMap((truth) => models.map((noise) => ratesOf(noise, truth, options)))

/**
 * How machines disturb what is measured on them, as models with a seed.
 *
 * Each is one trouble that shared machines show, at a size that is common there: clocks that
 * follow heat, neighbours that come and stay, a second mode in which all is slower, single runs
 * that take twice as long, runs that pay for the one before.
 *
 * @since 0.1.0
 */

/**
 * A number at least 0 and below 1.
 *
 * @category models
 * @since 0.1.0
 */
export type Random = () => number

/**
 * What the next run takes, if it took 1 on a machine without noise.
 *
 * @category models
 * @since 0.1.0
 */
export type Machine = () => number

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Student's t with 3 degrees of freedom, scaled to a standard deviation of 1. */
const heavy = (random: Random): number => {
  const chiSquare = -2 * Math.log(1 - random()) + normal(random) ** 2
  return normal(random) / Math.sqrt(chiSquare)
}

/** Follows its own past: each run keeps the share `memory` of how the one before was off. */
const drifting = (random: Random, memory: number, deviation: number): Machine => {
  const fresh = deviation * Math.sqrt(1 - memory * memory)
  let state = deviation * normal(random)
  return () => {
    state = memory * state + fresh * normal(random)
    return state
  }
}

/** Two modes; changes to the other one with a chance before each run. */
const modal = (random: Random, chance: number, slower: number): Machine => {
  let isSlow = random() < 0.5
  return () => {
    if (random() < chance) isSlow = !isSlow
    return isSlow ? slower : 0
  }
}

/** Now and then a run that takes from 1.2 to 2.2 times as long. */
const stalling = (random: Random, chance: number): Machine => {
  return () => (random() < chance ? Math.log(1.2 + random()) : 0)
}

const sumOf =
  (...parts: ReadonlyArray<Machine>): Machine =>
  () => {
    let sum = 0
    for (const part of parts) sum += part()
    return Math.exp(sum)
  }

const every =
  (runs: number, lasting: number, slower: number): ((from: number) => Machine) =>
  (from) => {
    let run = from
    return () => {
      run += 1
      return run % runs < lasting ? slower : 0
    }
  }

/**
 * The models by name. A pair is two runs in a row.
 *
 * @category constants
 * @since 0.1.0
 */
export const noiseModels: Readonly<Record<string, (random: Random) => Machine>> = {
  quiet: (random) => sumOf(() => 0.01 * normal(random)),
  "heavy tails": (random) => sumOf(() => 0.03 * heavy(random), stalling(random, 0.03)),
  autocorrelated: (random) => sumOf(drifting(random, 0.9, 0.08), () => 0.015 * normal(random)),
  bimodal: (random) => sumOf(modal(random, 0.1, 0.12), () => 0.015 * normal(random)),
  periodic: (random) =>
    sumOf(every(7, 2, 0.1)(Math.floor(7 * random())), () => 0.015 * normal(random)),
  // The second run of each pair pays for the first.
  "order matters": (random) => sumOf(every(2, 1, 0.06)(0), () => 0.015 * normal(random)),
  "all at once": (random) =>
    sumOf(
      drifting(random, 0.9, 0.05),
      modal(random, 0.05, 0.1),
      () => 0.015 * heavy(random),
      stalling(random, 0.02),
    ),
}

/** How long something took, over many: the numbers of a round, and as words. */
import type { Round } from "./Line.ts"
import { quantileOfSorted, type Samples } from "./statistics.ts"

/** Each quantile is one of the values. Units: those of the samples. */
export const waitsOf = (samples: Samples): Round => {
  const sorted = samples.sorted()
  return {
    events: samples.count,
    mean: samples.mean,
    p50: quantileOfSorted(sorted, 0.5),
    p99: quantileOfSorted(sorted, 0.99),
    p999: quantileOfSorted(sorted, 0.999),
    max: quantileOfSorted(sorted, 1),
  }
}

/** `p50 0.1, p99 0.2, p999 0.3, max 0.4`. */
export const waitsText = (round: Round, digits: number): string =>
  ["p50", "p99", "p999", "max"]
    .map((key) => `${key} ${(round[key] ?? Number.NaN).toFixed(digits)}`)
    .join(", ")

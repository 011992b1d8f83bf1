/** The error rates of the comparison, found out on simulated machines. */
import { type ErrorRates, simulate } from "@countersign/monitor/baseline/ComparisonSimulation"
import { pairedPlan, pairsMax } from "@countersign/monitor/baseline/PairedComparison"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"

const slowdown = 1 + pairedPlan.effect

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`

const rowsOf = (rates: ReadonlyArray<ErrorRates>): ReadonlyArray<string> => {
  const same = rates.filter(({ truth }) => truth === 1)
  const rows = same.map((one) => {
    const slower = rates.find(({ noise, truth }) => noise === one.noise && truth !== 1)
    const { comparisons: all, verdicts } = one
    const found = slower?.verdicts.regressed ?? 0
    return [
      one.noise,
      `${verdicts.regressed + verdicts.improved} of ${Text.count(all)}`,
      percent(verdicts.unchanged, all),
      `${one.pairs}`,
      percent(found, slower?.comparisons ?? 1),
      `${slower?.pairs ?? 0}`,
    ]
  })
  const head = ["noise", "false alarms", "found unchanged", "pairs", "5 % slower found", "pairs"]
  return Text.aligned([head, ...rows], new Set([1, 2, 3, 4, 5]))
}

/** Whether the rates are what is promised. */
const isKept = ({ comparisons, truth, verdicts }: ErrorRates): boolean =>
  truth === 1
    ? verdicts.regressed + verdicts.improved < comparisons / 100
    : verdicts.regressed >= comparisons * 0.95

export const simulateComparisons = Effect.fnUntraced(function* (
  comparisons: number,
  seed: number,
  json: boolean,
) {
  const output = yield* Output
  const random = yield* Effect.map(Random.Random, (one) => () => one.nextDoubleUnsafe()).pipe(
    Random.withSeed(seed),
  )
  const rates = simulate([1, slowdown], { random, comparisons })
  if (!rates.every(isKept)) yield* output.exitWith(ExitCode.no)
  if (json) return yield* output.document({ seed, comparisons, rates })
  return yield* output.lines(
    output.paint.bold(
      `${Text.count(comparisons)} comparisons each, at most ${pairsMax(pairedPlan)} pairs, seed ${seed}`,
    ),
    ...rowsOf(rates),
    "",
    "A false alarm is any change found between a program and itself. Promised: fewer than 1 %, and 95 % found.",
  )
})

/** Two commands in turns, until the pairs decide or the plan ends. */
import { median } from "@countersign/monitor/baseline/OrderStatistics"
import {
  compare,
  feasibility,
  isBeforeFirst,
  type Pair,
  pairsMax,
  type PairedPlan,
  pairedPlan,
  sharedPlan,
} from "@countersign/monitor/baseline/PairedComparison"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { ExitCode } from "../terminal/ExitCode.ts"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import { exitOf, type Judged, table, verdictsIn } from "./Judged.ts"
import { measureOnce, shellLine } from "./MeasuredCommand.ts"
import { type Directed, directed, picksOf } from "./Session.ts"

export interface TurnsInput {
  readonly base: string
  readonly command: ReadonlyArray<string>
  readonly metrics: ReadonlyArray<string>
  /** Share that `command` may cost more; `undefined`: is there a difference? */
  readonly budget: number | undefined
  readonly json: boolean
}

interface Series {
  readonly figure: Directed
  readonly pairs: Array<Pair>
}

const judge = (series: ReadonlyArray<Series>, plan: PairedPlan): ReadonlyArray<Judged> =>
  series.map(({ figure: { better, name, unit }, pairs }) => {
    const { pairsNext: _next, ...comparison } = compare(pairs, better, plan)
    const before = median(pairs.map((pair) => pair.before))
    return {
      ...comparison,
      metric: name,
      unit,
      before,
      after: median(pairs.map((pair) => pair.after)),
    }
  })

const isDecided = (judged: ReadonlyArray<Judged>, budget: number | undefined): boolean =>
  judged.every((one) =>
    budget === undefined
      ? one.verdict !== "undecided"
      : feasibility(one, budget).isReachable !== undefined,
  )

/** One pair of runs: each metric's figures of both. */
const runPair = Effect.fnUntraced(function* (
  [base, other]: readonly [string, string],
  picks: Parameters<typeof measureOnce>[1],
  series: Map<string, Series>,
) {
  const baseFirst = isBeforeFirst(
    yield* Effect.map(Random.Random, (one) => () => one.nextDoubleUnsafe()),
  )
  const first = yield* measureOnce(baseFirst ? base : other, picks)
  const second = yield* measureOnce(baseFirst ? other : base, picks)
  for (const figure of yield* directed(first, picks)) {
    const twin = second.find(({ name }) => name === figure.name)
    if (twin === undefined) continue
    const [before, after] = baseFirst ? [figure.value, twin.value] : [twin.value, figure.value]
    const known = series.get(figure.name) ?? { figure, pairs: [] }
    series.set(figure.name, known)
    known.pairs.push({ before, after })
  }
})

const exitOfBudget = (judged: ReadonlyArray<Judged>, budget: number): ExitCode => {
  const answers = judged.map((one) => feasibility(one, budget).isReachable)
  if (answers.includes(false)) return ExitCode.no
  return answers.length === 0 || answers.includes(undefined) ? ExitCode.incomplete : ExitCode.ok
}

const budgetLines = (judged: ReadonlyArray<Judged>, budget: number): ReadonlyArray<string> =>
  judged.map((one) => {
    const { isReachable, reason } = feasibility(one, budget)
    const answer =
      isReachable === undefined ? "undecided" : isReachable ? "reachable" : "unreachable"
    return `${answer}  ${one.metric}: ${reason}`
  })

export const inTurns = Effect.fnUntraced(function* (input: TurnsInput) {
  const { base, budget, json } = input
  if (input.command.length === 0) {
    const detail = "give the command to compare with --base after --"
    return yield* new UsageError({ parameter: "command", detail })
  }
  // By the shell, as --base is: otherwise one of the two would pay for its start alone.
  const command = shellLine(input.command)
  const output = yield* Output
  const picks = yield* picksOf(input.metrics)
  const plan = sharedPlan(Math.max(1, picks.length), pairedPlan)
  const most = pairsMax(plan)
  const series = new Map<string, Series>()
  const bar = new ProgressBar(process.stderr, "running", () => performance.now())
  let judged: ReadonlyArray<Judged> = []
  let done = 0
  yield* Effect.gen(function* () {
    yield* directed(yield* measureOnce(base, picks), picks)
    yield* measureOnce(command, picks)
    for (const { pairs } of plan.looks) {
      for (; done < pairs; done++) {
        bar.update(done, done / most)
        yield* runPair([base, command], picks, series)
      }
      judged = judge([...series.values()], plan)
      if (isDecided(judged, budget)) return
    }
  }).pipe(Effect.ensuring(Effect.sync(() => bar.clear())))
  yield* output.exitWith(
    budget === undefined
      ? exitOf(judged.map(({ verdict }) => verdict))
      : exitOfBudget(judged, budget),
  )
  if (json) {
    const reachable =
      budget === undefined
        ? {}
        : { budget, isReachable: judged.map((one) => feasibility(one, budget).isReachable ?? null) }
    return yield* output.document({ pairs: done, metrics: verdictsIn(judged), ...reachable })
  }
  return yield* output.lines(
    ...table(judged, output.paint),
    ...(budget === undefined ? [] : budgetLines(judged, budget)),
  )
})

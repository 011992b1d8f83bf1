/** The figures of one session: from runs of a command, or from documents of earlier runs. */
import { readFile } from "node:fs/promises"
import type { BaselineMetric, BaselineSession } from "@countersign/monitor/baseline/Baseline"
import { baselineLimits } from "@countersign/monitor/baseline/Baseline"
import {
  type Figure,
  figuresOf,
  parsePick,
  type WantedFigure,
} from "@countersign/monitor/baseline/Figures"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { UsageError } from "../terminal/Failure.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import { measureOnce, readCommit, shownCommand } from "./MeasuredCommand.ts"

export interface SessionInput {
  readonly command: ReadonlyArray<string>
  readonly from: ReadonlyArray<string>
  readonly metrics: ReadonlyArray<string>
  readonly runs: number
}

export const picksOf = Effect.fnUntraced(function* (metrics: ReadonlyArray<string>) {
  const picks: Array<WantedFigure> = []
  for (const text of metrics) {
    const pick = parsePick(text)
    if (pick === undefined) {
      const detail = `"${text}" is none: PATH, PATH:lower or PATH:higher, and :UNIT after that`
      return yield* new UsageError({ parameter: "--metric", detail })
    }
    picks.push(pick)
  }
  return picks
})

const readFigures = Effect.fnUntraced(function* (file: string, picks: ReadonlyArray<WantedFigure>) {
  const text = yield* Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) => new UsageError({ parameter: "--from", detail: String(cause) }),
  })
  const document = yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => new UsageError({ parameter: "--from", detail: `${file} is no JSON` }),
  })
  const figures = figuresOf(document, picks)
  if (figures.length === 0) {
    const detail = `${file} has none of the figures that are asked for; --metric names them`
    return yield* new UsageError({ parameter: "--from", detail })
  }
  return figures
})

/** Runs once to warm up, then as often as it is told. */
const runFigures = Effect.fnUntraced(function* (
  { command, runs }: SessionInput,
  picks: ReadonlyArray<WantedFigure>,
) {
  const bar = new ProgressBar(process.stderr, "running", () => performance.now())
  const all: Array<ReadonlyArray<Figure>> = []
  yield* Effect.gen(function* () {
    yield* measureOnce(command, picks)
    for (let run = 0; run < runs; run++) {
      bar.update(run, run / runs)
      all.push(yield* measureOnce(command, picks))
    }
  }).pipe(Effect.ensuring(Effect.sync(() => bar.clear())))
  return all
})

/** What was measured, as a session with the metrics that it has. */
export const measureSession = Effect.fnUntraced(function* (input: SessionInput) {
  const { command, from, runs } = input
  if (command.length > 0 === from.length > 0) {
    const detail = "give a command to run after --, or files with --from, and not both"
    return yield* new UsageError({ parameter: "command", detail })
  }
  if (Math.max(runs, from.length) > baselineLimits.runsMax) {
    const detail = `more than ${baselineLimits.runsMax} runs`
    return yield* new UsageError({ parameter: "--runs", detail })
  }
  const picks = yield* picksOf(input.metrics)
  const at = DateTime.formatIso(yield* DateTime.now)
  const all =
    command.length > 0
      ? yield* runFigures(input, picks)
      : yield* Effect.forEach(from, (file) => readFigures(file, picks))
  const metrics: Record<string, BaselineMetric> = {}
  const values: Record<string, Array<number>> = {}
  for (const { better, name, unit, value } of all.flat()) {
    metrics[name] = { better, unit }
    ;(values[name] ??= []).push(value)
  }
  const source = (command.length > 0 ? shownCommand(command) : from.join(" ")).slice(0, 2000)
  const session: BaselineSession = { at, commit: yield* readCommit, source, values }
  return { metrics, session }
})

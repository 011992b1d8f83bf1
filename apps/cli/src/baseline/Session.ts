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

type Metrics = Readonly<Record<string, BaselineMetric>>

/** A figure of which it is known which way it gets better. */
export interface Directed extends BaselineMetric {
  readonly name: string
  readonly value: number
}

/**
 * Settles which way each figure gets better: as it is asked for; otherwise as the baseline has it,
 * since that is what was asked for before; otherwise as its unit or its goal says.
 */
export const directed = Effect.fnUntraced(function* (
  figures: ReadonlyArray<Figure>,
  picks: ReadonlyArray<WantedFigure>,
  stored: Metrics = {},
) {
  const settled: Array<Directed> = []
  for (const figure of figures) {
    const { name } = figure
    const asked = picks.find((pick) => pick.name === name)?.better
    const known = Object.hasOwn(stored, name) ? stored[name]?.better : undefined
    const better = asked ?? known ?? figure.better
    if (better === undefined) {
      const detail = `nothing says whether less of ${name} is better, or more: give ${name}:lower or ${name}:higher`
      return yield* new UsageError({ parameter: "--metric", detail })
    }
    settled.push({ ...figure, better })
  }
  return settled
})

/** Runs once to warm up, then as often as it is told. */
const runFigures = Effect.fnUntraced(function* (
  { command, runs }: SessionInput,
  picks: ReadonlyArray<WantedFigure>,
  stored: Metrics,
) {
  const bar = new ProgressBar(process.stderr, "running", () => performance.now())
  const all: Array<ReadonlyArray<Figure>> = []
  yield* Effect.gen(function* () {
    // What is wrong with the figures is known after one run, not after all.
    yield* directed(yield* measureOnce(command, picks), picks, stored)
    for (let run = 0; run < runs; run++) {
      bar.update(run, run / runs)
      all.push(yield* measureOnce(command, picks))
    }
  }).pipe(Effect.ensuring(Effect.sync(() => bar.clear())))
  return all
})

/**
 * What was measured, as a session with the metrics that it has.
 *
 * @param stored the metrics of the baseline, which know which way they get better
 */
export const measureSession = Effect.fnUntraced(function* (input: SessionInput, stored: Metrics) {
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
      ? yield* runFigures(input, picks, stored)
      : yield* Effect.forEach(from, (file) => readFigures(file, picks))
  const figures = yield* directed(all.flat(), picks, stored)
  const series = Map.groupBy(figures, ({ name }) => name)
  const metrics: Metrics = Object.fromEntries(
    figures.map(({ better, name, unit }) => [name, { better, unit }]),
  )
  const values = Object.fromEntries(
    [...series].map(([name, runs]) => [name, runs.map(({ value }) => value)]),
  )
  const source = (command.length > 0 ? shownCommand(command) : from.join(" ")).slice(0, 2000)
  const session: BaselineSession = { at, commit: yield* readCommit, source, values }
  return { metrics, session }
})

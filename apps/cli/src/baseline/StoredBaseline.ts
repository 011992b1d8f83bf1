/** A stored baseline: recording it, comparing two, and checking today against it. */
import { type Baseline, sessionsOf, withSession } from "@countersign/monitor/baseline/Baseline"
import { BaselineMalformed, MachineDiffers } from "@countersign/monitor/baseline/BaselineError"
import * as BaselineFile from "@countersign/monitor/baseline/BaselineFile"
import { differenceOf, readMachineCard } from "@countersign/monitor/baseline/MachineCard"
import { median } from "@countersign/monitor/baseline/OrderStatistics"
import { compareStored, sessionsCounted } from "@countersign/monitor/baseline/StoredComparison"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import { exitOf, type Judged, shownFigure, table, verdictsIn } from "./Judged.ts"
import { measureSession, type SessionInput } from "./Session.ts"

const requireBaseline = Effect.fnUntraced(function* (file: string) {
  const found = yield* BaselineFile.read(file)
  if (found !== undefined) return found
  return yield* new BaselineMalformed({ path: file, detail: "there is no such file" })
})

export const record = Effect.fnUntraced(function* (file: string, input: SessionInput) {
  const output = yield* Output
  const machine = readMachineCard()
  const before = yield* BaselineFile.read(file)
  const { differences, isOther } = differenceOf(before?.machine ?? machine, machine)
  if (isOther) return yield* new MachineDiffers({ path: file, differences })
  const { metrics, session } = yield* measureSession(input, before?.metrics ?? {})
  const empty: Baseline = { version: 1, machine, metrics: {}, sessions: [] }
  const after = { ...withSession(before ?? empty, metrics, session), machine }
  yield* BaselineFile.write(file, after)
  yield* output.say(...differences.map((difference) => `countersign: ${difference}`))
  const rows = Object.entries(session.values).map(([name, values]) => [
    `  ${name}`,
    `${shownFigure(median(values))} ${metrics[name]?.unit ?? ""}`,
    `${Text.count(values.length)} runs from ${shownFigure(Math.min(...values))} to ${shownFigure(Math.max(...values))}`,
  ])
  return yield* output.lines(
    `${output.paint.good("✓ recorded")}  session ${after.sessions.length} of ${file}`,
    ...Text.aligned(rows, new Set([1])),
  )
})

const seeded = Effect.gen(function* () {
  const random = yield* Random.Random
  return () => random.nextDoubleUnsafe()
})

export interface ComparisonOptions {
  readonly allowance: number
  /** Whether a metric may be gone. */
  readonly allowMissing: boolean
  readonly json: boolean
}

/** Whose sessions count, for the figure that a person sees: all, where none is long enough. */
const middleOf = (sessions: ReadonlyArray<ReadonlyArray<number>>): number => {
  const counted = sessionsCounted(sessions)
  return median((counted.length === 0 ? sessions : counted).map(median))
}

/** The metrics that both have, judged, and the names of those that are gone. */
const judge = (before: Baseline, after: Baseline, allowance: number, random: () => number) => {
  const judged: Array<Judged> = []
  const missing: Array<string> = []
  for (const [metric, { better, unit }] of Object.entries(before.metrics)) {
    const sessions = sessionsOf(before, metric)
    const today = sessionsOf(after, metric).flat()
    if (sessions.length === 0) continue
    if (today.length === 0) {
      missing.push(metric)
      continue
    }
    // What is asked for today has the last word.
    const direction = after.metrics[metric]?.better ?? better
    const comparison = compareStored(sessions, today, direction, { allowance, random })
    const figures = { before: middleOf(sessions), after: median(today) }
    judged.push({ ...comparison, ...figures, metric, unit })
  }
  return { judged, missing }
}

const tell = Effect.fnUntraced(function* (
  { judged, missing }: ReturnType<typeof judge>,
  differences: ReadonlyArray<string>,
  { allowMissing, json }: ComparisonOptions,
) {
  const output = yield* Output
  yield* output.exitWith(
    exitOf(
      judged.map(({ verdict }) => verdict),
      allowMissing ? [] : missing,
    ),
  )
  if (json) {
    return yield* output.document({ machine: differences, metrics: verdictsIn(judged), missing })
  }
  const { paint } = output
  const gone = missing.map((name) => {
    const word = allowMissing ? paint.bold("missing") : paint.bad("missing")
    return `${word}    ${Text.printable(name)} is stored and was not measured${allowMissing ? "" : " (--allow-missing takes that)"}`
  })
  yield* output.say(...differences.map((difference) => `countersign: ${difference}`))
  return yield* output.lines(...table(judged, paint), ...gone)
})

/** Two files that turn a metric round against each other can't be compared. */
const contradictionOf = (before: Baseline, after: Baseline): string | undefined =>
  Object.entries(before.metrics).flatMap(([name, { better }]) => {
    const other = Object.hasOwn(after.metrics, name) ? after.metrics[name]?.better : undefined
    return other === undefined || other === better
      ? []
      : [`${other} is better for ${name} here, and ${better} in the file it is compared with`]
  })[0]

export const compare = Effect.fnUntraced(function* (
  file: string,
  other: string,
  options: ComparisonOptions,
) {
  const before = yield* requireBaseline(file)
  const after = yield* requireBaseline(other)
  const { differences, isOther } = differenceOf(before.machine, after.machine)
  if (isOther) return yield* new MachineDiffers({ path: other, differences })
  const detail = contradictionOf(before, after)
  if (detail !== undefined) return yield* new BaselineMalformed({ path: other, detail })
  return yield* tell(judge(before, after, options.allowance, yield* seeded), differences, options)
})

export const check = Effect.fnUntraced(function* (
  file: string,
  input: SessionInput,
  options: ComparisonOptions,
) {
  const before = yield* requireBaseline(file)
  const machine = readMachineCard()
  const { differences, isOther } = differenceOf(before.machine, machine)
  if (isOther) return yield* new MachineDiffers({ path: file, differences })
  const { metrics, session } = yield* measureSession(input, before.metrics)
  const today: Baseline = { version: 1, machine, metrics, sessions: [session] }
  return yield* tell(judge(before, today, options.allowance, yield* seeded), differences, options)
})

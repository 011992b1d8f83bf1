/** A stored baseline: recording it, comparing two, and checking today against it. */
import {
  type Baseline,
  baselineLimits,
  sessionsOf,
  withSession,
} from "@countersign/monitor/baseline/Baseline"
import { BaselineMalformed, MachineDiffers } from "@countersign/monitor/baseline/BaselineError"
import * as BaselineFile from "@countersign/monitor/baseline/BaselineFile"
import { differenceOf, readMachineCard } from "@countersign/monitor/baseline/MachineCard"
import { median } from "@countersign/monitor/baseline/OrderStatistics"
import { compareStored } from "@countersign/monitor/baseline/StoredComparison"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import { exitOf, finite, type Judged, table, verdictsIn } from "./Judged.ts"
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
  const { metrics, session } = yield* measureSession(input)
  const empty: Baseline = { version: 1, machine, metrics: {}, sessions: [] }
  const after = { ...withSession(before ?? empty, metrics, session), machine }
  const names = Object.keys(after.metrics).length
  if (names > baselineLimits.metricsMax) {
    const detail = `it would have ${names} metrics, and ${baselineLimits.metricsMax} are allowed`
    return yield* new BaselineMalformed({ path: file, detail })
  }
  yield* BaselineFile.write(file, after)
  yield* output.say(...differences.map((difference) => `countersign: ${difference}`))
  const rows = Object.entries(session.values).map(([name, values]) => [
    `  ${name}`,
    `${finite(median(values))} ${metrics[name]?.unit ?? ""}`,
    `${Text.count(values.length)} runs from ${finite(Math.min(...values))} to ${finite(Math.max(...values))}`,
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

const judge = (
  before: Baseline,
  after: Baseline,
  allowance: number,
  random: () => number,
): ReadonlyArray<Judged> =>
  Object.entries(before.metrics).flatMap(([metric, { better, unit }]): ReadonlyArray<Judged> => {
    const sessions = sessionsOf(before, metric)
    const today = sessionsOf(after, metric).flat()
    if (sessions.length === 0 || today.length === 0) return []
    const comparison = compareStored(sessions, today, better, { allowance, random })
    const figures = { before: median(sessions.map(median)), after: median(today) }
    return [{ ...comparison, ...figures, metric, unit }]
  })

const tell = Effect.fnUntraced(function* (
  judged: ReadonlyArray<Judged>,
  differences: ReadonlyArray<string>,
  json: boolean,
) {
  const output = yield* Output
  if (json) return yield* output.document({ machine: differences, metrics: verdictsIn(judged) })
  yield* output.say(...differences.map((difference) => `countersign: ${difference}`))
  return yield* output.lines(...table(judged, output.paint))
})

export const compare = Effect.fnUntraced(function* (
  file: string,
  other: string,
  { allowance, json }: { readonly allowance: number; readonly json: boolean },
) {
  const before = yield* requireBaseline(file)
  const after = yield* requireBaseline(other)
  const { differences, isOther } = differenceOf(before.machine, after.machine)
  if (isOther) return yield* new MachineDiffers({ path: other, differences })
  const judged = judge(before, after, allowance, yield* seeded)
  return yield* tell(judged, differences, json)
})

export const check = Effect.fnUntraced(function* (
  file: string,
  input: SessionInput,
  { allowance, json }: { readonly allowance: number; readonly json: boolean },
) {
  const output = yield* Output
  const before = yield* requireBaseline(file)
  const machine = readMachineCard()
  const { differences, isOther } = differenceOf(before.machine, machine)
  if (isOther) return yield* new MachineDiffers({ path: file, differences })
  const { metrics, session } = yield* measureSession(input)
  const today: Baseline = { version: 1, machine, metrics, sessions: [session] }
  const judged = judge(before, today, allowance, yield* seeded)
  yield* output.exitWith(exitOf(judged.map(({ verdict }) => verdict)))
  return yield* tell(judged, differences, json)
})

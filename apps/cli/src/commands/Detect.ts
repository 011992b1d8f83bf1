/** `countersign detect DIR|FILE`: what rules find in events that are there already. */
import { statSync } from "node:fs"
import { readFile } from "node:fs/promises"
import type { DetectionRule } from "@countersign/monitor/detect/DetectionRule"
import type { Finding } from "@countersign/monitor/detect/Finding"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ExitCode } from "../terminal/ExitCode.ts"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as Parameters from "./Parameters.ts"

const modules = {
  detecting: () => import("../detect/Detecting.ts"),
  rules: () => import("@countersign/monitor/detect/DetectionRule"),
  defaults: () => import("@countersign/monitor/detect/DefaultRules"),
  synthetic: () => import("../detect/SyntheticRun.ts"),
}

/** The rules of a file, as YAML or JSON; those that come along where none is named. */
const readRules = Effect.fnUntraced(function* (file: string | undefined) {
  if (file === undefined) return (yield* Effect.promise(modules.defaults)).defaultRules
  const content = yield* Effect.promise(() => readFile(file, "utf8").catch(() => undefined))
  if (content === undefined) {
    return yield* new UsageError({ parameter: "--rules", detail: `${file} can't be read` })
  }
  const { parse } = yield* Effect.promise(() => import("yaml"))
  const value = yield* Effect.try({
    try: (): unknown => parse(content),
    catch: (cause) =>
      new UsageError({
        parameter: "--rules",
        detail: `${file} is no YAML: ${cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause)}`,
      }),
  })
  const { parseRules } = yield* Effect.promise(modules.rules)
  return yield* Effect.fromResult(parseRules(value, file))
})

const seedMax = 1_000_000
const seedsMax = 100

const seedsOf = (text: string) => {
  const [, from = "", to = ""] = /^(\d{1,7})\.\.(\d{1,7})$/.exec(text) ?? []
  const range = { from: Number(from), to: Number(to) }
  const isRange =
    to !== "" && range.to <= seedMax && range.from <= range.to && range.to - range.from < seedsMax
  return isRange
    ? Effect.succeed(range)
    : Effect.fail(
        new UsageError({
          parameter: "--seeds",
          detail: `${text} is no range of at most ${seedsMax} seeds up to ${seedMax}, such as 100..109`,
        }),
      )
}

const isDirectory = (name: string): boolean =>
  statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false

const row = (finding: Finding): ReadonlyArray<string> => [
  new Date(finding.atMillis)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z"),
  finding.severity,
  finding.confidence.toFixed(2),
  finding.technique ?? "",
  Text.clipped(Text.printable(finding.subject), 32),
  Text.printable(finding.explanation),
]

const overExisting = Effect.fnUntraced(function* (
  source: string,
  rules: ReadonlyArray<DetectionRule>,
  json: boolean,
) {
  const output = yield* Output
  const { detectIn } = yield* Effect.promise(modules.detecting)
  const { counts, findings, skipped } = yield* detectIn(source, isDirectory(source), rules)
  if (json) for (const finding of findings) yield* output.document(finding)
  else if (findings.length > 0) yield* output.lines(...Text.aligned(findings.map(row)))
  const unreadable = counts.unreadable + skipped
  yield* output.say(
    output.paintSaid.faint(
      `${Text.counted(findings.length, "finding")} in ${Text.counted(counts.judged, "event")} by ${Text.counted(rules.length, "rule")}${unreadable > 0 ? `; ${Text.counted(unreadable, "record")} could not be judged` : ""}`,
    ),
  )
  yield* output.exitWith(findings.length > 0 ? ExitCode.no : ExitCode.ok)
})

export const detectCommand = Command.make(
  "detect",
  {
    source: Argument.String("dir|file").pipe(
      Argument.withDescription(
        "A trail's directory, or a file of events as JSON lines; - for stdin",
      ),
      Argument.optional,
    ),
    rules: Flag.String("rules").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription(
        "Rules as YAML or JSON, in place of those that come along; docs/detection.md has them",
      ),
      Flag.optional,
    ),
    synthetic: Flag.Boolean("synthetic").pipe(
      Flag.withDescription(
        "Judge a made-up day with labelled attacks, and print how good the rules are",
      ),
      Flag.withDefault(false),
    ),
    seed: Flag.Int("seed").pipe(
      Flag.withDescription("Which made-up day"),
      Parameters.between(0, seedMax),
      Flag.withDefault(1),
    ),
    seeds: Flag.String("seeds").pipe(
      Flag.withMetavar("FROM..TO"),
      Flag.withDescription(
        "With --synthetic: many made-up days, such as 100..109, at most 100; prints means and ranges",
      ),
      Flag.optional,
    ),
    staff: Flag.Int("staff").pipe(
      Flag.withDescription("How many people work on the made-up day"),
      Parameters.between(400, 20_000),
      Flag.withDefault(2000),
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ json, rules: file, seed, seeds, source, staff, synthetic }) {
    const rules = yield* readRules(Option.getOrUndefined(file))
    if (synthetic) {
      const { syntheticRun, syntheticRuns } = yield* Effect.promise(modules.synthetic)
      if (Option.isNone(seeds)) return yield* syntheticRun(rules, { seed, staff }, json)
      const range = yield* seedsOf(seeds.value)
      return yield* syntheticRuns(rules, { ...range, staff }, json)
    }
    if (Option.isNone(source)) {
      return yield* new UsageError({
        parameter: "dir|file",
        detail: "name a trail or a file of events, or say --synthetic",
      })
    }
    return yield* overExisting(source.value, rules, json)
  }),
).pipe(
  Command.withDescription(
    "Judge published events by rules of detection and print what they find, with the events that show it. The same trail gives the same findings. Nothing is recorded and nothing is verified. Exit code: 0 nothing found, 1 something found, 4 the trail or the file failed, 64 the rules can't be used",
  ),
  Command.withShortDescription("Find attacks in a trail by rules"),
  Command.withExamples([
    { command: "countersign detect ./trail", description: "By the rules that come along" },
    {
      command: "countersign detect ./trail --rules rules.yaml --json",
      description: "By rules of one's own, one finding a line",
    },
    {
      command: "countersign detect --synthetic",
      description: "Precision, recall and time to detect on a made-up day",
    },
    {
      command: "countersign detect --synthetic --seeds 100..109",
      description: "The same over ten of them, as means and ranges",
    },
  ]),
)

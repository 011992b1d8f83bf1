/** `countersign torture`: does this configuration keep its promises on this machine? */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import type { AuditConfigInput } from "@countersign/core/config/AuditConfig"
import { resolve } from "@countersign/core/config/ConfigResolution"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ExitCode } from "../terminal/ExitCode.ts"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import * as Parameters from "./Parameters.ts"

const cyclesDefault = 100
const sayEveryMillis = 15_000

/** Where the trails go, and what holds for them. */
interface Subject {
  readonly parent: string
  readonly config: AuditConfigInput
}

/** The file's configuration, as far as it says anything about a trail that is nobody's. */
const subjectOf = Effect.fnUntraced(function* (file: string | undefined) {
  if (file === undefined) {
    const subject: Subject = { parent: tmpdir(), config: { checkpoint: { intervalMillis: 20 } } }
    return subject
  }
  const sources = { env: process.env, file }
  const { directory, ...config } = yield* resolve({}, sources).pipe(
    // The directory is often the program's to name; anything else that is wrong still is.
    Effect.catch(() => resolve({ directory: path.resolve("trail") }, sources)),
  )
  const subject: Subject = { parent: path.dirname(path.resolve(directory)), config }
  return subject
})

const scratchIn = (parent: string) =>
  Effect.try({
    try: () => fs.mkdtempSync(path.join(parent, "countersign-torture-")),
    catch: (cause) =>
      new UsageError({
        parameter: "--dir",
        detail: `can't make a directory in ${parent}: ${cause instanceof Error ? cause.message : String(cause)}`,
      }),
  })

/** A key of its own beside each trail, its own name, nobody else's services. */
const onScratch = (config: AuditConfigInput): AuditConfigInput => ({
  ...config,
  origin: "countersign.local/torture",
  signals: false,
  signer: {
    kind: "file",
    ...(config.signer?.epoch === undefined ? {} : { epoch: config.signer.epoch }),
  },
  timestamp: { ...config.timestamp, url: "" },
  witness: { ...config.witness, policy: "" },
})

const flags = {
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The engine's configuration, a YAML file. Default: the default profile"),
    Flag.optional,
  ),
  minutes: Flag.Finite("minutes").pipe(
    Flag.withDescription("How long to go on; every scenario that fits, then kill -9 to the end"),
    Parameters.between(0.05, 10_080),
    Flag.optional,
  ),
  cycles: Flag.Int("cycles").pipe(
    Flag.withDescription(`How many kills instead of how long. Default: ${cyclesDefault}`),
    Parameters.between(1, 10_000_000),
    Flag.optional,
  ),
  dir: Flag.String("dir").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription(
      "Where to make the scratch directory. Default: beside the configured trail, so on its disk",
    ),
    Flag.optional,
  ),
  scenario: Flag.String("scenario").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("Only this one"),
    Flag.optional,
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withDescription("Decides the moments, as far as the clock lets it"),
    Parameters.between(0, 2 ** 32 - 1),
    Flag.withDefault(20_261_121),
  ),
  json: Parameters.json,
}

export const tortureCommand = Command.make(
  "torture",
  flags,
  Effect.fnUntraced(function* ({ config, cycles, dir, json, minutes, scenario, seed }) {
    const output = yield* Output
    // The engine is half of the program; the other commands start without it.
    const { scenarioNames, torture } = yield* Effect.promise(() => import("../torture/Torture.ts"))
    const { reportLines, reportOf, resultLine } = yield* Effect.promise(
      () => import("../torture/TortureReport.ts"),
    )
    const only = Option.getOrUndefined(scenario)
    if (only !== undefined && !scenarioNames.includes(only)) {
      const detail = `"${only}" is none of ${scenarioNames.join(", ")}`
      return yield* new UsageError({ parameter: "--scenario", detail })
    }
    const subject = yield* subjectOf(Option.getOrUndefined(config))
    const scratch = yield* scratchIn(
      Option.match(dir, { onNone: () => subject.parent, onSome: path.resolve }),
    )
    const most = Option.getOrElse(cycles, () => (Option.isSome(minutes) ? Infinity : cyclesDefault))
    const millis = Option.match(minutes, { onNone: () => Infinity, onSome: (one) => one * 60_000 })
    yield* output.say(`countersign: seed ${seed}, in ${scratch}`)
    const began = performance.now()
    const bar = new ProgressBar(process.stderr, "killing", () => performance.now())
    let saidMillis = began
    const results = yield* Effect.promise(() =>
      torture({
        config: onScratch(subject.config),
        scratch,
        cycles: most,
        endMillis: began + millis,
        scenario: only,
        seed,
        progress: ({ cyclesMax, name }, done) => {
          const now = performance.now()
          const parts = [done / Math.min(most, cyclesMax), (now - began) / millis]
          bar.update(done, Math.min(1, Math.max(...parts)))
          if (process.stderr.isTTY || now - saidMillis < sayEveryMillis) return
          saidMillis = now
          process.stderr.write(`${name}: ${done} cycles in ${Math.round((now - began) / 1000)} s\n`)
        },
        finished: (result) => {
          bar.clear()
          process.stderr.write(`${resultLine(result, output.paintSaid)}\n`)
        },
      }),
    ).pipe(
      Effect.ensuring(Effect.sync(() => bar.clear())),
      Effect.onInterrupt(() =>
        Effect.sync(() => fs.rmSync(scratch, { recursive: true, force: true })),
      ),
    )
    const report = {
      seed,
      seconds: Math.round((performance.now() - began) / 1000),
      ...reportOf(results),
    }
    if (report.isSound) fs.rmSync(scratch, { recursive: true, force: true })
    else {
      yield* output.exitWith(ExitCode.no)
      yield* output.say(`countersign: the trails are in ${scratch}`)
    }
    return yield* json
      ? output.document(report)
      : output.lines(...reportLines(results, report, output.paint))
  }),
).pipe(
  Command.withDescription(
    "Kill, stop, starve and blind processes that load a trail with your configuration, in a scratch directory on its disk, and count what that cost. Your own trail is never touched. Exit code: 0 every promise was kept, 1 one was broken",
  ),
  Command.withShortDescription("Break it on purpose, and count what was lost"),
)

/** `countersign record FILE --trail DIR`: JSON lines in, a trail out. */
import { Audit } from "@countersign/core/Audit"
import * as Clock from "effect/Clock"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Importer, type Pause } from "../input/Importer.ts"
import { type Input, openInput } from "../input/Input.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import * as Text from "../terminal/Text.ts"

/** Waits for what the importer waits for. */
const afterPause = (audit: Audit["Service"], pause: Pause) => {
  switch (pause._tag) {
    case "Room":
      return Effect.raceFirst(audit.room(pause.class), audit.failed)
    case "Flush":
      return audit.flush
    case "Failed":
      return audit.failed
  }
}

const importAll = Effect.fnUntraced(function* (
  audit: Audit["Service"],
  input: Input,
  importer: Importer,
  bar: ProgressBar,
) {
  let bytes = 0
  const untilDone = (step: () => Pause | undefined) =>
    Effect.gen(function* () {
      for (let pause = step(); pause !== undefined; pause = step()) {
        yield* afterPause(audit, pause)
      }
    })
  yield* Stream.runForEach(input.chunks, (chunk) =>
    Effect.suspend(() => {
      bytes += chunk.length
      importer.lines.push(chunk)
      bar.update(
        importer.recorded,
        input.sizeBytes === undefined ? undefined : bytes / Math.max(input.sizeBytes, 1),
      )
      return untilDone(() => importer.run())
    }),
  )
  yield* untilDone(() => importer.finish())
  return bytes
})

/** Opens the engine, imports, closes; what the engine then says of itself is the summary. */
const record = Effect.fnUntraced(function* (input: Input, directory: string) {
  const audit = yield* Audit
  const clock = yield* Clock.clockWith(Effect.succeed)
  const importer = new Importer(audit)
  const now = () => clock.currentTimeMillisUnsafe()
  const from = now()
  const bar = new ProgressBar(process.stderr, "recording", now)
  const bytes = yield* importAll(audit, input, importer, bar).pipe(
    Effect.ensuring(Effect.sync(() => bar.clear())),
  )
  yield* audit.close
  const { accounts, origin, publishedSize } = audit.status()
  const lost = accounts.reduce((total, account) => total + account.lost, 0)
  const sampledOut = accounts.reduce((total, account) => total + account.sampledOut, 0)
  return {
    trail: directory,
    origin,
    recorded: importer.recorded - lost - sampledOut,
    refused: importer.refused,
    sampledOut,
    lost,
    size: publishedSize,
    bytes,
    millis: now() - from,
    ...(importer.first === undefined ? {} : { firstRefused: importer.first }),
  }
})

type Summary = Effect.Success<ReturnType<typeof record>>

const summaryLines = (summary: Summary, file: string, { paint }: Output["Service"]) => {
  const { bytes, firstRefused, lost, millis, origin, recorded, refused, sampledOut, size } = summary
  const rate = Math.round((recorded * 1000) / Math.max(millis, 1))
  const mark = refused + lost === 0 ? paint.good("✓ recorded") : paint.doubtful("! recorded")
  return [
    `${mark}  ${Text.counted(recorded, "event")} into ${paint.bold(origin)}, which now has ${Text.counted(size, "entry", "entries")}`,
    paint.faint(
      `  read ${Text.size(bytes)} in ${Text.duration(millis)}, ${Text.count(rate)} events/s`,
    ),
    ...(sampledOut > 0 ? [`  sampled out  ${Text.count(sampledOut)}, and the trail says so`] : []),
    ...(lost > 0 ? [paint.bad(`  lost  ${Text.count(lost)}, and the trail says so`)] : []),
    ...(firstRefused === undefined
      ? []
      : [
          paint.bad(
            `  refused  ${Text.counted(refused, "line")}; the first is ${file === "-" ? "stdin" : file}:${firstRefused.line}: ${Text.printable(firstRefused.message)}`,
          ),
        ]),
  ]
}

export const recordCommand = Command.make(
  "record",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("Events as JSON lines; - for stdin, which is the default"),
      Argument.withDefault("-"),
    ),
    trail: Flag.String("trail").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("The trail's directory, made where there is none"),
    ),
    origin: Flag.String("origin").pipe(
      Flag.withMetavar("NAME"),
      Flag.withDescription(
        "The trail's name. Default: countersign.local/ and the directory's name",
      ),
      Flag.optional,
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Print the summary as JSON"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ file, json, origin, trail }) {
    const output = yield* Output
    // Before the engine: a slip in the file's name must not leave a trail and a key behind.
    const input = yield* openInput(file)
    if (file === "-" && process.stdin.isTTY) {
      yield* output.say("countersign: type one JSON event a line; Ctrl-D ends")
    }
    const summary = yield* record(input, trail).pipe(
      Effect.provide(
        Audit.layer({
          directory: trail,
          ...(Option.isSome(origin) ? { origin: origin.value } : {}),
        }),
      ),
    )
    if (summary.refused + summary.lost > 0) yield* output.exitWith(ExitCode.no)
    yield* json ? output.document(summary) : output.lines(...summaryLines(summary, file, output))
  }),
).pipe(
  Command.withDescription(
    "Record events, one JSON object a line. Lines that are no event are left out, counted, and the first is named. Exit code: 0 all recorded, 1 some were not, 4 the trail or the input failed",
  ),
  Command.withShortDescription("Record JSON lines as audit events"),
)

/** `countersign record FILE --trail DIR`: JSON lines in, a trail out. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { openInput } from "../input/Input.ts"
import type { Recorded } from "../input/Recording.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"

const summaryLines = (summary: Recorded, file: string, { paint }: Output["Service"]) => {
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
    config: Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("The engine's configuration, a YAML file; docs/configuration.md has it"),
      Flag.optional,
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Print the summary as JSON"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ config, file, json, origin, trail }) {
    const output = yield* Output
    // Before the engine: a slip in the file's name must not leave a trail and a key behind.
    const input = yield* openInput(file)
    if (file === "-" && process.stdin.isTTY) {
      yield* output.say("countersign: type one JSON event a line; Ctrl-D ends")
    }
    // The engine is half of the program; the other commands start without it.
    const { record } = yield* Effect.promise(() => import("../input/Recording.ts"))
    const summary = yield* record(input, {
      directory: trail,
      origin: Option.getOrUndefined(origin),
      config: Option.getOrUndefined(config),
    })
    if (summary.refused + summary.lost > 0) yield* output.exitWith(ExitCode.no)
    yield* json ? output.document(summary) : output.lines(...summaryLines(summary, file, output))
  }),
).pipe(
  Command.withDescription(
    "Record events, one JSON object a line. Lines that are no event are left out, counted, and the first is named. Exit code: 0 all recorded, 1 some were not, 4 the trail or the input failed",
  ),
  Command.withShortDescription("Record JSON lines as audit events"),
)

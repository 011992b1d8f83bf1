/** `countersign copybook encode`: lines of JSON to records. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { copybookFiles, layoutFlags, recordFlags } from "../copybook/CopybookFlags.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as Parameters from "./Parameters.ts"

export const encodeCommand = Command.make(
  "encode",
  {
    input: Argument.String("input").pipe(
      Argument.withDescription("JSON lines, as decode writes them; - for stdin, the default"),
      Argument.withDefault("-"),
    ),
    copybook: copybookFiles,
    ...layoutFlags,
    ...recordFlags,
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("FILE"),
      Flag.withDescription("A new file; - for stdout, which is the default"),
      Flag.withDefault("-"),
    ),
    maxErrors: Flag.Int("max-errors").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("Leave out so many lines that can't be encoded. Default: 0"),
      Parameters.between(0, Number.MAX_SAFE_INTEGER),
      Flag.withDefault(0),
    ),
    trail: Flag.String("trail").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("Record what was written, by which layout, out of what, in this trail"),
      Flag.optional,
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Say the summary, on stderr, as JSON"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* (flags) {
    const output = yield* Output
    const { planFrom } = yield* Effect.promise(() => import("../copybook/Copybooks.ts"))
    const { encode } = yield* Effect.promise(() => import("../copybook/Auditing.ts"))
    const { input, json, maxErrors, output: target } = flags
    const plan = yield* planFrom(flags.copybook, flags)
    const request = { input, plan, output: target, refusedMax: maxErrors }
    const summary = yield* encode(request, Option.getOrUndefined(flags.trail))
    const { bytes, first, millis, records, refused } = summary
    const paint = output.paintSaid
    const mark = refused === 0 ? paint.good("✓ encoded") : paint.doubtful("! encoded")
    yield* json
      ? output.say(JSON.stringify(summary))
      : output.say(
          `${mark}  ${Text.counted(records, "record")}, ${Text.size(bytes)} in ${Text.duration(millis)}`,
          ...(first === undefined
            ? []
            : [paint.bad(`  refused  ${Text.counted(refused, "line")}: ${Text.printable(first)}`)]),
        )
    if (refused > 0) yield* output.exitWith(ExitCode.no)
  }),
).pipe(
  Command.withDescription(
    "Encode JSON lines into a file of records by their copybook. With what decode --metadata kept, the bytes are the very same. Exit code: 0 all encoded, 1 the copybook or lines have faults, 4 the disk failed, 64 an option does not fit",
  ),
  Command.withShortDescription("JSON lines to records"),
  Command.withExamples([
    {
      command: "countersign copybook encode day.ndjson -c day.cpy --framing rdw -o day.dat",
      description: "Records with descriptor words, in EBCDIC",
    },
  ]),
)

/** `countersign copybook decode DATA`: records to lines of JSON or CSV. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { copybookFiles, layoutFlags, recordFlags } from "../copybook/CopybookFlags.ts"
import type { DecodeSummary } from "../copybook/Decoding.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as Parameters from "./Parameters.ts"

const summaryLines = (
  { bytes, faults, first, millis, records, rejected, written }: DecodeSummary,
  { paintSaid: paint }: Output["Service"],
): ReadonlyArray<string> => {
  const mark = rejected === 0 ? paint.good("✓ decoded") : paint.doubtful("! decoded")
  const codes = Object.entries(faults).map(([code, count]) => `${code} × ${Text.count(count)}`)
  return [
    `${mark}  ${Text.counted(records, "record")}, ${Text.count(written)} written, ${Text.size(bytes)} in ${Text.duration(millis)}`,
    ...(rejected === 0
      ? []
      : [
          paint.bad(`  rejected  ${Text.counted(rejected, "record")}: ${codes.join(", ")}`),
          `  the first is ${Text.printable(first ?? "")}`,
        ]),
  ]
}

export const decodeCommand = Command.make(
  "decode",
  {
    data: Argument.String("data").pipe(
      Argument.withDescription("The file with records; - for stdin"),
    ),
    copybook: copybookFiles,
    ...layoutFlags,
    ...recordFlags,
    format: Flag.Literals("format", ["ndjson", "csv"]).pipe(
      Flag.withDescription(
        "ndjson (a JSON object a line), or csv (a column a field). Default: ndjson",
      ),
      Flag.withDefault("ndjson"),
    ),
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("FILE"),
      Flag.withDescription("A new file; - for stdout, which is the default"),
      Flag.withDefault("-"),
    ),
    rejects: Flag.String("rejects").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription(
        "A new file for records with faults: number, place, faults and bytes of each, as JSON lines",
      ),
      Flag.optional,
    ),
    isLenient: Flag.Boolean("lenient").pipe(
      Flag.withDescription("Go on behind records with faults; without it the first one ends it"),
      Flag.withDefault(false),
    ),
    maxErrors: Flag.Int("max-errors").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("Go on behind so many bad records, and end with the next"),
      Parameters.between(0, Number.MAX_SAFE_INTEGER),
      Flag.optional,
    ),
    limit: Flag.Int("limit").pipe(
      Flag.withAlias("n"),
      Flag.withDescription("Stop after so many records"),
      Parameters.between(1, Number.MAX_SAFE_INTEGER),
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
    const { decodeFile } = yield* Effect.promise(() => import("../copybook/Decoding.ts"))
    const { data, format, isLenient, json, limit, maxErrors, output: target, rejects } = flags
    const most = Option.getOrUndefined(maxErrors)
    const summary = yield* decodeFile({
      data,
      plan: yield* planFrom(flags.copybook, flags),
      format,
      output: target,
      rejects: Option.getOrUndefined(rejects),
      limits: {
        mode: isLenient || most !== undefined ? "lenient" : "strict",
        ...(most === undefined ? {} : { recordsMax: most }),
      },
      limit: Option.getOrElse(limit, () => Number.POSITIVE_INFINITY),
    })
    yield* output.say(...(json ? [JSON.stringify(summary)] : summaryLines(summary, output)))
    if (summary.rejected > 0) yield* output.exitWith(ExitCode.no)
  }),
).pipe(
  Command.withDescription(
    "Decode a file of records by its copybook. Strict unless told otherwise: the first bad record ends it, with its number, field, place and bytes. Exit code: 0 all decoded, 1 the copybook or records have faults, 4 the disk failed, 64 an option does not fit",
  ),
  Command.withShortDescription("Records to JSON lines or CSV"),
  Command.withExamples([
    {
      command: "countersign copybook decode accounts.dat --copybook account.cpy --framing rdw",
      description: "EBCDIC records behind record descriptor words",
    },
    {
      command:
        "countersign copybook decode day.dat -c day.cpy --framing vb --segment-field KIND --segment HEADER=H --segment DETAIL=D",
      description: "Records of several kinds, each by its own view",
    },
    {
      command:
        "countersign copybook decode day.dat -c day.cpy --lenient --rejects bad.ndjson -o day.ndjson",
      description: "Bad records aside, with their bytes",
    },
  ]),
)

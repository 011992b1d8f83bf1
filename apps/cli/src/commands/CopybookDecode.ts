/** `countersign copybook decode DATA`: records to lines of JSON or CSV. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { copybookFiles, layoutFlags, recordFlags } from "../copybook/CopybookFlags.ts"
import type { DecodeSummary } from "../copybook/Decoding.ts"
import { missingText } from "../copybook/Selection.ts"
import { UsageError } from "../terminal/Failure.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as Parameters from "./Parameters.ts"

const summaryLines = (
  { bytes, faults, first, millis, missing, records, rejected, written }: DecodeSummary,
  { paintSaid: paint }: Output["Service"],
): ReadonlyArray<string> => {
  const isGood = rejected === 0 && missing.length === 0
  const mark = isGood ? paint.good("✓ decoded") : paint.doubtful("! decoded")
  const codes = Object.entries(faults).map(([code, count]) => `${code} × ${Text.count(count)}`)
  return [
    `${mark}  ${Text.counted(records, "record")}, ${Text.count(written)} written, ${Text.size(bytes)} in ${Text.duration(millis)}`,
    ...(rejected === 0
      ? []
      : [
          paint.bad(`  rejected  ${Text.counted(rejected, "record")}: ${codes.join(", ")}`),
          `  the first is ${Text.printable(first ?? "")}`,
        ]),
    ...(missing.length === 0 ? [] : [`  ${paint.doubtful(Text.printable(missingText(missing)))}`]),
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
    format: Flag.Literals("format", ["ndjson", "csv", "arrow", "parquet"]).pipe(
      Flag.withDescription(
        "ndjson (a JSON object a line), csv, arrow (an IPC file) or parquet (a column a field). Default: ndjson",
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
        "A new file, readable for you alone, for records with faults: number, place, faults and bytes of each, as JSON lines",
      ),
      Flag.optional,
    ),
    isMasked: Flag.Boolean("mask-rejects").pipe(
      Flag.withDescription(
        "Leave the bytes out of rejects and messages where they may be those of sensitive fields; such rejects can't be repaired",
      ),
      Flag.withDefault(false),
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
    workers: Flag.Int("workers").pipe(
      Flag.withDescription("Threads that write JSON lines; the bytes are the same for any number"),
      Parameters.between(1, 64),
      Flag.withDefault(1),
    ),
    trail: Flag.String("trail").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription(
        "Record what was read, by which layout, into what, and what was wrong, in this trail",
      ),
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
    const { decode } = yield* Effect.promise(() => import("../copybook/Auditing.ts"))
    const { data, format, isLenient, json, limit, maxErrors, output: target, rejects } = flags
    if (target === "-" && (format === "arrow" || format === "parquet")) {
      const detail = `${format} is no text for stdout: name a file`
      return yield* new UsageError({ parameter: "--output", detail })
    }
    const most = Option.getOrUndefined(maxErrors)
    const request = {
      data,
      workers: flags.workers,
      plan: yield* planFrom(flags.copybook, flags),
      format,
      output: target,
      rejects: Option.getOrUndefined(rejects),
      isMasked: flags.isMasked,
      limits: {
        mode: isLenient || most !== undefined ? ("lenient" as const) : ("strict" as const),
        ...(most === undefined ? {} : { recordsMax: most }),
      },
      limit: Option.getOrElse(limit, () => Number.POSITIVE_INFINITY),
    }
    const summary = yield* decode(request, Option.getOrUndefined(flags.trail))
    yield* output.say(...(json ? [JSON.stringify(summary)] : summaryLines(summary, output)))
    return summary.rejected === 0 ? undefined : yield* output.exitWith(ExitCode.no)
  }),
).pipe(
  Command.withDescription(
    "Decode a file of records by its copybook. Strict unless told otherwise: the first bad record ends it, with its number, field, place and bytes. Exit code: 0 all decoded, 1 the copybook or records have faults, 4 the disk failed, 64 an option does not fit",
  ),
  Command.withShortDescription("Records to JSON lines, CSV, Arrow or Parquet"),
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

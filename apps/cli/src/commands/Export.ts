/** `countersign export DIR`: published events as a file for other programs. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { readSealKey, sealKeyFlag } from "../export/SealKeyFile.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import { exportCheckCommand } from "./ExportCheck.ts"
import { exportOpenCommand } from "./ExportOpen.ts"
import * as Parameters from "./Parameters.ts"

export const exportCommand = Command.make(
  "export",
  {
    directory: Parameters.directory,
    format: Flag.String("format").pipe(
      Flag.withDescription(
        "ndjson, csv, parquet, cef, cloudevents, ecs, fhir, ocsf, otlp or syslog; docs/files.md has them",
      ),
      Flag.withDefault("ndjson"),
    ),
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("FILE"),
      Flag.withDescription(
        "A new file, compressed where its name ends in .gz or .zst; - for stdout, which is the default",
      ),
      Flag.withDefault("-"),
    ),
    filter: Flag.String("filter").pipe(
      Flag.withMetavar("FILTER"),
      Flag.withDescription("Only the events that this filter lets through"),
      Flag.optional,
    ),
    sealKey: sealKeyFlag(
      "Encrypt the file (AES-256-GCM) with the key in this file: 64 hexadecimal digits, as openssl rand -hex 32 gives them; export open opens it again",
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Print the summary as JSON, after an export into a file"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ directory, filter, format, json, output: target, sealKey }) {
    const output = yield* Output
    const text = Option.getOrUndefined(filter)
    const parsed =
      text === undefined ? undefined : { text, filter: yield* Parameters.parseFilter(text) }
    yield* requireTrail(directory)
    const key = yield* readSealKey(sealKey)
    // The formats are as much code as the rest; the other commands start without them.
    const { exportTrail } = yield* Effect.promise(() => import("../export/Exporting.ts"))
    const done = yield* exportTrail({
      directory,
      format,
      output: target,
      filter: parsed,
      key,
    })
    if (done === undefined) {
      yield* output.say("countersign: nothing is published yet, so there is nothing to export")
      return yield* output.exitWith(ExitCode.incomplete)
    }
    const { count, read, sidecar } = done
    if (sidecar !== undefined && json) return yield* output.document({ read, ...sidecar })
    yield* output.say(
      output.paintSaid.faint(
        `${Text.count(count)} exported of ${Text.counted(read, "published event")}${sidecar === undefined ? "" : `, ${Text.size(sidecar.bytes)} in ${target}; ${target}.json says what is in it`}`,
      ),
    )
  }),
).pipe(
  Command.withDescription(
    "Write the published events into a file for other programs, with a sidecar that says which records are in it and under which hash. The file appears whole or not at all. Nothing is verified: countersign verify does that. Exit code: 0 done, 2 nothing is published yet, 4 the trail or the file failed",
  ),
  Command.withShortDescription("Write events as JSON lines, CSV, Parquet or a format of others"),
  Command.withExamples([
    {
      command: "countersign export ./trail --format parquet --output events.parquet",
      description: "A table for DuckDB, Spark or pandas",
    },
    {
      command: "countersign export ./trail --filter 'outcome=denied' -o denied.ndjson.zst",
      description: "The trail's own bytes, compressed",
    },
    {
      command: "countersign export ./trail --seal-key export.key -o events.ndjson.zst.sealed",
      description: "Compressed and encrypted",
    },
    {
      command: "countersign export ./trail --format ocsf | head",
      description: "One OCSF event a line",
    },
  ]),
  Command.withSubcommands([exportCheckCommand, exportOpenCommand]),
)

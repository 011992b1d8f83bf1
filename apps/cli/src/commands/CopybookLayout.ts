/** `countersign copybook parse|inspect|types|schema`: what a copybook says. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { copybooks, layoutFlags } from "../copybook/CopybookFlags.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as Parameters from "./Parameters.ts"

const load = Effect.promise(() => import("../copybook/Describing.ts"))

const exits = "Exit code: 0 done, 1 the copybook is refused, 64 an option does not fit"

export const parseCommand = Command.make(
  "parse",
  { copybooks, ...layoutFlags, json: Parameters.json },
  Effect.fnUntraced(function* (flags) {
    const output = yield* Output
    const { checkCopybooks } = yield* load
    const { fields, findings, layout } = yield* checkCopybooks(flags.copybooks, flags)
    const { fingerprint, lengthMax, lengthMin, name } = layout
    if (flags.json) {
      yield* output.document({ name, lengthMin, lengthMax, fields, fingerprint, findings })
      return
    }
    const length = lengthMin === lengthMax ? `${lengthMax}` : `${lengthMin} to ${lengthMax}`
    yield* output.lines(
      ...findings.map((each) => Text.printable(each.text)),
      `${output.paint.good("✓ parsed")}  ${output.paint.bold(name)}, ${Text.counted(fields, "field")}, ${length} bytes`,
      output.paint.faint(`  fingerprint ${fingerprint}`),
    )
  }),
).pipe(
  Command.withDescription(
    `Parse copybooks, and print every finding with its place: code, what is wrong, what to do. ${exits}`,
  ),
  Command.withShortDescription("Check a copybook"),
)

export const inspectCommand = Command.make(
  "inspect",
  { copybooks, ...layoutFlags, json: Parameters.json },
  Effect.fnUntraced(function* (flags) {
    const output = yield* Output
    const { describeLayout } = yield* load
    const { isTTY, columns } = process.stdout
    const width = isTTY ? columns : undefined
    const { document, table } = yield* describeLayout(flags.copybooks, flags, width, output.paint)
    yield* flags.json ? output.document(document) : output.lines(...table)
  }),
).pipe(
  Command.withAlias("layout"),
  Command.withDescription(
    `Print where each field lies: offset (+ where counters move it), length, picture, how it is stored, tables, redefinitions, values with names, and which fields look sensitive. ${exits}`,
  ),
  Command.withShortDescription("Print the layout as a table"),
)

export const typesCommand = Command.make(
  "types",
  { copybooks, ...layoutFlags },
  Effect.fnUntraced(function* (flags) {
    const output = yield* Output
    const { writeTypes } = yield* load
    yield* output.write(yield* writeTypes(flags.copybooks, flags))
  }),
).pipe(
  Command.withDescription(`Print TypeScript types of decoded records. ${exits}`),
  Command.withShortDescription("Print TypeScript types"),
)

export const schemaCommand = Command.make(
  "schema",
  {
    copybooks: copybooks,
    ...layoutFlags,
    of: Flag.Literals("of", ["json", "arrow"]).pipe(
      Flag.withDescription("JSON Schema 2020-12, or Arrow's schema as JSON. Default: json"),
      Flag.withDefault("json"),
    ),
  },
  Effect.fnUntraced(function* (flags) {
    const output = yield* Output
    const { writeSchema } = yield* load
    yield* output.write(yield* writeSchema(flags.copybooks, flags, flags.of))
  }),
).pipe(
  Command.withDescription(`Print the schema of decoded records. ${exits}`),
  Command.withShortDescription("Print a JSON Schema or an Arrow schema"),
)

export const optionsCommand = Command.make(
  "options",
  {},
  Effect.fnUntraced(function* () {
    const output = yield* Output
    const { optionsSchema } = yield* load
    yield* output.write(optionsSchema())
  }),
).pipe(
  Command.withDescription("Print the JSON Schema of the files that --options takes"),
  Command.withShortDescription("Print the schema of --options"),
)

/** `countersign copybook`: COBOL copybooks and the files that they describe. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import { decodeCommand } from "./CopybookDecode.ts"
import { encodeCommand } from "./CopybookEncode.ts"
import {
  inspectCommand,
  optionsCommand,
  parseCommand,
  schemaCommand,
  typesCommand,
} from "./CopybookLayout.ts"
import { sniffCommand } from "./CopybookSniff.ts"
import { verifyCommand } from "./CopybookVerify.ts"
import * as Parameters from "./Parameters.ts"

const supportCommand = Command.make(
  "support",
  { json: Parameters.json },
  Effect.fnUntraced(function* ({ json }) {
    const output = yield* Output
    const { supportMatrix } = yield* Effect.promise(
      () => import("@countersign/copybook/support/Matrix"),
    )
    if (json) {
      yield* output.document(supportMatrix)
      return
    }
    const areas = [...new Set(supportMatrix.map(({ area }) => area))]
    const { paint } = output
    yield* output.lines(
      ...areas.flatMap((area) => [
        paint.bold(area),
        ...supportMatrix
          .filter((row) => row.area === area)
          .map(
            ({ feature, note, state }) =>
              `  ${state === "yes" ? paint.good("yes") : paint.bad("no ")}  ${feature}${note === "" ? "" : paint.faint(` (${note})`)}`,
          ),
      ]),
      `${Text.counted(supportMatrix.length, "row")}, each with the test that shows it (--json)`,
    )
  }),
).pipe(
  Command.withDescription("Print what is supported and what is not; each row has a test"),
  Command.withShortDescription("Print what is supported"),
)

export const copybookCommand = Command.make("copybook").pipe(
  Command.withDescription(
    "Read COBOL copybooks, and decode and encode the files of records that they describe",
  ),
  Command.withShortDescription("COBOL copybooks and their records"),
  Command.withSubcommands([
    parseCommand,
    inspectCommand,
    decodeCommand,
    encodeCommand,
    verifyCommand,
    sniffCommand,
    typesCommand,
    schemaCommand,
    optionsCommand,
    supportCommand,
  ]),
)

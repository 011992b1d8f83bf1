/** `countersign export check FILE`: is an exported file what was exported? */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { readSealKey, sealKeyFlag } from "../export/SealKeyFile.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import * as Parameters from "./Parameters.ts"

export const exportCheckCommand = Command.make(
  "check",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("A file of export, or a finished one of the sink of files"),
    ),
    trail: Flag.String("trail").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("The trail to compare each record with"),
      Flag.optional,
    ),
    key: Parameters.key.pipe(Flag.optional),
    sealKey: sealKeyFlag("Of an encrypted file: without it only size and hash are checked"),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ file, json, key, sealKey, trail }) {
    const output = yield* Output
    const directory = Option.getOrUndefined(trail)
    const verifier = Option.isSome(key) ? yield* Parameters.parseKey(key.value) : undefined
    if (directory !== undefined) yield* requireTrail(directory)
    const { exitCodeOf, judge, lines } = yield* Effect.promise(
      () => import("../export/ExportVerdict.ts"),
    )
    const verdict = yield* judge(file, directory, verifier, yield* readSealKey(sealKey))
    if (verdict === undefined) {
      yield* output.say(
        `countersign: ${file}.json is missing or no sidecar, so there is nothing to compare the file with`,
      )
      return yield* output.exitWith(ExitCode.incomplete)
    }
    yield* output.exitWith(exitCodeOf(verdict))
    yield* json
      ? output.document(verdict)
      : output.lines(...lines(file, verdict, directory !== undefined, output.paint))
  }),
).pipe(
  Command.withDescription(
    "Compare a file with its sidecar, its records with the trail, and, where the file begins with record 0, all of them with the checkpoint in the sidecar. Records are read from JSON lines; of other forms only size and hash are checked. Exit code: 0 all agrees, 1 something does not, 2 no sidecar, 3 no checkpoint by the key, or a key and records that neither the trail nor the checkpoint shows to be the trail's",
  ),
  Command.withShortDescription("Check an exported file"),
)

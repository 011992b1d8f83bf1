/** `countersign key DIR`: the verifier key that others are given, and what changes it. */
import { createPrivateKey } from "node:crypto"
import { Disk } from "@countersign/core/platform/Disk"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import { readCheckpoint } from "@countersign/core/trail/TrailReader"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import { trailPath } from "../trail/TrailPath.ts"
import { keyRotateCommand } from "./KeyRotate.ts"
import { keyTrustCommand } from "./KeyTrust.ts"
import * as Parameters from "./Parameters.ts"

/** The key's text in `<dir>.vkey`, or made from the private key beside the trail. */
const verifierKeyOf = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const base = trailPath(directory)
  const open = `${base}.vkey`
  if ((yield* disk.status(open)) !== undefined) {
    const bytes = yield* disk.readRange(open, 0, SignedNote.noteBytesMax)
    const parsed = SignedNote.parseVerifierKey(Buffer.from(bytes).toString("utf8"))
    const key = yield* Effect.fromResult(parsed)
    return { text: SignedNote.formatVerifierKey(key.name, key.publicKey), file: open }
  }
  const secret = `${base}.key`
  const signed = yield* readCheckpoint(directory)
  if (signed === undefined || (yield* disk.status(secret)) === undefined) return undefined
  const pem = Buffer.from(yield* disk.readFile(secret)).toString("utf8")
  const publicKey = Result.try(() => SignedNote.publicKeyOf(createPrivateKey(pem)))
  if (Result.isFailure(publicKey)) return undefined
  const text = SignedNote.formatVerifierKey(signed.checkpoint.origin, publicKey.success)
  return { text, file: secret }
})

export const keyCommand = Command.make(
  "key",
  { directory: Parameters.directory, json: Parameters.json },
  Effect.fnUntraced(function* ({ directory, json }) {
    const output = yield* Output
    const found = yield* verifierKeyOf(directory)
    if (found === undefined) {
      const base = trailPath(directory)
      yield* output.say(
        `countersign: no key found: neither ${base}.vkey nor ${base}.key with a checkpoint is there; ask whoever signs the trail`,
      )
      return yield* output.exitWith(ExitCode.unverifiable)
    }
    const [origin = "", keyId = ""] = found.text.split("+")
    yield* json
      ? output.document({ key: found.text, origin, keyId, file: found.file })
      : output.lines(found.text)
  }),
).pipe(
  Command.withDescription(
    "Print the verifier key in force. Keep a copy away from the trail, and give it to verify and check with --key. Of a trail that changes its key keep the first one, from before any change: with a later one alone verify can't say who signed before it. key trust prints all of them, the first one first",
  ),
  Command.withShortDescription("Print the trail's verifier key"),
  Command.withSubcommands([keyTrustCommand, keyRotateCommand]),
)

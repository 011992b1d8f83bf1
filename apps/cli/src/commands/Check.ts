/** `countersign check FILE --key VKEY`: does a proof prove, without the trail? */
import * as TlogProof from "@countersign/core/trail/TlogProof"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { openInput } from "../input/Input.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as Parameters from "./Parameters.ts"

const codeOf: Readonly<Record<TlogProof.ProofRefused["reason"], ExitCode>> = {
  "unknown-key": ExitCode.unverifiable,
  "no-entry": ExitCode.incomplete,
  signature: ExitCode.no,
  inclusion: ExitCode.no,
}

/** A file, or `-` for stdin, hardly further than a proof may be long. */
const readProof = Effect.fnUntraced(function* (file: string) {
  const input = yield* openInput(file)
  const pieces: Array<Buffer> = []
  let bytes = 0
  yield* input.chunks.pipe(
    Stream.takeUntil((piece) => {
      pieces.push(piece)
      bytes += piece.length
      return bytes > TlogProof.proofBytesMax
    }),
    Stream.runDrain,
  )
  return Buffer.concat(pieces)
})

const parsedEntry = (entry: Uint8Array): unknown => {
  const content = Buffer.from(entry).toString("utf8")
  try {
    return JSON.parse(content)
  } catch {
    return content
  }
}

export const checkCommand = Command.make(
  "check",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("The proof, as countersign prove prints it; - for stdin"),
    ),
    key: Parameters.key,
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ file, json, key }) {
    const output = yield* Output
    const verifier = yield* Parameters.parseKey(key)
    const proof = yield* Effect.fromResult(TlogProof.parse(yield* readProof(file)))
    const checked = TlogProof.check(proof, verifier)
    const { paint } = output
    if (Result.isFailure(checked)) {
      const { detail, reason } = checked.failure
      yield* output.exitWith(codeOf[reason])
      return yield* json
        ? output.document({ isProven: false, reason, detail })
        : output.lines(`${paint.bad("✗ refused")}  ${detail}`)
    }
    const { checkpoint, entry, index } = checked.success
    const event = parsedEntry(entry)
    if (json) {
      const { origin, root, size } = checkpoint
      return yield* output.document({
        isProven: true,
        origin,
        size,
        root: Buffer.from(root).toString("base64"),
        sequence: index,
        event,
      })
    }
    return yield* output.lines(
      `${paint.good("✓ proven")}  entry ${Text.count(index)} of the ${Text.count(checkpoint.size)} that ${paint.bold(checkpoint.origin)} signed`,
      Text.printable(JSON.stringify(event)),
    )
  }),
).pipe(
  Command.withDescription(
    "Check a proof against a verifier key, without the trail. Exit code: 0 proven, 1 refused, 2 the proof carries no event, 3 signed by another key, 4 can't be read",
  ),
  Command.withShortDescription("Check the proof of one event"),
)

/** `countersign key trust DIR`: the trail's keys, each with the sizes that it may sign. */
import { checkLog } from "@countersign/core/trail/LogVerifier"
import { rangesOf } from "@countersign/core/trail/KeyChain"
import { readSuccessions } from "@countersign/core/trail/RotationCheck"
import { readCheckpoint } from "@countersign/core/trail/TrailReader"
import * as TrustFile from "@countersign/core/trail/TrustFile"
import { verify } from "@countersign/core/trail/Verifier"
import { readPin } from "@countersign/core/trail/VerifierPin"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import { readPinned } from "../trail/PinnedKeys.ts"
import * as Parameters from "./Parameters.ts"

const codeOf = {
  tampered: ExitCode.no,
  incomplete: ExitCode.incomplete,
  unverifiable: ExitCode.unverifiable,
} as const

/** The keys as the rotations give them, or the one that never changed. */
const rangesIn = Effect.fnUntraced(function* (directory: string, key: Option.Option<string>) {
  const { options } = yield* readPinned(key, Option.none())
  const signed = yield* readCheckpoint(directory)
  if (signed === undefined) return undefined
  const { rotations } = yield* readSuccessions(directory, signed.checkpoint)
  if (rotations.length > 0) return { signed, ranges: rangesOf(rotations) }
  const { pin } = yield* readPin(directory, options)
  return pin?._tag === "Key"
    ? { signed, ranges: [{ key: pin.key, from: 0, to: undefined }] }
    : undefined
})

export const keyTrustCommand = Command.make(
  "trust",
  { directory: Parameters.directory, key: Parameters.key.pipe(Flag.optional) },
  Effect.fnUntraced(function* ({ directory, key }) {
    const output = yield* Output
    // Before the verification, which covers all that was there by now.
    const found = yield* rangesIn(directory, key)
    const { options } = yield* readPinned(key, Option.none())
    const report = yield* verify(directory, { ...options, log: checkLog(directory) })
    if (report.verdict !== "verified" || found === undefined) {
      const { verdict } = report
      yield* output.say(
        `countersign: the trail is ${verdict}, so its keys are nothing to trust; countersign verify ${directory} says why`,
      )
      return yield* output.exitWith(verdict === "verified" ? ExitCode.fault : codeOf[verdict])
    }
    if (Option.isNone(key)) {
      yield* output.say(
        "countersign: this rests on the key beside the trail; give --key with the first key, from where it was published",
      )
    }
    yield* output.write(TrustFile.format(found.signed.checkpoint.origin, found.ranges))
  }),
).pipe(
  Command.withDescription(
    "Verify the trail and print its keys as a trust file, for verify --trust: each key with the sizes that it may sign. Keep the file where the trail's writer can't reach it. Exit code: as verify",
  ),
  Command.withShortDescription("Print the trail's keys as a trust file"),
)

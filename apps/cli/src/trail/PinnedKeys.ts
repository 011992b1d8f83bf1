/** What a verification is told to believe: one key of the trail, or a trust file. */
import { readFile } from "node:fs/promises"
import { nameOfKey } from "@countersign/core/trail/Rotation"
import * as TrustFile from "@countersign/core/trail/TrustFile"
import type { PinOptions } from "@countersign/core/trail/VerifierPin"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Parameters from "../commands/Parameters.ts"
import { UsageError } from "../terminal/Failure.ts"
import * as Text from "../terminal/Text.ts"

export const trustFlag = Flag.String("trust").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription(
    "The keys to trust, each with the sizes that it may sign, as countersign key trust prints them; in place of --key",
  ),
  Flag.optional,
)

/** What was given, ready for the verifier. */
export interface Pinned {
  /** Nothing where nothing was given. */
  readonly options: PinOptions
  /** Who signed, in words; `undefined` where nothing was given. */
  readonly signer: ((rotations: number) => string) | undefined
}

const readTrust = Effect.fnUntraced(function* (file: string) {
  const bytes = yield* Effect.tryPromise({
    try: () => readFile(file),
    catch: (cause) =>
      new UsageError({ parameter: "--trust", detail: `"${file}" can't be read: ${String(cause)}` }),
  })
  return yield* Effect.fromResult(TrustFile.parse(bytes))
})

/** Reads what `--key` and `--trust` name. */
export const readPinned = Effect.fnUntraced(function* (
  key: Option.Option<string>,
  trust: Option.Option<string>,
) {
  if (Option.isSome(key) && Option.isSome(trust)) {
    const detail = "it names the trail's keys already: give either it or --key"
    return yield* new UsageError({ parameter: "--trust", detail })
  }
  if (Option.isSome(trust)) {
    const file = yield* readTrust(trust.value)
    const keys = Text.counted(file.keys.length, "key")
    const pinned: Pinned = {
      options: { trust: file },
      signer: () => `who may by the trust file you gave, which lists ${keys}`,
    }
    return pinned
  }
  if (Option.isNone(key)) {
    const none: Pinned = { options: {}, signer: undefined }
    return none
  }
  const verifierKey = yield* Parameters.parseKey(key.value)
  const name = nameOfKey(verifierKey)
  const pinned: Pinned = {
    options: { verifierKey },
    signer: (rotations) =>
      rotations === 0
        ? `${name}, the key you gave`
        : `the key in force after ${Text.counted(rotations, "change")} of it; ${name}, the key you gave, is one of them`,
  }
  return pinned
})

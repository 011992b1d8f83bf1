/** The key of encrypted files, which stands in a file of its own: a command line is seen by others. */
import { Disk } from "@countersign/core/platform/Disk"
import { parseKey } from "@countersign/sinks/file/SealedPieces"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../terminal/Failure.ts"

const lengthMax = 1024

export const sealKeyFlag = (description: string) =>
  Flag.String("seal-key").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(description),
    Flag.optional,
  )

export const readSealKey = Effect.fnUntraced(function* (file: Option.Option<string>) {
  if (Option.isNone(file)) return undefined
  const disk = yield* Disk
  const text = yield* disk.readRange(file.value, 0, lengthMax)
  const key = parseKey(Buffer.from(text).toString("latin1"))
  if (key !== undefined) return key
  const detail = `${file.value} holds no key: 64 hexadecimal digits, as openssl rand -hex 32 gives them`
  return yield* new UsageError({ parameter: "--seal-key", detail })
})

/**
 * What a verification believes: the keys that it was given, or the one beside the trail.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk } from "../platform/Disk.ts"
import type { Pin } from "./KeyChain.ts"
import * as SignedNote from "./SignedNote.ts"
import type { TrustFile } from "./TrustFile.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface PinOptions {
  /**
   * A key of the trail, by preference its first. The rotations lead from there to the key that
   * signed the newest checkpoint. Default: the key in `<directory>.vkey`.
   */
  readonly verifierKey?: SignedNote.VerifierKey
  /** All keys of the trail with their ranges, in place of one. */
  readonly trust?: TrustFile
}

const pinned = (pin: Pin, notChecked: ReadonlyArray<string>) => ({
  pin,
  keyProblem: undefined,
  notChecked,
})

const unpinned = (keyProblem: string) => ({
  pin: undefined,
  keyProblem,
  notChecked: ["who signed the checkpoint"],
})

/**
 * The keys to verify with, or why there are none.
 *
 * @category running
 * @since 0.1.0
 */
export const readPin = Effect.fnUntraced(function* (directory: string, options: PinOptions) {
  const { trust, verifierKey } = options
  if (trust !== undefined) return pinned({ _tag: "Trust", trust }, [])
  if (verifierKey !== undefined) return pinned({ _tag: "Key", key: verifierKey }, [])
  const disk = yield* Disk
  const file = `${path.resolve(directory)}.vkey`
  const status = yield* disk.status(file)
  if (status === undefined) {
    return unpinned(`no verifier key was given, and there is none in ${file}`)
  }
  const text = Buffer.from(yield* disk.readRange(file, 0, SignedNote.noteBytesMax))
  const parsed = SignedNote.parseVerifierKey(text.toString("utf8"))
  if (Result.isFailure(parsed)) return unpinned(`${file}: ${parsed.failure.message}`)
  const beside = `where the key comes from: ${file} lies beside the trail, and whoever can change one can change the other`
  return pinned({ _tag: "Key", key: parsed.success }, [beside])
})

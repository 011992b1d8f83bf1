/**
 * The newest checkpoint that witnesses have cosigned, kept beside the newest one.
 *
 * Witnesses answer later than a trail grows, so what they have cosigned is seldom the newest
 * checkpoint. Kept apart, neither waits for the other, and none replaces a newer one.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk, type DiskError } from "../platform/Disk.ts"
import {
  type CheckpointMalformed,
  parseSigned,
  type SignedCheckpoint,
} from "../trail/Checkpoint.ts"
import {
  format,
  noteBytesMax,
  type NoteMalformed,
  type NoteSignature,
  type SignedNote,
} from "../trail/SignedNote.ts"

/**
 * Its name in a trail's directory.
 *
 * @category constants
 * @since 0.1.0
 */
export const cosignedName = "checkpoint.cosigned"

/**
 * The cosigned checkpoint, or `undefined` where there is none. Nothing in it is verified.
 *
 * @category running
 * @since 0.1.0
 */
export const readCosigned = (
  directory: string,
): Effect.Effect<
  SignedCheckpoint | undefined,
  DiskError | NoteMalformed | CheckpointMalformed,
  Disk
> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const file = path.join(directory, cosignedName)
    if ((yield* disk.status(file)) === undefined) return undefined
    const parsed = parseSigned(yield* disk.readRange(file, 0, noteBytesMax + 1))
    return Result.isFailure(parsed) ? yield* parsed.failure : parsed.success
  })

/**
 * Replaces the cosigned checkpoint as a whole.
 *
 * @category running
 * @since 0.1.0
 */
export const writeCosigned = (
  directory: string,
  note: SignedNote,
): Effect.Effect<void, DiskError, Disk> =>
  Effect.flatMap(Disk, (disk) =>
    disk.replaceFile(path.join(directory, cosignedName), [Buffer.from(format(note))]),
  )

/**
 * A note with cosignatures below its signatures.
 *
 * @category encoding
 * @since 0.1.0
 */
export const withCosignatures = (
  { signatures, text }: SignedNote,
  added: ReadonlyArray<NoteSignature>,
): SignedNote => {
  const isAdded = ({ keyId, name }: NoteSignature): boolean =>
    added.some((each) => each.keyId === keyId && each.name === name)
  return { text, signatures: [...signatures.filter((each) => !isAdded(each)), ...added] }
}

/**
 * Which key is in force when a trail is opened.
 *
 * The newest rotation note decides, whatever else a crash has left. The caller holds the lease.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { Signer } from "../signer/Signer.ts"
import { isSameKey, nameOfKey, rotationsDirectory } from "./Rotation.ts"
import { newestRotation } from "./RotationFiles.ts"
import { TrailDamaged } from "./TrailError.ts"
import { TrailKeys, verifierKeyOf } from "./TrailKeys.ts"

/**
 * Finds the key in force among those that lie there.
 *
 * - Errors: `TrailDamaged` where the newest rotation names another key; `SignerError`; `DiskError`.
 *
 * @returns `settle` puts that key in its place, and destroys the one before it, or one that was
 *   prepared and never came to sign; it can be done again, and is due once the trail is recovered
 * @category running
 * @since 0.1.0
 */
export const settleKeys = Effect.fnUntraced(function* (directory: string, origin: string) {
  const disk = yield* Disk
  const given = yield* Signer
  const newest = yield* newestRotation(directory)
  const { place } = given
  // Read again: another process may have changed the key before it gave the lease back.
  const lying = place === undefined ? { current: given, next: undefined } : yield* place.read
  const current = lying.current ?? (lying.next === undefined ? given : undefined)
  const isNamed = (signer: Signer["Service"] | undefined): boolean =>
    signer !== undefined &&
    newest !== undefined &&
    isSameKey(verifierKeyOf(origin, signer), newest.after)
  const isNext = isNamed(lying.next)
  const signer = isNext
    ? lying.next
    : newest === undefined || isNamed(current)
      ? current
      : undefined
  if (signer === undefined) {
    const detail =
      newest === undefined
        ? `the key ${given.key} was destroyed for the one after it, but the trail knows of no change of its key`
        : `the trail's key is ${nameOfKey(newest.after)} by its newest rotation, and ${given.key} is another one; give the engine the key that is in force`
    return yield* new TrailDamaged({ path: directory, detail })
  }
  if (newest !== undefined) {
    // The note that decides may lie in a cache alone, and its key is about to sign.
    yield* disk.syncFile(path.join(directory, rotationsDirectory, String(newest.checkpoint.size)))
    yield* disk.syncDirectory(path.join(directory, rotationsDirectory))
    yield* disk.syncDirectory(directory)
  }
  const left = isNext ? undefined : lying.next
  const settle: Effect.Effect<void, DiskError> =
    place === undefined ? Effect.void : isNext ? place.promote(signer.publicKey) : place.discard
  return {
    keys: new TrailKeys({
      disk,
      directory,
      origin,
      signer: signer === given ? given : { ...signer, isNew: given.isNew },
      newest,
    }),
    newest,
    settle,
    abandoned: left === undefined ? undefined : nameOfKey(verifierKeyOf(origin, left)),
  }
})

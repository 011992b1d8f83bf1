/**
 * Makes the proof that one entry is in a trail.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Disk, DiskError } from "../platform/Disk.ts"
import type { CheckpointMalformed } from "./Checkpoint.ts"
import { inclusionProof, verifyInclusion } from "./MerkleProof.ts"
import { leafHash } from "./MerkleTree.ts"
import type { NoteMalformed } from "./SignedNote.ts"
import { format } from "./TlogProof.ts"
import { TrailDamaged } from "./TrailError.ts"
import { findEvent, hashAtUnsafe, readCheckpoint, readEntry, readFileOf } from "./TrailReader.ts"

/**
 * No published entry has this sequence number or event id.
 *
 * @category errors
 * @since 0.1.0
 */
export class EntryNotFound extends Schema.TaggedError<EntryNotFound>(
  "@countersign/core/EntryNotFound",
)("EntryNotFound", {
  code: Schema.tag("AUD-3216"),
  isRetryable: Schema.tag(true),
  directory: Schema.String,
  /** The sequence number or event id that was asked for. */
  entry: Schema.String,
  /** Published entries. */
  size: Schema.Number,
}) {
  override get message(): string {
    return `${this.code}: ${this.directory}: no event ${this.entry} among the ${this.size} published ones. A new event is published with the next checkpoint`
  }
}

/**
 * The proof of an entry, by its sequence number or its event's id, as a `tlog-proof` text that
 * carries the entry.
 *
 * The proof is checked against the checkpoint's root before it is given out; the signature is
 * for its reader to check.
 *
 * - Errors: `EntryNotFound`; `TrailDamaged` where the tiles give no proof; `DiskError`.
 *
 * @category proofs
 * @since 0.1.0
 */
export const prove = (
  directory: string,
  entry: number | string,
): Effect.Effect<
  string,
  EntryNotFound | TrailDamaged | DiskError | NoteMalformed | CheckpointMalformed,
  Disk
> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const found =
      typeof entry === "number"
        ? yield* readEntry(directory, entry)
        : yield* findEvent(directory, entry)
    // Read after the entry: a checkpoint only grows, so this one covers it.
    const signed = yield* readCheckpoint(directory)
    const size = signed?.checkpoint.size ?? 0
    if (found === undefined || signed === undefined || found.sequence >= size) {
      return yield* new EntryNotFound({ directory, entry: String(entry), size })
    }
    const { bytes, sequence: index } = found
    const hashes = yield* Effect.suspend(() => {
      try {
        const hashAt = hashAtUnsafe(directory, size, readFileOf(disk, directory))
        return Effect.succeed(inclusionProof(index, size, hashAt))
      } catch (error) {
        return error instanceof DiskError || error instanceof TrailDamaged
          ? Effect.fail(error)
          : Effect.die(error)
      }
    })
    if (!verifyInclusion(leafHash(bytes), index, size, hashes, signed.checkpoint.root)) {
      return yield* new TrailDamaged({
        path: directory,
        detail: `the tiles give no proof of entry ${index}: an entry or a tile was changed`,
      })
    }
    return format({ entry: bytes, index, hashes, signed })
  })

/**
 * The newest checkpoint and the keys of a trail, as they lie there, for viewers that judge
 * themselves.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { Disk } from "@countersign/core/platform/Disk"
import { parseSigned } from "@countersign/core/trail/Checkpoint"
import { consistencyProof } from "@countersign/core/trail/MerkleProof"
import { rotationsDirectory, sizeOfName } from "@countersign/core/trail/Rotation"
import { decodeText, noteBytesMax } from "@countersign/core/trail/SignedNote"
import { TrailDamaged } from "@countersign/core/trail/TrailError"
import {
  hashAtUnsafe,
  readCheckpointBytes,
  readFileOf,
  tryReading,
  type TrailReadError,
} from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CheckpointFound, KeysFound } from "../protocol/TrailProof.ts"

const rotationsMax = 256
const rotationBytesMax = 4096
const keyBytesMax = 4096

const continued = Effect.fnUntraced(function* (
  directory: string,
  seen: number,
  size: number,
  newest: number,
) {
  const disk = yield* Disk
  const most = Math.max(seen, size)
  if (most > newest || seen > size) {
    const problem =
      most > newest
        ? `the trail has ${newest} entries, fewer than ${most}`
        : "there is no such proof"
    return { hashes: [], problem }
  }
  return yield* tryReading(() => {
    try {
      const hashAt = hashAtUnsafe(directory, newest, readFileOf(disk, directory))
      const hashes = consistencyProof(seen, size, hashAt)
      return { hashes: hashes.map((hash) => Buffer.from(hash).toString("base64")), problem: "" }
    } catch (error) {
      if (error instanceof TrailDamaged) return { hashes: [], problem: error.message }
      throw error
    }
  })
})

/**
 * The newest checkpoint, and that one tree continues another that was seen before.
 *
 * @param seen the size of that other tree; 0: of none
 * @param size of the tree that continues it; default: the newest
 * @category running
 * @since 0.1.0
 */
export const readNewest = (
  directory: string,
  seen: number,
  size: number | undefined,
): Effect.Effect<CheckpointFound, TrailReadError, Disk> =>
  Effect.gen(function* () {
    const bytes = yield* readCheckpointBytes(directory)
    if (bytes === undefined) return { checkpoint: "", hashes: [], problem: "" }
    const checkpoint = decodeText(bytes) ?? Buffer.from(bytes).toString("latin1")
    const parsed = parseSigned(bytes)
    if (Result.isFailure(parsed)) {
      return { checkpoint, hashes: [], problem: parsed.failure.message }
    }
    const newest = parsed.success.checkpoint.size
    const proof = yield* continued(directory, seen, size ?? newest, newest)
    return { checkpoint, ...proof }
  })

const textOf = Effect.fnUntraced(function* (file: string, bytesMax: number) {
  const disk = yield* Disk
  const status = yield* disk.status(file)
  if (status === undefined || status.isDirectory) return ""
  return Buffer.from(yield* disk.readRange(file, 0, bytesMax)).toString("utf8")
})

/**
 * The key in force, or the one beside the trail, and the notes with which one key followed
 * another.
 *
 * @param inForce of the running engine
 * @param after notes of larger sizes alone
 * @category running
 * @since 0.1.0
 */
export const readKeys = (
  directory: string,
  inForce: string | undefined,
  after: number,
): Effect.Effect<KeysFound, TrailReadError, Disk> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const beside = inForce ?? (yield* textOf(`${path.resolve(directory)}.vkey`, keyBytesMax)).trim()
    const names = yield* disk.list(path.join(directory, rotationsDirectory))
    const sizes = names
      .map((name) => sizeOfName(name))
      .filter((size) => size !== undefined && size > after)
      .toSorted((left, right) => (left ?? 0) - (right ?? 0))
      .map((size) => size ?? 0)
    const shown = sizes.slice(0, rotationsMax)
    const rotations = yield* Effect.forEach(shown, (size) =>
      Effect.map(
        textOf(
          path.join(directory, rotationsDirectory, String(size)),
          Math.min(rotationBytesMax, noteBytesMax),
        ),
        (note) => ({ size, note }),
      ),
    )
    return {
      verifierKey: beside,
      source: inForce !== undefined ? "engine" : beside === "" ? "none" : "beside",
      rotations,
      next: sizes.length > shown.length ? (shown.at(-1) ?? null) : null,
    }
  })

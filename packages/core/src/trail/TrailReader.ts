/**
 * Reads what a trail has published: the checkpoint, its entries, its hashes.
 *
 * Nothing here verifies anything. It is fast because it believes the files; the verifier is
 * the one who does not.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Disk, DiskError } from "../platform/Disk.ts"
import * as Checkpoint from "./Checkpoint.ts"
import * as EntryBundle from "./EntryBundle.ts"
import type { HashAt } from "./MerkleProof.ts"
import { hashBytes, nodeHash, tileHeight } from "./MerkleTree.ts"
import { noteBytesMax, type NoteMalformed } from "./SignedNote.ts"
import { tileWidth, widthOf } from "./Tile.ts"
import { contentOf, findForm, formsOf, type ReadFile } from "./TileFile.ts"
import { TrailDamaged } from "./TrailError.ts"

/**
 * The name of the newest signed note in a trail's directory.
 *
 * @category constants
 * @since 0.1.0
 */
export const checkpointName = "checkpoint"

/**
 * Why a trail can't be read.
 *
 * @category errors
 * @since 0.1.0
 */
export type TrailReadError =
  | DiskError
  | NoteMalformed
  | Checkpoint.CheckpointMalformed
  | TrailDamaged

/**
 * An entry with its sequence number.
 *
 * @category models
 * @since 0.1.0
 */
export interface TrailEntry {
  readonly sequence: number
  readonly bytes: Uint8Array
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const isAbsent = (error: DiskError): boolean => error.errno === "ENOENT"

/**
 * Reads a trail's files synchronously. Throws `DiskError` for anything but an absent file.
 *
 * @category running
 * @since 0.1.0
 */
export const readFileOf =
  (disk: Disk["Service"], directory: string): ReadFile =>
  (file) => {
    try {
      return bufferOf(disk.readFileUnsafe(path.join(directory, file)))
    } catch (error) {
      if (error instanceof DiskError && isAbsent(error)) return undefined
      throw error
    }
  }

/**
 * Runs synchronous reading, and makes a value of the `DiskError` that it throws.
 *
 * @category running
 * @since 0.1.0
 */
export const tryReading = <A>(read: () => A): Effect.Effect<A, DiskError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(read())
    } catch (error) {
      return error instanceof DiskError ? Effect.fail(error) : Effect.die(error)
    }
  })

/**
 * The newest checkpoint's bytes, or `undefined` where there is none yet.
 *
 * At most one byte more than a note may have is read.
 *
 * @category running
 * @since 0.1.0
 */
export const readCheckpointBytes = (
  directory: string,
): Effect.Effect<Uint8Array | undefined, DiskError, Disk> =>
  Effect.flatMap(Disk, (disk) =>
    disk
      .readRange(path.join(directory, checkpointName), 0, noteBytesMax + 1)
      .pipe(
        Effect.catch((error) => (isAbsent(error) ? Effect.succeed(undefined) : Effect.fail(error))),
      ),
  )

/**
 * The newest checkpoint, or `undefined` where there is none yet. Its signature is not verified.
 *
 * @category running
 * @since 0.1.0
 */
export const readCheckpoint = (
  directory: string,
): Effect.Effect<
  Checkpoint.SignedCheckpoint | undefined,
  DiskError | NoteMalformed | Checkpoint.CheckpointMalformed,
  Disk
> =>
  Effect.flatMap(readCheckpointBytes(directory), (bytes) => {
    if (bytes === undefined) return Effect.succeed(undefined)
    const parsed = Checkpoint.parseSigned(bytes)
    return Result.isFailure(parsed) ? Effect.fail(parsed.failure) : Effect.succeed(parsed.success)
  })

/**
 * The entries of one bundle, as views of its bytes.
 *
 * @param width how many entries from the bundle's beginning, from 1 to 256
 * @category running
 * @since 0.1.0
 */
export const readBundle = Effect.fnUntraced(function* (
  directory: string,
  index: number,
  width: number,
) {
  const disk = yield* Disk
  const address = { level: "entries" as const, index, width }
  for (const file of formsOf(address)) {
    const whole = path.join(directory, file.path)
    const bytes = yield* disk
      .readFile(whole)
      .pipe(
        Effect.catch((error) => (isAbsent(error) ? Effect.succeed(undefined) : Effect.fail(error))),
      )
    if (bytes === undefined) continue
    const content = contentOf(file, bufferOf(bytes))
    const entries = Buffer.isBuffer(content)
      ? EntryBundle.decode(content)
      : Result.fail(new EntryBundle.BundleMalformed(content))
    if (Result.isFailure(entries)) {
      return yield* new TrailDamaged({ path: whole, detail: entries.failure.message })
    }
    if (entries.success.length < width) {
      const detail = `holds ${entries.success.length} entries, expected ${width}`
      return yield* new TrailDamaged({ path: whole, detail })
    }
    return entries.success.slice(0, width)
  }
  const missing = path.join(directory, formsOf(address)[0]?.path ?? "")
  return yield* new TrailDamaged({ path: missing, detail: "is missing, in every form" })
})

/**
 * Which entries to read.
 *
 * @category models
 * @since 0.1.0
 */
export interface EntryRange {
  /** First sequence number. Default 0. */
  readonly from?: number
  /** First sequence number that is left out. Default, and at most: the checkpoint's size. */
  readonly to?: number
}

/**
 * The published entries of a trail in order, at most 256 at a time in memory.
 *
 * It ends at the checkpoint as it was when the stream began.
 *
 * @category running
 * @since 0.1.0
 */
export const entries = (
  directory: string,
  { from = 0, to = Number.MAX_SAFE_INTEGER }: EntryRange = {},
): Stream.Stream<TrailEntry, TrailReadError, Disk> =>
  Stream.unwrap(
    Effect.map(readCheckpoint(directory), (signed) => {
      const size = signed?.checkpoint.size ?? 0
      const end = Math.min(to, size)
      if (from >= end) return Stream.empty
      return Stream.paginate(Math.max(from, 0), (sequence) => {
        const index = Math.floor(sequence / tileWidth)
        const first = index * tileWidth
        return Effect.map(
          readBundle(directory, index, widthOf(size, "entries", index)),
          (bundle) => {
            const page = bundle
              .slice(sequence - first, end - first)
              .map((bytes, offset) => ({ sequence: sequence + offset, bytes }))
            const next = first + tileWidth
            return [page, next < end ? Option.some(next) : Option.none()] as const
          },
        )
      })
    }),
  )

/**
 * One published entry, or `undefined` where the checkpoint does not reach so far.
 *
 * @category running
 * @since 0.1.0
 */
export const readEntry = Effect.fnUntraced(function* (directory: string, sequence: number) {
  const signed = yield* readCheckpoint(directory)
  const size = signed?.checkpoint.size ?? 0
  if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence >= size) return undefined
  const index = Math.floor(sequence / tileWidth)
  const bundle = yield* readBundle(directory, index, (sequence % tileWidth) + 1).pipe(
    // An older width than the checkpoint's may be gone.
    Effect.catchTag("TrailDamaged", () =>
      readBundle(directory, index, widthOf(size, "entries", index)),
    ),
  )
  const bytes = bundle[sequence % tileWidth]
  return bytes === undefined ? undefined : { sequence, bytes }
})

/** The value of the member `id` of an entry's JSON object. */
const idOf = (entry: Uint8Array): unknown => {
  try {
    const value: unknown = JSON.parse(bufferOf(entry).toString("utf8"))
    return typeof value === "object" && value !== null && "id" in value ? value.id : undefined
  } catch {
    return undefined
  }
}

/**
 * The published entry of the event with an id, or `undefined`. Reads the trail from its end, so
 * a recent event is found soon.
 *
 * @category running
 * @since 0.1.0
 */
export const findEvent = Effect.fnUntraced(function* (directory: string, id: string) {
  const signed = yield* readCheckpoint(directory)
  const size = signed?.checkpoint.size ?? 0
  // Most entries are passed over without being parsed.
  const needle = Buffer.from(JSON.stringify(id))
  for (let index = Math.ceil(size / tileWidth) - 1; index >= 0; index -= 1) {
    const bundle = yield* readBundle(directory, index, widthOf(size, "entries", index))
    for (const [offset, bytes] of bundle.entries()) {
      if (bufferOf(bytes).includes(needle) && idOf(bytes) === id) {
        const found: TrailEntry = { sequence: index * tileWidth + offset, bytes }
        return found
      }
    }
  }
  return undefined
})

/**
 * Hashes of complete subtrees, from the tiles of a tree of `size` entries.
 *
 * - Errors: throws `DiskError`, and `TrailDamaged` where a tile is missing or cut.
 * - Memory: one tile a level.
 *
 * @category running
 * @since 0.1.0
 */
export const hashAtUnsafe = (directory: string, size: number, read: ReadFile): HashAt => {
  const newest = new Map<number, { readonly index: number; readonly bytes: Buffer }>()
  const tileAt = (level: number, index: number): Buffer => {
    const known = newest.get(level)
    if (known?.index === index) return known.bytes
    const width = widthOf(size, level, index)
    const found = findForm({ level, index, width }, read)
    const file = formsOf({ level, index, width })[0]?.path ?? ""
    if (found === undefined || found.bytes.length < width * hashBytes) {
      const detail = found === undefined ? "is missing" : `has only ${found.bytes.length} bytes`
      throw new TrailDamaged({ path: path.join(directory, file), detail })
    }
    newest.set(level, { index, bytes: found.bytes })
    return found.bytes
  }
  const hashAt: HashAt = (level, index) => {
    const above = level % tileHeight
    if (above > 0) return nodeHash(hashAt(level - 1, index * 2), hashAt(level - 1, index * 2 + 1))
    const at = (index % tileWidth) * hashBytes
    const tile = tileAt(level / tileHeight, Math.floor(index / tileWidth))
    return tile.subarray(at, at + hashBytes)
  }
  return hashAt
}

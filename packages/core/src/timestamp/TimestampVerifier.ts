/**
 * Verifies the timestamps that a trail keeps, against the trail as it is now.
 *
 * A timestamp proves that the checkpoint in its note existed at its time. If the entries here
 * give that checkpoint's root, then they existed too: a key that was stolen later can't have
 * written them anew. It says nothing of entries behind that size.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk, type DiskError } from "../platform/Disk.ts"
import * as Checkpoint from "../trail/Checkpoint.ts"
import type { KeyRange } from "../trail/KeyChain.ts"
import * as MerkleProof from "../trail/MerkleProof.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import { TrailDamaged } from "../trail/TrailError.ts"
import { hashAtUnsafe, readFileOf, tryReading } from "../trail/TrailReader.ts"
import type { Finding } from "../trail/VerifyReport.ts"
import type { TimestampsUnsupported } from "./TimestampError.ts"
import * as TimestampFiles from "./TimestampFiles.ts"
import { type Timestamp, type TrustAnchors, verifyTimestamp } from "./TimestampToken.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface CheckTimestampsOptions {
  readonly directory: string
  /** Of the checkpoint that the trail was verified against. */
  readonly origin: string
  readonly size: number
  readonly anchors: TrustAnchors
  /**
   * Which timestamps to check, as they were listed before the checkpoint was read: a writer at
   * work stores further ones, which speak of what it does not reach.
   */
  readonly sizes: ReadonlyArray<number>
  /** Whose signature a note must have at its size; none: that is not checked. */
  readonly keys: ReadonlyArray<KeyRange>
  readonly nowMillis: number
  /** Where they lie. Default: in the trail. */
  readonly place?: string
  /** As many are checked, the newest. Default 100,000. */
  readonly countMax?: number
}

/**
 * A timestamp that is genuine and over the trail's first entries.
 *
 * @category models
 * @since 0.1.0
 */
export interface ProvenTimestamp extends Timestamp {
  /** So many entries existed at that time. */
  readonly size: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface CheckedTimestamps {
  /** Ascending by size. */
  readonly proven: ReadonlyArray<ProvenTimestamp>
  readonly findings: ReadonlyArray<Finding>
  /** Sizes with a timestamp by an authority that the trusted certificates do not vouch for. */
  readonly unvouched: ReadonlyArray<number>
  /** How many older ones there were no time for. */
  readonly uncheckedCount: number
}

const timestampsMax = 100_000

/** The first `size` entries' root as the tiles give it, or why they give none. */
const rootAt = Effect.fnUntraced(function* (directory: string, size: number, treeSize: number) {
  const disk = yield* Disk
  return yield* tryReading(() => {
    try {
      const hashAt = hashAtUnsafe(directory, treeSize, readFileOf(disk, directory))
      return MerkleProof.rootAt(size, hashAt)
    } catch (error) {
      if (error instanceof TrailDamaged) return error.detail
      throw error
    }
  })
})

/** What is wrong with the note that a timestamp is over; `undefined`: nothing. */
const noteProblem = Effect.fnUntraced(function* (
  note: Uint8Array | undefined,
  own: number,
  { directory, keys, origin, size }: CheckTimestampsOptions,
) {
  if (note === undefined) return "the note that it is over is missing"
  const parsed = Checkpoint.parseSigned(note)
  if (Result.isFailure(parsed)) return parsed.failure.message
  const { checkpoint, note: signed } = parsed.success
  if (checkpoint.origin !== origin) return `it is over the trail ${checkpoint.origin}`
  if (checkpoint.size !== own) return `it is over ${checkpoint.size} entries, not ${own}`
  const owners = keys.filter(({ from, to }) => from <= own && own <= (to ?? Infinity))
  const isSigned = owners.some(({ key }) => SignedNote.verify(signed, key) === "valid")
  if (keys.length > 0 && !isSigned) return "its note has no signature by the trail's key"
  if (own > size) {
    return `it is over ${own} entries, and the checkpoint speaks of ${size}: the trail was put back to an earlier state`
  }
  const root = yield* rootAt(directory, own, size)
  if (typeof root === "string") return `the trail's root at this size can't be computed: ${root}`
  return Buffer.compare(root, checkpoint.root) === 0
    ? undefined
    : `the first ${own} entries are not those that existed then`
})

/**
 * Verifies all timestamps of a trail whose tiles were verified before.
 *
 * @category running
 * @since 0.1.0
 */
export const checkTimestamps = (
  options: CheckTimestampsOptions,
): Effect.Effect<CheckedTimestamps, DiskError | TimestampsUnsupported, Disk> =>
  Effect.gen(function* () {
    const { anchors, directory, nowMillis, sizes } = options
    const proven: Array<ProvenTimestamp> = []
    const findings: Array<Finding> = []
    const unvouched: Array<number> = []
    const { countMax = timestampsMax, place } = options
    const checked = sizes.slice(Math.max(0, sizes.length - countMax))
    for (const size of checked) {
      const { note, response } = yield* TimestampFiles.readIn(
        place ?? TimestampFiles.placeOf(directory),
        size,
      )
      const content = note ?? new Uint8Array()
      const judged = yield* verifyTimestamp({ response, content, anchors, nowMillis }).pipe(
        Effect.map((timestamp) => Result.succeed(timestamp)),
        Effect.catchTag("TimestampInvalid", (invalid) => Effect.succeed(Result.fail(invalid))),
      )
      // Whoever nobody trusts can say anything, for the trail and against it.
      if (Result.isFailure(judged) && judged.failure.fault === "chain") {
        unvouched.push(size)
        continue
      }
      const problem =
        (yield* noteProblem(note, size, options)) ??
        (Result.isFailure(judged) ? judged.failure.message : undefined)
      if (problem !== undefined) {
        const at =
          place === undefined ? TimestampFiles.answerFile(size) : path.join(place, `${size}.tsr`)
        findings.push({ kind: "timestamp", path: at, detail: problem })
      } else if (Result.isSuccess(judged)) {
        proven.push({ ...judged.success, size })
      }
    }
    return { proven, findings, unvouched, uncheckedCount: sizes.length - checked.length }
  })

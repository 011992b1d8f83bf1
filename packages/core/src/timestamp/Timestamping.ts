/**
 * Gets a trail's newest checkpoint timestamped.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk } from "../platform/Disk.ts"
import * as Checkpoint from "../trail/Checkpoint.ts"
import { readCheckpointBytes } from "../trail/TrailReader.ts"
import { ask } from "./TimestampAuthority.ts"
import { NothingToTimestamp, TrustAnchorsUnusable } from "./TimestampError.ts"
import * as TimestampFiles from "./TimestampFiles.ts"
import {
  makeRequest,
  parseAnchors,
  type Timestamp,
  type TrustAnchors,
  verifyTimestamp,
} from "./TimestampToken.ts"

const anchorsBytesMax = 1024 * 1024

/**
 * Certificates to trust, from a file in PEM form.
 *
 * - Errors: `TrustAnchorsUnusable`, `TimestampsUnsupported`.
 *
 * @category running
 * @since 0.1.0
 */
export const readAnchors = Effect.fnUntraced(function* (file: string) {
  const disk = yield* Disk
  const bytes = yield* disk
    .readRange(path.resolve(file), 0, anchorsBytesMax + 1)
    .pipe(
      Effect.mapError(
        ({ errno }) => new TrustAnchorsUnusable({ path: file, detail: `can't be read (${errno})` }),
      ),
    )
  if (bytes.length > anchorsBytesMax) {
    const detail = `is larger than ${anchorsBytesMax} bytes`
    return yield* new TrustAnchorsUnusable({ path: file, detail })
  }
  return yield* parseAnchors(Buffer.from(bytes).toString("latin1"), file)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Timestamped {
  /** Entries of the checkpoint. */
  readonly size: number
  readonly timestamp: Timestamp
  /** `false`: this checkpoint had one, which proves an earlier time than a new one would. */
  readonly isNew: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface TimestampingOptions {
  readonly directory: string
  /** The authority's. */
  readonly url: string
  /** Without them an answer is stored whoever it is from. */
  readonly anchors: TrustAnchors | undefined
  readonly nowMillis: () => number
}

/**
 * Asks for a timestamp over the newest checkpoint's bytes, verifies the answer and stores it
 * beside a copy of those bytes. A checkpoint that has one keeps it.
 *
 * - Errors: `NothingToTimestamp`, `AuthorityUnavailable`, `TimestampInvalid`,
 *   `TimestampsUnsupported`, `DiskError`; what does not parse as a checkpoint.
 *
 * @category running
 * @since 0.1.0
 */
export const timestampTrail = Effect.fnUntraced(function* ({
  anchors,
  directory,
  nowMillis,
  url,
}: TimestampingOptions) {
  const note = yield* readCheckpointBytes(directory)
  if (note === undefined) return yield* new NothingToTimestamp({ path: directory })
  const { checkpoint } = yield* Effect.fromResult(Checkpoint.parseSigned(note))
  const { size } = checkpoint
  const sizes = yield* TimestampFiles.list(directory)
  if (sizes.includes(size)) {
    const stored = yield* TimestampFiles.read(directory, size)
    const earlier = yield* Effect.result(
      verifyTimestamp({
        response: stored.response,
        content: stored.note ?? new Uint8Array(),
        anchors,
        nowMillis: nowMillis(),
      }),
    )
    // One that proves nothing gives way.
    if (Result.isSuccess(earlier)) {
      const kept: Timestamped = { size, timestamp: earlier.success, isNew: false }
      return kept
    }
  }
  const { bytes, nonce } = yield* makeRequest(note)
  const response = yield* ask(url, bytes)
  const timestamp = yield* verifyTimestamp({
    response,
    content: note,
    anchors,
    nonce,
    nowMillis: nowMillis(),
  })
  yield* TimestampFiles.store(directory, size, note, response)
  const made: Timestamped = { size, timestamp, isNew: true }
  return made
})

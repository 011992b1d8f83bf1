/**
 * What a write-ahead log holds, frame by frame, and where it is torn or damaged.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { TrailDamaged } from "./TrailError.ts"
import {
  decodeFrame,
  type Frame,
  frameHeaderBytes,
  framePayloadBytesMax,
  wasSynced,
} from "./WalFrame.ts"
import { parseSegmentName } from "./WriteAheadLog.ts"

/**
 * A segment by its name.
 *
 * @category models
 * @since 0.1.0
 */
export interface SegmentFile {
  readonly name: string
  readonly firstSequence: number
  /** `whole`: its first frame is; `broken`: it is not, or not yet. */
  readonly content: "whole" | "broken" | "empty"
}

/**
 * A tail that was being written when the process or the machine stopped. Never acknowledged.
 *
 * @category models
 * @since 0.1.0
 */
export interface TornTail {
  readonly path: string
  /** Where the torn part begins. Units: bytes. */
  readonly offset: number
  /** How much there is of it. Units: bytes. */
  readonly bytes: number
}

/**
 * The frames that one sync was to cover.
 *
 * @category models
 * @since 0.1.0
 */
export interface FrameGroup {
  readonly path: string
  /** Units: bytes. */
  readonly offset: number
  /** Units: bytes. */
  readonly end: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WalScan {
  /** The sequence number after the last whole frame. */
  readonly nextSequence: number
  readonly torn: ReadonlyArray<TornTail>
  /** The newest whole group: no later one says that its sync succeeded. */
  readonly newest: FrameGroup | undefined
}

/**
 * The segments of a trail, in the order in which they were begun.
 *
 * @category running
 * @since 0.1.0
 */
export const listSegments = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const log = path.join(directory, "wal")
  const named = (yield* disk.list(log))
    .flatMap((name) => {
      const parsed = parseSegmentName(name)
      return parsed === undefined ? [] : [{ name, ...parsed }]
    })
    .toSorted(
      (left, right) => left.firstSequence - right.firstSequence || left.attempt - right.attempt,
    )
  return yield* Effect.forEach(named, ({ firstSequence, name }) =>
    Effect.map(contentOf(disk, path.join(log, name)), (content): SegmentFile => ({
      name,
      firstSequence,
      content,
    })),
  )
})

const contentOf = Effect.fnUntraced(function* (disk: Disk["Service"], file: string) {
  const header = yield* readStart(disk, file, frameHeaderBytes)
  if (header.length === 0) return "empty"
  if (header.length < frameHeaderBytes) return "broken"
  const payloadBytes = header.readUInt32LE(4)
  if (payloadBytes > framePayloadBytesMax) return "broken"
  const frame = yield* readStart(disk, file, frameHeaderBytes + payloadBytes)
  return typeof decodeFrame(frame, 0) === "object" ? "whole" : "broken"
})

/**
 * The first entry that the log may hold; `undefined` where it holds none.
 *
 * Empty segments before the first that holds something say nothing: a writer that was replaced
 * while it slept may have begun them, and its successor knows nothing of them.
 *
 * @category accessors
 * @since 0.1.0
 */
export const startOf = (segments: ReadonlyArray<SegmentFile>): number | undefined =>
  segments.find(({ content }) => content !== "empty")?.firstSequence

/**
 * Reads the segments in order and hands each frame on.
 *
 * A later segment that begins before an earlier one ends replaces the rest of it: its writer
 * had given the earlier one up after a failed sync. One without a whole frame replaces nothing:
 * its writer had no answer when it ended, or had been replaced itself.
 *
 * - Errors: `TrailDamaged` where acknowledged frames are missing or broken, `DiskError`, and
 *   what `onFrame` fails with.
 * - Memory: one segment at a time.
 *
 * @param until frames from this entry on are not read
 * @category running
 * @since 0.1.0
 */
export const scan = Effect.fnUntraced(function* <E>(
  directory: string,
  segments: ReadonlyArray<SegmentFile>,
  onFrame: (frame: Frame) => Effect.Effect<void, E>,
  until = Infinity,
) {
  const disk = yield* Disk
  const torn: Array<TornTail> = []
  const start = startOf(segments) ?? segments.at(-1)?.firstSequence ?? 0
  const ends = endsOf(segments)
  let newest: FrameGroup | undefined
  let nextSequence = start
  for (const [index, { content, firstSequence, name }] of segments.entries()) {
    if (firstSequence < start || nextSequence >= until) continue
    const file = path.join(directory, "wal", name)
    const end = ends[index] ?? Infinity
    const isWhole = content === "whole"
    if (isWhole ? firstSequence !== nextSequence : firstSequence > nextSequence) {
      return yield* damaged(
        file,
        `begins at entry ${firstSequence}, but the log before it ends at ${nextSequence}`,
      )
    }
    if (content === "empty") continue
    const bytes = yield* readSegment(disk, file)
    let offset = 0
    while (isWhole && nextSequence < Math.min(end, until)) {
      const frame = decodeFrame(bytes, offset)
      if (typeof frame === "string") break
      if (frame.firstSequence !== nextSequence) {
        return yield* damaged(
          file,
          `the frame at byte ${offset} begins at entry ${frame.firstSequence}, expected ${nextSequence}`,
        )
      }
      yield* onFrame(frame)
      nextSequence += frame.count
      offset += frameHeaderBytes + frame.payloadBytes
      newest = { path: file, offset: frame.groupOffset, end: offset }
    }
    // With a later segment there is nothing to cut: what counts was written again there.
    const isReplaced = isWhole ? end !== Infinity : end === firstSequence
    if (isReplaced || decodeFrame(bytes, offset) !== "damaged") continue
    if (end !== Infinity || wasSynced(bytes, offset)) {
      return yield* damaged(
        file,
        `the frame at byte ${offset} (entry ${isWhole ? nextSequence : firstSequence}) is broken, and acknowledged frames follow it`,
      )
    }
    torn.push({ path: file, offset, bytes: bytes.length - offset })
  }
  const result: WalScan = { nextSequence, torn, newest }
  return result
})

/** Of each segment where the next one that replaces something begins, if there is one. */
const endsOf = (segments: ReadonlyArray<SegmentFile>): ReadonlyArray<number | undefined> => {
  let end: number | undefined
  return segments
    .toReversed()
    .map(({ content, firstSequence }) => {
      const own = end
      if (content === "whole") end = firstSequence
      return own
    })
    .toReversed()
}

const readStart = (
  disk: Disk["Service"],
  file: string,
  lengthBytes: number,
): Effect.Effect<Buffer, DiskError> => Effect.map(disk.readRange(file, 0, lengthBytes), bufferOf)

const readSegment = (disk: Disk["Service"], file: string): Effect.Effect<Buffer, DiskError> =>
  Effect.map(disk.readFile(file), bufferOf)

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const damaged = (file: string, detail: string): Effect.Effect<never, TrailDamaged> =>
  Effect.fail(new TrailDamaged({ path: file, detail }))

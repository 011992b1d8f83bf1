/**
 * What a write-ahead log holds, frame by frame, and where it is torn or damaged.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { TrailDamaged } from "./TrailError.ts"
import { decodeFrame, type Frame, frameHeaderBytes, wasSynced } from "./WalFrame.ts"
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
  const names = yield* disk.list(path.join(directory, "wal"))
  return names
    .flatMap((name) => {
      const parsed = parseSegmentName(name)
      return parsed === undefined ? [] : [{ name, ...parsed }]
    })
    .toSorted(
      (left, right) => left.firstSequence - right.firstSequence || left.attempt - right.attempt,
    )
})

/**
 * Reads the segments in order and hands each frame on.
 *
 * A later segment that begins before an earlier one ends replaces the rest of it: its writer
 * had given the earlier one up after a failed sync.
 *
 * - Errors: `TrailDamaged` where acknowledged frames are missing or broken, `DiskError`, and
 *   what `onFrame` fails with.
 * - Memory: one segment at a time.
 *
 * @category running
 * @since 0.1.0
 */
export const scan = Effect.fnUntraced(function* <E>(
  directory: string,
  segments: ReadonlyArray<SegmentFile>,
  onFrame: (frame: Frame) => Effect.Effect<void, E>,
) {
  const disk = yield* Disk
  const torn: Array<TornTail> = []
  let newest: FrameGroup | undefined
  let nextSequence = segments[0]?.firstSequence ?? 0
  for (const [index, segment] of segments.entries()) {
    const file = path.join(directory, "wal", segment.name)
    const end = segments[index + 1]?.firstSequence ?? Infinity
    const bytes = yield* readSegment(disk, file)
    if (segment.firstSequence !== nextSequence) {
      return yield* damaged(
        file,
        `begins at entry ${segment.firstSequence}, but the log before it ends at ${nextSequence}`,
      )
    }
    let offset = 0
    while (nextSequence < end) {
      const frame = decodeFrame(bytes, offset)
      if (frame === "end") break
      if (frame === "damaged") {
        // With a later segment there is nothing to cut: what counts was written again there.
        if (end !== Infinity) break
        if (wasSynced(bytes, offset)) {
          return yield* damaged(
            file,
            `the frame at byte ${offset} (entry ${nextSequence}) is broken, and acknowledged frames follow it`,
          )
        }
        torn.push({ path: file, offset, bytes: bytes.length - offset })
        break
      }
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
  }
  const result: WalScan = { nextSequence, torn, newest }
  return result
})

const readSegment = (disk: Disk["Service"], file: string): Effect.Effect<Buffer, DiskError> =>
  Effect.map(disk.readFile(file), (bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  )

const damaged = (file: string, detail: string): Effect.Effect<never, TrailDamaged> =>
  Effect.fail(new TrailDamaged({ path: file, detail }))

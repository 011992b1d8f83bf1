/**
 * The write-ahead log: where an event becomes durable.
 *
 * One frame a batch, many frames a group, one `fdatasync` a group. What the log says is
 * durable was covered by a sync that returned. After a failed sync the descriptor is never
 * trusted again: the kernel may have dropped the pages it could not write, and a second sync
 * on it would report success (the error that PostgreSQL learned of in 2018). The group is
 * written again, whole, to a new segment.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { type Disk, DiskError, type DiskFile } from "../platform/Disk.ts"
import { encodeFrameHeader, frameHeaderBytes } from "./WalFrame.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface WriteAheadLogOptions {
  /** The trail's directory. */
  readonly directory: string
  /** A segment that has reached this size is followed by a new one. Units: bytes. */
  readonly segmentBytesMax: number
  readonly fence: number
  /** The next sequence number to be written. */
  readonly nextSequence: number
}

/**
 * Entries to be written: the slab's first `bytes` bytes hold `count` entries.
 *
 * @category models
 * @since 0.1.0
 */
export interface WalBatch {
  readonly payload: Uint8Array
  readonly count: number
}

interface Segment {
  readonly file: DiskFile
  readonly firstSequence: number
  endBytes: number
}

interface Group {
  readonly chunks: ReadonlyArray<Uint8Array>
  readonly bytes: number
  readonly count: number
}

interface SegmentName {
  readonly name: string
  readonly firstSequence: number
}

const digits = 16

/**
 * The name of a segment: its first sequence number, and how many segments with the same
 * number were given up before it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const segmentName = (firstSequence: number, attempt: number): string =>
  `${String(firstSequence).padStart(digits, "0")}${attempt === 0 ? "" : `-${attempt}`}.wal`

const segmentPattern = /^(\d{16})(?:-(\d+))?\.wal$/

/**
 * The first sequence number and the attempt in a segment's name, or `undefined`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const parseSegmentName = (
  name: string,
): { readonly firstSequence: number; readonly attempt: number } | undefined => {
  const match = segmentPattern.exec(name)
  if (match === null) return undefined
  return { firstSequence: Number(match[1]), attempt: Number(match[2] ?? "0") }
}

/**
 * The log of one writer.
 *
 * @category models
 * @since 0.1.0
 */
export class WriteAheadLog {
  /** The next sequence number to be written; all before it are durable. */
  nextSequence: number
  /** Segments given up after a failed sync or because their file was gone. */
  abandoned = 0

  private readonly disk: Disk["Service"]
  private readonly directory: string
  private readonly options: WriteAheadLogOptions
  private readonly closed: Array<SegmentName> = []
  private segment: Segment | undefined
  private attempt = 0
  private isDirectorySynced = false
  /** The entries before this one were in a segment that is gone, and may be in no other file yet. */
  private goneBefore = 0
  /** Files that the synchronous way was done with. */
  private readonly unclosed: Array<DiskFile> = []
  /** The group whose write has been asked for and has not returned. */
  private pending: Group | undefined

  constructor(disk: Disk["Service"], options: WriteAheadLogOptions) {
    this.disk = disk
    this.options = options
    this.directory = path.join(options.directory, "wal")
    this.nextSequence = options.nextSequence
  }

  /** Segments of earlier runs, which go when their entries are in durable tiles. */
  adopt(names: ReadonlyArray<SegmentName>): void {
    this.closed.push(...names)
  }

  /** The first entry that the log on the disk may hold. */
  get firstSequence(): number {
    return this.closed[0]?.firstSequence ?? this.segment?.firstSequence ?? this.nextSequence
  }

  /** Segments on the disk, the open one included. */
  get segments(): number {
    return this.closed.length + (this.segment === undefined ? 0 : 1)
  }

  /** Whether acknowledged entries are in no segment: only their tiles still keep them. */
  get isIncomplete(): boolean {
    return this.goneBefore > 0
  }

  /** Bytes in the open segment. */
  get openBytes(): number {
    return this.segment?.endBytes ?? 0
  }

  /**
   * Writes and syncs a group of batches; when it returns, all their entries are durable.
   *
   * A failure leaves `nextSequence` as it was, and the same group can be given again.
   */
  append(batches: ReadonlyArray<WalBatch>, nowMillis: number): Effect.Effect<void, DiskError> {
    return Effect.flatMap(this.ready, (segment) => {
      const group = this.frames(batches, segment.endBytes, nowMillis)
      this.pending = group
      return segment.file.writeDurable(group.chunks, segment.endBytes).pipe(
        // A write that failed can be repeated at the same place; a sync that failed can not. Nor may
        // an interruption hide that it failed.
        Effect.tapError((error) => (error.call === "datasync" ? this.abandon : Effect.void)),
        Effect.uninterruptible,
        // Also after an interruption: what is given next need not be the same group.
        Effect.onError(() =>
          Effect.sync(() => {
            this.pending = undefined
          }),
        ),
        Effect.andThen(
          Effect.suspend(() => {
            this.pending = undefined
            if (!this.isInPlace(segment)) {
              return Effect.andThen(this.gone(segment), this.append(batches, nowMillis))
            }
            this.advance(segment, group)
            return Effect.void
          }),
        ),
      )
    })
  }

  /**
   * Writes and syncs without returning to the event loop: for the last moments of a process.
   *
   * A group whose write is under way is written again, byte for byte to the same place, so
   * it does not matter how far the other write has got. Where no segment is open, or the open one
   * fails, one is begun. Throws `DiskError`.
   *
   * @param inHand the group given to `append` that has not returned, if any
   * @param rest what comes after it
   */
  appendUnsafe(
    inHand: ReadonlyArray<WalBatch>,
    rest: ReadonlyArray<WalBatch>,
    nowMillis: number,
  ): void {
    if (inHand.length + rest.length === 0) return
    const { segment } = this
    if (segment !== undefined) {
      try {
        this.groupUnsafe(segment, this.pending, inHand, rest, nowMillis)
        return
      } catch (error) {
        // Not even of a write is it known whether it was a sync that failed: the descriptor syncs writes.
        if (!(error instanceof DiskError)) throw error
        this.abandoned += 1
        this.leave(segment)
      }
    }
    // Framed for the place it had: elsewhere a group is framed anew.
    this.groupUnsafe(this.startUnsafe(), undefined, inHand, rest, nowMillis)
  }

  /** One sync covers all, so all is one group: a later group would say that the first was synced. */
  private groupUnsafe(
    segment: Segment,
    pending: Group | undefined,
    inHand: ReadonlyArray<WalBatch>,
    rest: ReadonlyArray<WalBatch>,
    nowMillis: number,
  ): void {
    const { endBytes } = segment
    const { nextSequence } = this
    try {
      this.writeUnsafe(segment, pending ?? this.frames(inHand, endBytes, nowMillis))
      this.writeUnsafe(segment, this.frames(rest, endBytes, nowMillis))
      segment.file.datasyncUnsafe()
    } catch (error) {
      segment.endBytes = endBytes
      this.nextSequence = nextSequence
      throw error
    }
  }

  private writeUnsafe(segment: Segment, group: Group): void {
    if (group.count === 0) return
    segment.file.writeUnsafe(group.chunks, segment.endBytes)
    this.advance(segment, group)
  }

  /** A segment that an asynchronous start has begun meanwhile has the name: this one gets the next. */
  private startUnsafe(): Segment {
    const firstSequence = this.nextSequence
    for (;;) {
      try {
        const name = segmentName(firstSequence, this.attempt)
        const file = this.disk.openLogUnsafe(path.join(this.directory, name))
        const segment = { file, firstSequence, endBytes: 0 }
        this.segment = segment
        this.disk.syncDirectoryUnsafe(this.directory)
        return segment
      } catch (error) {
        if (this.segment !== undefined) this.leave(this.segment)
        if (!(error instanceof DiskError) || error.errno !== "EEXIST") throw error
        this.attempt += 1
      }
    }
  }

  /** As a roll; the descriptor is closed by the next one, if there is time for it. */
  private leave(segment: Segment): void {
    this.retire(segment)
    this.unclosed.push(segment.file)
  }

  /** Deletes the segments whose entries all lie before a sequence number. */
  prune(beforeSequence: number): Effect.Effect<void, DiskError> {
    return Effect.suspend(() => {
      const next = (index: number): number =>
        this.closed[index + 1]?.firstSequence ?? this.segment?.firstSequence ?? this.nextSequence
      let gone = 0
      while (gone < this.closed.length && next(gone) <= beforeSequence) gone += 1
      return Effect.forEach(
        this.closed.slice(0, gone),
        // Oldest first, and none forgotten until its removal is durable: a log with a gap, and be it
        // one that a power failure made, can't be opened. What is gone can be removed again.
        ({ name }) =>
          this.disk.remove(path.join(this.directory, name)).pipe(
            Effect.andThen(this.disk.syncDirectory(this.directory)),
            Effect.map(() => {
              this.closed.shift()
            }),
          ),
        { discard: true },
      ).pipe(
        Effect.map(() => {
          if (this.goneBefore <= beforeSequence) this.goneBefore = 0
        }),
      )
    })
  }

  /** Ends the open segment, so that it can be pruned. */
  readonly roll: Effect.Effect<void> = Effect.suspend(() => {
    const { segment } = this
    const files = this.unclosed.splice(0)
    if (segment !== undefined) {
      this.retire(segment)
      files.push(segment.file)
    }
    return Effect.forEach(files, (file) => file.close, { discard: true })
  })

  /** No more is written to it; on the disk it stays until its entries are in durable tiles. */
  private retire({ file, firstSequence }: Segment): void {
    this.segment = undefined
    this.closed.push({ name: path.basename(file.path), firstSequence })
  }

  /** Opens the first segment now, so that the synchronous path has one to write to. */
  readonly open: Effect.Effect<void, DiskError> = Effect.suspend(() => Effect.asVoid(this.ready))

  private readonly abandon: Effect.Effect<void> = Effect.suspend(() => {
    this.abandoned += 1
    return this.roll
  })

  /** A gap in the log can't be opened: what was in the segment has to reach the tiles soon. */
  private gone(segment: Segment): Effect.Effect<void> {
    this.goneBefore = this.nextSequence
    return Effect.andThen(
      Effect.logError(
        `countersign: ${segment.file.path} was deleted, renamed or replaced while it was being written. Its ${this.nextSequence - segment.firstSequence} entries are written to tiles now, and the log goes on in a new file. Find out who touches the trail's directory`,
      ),
      this.abandon,
    )
  }

  private frames(batches: ReadonlyArray<WalBatch>, groupOffset: number, nowMillis: number): Group {
    const chunks: Array<Uint8Array> = []
    let bytes = 0
    let count = 0
    for (const batch of batches) {
      const header = encodeFrameHeader(
        {
          firstSequence: this.nextSequence + count,
          count: batch.count,
          payloadBytes: batch.payload.byteLength,
          fence: this.options.fence,
          writtenMillis: nowMillis,
          groupOffset,
        },
        batch.payload,
      )
      chunks.push(header, batch.payload)
      bytes += frameHeaderBytes + batch.payload.byteLength
      count += batch.count
    }
    return { chunks, bytes, count }
  }

  private advance(segment: Segment, group: Group): void {
    segment.endBytes += group.bytes
    this.nextSequence += group.count
    // Until then each segment that is given up has had the same first sequence number.
    this.attempt = 0
  }

  /** A file that was deleted or replaced from outside, or renamed, still takes writes, and nobody will read them. */
  private isInPlace(segment: Segment): boolean {
    try {
      return segment.file.statusUnsafe().links > 0
    } catch {
      // A descriptor that can't even be asked is as good as gone.
      return false
    }
  }

  private readonly ready: Effect.Effect<Segment, DiskError> = Effect.suspend(() => {
    const segment = this.segment
    if (segment === undefined) return this.start
    return segment.endBytes < this.options.segmentBytesMax
      ? Effect.succeed(segment)
      : Effect.andThen(this.roll, this.start)
  })

  /** A segment survives a power failure only if its name does, and the log's directory with it. */
  private readonly syncNames: Effect.Effect<void, DiskError> = Effect.suspend(() =>
    Effect.andThen(
      this.disk.syncDirectory(this.directory),
      this.isDirectorySynced
        ? Effect.void
        : Effect.map(this.disk.syncDirectory(this.options.directory), () => {
            this.isDirectorySynced = true
          }),
    ),
  )

  private readonly start: Effect.Effect<Segment, DiskError> = Effect.suspend(() => {
    const firstSequence = this.nextSequence
    const name = segmentName(firstSequence, this.attempt)
    return this.disk.makeDirectory(this.directory).pipe(
      Effect.andThen(this.disk.open(path.join(this.directory, name), "log")),
      Effect.tap((file) =>
        this.syncNames.pipe(
          Effect.onError(() => {
            // The file is there, under a name that the next attempt can't have.
            this.closed.push({ name, firstSequence })
            return file.close
          }),
        ),
      ),
      Effect.flatMap((file) => {
        const begun = this.segment
        if (begun !== undefined) {
          // The synchronous end came in between, and has written what this one was for.
          this.closed.push({ name, firstSequence })
          return Effect.as(file.close, begun)
        }
        const segment = { file, firstSequence, endBytes: 0 }
        this.segment = segment
        return Effect.succeed(segment)
      }),
      Effect.catch((error) => {
        if (error.errno !== "EEXIST") return Effect.fail(error)
        this.attempt += 1
        return this.start
      }),
    )
  })
}

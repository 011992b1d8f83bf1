/**
 * Seals durable batches with a key, beside the trail.
 *
 * Sealing is synchronous, since a batch's slab is given back soon after; the records go to the
 * disk later and without a sync. A crash may therefore take the newest seals. Their entries are
 * in the trail all the same, and the verifier names them as entries without a seal.
 *
 * @since 0.1.0
 */
import type { KeyObject } from "node:crypto"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { type Disk, DiskError, type DiskFile } from "../platform/Disk.ts"
import { encodeSeal, formatSealName, sealBytes, sealDirectory } from "../trail/BatchSeal.ts"
import type { DurableBatch } from "./EncodedBatch.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SealerOptions {
  readonly disk: Disk["Service"]
  /** The trail's directory. */
  readonly directory: string
  readonly key: KeyObject
  /** Seals that wait for the disk; what comes on top goes without. Default 8,192, which is 512 KiB. */
  readonly waitingSealsMax?: number
  /** A file of this size is followed by a new one. Units: bytes. Default 4 MiB. */
  readonly fileBytesMax?: number
}

/**
 * How sealing stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface SealerStatus {
  /** Seals in files, and seals that wait for the disk. */
  readonly written: number
  readonly waiting: number
  /** Batches that go without a seal: too many were waiting, or their place was taken. */
  readonly dropped: number
}

const waitingSealsDefault = 8192
const fileBytesDefault = 4 * 1024 * 1024

/** The file being written. It stays the same after a failed write, which is repeated in place. */
interface OpenSeals {
  readonly path: string
  /** Where the next record goes. Units: bytes. */
  endBytes: number
  /** The first sequence number of the batch that may follow in this file. */
  nextSequence: number
  file: DiskFile | undefined
}

/**
 * Seals the batches of one run of an engine. A new run begins a new file.
 *
 * @category models
 * @since 0.1.0
 */
export class Sealer {
  private readonly options: SealerOptions
  private readonly fileBytesMax: number
  private readonly one = Semaphore.makeUnsafe(1)
  /** Records that wait, oldest first; made once, so that sealing allocates little. */
  private readonly records: Buffer
  /** For each waiting record its batch's first sequence number, and the one after the batch. */
  private readonly firsts: Float64Array
  private readonly ends: Float64Array
  private waiting = 0
  private written = 0
  private dropped = 0
  /** Everything before it has been given to {@link seal}. */
  private seenSize = 0
  private current: OpenSeals | undefined

  constructor(options: SealerOptions) {
    const waitingMax = Math.max(1, options.waitingSealsMax ?? waitingSealsDefault)
    this.options = options
    this.fileBytesMax = Math.max(sealBytes, options.fileBytesMax ?? fileBytesDefault)
    this.records = Buffer.allocUnsafeSlow(waitingMax * sealBytes)
    this.firsts = new Float64Array(waitingMax)
    this.ends = new Float64Array(waitingMax)
  }

  get status(): SealerStatus {
    return { written: this.written, waiting: this.waiting, dropped: this.dropped }
  }

  /**
   * Seals a batch that is durable, before its slab is given back. Batches come in their order;
   * one that comes again, as after a crash of its stage, is passed over.
   */
  seal({ bytes, count, firstSequence, slab }: DurableBatch): void {
    if (count === 0 || firstSequence < this.seenSize) return
    this.seenSize = firstSequence + count
    const slot = this.waiting
    if (slot === this.firsts.length) {
      this.dropped += 1
      return
    }
    const entries = slab.bytes.subarray(0, bytes)
    encodeSeal(this.options.key, { firstSequence, count }, entries, this.records, slot * sealBytes)
    this.firsts[slot] = firstSequence
    this.ends[slot] = firstSequence + count
    this.waiting = slot + 1
  }

  /**
   * Appends the waiting seals to their file, without a sync. After a failure they still wait,
   * and the next call writes them in the same place.
   */
  readonly flush: Effect.Effect<void, DiskError> = Effect.suspend(() =>
    this.waiting === 0 ? Effect.void : this.one.withPermit(this.writeAll),
  )

  /** Writes what waits, and closes the file. */
  readonly close: Effect.Effect<void, DiskError> = Effect.suspend(() =>
    Effect.ensuring(this.flush, this.one.withPermit(this.closeFile)),
  )

  private readonly writeAll: Effect.Effect<void, DiskError> = Effect.suspend(() =>
    this.waiting === 0
      ? Effect.void
      : this.writeRun.pipe(
          Effect.tapError(() => this.closeFile),
          Effect.andThen(this.writeAll),
        ),
  )

  private readonly closeFile: Effect.Effect<void> = Effect.suspend(() => {
    const file = this.current?.file
    if (this.current !== undefined) this.current.file = undefined
    return file === undefined ? Effect.void : file.close
  })

  /** Writes the first waiting seals that belong into one file. */
  private readonly writeRun: Effect.Effect<void, DiskError> = Effect.gen(
    { self: this },
    function* () {
      const [current, file] = yield* this.place
      const room = Math.floor((this.fileBytesMax - current.endBytes) / sealBytes)
      let count = 0
      let next = current.nextSequence
      while (count < this.waiting && count < room && this.firsts[count] === next) {
        next = this.ends[count] ?? 0
        count += 1
      }
      const bytes = count * sealBytes
      yield* file.write([this.records.subarray(0, bytes)], current.endBytes)
      current.endBytes += bytes
      current.nextSequence = next
      this.shift(count)
      this.written += count
    },
  )

  /** Where the first waiting seal goes. */
  private readonly place = Effect.suspend(() => {
    const { current } = this
    const first = this.firsts[0] ?? 0
    const continues =
      current !== undefined &&
      current.nextSequence === first &&
      current.endBytes + sealBytes <= this.fileBytesMax
    return continues ? this.open(current) : this.beginFile(first)
  })

  private open(current: OpenSeals): Effect.Effect<readonly [OpenSeals, DiskFile], DiskError> {
    const { disk } = this.options
    if (current.file !== undefined) return Effect.succeed([current, current.file])
    // Whole, or an interruption would leave a descriptor that nobody closes.
    return Effect.uninterruptible(
      Effect.map(disk.open(current.path, "update"), (file) => {
        current.file = file
        return [current, file]
      }),
    )
  }

  /**
   * In one file the batches follow each other without a gap, so that a record taken out of its
   * middle shows. After a gap, and when a file is full, a new one begins.
   */
  private readonly beginFile = Effect.fnUntraced(
    { self: this },
    function* (this: Sealer, first: number) {
      const { directory, disk } = this.options
      const parent = path.join(directory, sealDirectory)
      const file = path.join(parent, formatSealName(first))
      yield* this.closeFile
      yield* disk.makeDirectory(parent)
      // An earlier run's seals are evidence that entries were lost since: never written over.
      if ((yield* disk.status(file)) !== undefined) {
        // This batch goes without, or all that follow would wait behind it for ever.
        this.shift(1)
        this.dropped += 1
        return yield* new DiskError({
          call: "open",
          path: file,
          errno: "EEXIST",
          detail: "an earlier run has sealed another batch at this sequence number",
        })
      }
      const begun: OpenSeals = { path: file, endBytes: 0, nextSequence: first, file: undefined }
      this.current = begun
      return yield* this.open(begun)
    },
  )

  private shift(count: number): void {
    // Batches may have been sealed while the write was under way: they move up.
    this.records.copyWithin(0, count * sealBytes, this.waiting * sealBytes)
    this.firsts.copyWithin(0, count, this.waiting)
    this.ends.copyWithin(0, count, this.waiting)
    this.waiting -= count
  }
}

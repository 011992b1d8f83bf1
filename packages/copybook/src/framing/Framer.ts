/**
 * Finds the records of a file that comes in pieces.
 *
 * Plain and synchronous, because a record costs some nanoseconds. Records are places in the piece
 * that they came in; only what lies across two pieces, and records joined of segments, is copied.
 * Memory: the rest of a piece, at most one record and what it is short of.
 *
 * In `lenient` mode it goes on behind a fault where it surely can:
 *
 * - in blocks: with the next block;
 * - in lines: with the next line;
 * - behind a segment without a first or a last one: with the next segment that begins a record;
 * - behind a header whose reserved bytes are not zero, and whose length is possible.
 *
 * Nowhere else do the bytes say where the next record begins: then the rest of the file is
 * counted, and is a fault of its own.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { Found, type Scan, textHint } from "./Found.ts"
import type { FieldReader, FramerOptions, Framing } from "./Framing.ts"
import type { FramingFault } from "./FramingFault.ts"
import type { FramingInvalid } from "./FramingInvalid.ts"
import { type FramerSettings, scanOf, settingsOf } from "./FramingPlan.ts"
import type { RecordBatch } from "./RecordBatch.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Framer {
  /**
   * Takes the next piece of the file, and returns the records that it completes, in order. They
   * lie in `chunk` itself, which must not change while they are in use.
   *
   * @param isLast whether the file ends with it; it may be empty
   */
  readonly push: (chunk: Uint8Array, isLast: boolean) => ReadonlyArray<RecordBatch>
  /** The faults since the last call, in order. */
  readonly takeFaults: () => ReadonlyArray<FramingFault>
  /** Forgets the bytes that wait for their record's rest, and returns how many: the caller gives them again. */
  readonly release: () => number
  /** How many bytes wait for their record's rest. */
  readonly waiting: () => number
  /** Whether a fault ended it: nothing more is framed. */
  readonly isStopped: () => boolean
  /** Records so far. */
  readonly records: () => number
  /** Lines and records that were passed over as the options say. */
  readonly skipped: () => number
  /** The bytes before the first record, as far as they have come. */
  readonly fileHeader: () => Uint8Array
  /** The bytes behind the last record, when the last piece was taken. */
  readonly fileTrailer: () => Uint8Array
}

const nothing: Uint8Array = new Uint8Array(0)

/** How much of a piece is first put behind the rest of the one before. */
const bridgeBytes = 4096

/** A `Buffer`'s own `slice` would share its bytes. */
const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)

const joined = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(left.length + right.length)
  bytes.set(left)
  bytes.set(right, left.length)
  return bytes
}

class PieceFramer {
  readonly found: Found
  readonly #scan: Scan
  readonly #settings: FramerSettings
  readonly #isHeaded: boolean
  #rest = nothing
  header = nothing
  trailer = nothing
  /** Where the first byte that was not framed yet lies in the file. */
  #position = 0
  #unread = 0

  constructor(scan: Scan, settings: FramerSettings, isHeaded: boolean) {
    this.#scan = scan
    this.#settings = settings
    this.#isHeaded = isHeaded
    this.found = new Found(settings.batchRecordsMax, settings.mode === "strict")
  }

  push(chunk: Uint8Array, isLast: boolean): ReadonlyArray<RecordBatch> {
    const batches: Array<RecordBatch> = []
    if (this.found.isStopped) {
      this.#unread += chunk.length
      if (isLast) this.#end()
      return batches
    }
    let at = this.#takeHeader(chunk)
    if (this.#rest.length > 0) at = this.#bridge(chunk, at, isLast, batches)
    if (this.#rest.length === 0 && (at < chunk.length || isLast)) {
      at = this.#frame(chunk, at, chunk.length, isLast, batches)
      this.#rest = copyOf(chunk.subarray(at))
    }
    if (this.found.isStopped) {
      this.#unread += this.#rest.length
      this.#rest = nothing
    }
    if (isLast) this.#end()
    return batches
  }

  get waiting(): number {
    return this.#rest.length
  }

  release(): number {
    const { length } = this.#rest
    this.#rest = nothing
    return length
  }

  #takeHeader(chunk: Uint8Array): number {
    const missing = this.#settings.fileHeaderBytes - this.header.length
    if (missing <= 0) return 0
    const taken = chunk.subarray(0, missing)
    this.header = joined(this.header, taken)
    this.#position += taken.length
    return taken.length
  }

  /** Frames what lies across two pieces, and returns from where on the piece can be framed itself. */
  #bridge(chunk: Uint8Array, from: number, isLast: boolean, batches: Array<RecordBatch>): number {
    let bytes = bridgeBytes
    for (;;) {
      const rest = this.#rest
      const until = Math.min(chunk.length, from + bytes)
      const isAll = until === chunk.length
      const window = joined(rest, chunk.subarray(from, until))
      const ahead = chunk.length - until
      const at = this.#frame(window, 0, window.length + ahead, isAll && isLast, batches)
      if (at >= rest.length) {
        this.#rest = nothing
        return from + at - rest.length
      }
      this.#rest = (isAll ? window : rest).subarray(at)
      if (isAll || this.found.isStopped) return chunk.length
      bytes *= 4
    }
  }

  /**
   * Frames a window.
   *
   * @param known where the bytes that have come end, if the window went on
   */
  #frame(
    window: Uint8Array,
    from: number,
    known: number,
    isLast: boolean,
    batches: Array<RecordBatch>,
  ): number {
    const { found } = this
    // The last bytes that have come may be the trailer.
    const end = Math.min(window.length, known - this.#settings.fileTrailerBytes)
    found.window = window
    found.base = this.#position - from
    let at = from
    if (end >= from && !found.isStopped) {
      for (;;) {
        found.partialStart = -1
        at = this.#scan.run(window, at, end, isLast, found)
        if (found.count < found.capacity || found.isStopped) break
        this.#flush(batches)
        if (found.isStopped) break
      }
      if (isLast && !found.isStopped) at = this.#close(at, end)
      this.#flush(batches)
    }
    this.#position += at - from
    return at
  }

  /** The file has ended: what is left is no whole record. */
  #close(at: number, end: number): number {
    const { found } = this
    if (at < end) {
      const body = found.partialStart
      if (this.#settings.partial === "record" && body >= 0 && body < end) {
        found.add(body, end - body)
      } else {
        const hint = this.#isHeaded ? textHint(found.window.subarray(at, at + 4)) : undefined
        found.fault("CPY-3001", at, end - at, `${end - at} bytes are left`, hint)
      }
    }
    if (!found.isStopped) this.#scan.finish?.(found, end, at < end)
    return end
  }

  #flush(batches: Array<RecordBatch>): void {
    const { found } = this
    this.#cut()
    found.settle()
    if (found.count > 0) batches.push(found.takeBatch())
  }

  /** Cuts prefixes and suffixes off, and takes records out that are too short or too long. */
  #cut(): void {
    const { lengthMax, lengthMin, outside, prefixBytes, suffixBytes } = this.#settings
    const around = prefixBytes + suffixBytes
    if (around === 0 && lengthMin === 0 && lengthMax === Number.MAX_SAFE_INTEGER) return
    const { found } = this
    const total = found.count
    const scanned = found.takeUnsettled()
    const { firstRecord } = found
    let met = 0
    /** Puts the scan's faults back that it met before this record. */
    const meet = (index: number): void => {
      for (; met < scanned.length; met += 1) {
        const fault = scanned[met]
        if (fault === undefined || fault.record - firstRecord > index) return
        found.faults.push({ ...fault, record: firstRecord + found.count })
      }
    }
    found.count = 0
    for (let index = 0; index < total; index++) {
      meet(index)
      const length = found.lengths[index] ?? 0
      if (length < lengthMin || length > lengthMax) {
        if (outside === "skip") found.skipped += 1
        else found.recordFault("CPY-3016", index, `${length} bytes`)
      } else if (length < around) {
        found.recordFault("CPY-3018", index, `${length} bytes`)
      } else {
        found.keep(index, prefixBytes, length - around)
      }
      // What the scan met behind it is not to be told: here it ends.
      if (found.isStrict && found.faults.length > 0) return
    }
    meet(total)
  }

  #end(): void {
    const { fileHeaderBytes, fileTrailerBytes, mode } = this.#settings
    const { found } = this
    if (found.isStopped) {
      const unread = this.#unread
      found.window = nothing
      found.base = this.#position
      if (mode === "lenient" && unread > 0) found.fatal("CPY-3019", 0, unread, `${unread} bytes`)
      return
    }
    this.trailer = this.#rest
    const missing = fileHeaderBytes - this.header.length + fileTrailerBytes - this.trailer.length
    if (missing > 0) {
      found.base = this.#position
      found.window = nothing
      found.fatal("CPY-3002", 0, 0, `${missing} bytes are missing`)
    }
  }
}

/**
 * A framer for one file.
 *
 * - Errors: `FramingInvalid` where an option can't be, or a field is not in the layout.
 *
 * @param fields reads fields; needed where lengths follow from fields
 * @category constructors
 * @since 0.1.0
 */
export const makeFramer = (
  framing: Framing,
  options: FramerOptions = {},
  fields?: FieldReader,
): Result.Result<Framer, FramingInvalid> =>
  Result.flatMap(settingsOf(framing, options), (settings) =>
    Result.map(scanOf(framing, settings, fields), (scan) => {
      const framer = new PieceFramer(scan, settings, framing.kind === "rdw")
      const { found } = framer
      return {
        push: (chunk, isLast) => framer.push(chunk, isLast),
        takeFaults: () => found.takeFaults(),
        release: () => framer.release(),
        waiting: () => framer.waiting,
        isStopped: () => found.isStopped,
        records: () => found.firstRecord + found.count,
        skipped: () => found.skipped,
        fileHeader: () => framer.header,
        fileTrailer: () => framer.trailer,
      }
    }),
  )

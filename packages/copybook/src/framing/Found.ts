/**
 * What a scan has found: places of records, and faults.
 *
 * @since 0.1.0
 */
import {
  faultBytesMax,
  type FramingCode,
  framingCodes,
  type FramingFault,
  textLike,
} from "./FramingFault.ts"
import type { RecordBatch } from "./RecordBatch.ts"

/** More of them in one push are counted only. */
const faultsMax = 1000

/** What is shown at least of the place behind which nothing could be framed. */
const shownBytes = 16

/**
 * Finds records in a window of the file.
 *
 * It looks at `bytes` from `at` to `end`, adds the places of whole records to `found`, and returns
 * how far it has come: where the first record begins that is not whole. It stops early when
 * `found` is full or a fault stops it. Between two calls nothing of what was passed is lost.
 *
 * @category models
 * @since 0.1.0
 */
export interface Scan {
  readonly run: (
    bytes: Uint8Array,
    at: number,
    end: number,
    isLast: boolean,
    found: Found,
  ) => number
  /**
   * What is still open when the file has ended.
   *
   * @param isTold whether a fault, or a short record, has told that the file ends inside a record
   */
  readonly finish?: (found: Found, end: number, isTold: boolean) => void
}

/** Room for joined records, and where each of them begins in the file. */
interface Joining {
  bytes: Uint8Array
  used: number
  readonly offsets: Float64Array
}

interface Noted {
  readonly code: FramingCode
  readonly fileOffset: number
  readonly length: number
  readonly bytes: Uint8Array
  readonly detail: string
  readonly hint: string | undefined
  readonly isFatal: boolean
}

/**
 * Mutable, because a scan fills it at some nanoseconds a record.
 *
 * @category models
 * @since 0.1.0
 */
export class Found {
  starts: Int32Array
  lengths: Int32Array
  count = 0
  readonly capacity: number
  readonly isStrict: boolean
  /** Whether a fault ended it all. */
  isStopped = false
  /** Where the body of the record begins that is not whole; −1: it has not come to a body. */
  partialStart = -1
  /** 0-based number of the first record in `starts`. */
  firstRecord = 0
  /** Where `window` begins in the file. */
  base = 0
  window: Uint8Array = new Uint8Array(0)
  /** Empty lines and records outside the bounds that were passed over, as told to. */
  skipped = 0
  faults: Array<FramingFault> = []
  #faultsLost = 0
  /** How many of the faults lie before the records that are in hand. */
  #settled = 0
  #joining: Joining | undefined

  constructor(capacity: number, isStrict: boolean) {
    this.capacity = capacity
    this.isStrict = isStrict
    this.starts = new Int32Array(capacity)
    this.lengths = new Int32Array(capacity)
  }

  add(start: number, length: number): void {
    this.starts[this.count] = start
    this.lengths[this.count] = length
    this.count += 1
  }

  /** Copies a record, of one piece or several, next to the others of the batch. */
  addJoined(pieces: ReadonlyArray<Uint8Array>, offset: number): void {
    let length = 0
    for (const piece of pieces) length += piece.length
    const joining = this.#roomFor(length)
    this.add(joining.used, length)
    joining.offsets[this.count - 1] = offset
    for (const piece of pieces) {
      joining.bytes.set(piece, joining.used)
      joining.used += piece.length
    }
  }

  #roomFor(length: number): Joining {
    const joining = (this.#joining ??= {
      bytes: new Uint8Array(Math.max(length, 1 << 16)),
      used: 0,
      offsets: new Float64Array(this.capacity),
    })
    if (joining.used + length > joining.bytes.length) {
      const larger = new Uint8Array(Math.max(joining.used + length, 2 * joining.bytes.length))
      larger.set(joining.bytes.subarray(0, joining.used))
      joining.bytes = larger
    }
    return joining
  }

  /** Adds a record again that was found before, with its prefix and suffix cut off. */
  keep(index: number, prefixBytes: number, length: number): void {
    const offsets = this.#joining?.offsets
    if (offsets !== undefined) offsets[this.count] = (offsets[index] ?? 0) + prefixBytes
    this.add((this.starts[index] ?? 0) + prefixBytes, length)
  }

  /** A fault of a whole record. */
  recordFault(code: FramingCode, index: number, detail: string): void {
    const start = this.starts[index] ?? 0
    const length = this.lengths[index] ?? 0
    const fileOffset = this.#joining?.offsets[index] ?? this.base + start
    const bytes = (this.#joining?.bytes ?? this.window).subarray(start, start + length)
    this.faultAt(code, fileOffset, length, bytes, detail)
  }

  /** A fault that the scan can go on behind, unless it is strict. */
  fault(code: FramingCode, at: number, length: number, detail: string, hint?: string): void {
    const bytes = this.window.subarray(at, at + length)
    this.faultAt(code, this.base + at, length, bytes, detail, hint)
  }

  /** The same where its bytes are not in the window any more. */
  faultAt(
    code: FramingCode,
    fileOffset: number,
    length: number,
    bytes: Uint8Array,
    detail: string,
    hint?: string,
  ): void {
    this.#note({ code, fileOffset, length, bytes, detail, hint, isFatal: false })
    if (this.isStrict) this.isStopped = true
  }

  /** A fault behind which nothing says where the next record begins. */
  fatal(code: FramingCode, at: number, length: number, detail: string, hint?: string): void {
    const fileOffset = this.base + at
    const bytes = this.window.subarray(at, at + Math.max(length, shownBytes))
    this.#note({ code, fileOffset, length, bytes, detail, hint, isFatal: true })
    this.isStopped = true
  }

  #note(noted: Noted): void {
    if (this.faults.length >= faultsMax) this.#faultsLost += 1
    else this.faults.push(this.#faultOf(noted))
  }

  #faultOf({ bytes, code, detail, fileOffset, hint, isFatal, length }: Noted): FramingFault {
    return {
      code,
      record: this.firstRecord + this.count,
      fileOffset,
      length,
      bytes: new Uint8Array(bytes.subarray(0, faultBytesMax)),
      message: `${framingCodes[code].summary}: ${detail}`,
      hint: hint ?? framingCodes[code].hint,
      isFatal,
    }
  }

  /** The batch of what was added since the last one; its arrays are its own. */
  takeBatch(): RecordBatch {
    const { count, firstRecord } = this
    const joining = this.#joining
    this.#joining = undefined
    let { lengths, starts } = this
    if (count < this.capacity / 4) {
      starts = starts.slice(0, count)
      lengths = lengths.slice(0, count)
    } else {
      this.starts = new Int32Array(this.capacity)
      this.lengths = new Int32Array(this.capacity)
    }
    this.count = 0
    this.firstRecord += count
    const places = { starts, lengths, count, firstRecord }
    return joining === undefined
      ? { bytes: this.window, fileOffset: this.base, ...places }
      : {
          bytes: joining.bytes.subarray(0, joining.used),
          fileOffset: joining.offsets[0] ?? 0,
          offsets: joining.offsets,
          ...places,
        }
  }

  /** The faults that were met among the records in hand: they are taken out. */
  takeUnsettled(): ReadonlyArray<FramingFault> {
    return this.faults.splice(this.#settled)
  }

  /** The records in hand are given away: what comes now lies behind. */
  settle(): void {
    this.#settled = this.faults.length
  }

  takeFaults(): ReadonlyArray<FramingFault> {
    const faults = this.faults
    this.faults = []
    this.#settled = 0
    if (this.#faultsLost > 0) {
      const detail = `${this.#faultsLost} more`
      const [fileOffset, bytes] = [this.base, new Uint8Array(0)]
      const noted = { fileOffset, length: 0, bytes, detail, hint: undefined, isFatal: false }
      faults.push(this.#faultOf({ code: "CPY-3020", ...noted }))
      this.#faultsLost = 0
    }
    return faults
  }
}

/**
 * Says of a header's bytes whether they look like text.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const textHint = (header: Uint8Array): string | undefined => {
  const kind = textLike(header)
  return kind === undefined
    ? undefined
    : `Its bytes look like ${kind} text: is the file fixed, or lines of text?`
}

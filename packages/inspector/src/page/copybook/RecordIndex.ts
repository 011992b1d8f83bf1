/** Where the records of a file are, found a piece at a time. */
import type { Framer } from "@countersign/copybook/framing/Framer"
import { makeFramer } from "@countersign/copybook/framing/Framer"
import type { FramingFault } from "@countersign/copybook/framing/FramingFault"
import { type RecordBatch, offsetOf } from "@countersign/copybook/framing/RecordBatch"
import * as Result from "effect/Result"
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"
import { type ByteSource, breathe, pieceBytes } from "./ByteSource.ts"
import type { Codec } from "./Codec.ts"
import type { RecordBytes } from "./FieldTree.ts"

export interface IndexState {
  readonly records: number
  /** How far the file was looked at. Units: bytes. */
  readonly bytes: number
  /** `paused`: there is more, which nobody asked for yet. */
  readonly state: "running" | "paused" | "complete" | "failed"
  readonly faults: ReadonlyArray<FramingFault>
  readonly problem?: string
}

export interface RecordIndex {
  readonly state: ReadonlyStore<IndexState>
  /** Looks further, up to the file's end or the next pause. */
  readonly goOn: () => void
  readonly stop: () => void
  readonly read: (record: number) => Promise<RecordBytes | undefined>
  /** The record that holds a byte of the file, or the last one before it. */
  readonly recordAt: (fileOffset: number) => number | undefined
}

/** Sixteen bytes each. */
export const recordsMax = 2_000_000
/** Of joined records, whose bytes lie in several places of the file. Units: bytes. */
const heldBytesMax = 64 * 1024 * 1024
/** A longer record is shown up to here. Units: bytes. */
export const recordBytesMax = 4 * 1024 * 1024
const faultsMax = 1000

const framerOf = ({ plan }: Codec): Framer | string => {
  const made = makeFramer(plan.framing, { ...plan.framer, mode: "lenient" }, plan.fields)
  return Result.isFailure(made) ? made.failure.message : made.success
}

/** The batches of a file, with a breath between two pieces. */
export const batchesOf = async function* (
  codec: Codec,
  source: ByteSource,
  signal: AbortSignal,
): AsyncGenerator<{
  readonly batches: ReadonlyArray<RecordBatch>
  readonly faults: ReadonlyArray<FramingFault>
  readonly bytes: number
}> {
  const framer = framerOf(codec)
  if (typeof framer === "string") throw new Error(framer)
  for (let at = 0; !signal.aborted;) {
    const piece = await source.read(at, pieceBytes, signal)
    at += piece.length
    const isLast = piece.length === 0 || at >= source.size
    yield { batches: framer.push(piece, isLast), faults: framer.takeFaults(), bytes: at }
    if (isLast) return
    await breathe()
  }
}

/**
 * From one record to the next, where nothing but its number says where it is: then every record of
 * the largest file is a step away.
 */
export const strideOf = ({ plan }: Codec): number | undefined => {
  const { framer, framing } = plan
  const around = [framer.prefixBytes, framer.suffixBytes, framer.lengthMin, framer.lengthMax]
  const isPlain = around.every((one) => one === undefined) && framer.zeros !== "filler"
  return framing.kind === "fixed" && framing.blocking === undefined && isPlain
    ? framing.length
    : undefined
}

/** The index of records that lie one behind the other, all of one length. */
const directIndex = (codec: Codec, source: ByteSource, stride: number): RecordIndex => {
  const { fileHeaderBytes = 0, fileTrailerBytes = 0 } = codec.plan.framer
  const bytes = source.size - fileHeaderBytes - fileTrailerBytes
  const records = Math.max(0, Math.floor(bytes / stride))
  const over = Math.max(0, bytes - records * stride)
  const problem = over === 0 ? {} : { problem: `${over} bytes behind the last record` }
  return {
    state: makeStore<IndexState>({
      records,
      bytes: source.size,
      state: "complete",
      faults: [],
      ...problem,
    }),
    goOn: () => undefined,
    stop: () => undefined,
    recordAt: (fileOffset) => {
      const at = Math.floor((fileOffset - fileHeaderBytes) / stride)
      return records === 0 ? undefined : Math.min(records - 1, Math.max(0, at))
    },
    read: async (number) => {
      if (!(number >= 0 && number < records)) return undefined
      const fileOffset = fileHeaderBytes + number * stride
      const read = await wholeRead(source, fileOffset, Math.min(recordBytesMax, stride))
      return { number, fileOffset, bytes: read }
    },
  }
}

class Places {
  offsets = new Float64Array(1024)
  lengths = new Uint32Array(1024)
  count = 0
  readonly held = new Map<number, Uint8Array>()
  #heldBytes = 0
  #isFull = false

  /** Whether nothing more is taken. */
  get isFull(): boolean {
    return this.#isFull || this.count >= recordsMax
  }

  add(batch: RecordBatch): void {
    for (let index = 0; index < batch.count && !this.isFull; index += 1) {
      if (this.count === this.offsets.length) this.#grow()
      const length = batch.lengths[index] ?? 0
      this.offsets[this.count] = offsetOf(batch, index)
      this.lengths[this.count] = length
      if (batch.offsets !== undefined) {
        this.#isFull = this.#heldBytes + length > heldBytesMax
        if (this.#isFull) return
        const start = batch.starts[index] ?? 0
        this.held.set(this.count, batch.bytes.slice(start, start + length))
        this.#heldBytes += length
      }
      this.count += 1
    }
  }

  #grow(): void {
    const offsets = new Float64Array(this.offsets.length * 2)
    offsets.set(this.offsets)
    this.offsets = offsets
    const lengths = new Uint32Array(this.lengths.length * 2)
    lengths.set(this.lengths)
    this.lengths = lengths
  }

  /** The last one that begins at or before the byte. */
  at(fileOffset: number): number | undefined {
    let low = 0
    let high = this.count - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.offsets[middle] ?? 0) <= fileOffset) low = middle
      else high = middle - 1
    }
    return this.count === 0 ? undefined : low
  }
}

const none: IndexState = { records: 0, bytes: 0, state: "running", faults: [] }

export const makeIndex = (codec: Codec, source: ByteSource): RecordIndex => {
  const stride = strideOf(codec)
  return stride === undefined ? scannedIndex(codec, source) : directIndex(codec, source, stride)
}

const scannedIndex = (codec: Codec, source: ByteSource): RecordIndex => {
  const state = makeStore<IndexState>(none)
  const places = new Places()
  const running = new AbortController()
  let until = source.eager
  let wake: (() => void) | undefined
  const say = (over: Partial<IndexState>) => {
    if (!running.signal.aborted) state.set({ ...state.get(), records: places.count, ...over })
  }
  const paused = (): Promise<void> =>
    new Promise((resume) => {
      wake = resume
      say({ state: "paused" })
    })
  const run = async () => {
    for await (const { batches, bytes, faults } of batchesOf(codec, source, running.signal)) {
      for (const batch of batches) places.add(batch)
      const known = state.get().faults
      const kept = faults.length === 0 ? known : [...known, ...faults].slice(0, faultsMax)
      say({ bytes, faults: kept, state: "running" })
      if (places.isFull) {
        const problem = `only the first ${places.count.toLocaleString("en")} records are kept`
        return say({ state: "complete", problem })
      }
      if (bytes >= until && bytes < source.size) await paused()
    }
    say({ state: "complete" })
  }
  void run().catch((error: unknown) =>
    say({ state: "failed", problem: error instanceof Error ? error.message : String(error) }),
  )
  return {
    state,
    goOn: () => {
      until = state.get().bytes + source.eager
      wake?.()
    },
    stop: () => {
      running.abort()
      wake?.()
    },
    recordAt: (fileOffset) => places.at(fileOffset),
    read: async (number) => {
      if (!(number >= 0 && number < places.count)) return undefined
      const fileOffset = places.offsets[number] ?? 0
      const length = Math.min(recordBytesMax, places.lengths[number] ?? 0)
      const bytes = places.held.get(number) ?? (await wholeRead(source, fileOffset, length))
      return { number, fileOffset, bytes }
    },
  }
}

/** As many reads as it takes: a source may give less than it was asked for. */
const wholeRead = async (source: ByteSource, offset: number, length: number) => {
  const bytes = new Uint8Array(length)
  let have = 0
  while (have < length) {
    const piece = await source.read(offset + have, Math.min(pieceBytes, length - have))
    if (piece.length === 0) return bytes.subarray(0, have)
    bytes.set(piece, have)
    have += piece.length
  }
  return bytes
}

/** Whether records come out as the same bytes again, by way of the lines that decode writes. */
import type { FileRecord } from "@countersign/copybook/file/FileDecoder"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import { type RecordBatch, offsetOf } from "@countersign/copybook/framing/RecordBatch"
import type { RecordObject } from "@countersign/copybook/record/RecordDecoder"
import * as RecordEncoder from "@countersign/copybook/record/RecordEncoder"
import * as Result from "effect/Result"
import type { Differing } from "./CheckReport.ts"
import { exactly } from "./Encoding.ts"

/** Bytes as lines have them: in hex. */
const inHex = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value

const firstDifference = (one: Uint8Array, other: Uint8Array): number | undefined => {
  const at = one.findIndex((byte, index) => byte !== other[index])
  if (at >= 0) return at
  return one.length === other.length ? undefined : one.length
}

const hexAt = (bytes: Uint8Array, at: number): string =>
  at >= bytes.length ? "its end" : `X'${Buffer.from(bytes.subarray(at, at + 8)).toString("hex")}'`

export class RoundTrip {
  records = 0
  differing = 0
  readonly first: Array<Differing> = []
  readonly #encoder: RecordEncoder.RecordEncoder
  readonly #shown: number
  readonly #isMasked: boolean

  constructor(encoder: RecordEncoder.RecordEncoder, shown: number, isMasked: boolean) {
    this.#encoder = encoder
    this.#shown = shown
    this.#isMasked = isMasked
  }

  /** Compares a record without faults. */
  add(batch: RecordBatch, index: number, { metadata, record, value }: FileRecord): void {
    const start = batch.starts[index] ?? 0
    const bytes = batch.bytes.subarray(start, start + (batch.lengths[index] ?? 0))
    this.records += 1
    // What was just written as an object is read as one.
    const again = JSON.parse(JSON.stringify(value, inHex), exactly) as RecordObject
    const encoded = this.#encoder.encode(again, metadata)
    const found = Result.isFailure(encoded)
      ? { offset: 0, detail: this.#isMasked ? encoded.failure.code : encoded.failure.message }
      : this.#differenceOf(bytes, encoded.success)
    if (found === undefined) return
    this.differing += 1
    if (this.first.length < this.#shown) {
      this.first.push({ record, fileOffset: offsetOf(batch, index), ...found })
    }
  }

  #differenceOf(bytes: Uint8Array, again: Uint8Array) {
    const offset = firstDifference(bytes, again)
    if (offset === undefined) return undefined
    const detail = `${hexAt(again, offset)} in place of ${hexAt(bytes, offset)}`
    return { offset, detail: this.#isMasked ? "bytes differ" : detail }
  }
}

export const makeRoundTrip = ({ codec, layout }: FilePlan, shown: number, isMasked: boolean) =>
  Result.map(
    RecordEncoder.make(layout, codec),
    (encoder) => new RoundTrip(encoder, shown, isMasked),
  )

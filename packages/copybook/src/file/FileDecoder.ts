/**
 * Decodes the records of a file, each by the view that its segment has.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Fault } from "../field/Fault.ts"
import { framingCodes } from "../framing/FramingFault.ts"
import { numberOf, offsetOf, type RecordBatch } from "../framing/RecordBatch.ts"
import { type Reject, rejectOf } from "../framing/Rejects.ts"
import type { CodecOptions } from "../record/CodecOptions.ts"
import type { CodecOptionsInvalid } from "../record/CodecOptionsInvalid.ts"
import * as RecordCodec from "../record/RecordCodec.ts"
import type { RecordDecoder, RecordObject } from "../record/RecordDecoder.ts"
import type { RecordMetadata } from "../record/RecordMetadata.ts"
import type { FilePlan } from "./FilePlan.ts"

/**
 * A record of a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileRecord {
  /** 0-based, in the file. */
  readonly record: number
  /** Where it begins in the file. Units: bytes. */
  readonly fileOffset: number
  /** Units: bytes. */
  readonly length: number
  readonly value: RecordObject
  /** Where the settings ask for them. */
  readonly bytes?: Uint8Array
  /** Its segment's id, where segments are told apart and it can be read. */
  readonly segment?: string
  /** The path of the view that it was read by. */
  readonly view?: string
  /** Why it is no good: then fields with faults are `null`. */
  readonly reject?: Reject
  /** The faults of its fields. */
  readonly faults: ReadonlyArray<Fault>
  readonly metadata?: RecordMetadata
}

const none: ReadonlyArray<Fault> = []

/** The rejection of a record whose kind is not known. */
const unknownSegment = (
  bytes: Uint8Array,
  record: number,
  fileOffset: number,
  segment: string | undefined,
): Reject => {
  const { hint, summary } = framingCodes["CPY-3021"]
  const message = `${summary}: ${segment === undefined ? "its id can't be read" : JSON.stringify(segment.slice(0, 64))}`
  return {
    record,
    fileOffset,
    length: bytes.length,
    faults: [{ code: "CPY-3021", message, hint }],
    bytes,
  }
}

/**
 * Not for two records at once: decoders keep what they use from record to record.
 *
 * @category models
 * @since 0.1.0
 */
export class FileDecoder {
  readonly plan: FilePlan
  /** Reads records that no segment has a view for. */
  readonly #plain: RecordDecoder
  readonly #views: ReadonlyMap<string, RecordDecoder>
  readonly #keepsBytes: boolean

  constructor(plan: FilePlan, plain: RecordDecoder, views: ReadonlyMap<string, RecordDecoder>) {
    this.plan = plan
    this.#plain = plain
    this.#views = views
    const { output, segments } = plan.settings
    // A child without a parent is found out later, and its reject has its bytes.
    this.#keepsBytes = output?.bytes !== undefined || segments?.children !== undefined
  }

  /** Decodes a batch's records in their order; those that are not selected are left out. */
  decode(batch: RecordBatch): ReadonlyArray<FileRecord> {
    const records: Array<FileRecord> = []
    for (let index = 0; index < batch.count; index++) {
      const decoded = this.#decodeOne(batch, index)
      if (decoded !== undefined) records.push(decoded)
    }
    return records
  }

  #decodeOne(batch: RecordBatch, index: number): FileRecord | undefined {
    const start = batch.starts[index] ?? 0
    const length = batch.lengths[index] ?? 0
    const record = numberOf(batch, index)
    const fileOffset = offsetOf(batch, index)
    const { segments, settings } = this.plan
    const { bytes } = batch
    const raw = () => bytes.slice(start, start + length)
    if (segments === undefined)
      return this.#read(this.#plain, bytes, start, length, record, fileOffset)
    const segment = segments.idOf(bytes, start, length)
    if (segment !== undefined && !segments.isSelected(segment)) return undefined
    const view = segment === undefined ? undefined : segments.viewOf(segment)
    const decoder = view === undefined ? undefined : this.#views.get(view)
    const about = {
      ...(segment === undefined ? {} : { segment }),
      ...(view === undefined ? {} : { view }),
    }
    if (decoder !== undefined) {
      return { ...this.#read(decoder, bytes, start, length, record, fileOffset), ...about }
    }
    const { unknown = "keep" } = settings.segments ?? {}
    if (unknown === "skip") return undefined
    const decoded = this.#read(this.#plain, bytes, start, length, record, fileOffset)
    if (unknown === "keep") return { ...decoded, ...about }
    return { ...decoded, ...about, reject: unknownSegment(raw(), record, fileOffset, segment) }
  }

  #read(
    decoder: RecordDecoder,
    bytes: Uint8Array,
    start: number,
    length: number,
    record: number,
    fileOffset: number,
  ): FileRecord {
    const { faults, metadata, value } = decoder.decode(bytes, start, length, record, fileOffset)
    const [first, ...others] = faults
    return {
      record,
      fileOffset,
      length,
      value,
      ...(this.#keepsBytes ? { bytes: bytes.slice(start, start + length) } : {}),
      faults: first === undefined ? none : faults,
      ...(first === undefined
        ? {}
        : { reject: rejectOf(bytes.slice(start, start + length), [first, ...others]) }),
      ...(metadata === undefined ? {} : { metadata }),
    }
  }
}

/** Options with which none of the views hold but those that are given. */
const withoutViews = ({ codec }: FilePlan, views: ReadonlyArray<string>): CodecOptions => ({
  ...codec,
  viewRules: [
    ...(codec.viewRules ?? []).filter(({ view }) => !views.includes(view)),
    ...views.map((view) => ({ view, when: { or: [] } })),
  ],
})

/**
 * - Errors: `CodecOptionsInvalid` where options name what the layout does not have.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (plan: FilePlan): Result.Result<FileDecoder, CodecOptionsInvalid> => {
  const { codec, layout, segments } = plan
  const decoderOf = (options: CodecOptions): Result.Result<RecordDecoder, CodecOptionsInvalid> =>
    Result.map(RecordCodec.make(layout, options), ({ decoder }) => decoder)
  const views = segments?.views ?? []
  const decoders = new Map<string, RecordDecoder>()
  for (const view of views) {
    const made = decoderOf({ ...codec, views: [...(codec.views ?? []), view] })
    if (Result.isFailure(made)) return Result.fail(made.failure)
    decoders.set(view, made.success)
  }
  return Result.map(
    decoderOf(views.length === 0 ? codec : withoutViews(plan, views)),
    (plain) => new FileDecoder(plan, plain, decoders),
  )
}

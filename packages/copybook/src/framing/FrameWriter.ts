/**
 * Writes records as a framing wants them: the reverse of the framer.
 *
 * What it writes, the framer of the same framing and options reads back as the same records; a
 * record with which that would not be so is refused.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ByteSink } from "./ByteSink.ts"
import type { FieldReader, FramerOptions, Framing } from "./Framing.ts"
import { FramingInvalid } from "./FramingInvalid.ts"
import { settingsOf } from "./FramingPlan.ts"
import { frameForm, type FrameForm } from "./FrameForm.ts"
import { RecordUnframable } from "./RecordUnframable.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FrameWriterOptions {
  /** Before the first record. */
  readonly fileHeader?: Uint8Array
  /** Behind the last. */
  readonly fileTrailer?: Uint8Array
  /** Before each. */
  readonly prefix?: Uint8Array
  /** Behind each. */
  readonly suffix?: Uint8Array
  /** Longest block with its header. Default 32,760: the highest that z/OS takes. Units: bytes. */
  readonly blockBytesMax?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface FrameWriter {
  /** Appends a record, or refuses it and leaves everything as it was. */
  readonly write: (record: Uint8Array) => Result.Result<void, RecordUnframable>
  /** The bytes that are ready: without a block that may still grow. */
  readonly take: () => Uint8Array
  /** The last bytes, with the trailer; nothing may be written behind. */
  readonly finish: () => Uint8Array
}

const nothing = new Uint8Array(0)
const blockBytesDefault = 32_760
const blockBytesLeast = 64

const together = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const sink = new ByteSink()
  for (const piece of pieces) sink.append(piece)
  return sink.take()
}

/**
 * A writer for one file.
 *
 * - Errors: `FramingInvalid` where an option can't be, or a field is not in the layout.
 *
 * @param fields reads fields back; needed where lengths follow from fields
 * @category constructors
 * @since 0.1.0
 */
export const makeFrameWriter = (
  framing: Framing,
  options: FrameWriterOptions = {},
  fields?: FieldReader,
): Result.Result<FrameWriter, FramingInvalid> => {
  const {
    fileHeader = nothing,
    fileTrailer = nothing,
    prefix = nothing,
    suffix = nothing,
  } = options
  const { blockBytesMax = blockBytesDefault } = options
  if (!Number.isSafeInteger(blockBytesMax) || blockBytesMax < blockBytesLeast) {
    const detail = `is ${blockBytesMax}, and has to be a whole number from ${blockBytesLeast} on`
    return Result.fail(new FramingInvalid({ option: "blockBytesMax", detail }))
  }
  const reading: FramerOptions = { prefixBytes: prefix.length, suffixBytes: suffix.length }
  return Result.flatMap(settingsOf(framing, reading), (settings) =>
    Result.map(frameForm(framing, settings, blockBytesMax, fields), (form) =>
      writerOf(form, fileHeader, fileTrailer, (record) =>
        prefix.length + suffix.length === 0 ? record : together([prefix, record, suffix]),
      ),
    ),
  )
}

const writerOf = (
  form: FrameForm,
  fileHeader: Uint8Array,
  fileTrailer: Uint8Array,
  surround: (record: Uint8Array) => Uint8Array,
): FrameWriter => {
  const sink = new ByteSink()
  sink.append(fileHeader)
  let records = 0
  return {
    write: (record) => {
      const detail = form.append(surround(record), sink)
      if (detail !== undefined) {
        return Result.fail(new RecordUnframable({ record: records, detail }))
      }
      records += 1
      return Result.void
    },
    take: () => sink.take(),
    finish: () => {
      form.finish(sink)
      sink.append(fileTrailer)
      return sink.take()
    },
  }
}

/**
 * The rejects file: records that were not taken, with their faults and their raw bytes, a line of
 * JSON each, so that they can be looked at, mended and read again.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Fault } from "../field/Fault.ts"
import type { FramingFault } from "./FramingFault.ts"
import { RejectInvalid } from "./RejectInvalid.ts"

const RejectedFault = Schema.Struct({
  code: Schema.String,
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String),
  /** Of the field; absent where the record itself was not found. */
  path: Schema.optionalKey(Schema.String),
  /** From the start of the record. Units: bytes. */
  offset: Schema.optionalKey(Schema.Number),
})

const RejectLine = Schema.Struct({
  record: Schema.Number,
  fileOffset: Schema.Number,
  /** Of what was rejected, of which `bytes` may be the beginning. */
  length: Schema.Number,
  faults: Schema.Array(RejectedFault),
  /** In base64. */
  bytes: Schema.String,
})

/**
 * What was rejected, and why.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reject extends Omit<typeof RejectLine.Type, "bytes"> {
  readonly bytes: Uint8Array
}

/**
 * The reject of a record with faults in its fields.
 *
 * @param bytes the whole record
 * @category constructors
 * @since 0.1.0
 */
export const rejectOf = (
  bytes: Uint8Array,
  faults: readonly [Fault, ...ReadonlyArray<Fault>],
): Reject => ({
  record: faults[0].record,
  fileOffset: faults[0].fileOffset - faults[0].offset,
  length: bytes.length,
  faults: faults.map(({ code, message, offset, path }) => ({ code, message, path, offset })),
  bytes,
})

/**
 * The reject of bytes that are no record. A fault holds no more than the first of them.
 *
 * @param bytes all of them, where the caller has them
 * @category constructors
 * @since 0.1.0
 */
export const rejectOfFraming = (fault: FramingFault, bytes: Uint8Array = fault.bytes): Reject => {
  const { code, fileOffset, hint, length, message, record } = fault
  return { record, fileOffset, length, faults: [{ code, message, hint }], bytes }
}

/**
 * A line of the file, with its end.
 *
 * @category writing
 * @since 0.1.0
 */
export const formatReject = ({ bytes, faults, fileOffset, length, record }: Reject): string => {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
  return `${JSON.stringify({ record, fileOffset, length, faults, bytes: base64 })}\n`
}

const decodeLine = Schema.decodeUnknownResult(Schema.fromJsonString(RejectLine))

const base64Form = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/

/**
 * Reads a line of the file; with or without its end.
 *
 * - Errors: `RejectInvalid` where it is none.
 *
 * @param line 1-based number, for messages
 * @category reading
 * @since 0.1.0
 */
export const parseReject = (text: string, line = 1): Result.Result<Reject, RejectInvalid> => {
  const parsed = decodeLine(text)
  if (Result.isFailure(parsed)) {
    return Result.fail(new RejectInvalid({ line, detail: parsed.failure.message.slice(0, 500) }))
  }
  const { bytes, ...rest } = parsed.success
  return base64Form.test(bytes)
    ? Result.succeed({ ...rest, bytes: new Uint8Array(Buffer.from(bytes, "base64")) })
    : Result.fail(new RejectInvalid({ line, detail: "its bytes are not in base64" }))
}

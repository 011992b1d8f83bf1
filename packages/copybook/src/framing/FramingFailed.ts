/**
 * A file that can't be framed any further.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { FramingFault } from "./FramingFault.ts"

/**
 * A file's records could not be found from some place on. The records before are right.
 *
 * @category errors
 * @since 0.1.0
 */
export class FramingFailed extends Schema.TaggedError<FramingFailed>(
  "@countersign/copybook/FramingFailed",
)("FramingFailed", {
  code: Schema.tag("AUD-5051"),
  isRetryable: Schema.tag(false),
  path: Schema.String,
  /** The framing fault's own code, such as `CPY-3006`. */
  fault: Schema.String,
  /** 0-based number of the record that would come there. */
  record: Schema.Number,
  /** Units: bytes. */
  fileOffset: Schema.Number,
  detail: Schema.String,
  hint: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.path}: record ${this.record} at byte ${this.fileOffset}: ${this.fault}: ${this.detail}. ${this.hint}`
  }
}

/**
 * The error that a fault is, in a file.
 *
 * @category constructors
 * @since 0.1.0
 */
export const framingFailed = (path: string, fault: FramingFault): FramingFailed =>
  new FramingFailed({
    path,
    fault: fault.code,
    record: fault.record,
    fileOffset: fault.fileOffset,
    detail: fault.message,
    hint: fault.hint,
  })

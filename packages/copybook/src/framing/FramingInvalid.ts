/**
 * A framing that no file can be read by.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A framing or one of its options that can't be: which, and why.
 *
 * @category errors
 * @since 0.1.0
 */
export class FramingInvalid extends Schema.TaggedError<FramingInvalid>(
  "@countersign/copybook/FramingInvalid",
)("FramingInvalid", {
  code: Schema.tag("AUD-5050"),
  isRetryable: Schema.tag(false),
  /** The option, such as `header.width`. */
  option: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the framing's ${this.option} ${this.detail}`
  }
}

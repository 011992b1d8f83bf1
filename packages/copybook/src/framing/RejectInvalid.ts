/**
 * A line of a rejects file that is none.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A line that no rejects file has. Nothing was made of it.
 *
 * @category errors
 * @since 0.1.0
 */
export class RejectInvalid extends Schema.TaggedError<RejectInvalid>(
  "@countersign/copybook/RejectInvalid",
)("RejectInvalid", {
  code: Schema.tag("AUD-5053"),
  isRetryable: Schema.tag(false),
  /** 1-based. */
  line: Schema.Number,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: line ${this.line} is no reject: ${this.detail}`
  }
}

/**
 * The refusal of a codec's options.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Options of a codec name something that the layout does not have. Nothing was decoded or encoded.
 *
 * @category errors
 * @since 0.1.0
 */
export class CodecOptionsInvalid extends Schema.TaggedError<CodecOptionsInvalid>(
  "@countersign/copybook/CodecOptionsInvalid",
)("CodecOptionsInvalid", {
  code: Schema.tag("AUD-5030"),
  isRetryable: Schema.tag(false),
  /** The layout's name. */
  layout: Schema.String,
  problems: Schema.Array(Schema.String),
}) {
  override get message(): string {
    return `${this.code}: the options don't fit the layout ${this.layout}: ${this.problems.join("; ")}`
  }
}

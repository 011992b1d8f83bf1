/**
 * A record that its framing can't hold.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A record that would not be found again as it was given: its length doesn't fit, or its bytes
 * hold what ends a record.
 *
 * @category errors
 * @since 0.1.0
 */
export class RecordUnframable extends Schema.TaggedError<RecordUnframable>(
  "@countersign/copybook/RecordUnframable",
)("RecordUnframable", {
  code: Schema.tag("AUD-5052"),
  isRetryable: Schema.tag(false),
  /** 0-based. */
  record: Schema.Number,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: record ${this.record} can't be framed: ${this.detail}`
  }
}

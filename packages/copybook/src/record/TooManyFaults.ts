/**
 * The end of a file that has too many bad records.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * More records have faults than are allowed. What was decoded before stays good.
 *
 * @category errors
 * @since 0.1.0
 */
export class TooManyFaults extends Schema.TaggedError<TooManyFaults>(
  "@countersign/copybook/TooManyFaults",
)("TooManyFaults", {
  code: Schema.tag("AUD-5033"),
  isRetryable: Schema.tag(false),
  /** Records with faults, the last one included. */
  records: Schema.Int,
  /** How many were allowed. */
  recordsMax: Schema.Int,
  /** What was wrong last. */
  last: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.records} records have faults, ${this.recordsMax} are allowed; the last: ${this.last}`
  }
}

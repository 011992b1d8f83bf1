/**
 * A metric that can't be.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A metric was asked for that has no good name, or that another use of the name contradicts.
 *
 * @category errors
 * @since 0.1.0
 */
export class MetricInvalid extends Schema.TaggedError<MetricInvalid>(
  "@countersign/monitor/MetricInvalid",
)("MetricInvalid", {
  code: Schema.tag("AUD-6001"),
  metric: Schema.String,
  detail: Schema.String,
  isRetryable: Schema.tag(false),
}) {
  override get message(): string {
    return `${this.code}: metric ${this.metric}: ${this.detail}`
  }
}

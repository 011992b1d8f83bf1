/**
 * The refusal of a network sink's settings, before anything is sent.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Settings that a network sink can't be made from, or that would be unsafe.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidNetworkSink extends Schema.TaggedError<InvalidNetworkSink>(
  "@countersign/sinks/InvalidNetworkSink",
)("InvalidNetworkSink", {
  code: Schema.tag("AUD-4602"),
  isRetryable: Schema.tag(false),
  sink: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: sink ${this.sink} can't be made: ${this.detail}`
  }
}

/**
 * The failure of an actor that goes up.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * An actor crashed more often than its restart policy allows, or its backoff schedule ended.
 *
 * @category errors
 * @since 0.1.0
 */
export class StageFailed extends Schema.TaggedError<StageFailed>("@countersign/core/StageFailed")(
  "StageFailed",
  {
    code: Schema.tag("AUD-5101"),
    isRetryable: Schema.tag(false),
    /** Id of the actor in the registry. */
    actor: Schema.String,
    restarts: Schema.Number,
    /** The last cause as text, at most 4 KiB. */
    lastCause: Schema.String,
    cause: Schema.Defect(),
  },
) {
  override get message(): string {
    return (
      `${this.code}: ${this.actor} was given up after ${this.restarts} restarts; ` +
      `remove the cause and open the trail again: ${this.lastCause}`
    )
  }
}

/**
 * A file that is not what it was written as.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A file that is not what this program has written there, and what to do with it.
 *
 * @category errors
 * @since 0.1.0
 */
export class FileDamaged extends Schema.TaggedError<FileDamaged>("@countersign/sinks/FileDamaged")(
  "FileDamaged",
  {
    code: Schema.tag("AUD-4502"),
    isRetryable: Schema.tag(false),
    path: Schema.String,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: ${this.path}: ${this.detail}`
  }
}

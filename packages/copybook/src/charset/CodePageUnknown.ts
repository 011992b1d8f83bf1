/**
 * The refusal of a name that no code page has.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * No code page has the name. Nothing was read or written.
 *
 * @category errors
 * @since 0.1.0
 */
export class CodePageUnknown extends Schema.TaggedError<CodePageUnknown>(
  "@countersign/copybook/CodePageUnknown",
)("CodePageUnknown", {
  code: Schema.tag("AUD-5020"),
  isRetryable: Schema.tag(false),
  /** As it was given, at most 64 characters. */
  name: Schema.String,
  /** The names that there are. */
  known: Schema.Array(Schema.String),
}) {
  override get message(): string {
    return `${this.code}: no code page is named "${this.name}". Name one of ${this.known.join(", ")}`
  }
}

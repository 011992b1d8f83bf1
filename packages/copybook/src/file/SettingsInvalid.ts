/**
 * The refusal of an options file.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Settings of a file have a member that is not known, or a value that can't be. Nothing was read
 * or written.
 *
 * @category errors
 * @since 0.1.0
 */
export class SettingsInvalid extends Schema.TaggedError<SettingsInvalid>(
  "@countersign/copybook/SettingsInvalid",
)("SettingsInvalid", {
  code: Schema.tag("AUD-5070"),
  isRetryable: Schema.tag(false),
  /** Where the settings are from. */
  source: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.source} holds no settings of a record file: ${this.detail}`
  }
}

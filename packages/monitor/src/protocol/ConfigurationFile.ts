/**
 * The file that configures an engine, for those who may change it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Largest text that is handed out and taken; a file with every field has a quarter of it.
 * Units: UTF-16 code units.
 *
 * @category constants
 * @since 0.1.0
 */
export const configurationLengthMax = 16_384

/**
 * @category schemas
 * @since 0.1.0
 */
export const ConfigurationText = Schema.Struct({
  path: Schema.String,
  yaml: Schema.String,
  /** SHA-256 of the file's bytes, in hex: which text a change is about. */
  hash: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type ConfigurationText = typeof ConfigurationText.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const ConfigurationDraft = {
  yaml: Schema.String.check(Schema.isMaxLength(configurationLengthMax)),
  /** Of the text that was changed: another one in the file is not overwritten. */
  expectedHash: Schema.String.check(Schema.isMaxLength(64)),
}

/**
 * Files that a server was given to show: copybooks, and records that they describe.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Most of a file that one answer holds. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const fileBytesMax = 1024 * 1024

/**
 * Most files that a server hands out.
 *
 * @category constants
 * @since 0.1.0
 */
export const filesMax = 256

/**
 * @category schemas
 * @since 0.1.0
 */
export const GivenFile = Schema.Struct({
  /** What it is asked for by; no path. */
  name: Schema.String,
  kind: Schema.Literals(["copybook", "data"]),
  /** Now. Units: bytes. */
  size: Schema.Number,
})

/**
 * @category models
 * @since 0.1.0
 */
export type GivenFile = typeof GivenFile.Type

/**
 * Which bytes of which file; fewer come at its end.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FileRange = {
  name: Schema.String.check(Schema.isMaxLength(255)),
  offset: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: fileBytesMax })),
}

/**
 * @category schemas
 * @since 0.1.0
 */
export const FileBytes = Schema.Struct({
  size: Schema.Number,
  bytes: Schema.Uint8ArrayFromBase64,
})

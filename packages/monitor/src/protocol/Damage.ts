/**
 * What of a trail can't be read, said where the rest of it is answered.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Entries that can't be read, and why.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Damage = Schema.Struct({
  from: Schema.Number,
  /** The first one that is not among them. */
  to: Schema.Number,
  detail: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type Damage = typeof Damage.Type

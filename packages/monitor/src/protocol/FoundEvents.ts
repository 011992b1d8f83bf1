/**
 * Which events a filter lets through, all of them: places alone, so that a viewer knows each row's
 * place without having its content.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Damage } from "./Damage.ts"
import { FilterText, TrailEvent } from "./TrailEvent.ts"

/**
 * Most events that are asked for at once by their places.
 *
 * @category constants
 * @since 0.1.0
 */
export const entriesMax = 1000

const place = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/**
 * What to look for, and what was looked at already.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Search = Schema.Struct({
  filter: FilterText,
  /** Where it begins: those to come are looked at in either case. */
  order: Schema.Literals(["oldest", "newest"]),
  /** A search that was cut off goes on around these. */
  seen: Schema.optionalKey(Schema.Struct({ from: place, to: place })),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Search = typeof Search.Type

/**
 * What a filter lets through of a part of the trail. Parts touch: each comes right before or right
 * after all that came earlier.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FoundPart = Schema.Struct({
  from: Schema.Number,
  /** The first entry that was not looked at. */
  to: Schema.Number,
  /** As `Runs` has them, counted from `from`. */
  runs: Schema.Uint8ArrayFromBase64,
  /** Published entries. */
  size: Schema.Number,
  /** The trail is another, or was put back: what was found earlier holds no more. */
  isAnew: Schema.Boolean,
  /** What could not be searched. */
  damage: Schema.Array(Damage),
})

/**
 * @category models
 * @since 0.1.0
 */
export type FoundPart = typeof FoundPart.Type

/**
 * Places of events.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Places = Schema.Struct({
  sequences: Schema.Array(place).check(Schema.isMaxLength(entriesMax)),
})

/**
 * The events in those places.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Entries = Schema.Struct({
  /** In order; where they are too many for one answer, the first of them. */
  events: Schema.Array(TrailEvent),
  damage: Schema.Array(Damage),
  /**
   * The place from which there was no room or no time; `null`: all of them are here. There are
   * always places before it, whose events, or their damage, are here.
   */
  next: Schema.NullOr(Schema.Number),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Entries = typeof Entries.Type

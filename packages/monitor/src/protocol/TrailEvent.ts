/**
 * Events of a trail as a viewer gets them: from what was recorded to what proves it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Damage } from "./Damage.ts"

/**
 * Longest filter that is taken. Units: UTF-16 code units.
 *
 * @category constants
 * @since 0.1.0
 */
export const filterLengthMax = 4096

/**
 * Most events in one page.
 *
 * @category constants
 * @since 0.1.0
 */
export const pageEventsMax = 1000

const sequenceNumber = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
)

/**
 * A filter in the language of docs/filter.md; empty lets everything through.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FilterText = Schema.String.check(Schema.isMaxLength(filterLengthMax))

/**
 * An entry of the trail: its place, and the JSON that was hashed, as text.
 *
 * @category schemas
 * @since 0.1.0
 */
export const TrailEvent = Schema.Struct({ sequence: Schema.Number, json: Schema.String })

/**
 * @category models
 * @since 0.1.0
 */
export type TrailEvent = typeof TrailEvent.Type

/**
 * Some of the newest events, in order.
 *
 * @category schemas
 * @since 0.1.0
 */
export const TailChunk = Schema.Struct({
  events: Schema.Array(TrailEvent),
  /** Entries up to this one, which is left out, were looked at or passed over. */
  to: Schema.Number,
  /** Entries since the tail began that were passed over unseen, since they came too fast. */
  passedOver: Schema.Number,
  /** Of the backlog: older events that were asked for and pass, and for which there was no room. */
  leftOut: Schema.Number,
})

/**
 * @category models
 * @since 0.1.0
 */
export type TailChunk = typeof TailChunk.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const Question = Schema.Struct({
  filter: FilterText,
  order: Schema.Literals(["oldest", "newest"]),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: pageEventsMax })),
  /** Where the page before ended: its `next`. */
  from: Schema.optionalKey(sequenceNumber),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Question = typeof Question.Type

/**
 * A page of the published events that a filter lets through.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Page = Schema.Struct({
  events: Schema.Array(TrailEvent),
  /** Where the next page begins; `null` at the end. A page may hold few events, or none, and go on. */
  next: Schema.NullOr(Schema.Number),
  /** Entries that were looked at. */
  read: Schema.Number,
  /** Published entries. */
  size: Schema.Number,
  /** What could not be read, and was passed over, in the order of the page. */
  damage: Schema.Array(Damage),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Page = typeof Page.Type

/**
 * Which event: its place, or its id, which is any text where the program gave it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EventName = Schema.Union([
  Schema.Struct({ sequence: sequenceNumber }),
  Schema.Struct({ id: Schema.NonEmptyString.check(Schema.isMaxLength(256)) }),
])

/**
 * An event with all that is needed to check that it is in the trail. Bytes are in base64.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ProvenEvent = Schema.Struct({
  sequence: Schema.Number,
  /** The bytes as they lie in the trail; empty where they can't be read. */
  entry: Schema.String,
  /** Of those bytes. */
  leafHash: Schema.String,
  /** What the trail's tile holds for the entry; empty where it can't be read. */
  tileHash: Schema.String,
  /** From the leaf's sibling upwards. */
  hashes: Schema.Array(Schema.String),
  /** Of the tree that the checkpoint speaks of. */
  size: Schema.Number,
  root: Schema.String,
  /** The signed note, as text. */
  checkpoint: Schema.String,
  /** All of it as one text, which `countersign check` takes (C2SP tlog-proof); empty without a proof. */
  proof: Schema.String,
  /** Why the trail gives no proof of it; empty where it gives one. */
  problem: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type ProvenEvent = typeof ProvenEvent.Type

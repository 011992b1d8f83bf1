/**
 * What sinks refused, as a viewer finds it, and what is decided about it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { FilterText } from "./TrailEvent.ts"

/**
 * Most letters that one answer holds, over all sinks.
 *
 * @category constants
 * @since 0.1.0
 */
export const lettersMax = 5000

/**
 * Most letters that are decided about at once.
 *
 * @category constants
 * @since 0.1.0
 */
export const decidedMax = 1000

const sequence = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
)
const sink = Schema.String.check(Schema.isMaxLength(64))

/**
 * @category schemas
 * @since 0.1.0
 */
export const LettersQuestion = Schema.Struct({
  /** Of the refused record itself. */
  filter: FilterText,
})

/**
 * A record that a sink refused and nobody has settled.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FoundLetter = Schema.Struct({
  sink: Schema.String,
  sequence: Schema.Number,
  leaf: Schema.String,
  /** Why it was refused the last time; at most 200 bytes, … at the end of one that was cut. `LetterHistory` has all. */
  cause: Schema.String,
  /** When that was. */
  time: Schema.String,
  refusals: Schema.Number,
  /** A replay was asked for, and was not tried since. */
  isRequested: Schema.Boolean,
  /** Of the record. Units: bytes; `null` where it can't be read, such as before it is published. */
  bytes: Schema.NullOr(Schema.Number),
  /** The record's type; empty where it has none, or can't be read. */
  type: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type FoundLetter = typeof FoundLetter.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const LettersFound = Schema.Struct({
  letters: Schema.Array(FoundLetter),
  /** Open letters of all sinks, whatever the filter. */
  open: Schema.Number,
  /** Of these, those that were not looked at, since there are too many. */
  leftOut: Schema.Number,
  /** Those that the filter could not judge, since the record can't be read. */
  unjudged: Schema.Number,
})

/**
 * @category models
 * @since 0.1.0
 */
export type LettersFound = typeof LettersFound.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const LetterName = Schema.Struct({ sink, sequence })

/**
 * A note about a refused record, as it stands in the dead letters' own trail.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LetterEntry = Schema.Struct({
  act: Schema.Literals(["buried", "requested", "replayed", "dropped", "shown"]),
  reason: Schema.String,
  actor: Schema.String,
  time: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type LetterEntry = typeof LetterEntry.Type

/**
 * What is to become of some letters of one sink.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LetterPlan = {
  sink,
  sequences: Schema.Array(sequence).check(Schema.isMinLength(1), Schema.isMaxLength(decidedMax)),
  /** `replay`: deliver them again. `drop`: leave them at that; they stay in the trail. */
  act: Schema.Literals(["replay", "drop"]),
  /** `true`: says what would be decided, and changes nothing. */
  isDryRun: Schema.Boolean,
}

/**
 * What was decided, or would be.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LettersSettled = Schema.Struct({
  isDone: Schema.Boolean,
  /** Those that are open, and hold the record that was refused. */
  sequences: Schema.Array(Schema.Number),
  /** Of their records. */
  bytes: Schema.Number,
  /** Those that are settled already, or never were refused. */
  gone: Schema.Array(Schema.Number),
  /** Those whose record the trail does not hold as it was refused: verify the trail. */
  changed: Schema.Array(Schema.Number),
})

/**
 * @category models
 * @since 0.1.0
 */
export type LettersSettled = typeof LettersSettled.Type

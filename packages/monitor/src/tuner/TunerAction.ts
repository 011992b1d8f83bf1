/**
 * What the tuner did or would do, with its reason. Each of them is a record in the trail.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * `proposed`: would be changed, by a person. `changed`: a trial has begun. `kept`: the trial has
 * gained something. `reverted`: it has not, or was cut short. `declined`: something presses, and no
 * knob relieves it. `left`: somebody else turned a knob, which is theirs from now on.
 *
 * @category schemas
 * @since 0.1.0
 */
export const TunerActionKind = Schema.Literals([
  "proposed",
  "changed",
  "kept",
  "reverted",
  "declined",
  "left",
])

const measured = Schema.Struct({
  /** Median of the window. */
  before: Schema.Number,
  after: Schema.Number,
})

/**
 * @category schemas
 * @since 0.1.0
 */
export const TunerAction = Schema.Struct({
  kind: TunerActionKind,
  atMillis: Schema.Number,
  /** The rule that presses; `calm` where nothing does and a knob goes back. */
  rule: Schema.String,
  /** What limits: an actor's id; empty where that is not known. */
  bottleneck: Schema.String,
  /** The field; empty where nothing is turned. */
  knob: Schema.String,
  from: Schema.Number,
  to: Schema.Number,
  /** One or two sentences for a person. */
  reason: Schema.String,
  measured: Schema.optionalKey(measured),
})

/**
 * @category models
 * @since 0.1.0
 */
export type TunerAction = typeof TunerAction.Type

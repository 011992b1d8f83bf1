/**
 * An alert: something that a rule says a person should know, from when it was seen until it is over.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * How soon a person should look.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AlertSeverity = Schema.Literals(["info", "warning", "error", "critical"])

/**
 * @category models
 * @since 0.1.0
 */
export type AlertSeverity = typeof AlertSeverity.Type

/**
 * `pending`: seen, and not yet for as long as the rule wants. `firing`: told. `acknowledged`: a
 * person has it. `suppressed`: within a window in which nobody is told. `resolved`: over.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AlertState = Schema.Literals([
  "pending",
  "firing",
  "acknowledged",
  "suppressed",
  "resolved",
])

/**
 * @category schemas
 * @since 0.1.0
 */
export const Alert = Schema.Struct({
  /** The rule and the series or subject, so the same thing never has two alerts at once. */
  id: Schema.String,
  rule: Schema.String,
  severity: AlertSeverity,
  state: AlertState,
  /** One sentence for a person: what, how much, against what bound. */
  summary: Schema.String,
  /** What it is about: a series, an actor, a sink. */
  subject: Schema.String,
  /** What was measured last; `null` where the rule measures nothing. */
  value: Schema.NullOr(Schema.Number),
  /** Alerts that are told together. */
  group: Schema.String,
  /** When the condition began to hold. Units: milliseconds since 1970. */
  sinceMillis: Schema.Number,
  /** When the state was entered. */
  changedMillis: Schema.Number,
  /** 0 for the first that are told, then one more for each step. */
  escalation: Schema.Int,
  acknowledgedBy: Schema.optionalKey(Schema.String),
  /** What they wrote. */
  note: Schema.optionalKey(Schema.String),
  /** While suppressed: the suppression, or the rule whose alert makes this one no news. */
  quietBy: Schema.optionalKey(Schema.String),
  /** Once resolved: its condition is over, or nothing is heard of its series any more. */
  ending: Schema.optionalKey(Schema.Literals(["over", "gone"])),
  /** Ids of events or findings that show it. */
  evidence: Schema.Array(Schema.String),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Alert = typeof Alert.Type

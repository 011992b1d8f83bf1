/**
 * A finding: what detection makes of events, with the events that show it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * @category schemas
 * @since 0.1.0
 */
export const Finding = Schema.Struct({
  /** Unique: rule, subject and the window that it was found in. */
  id: Schema.String,
  rule: Schema.String,
  severity: Schema.Literals(["info", "warning", "error", "critical"]),
  /** Whom or what it is about: an actor's id, an address, a source. */
  subject: Schema.String,
  /** Of the event that completed it. Units: milliseconds since 1970. */
  atMillis: Schema.Number,
  /** 0 to 1: how sure the rule is. */
  confidence: Schema.Number,
  /** MITRE ATT&CK technique, such as `T1110.004`; absent where none fits. */
  technique: Schema.optionalKey(Schema.String),
  /** One sentence: what was seen, how often, in what time, against what bound. */
  explanation: Schema.String,
  /** Ids of the events, the newest last; at most 20. */
  events: Schema.Array(Schema.String),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Finding = typeof Finding.Type

/**
 * Why an event was not taken, or an engine does not run.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { classes } from "../event/EventClass.ts"

/**
 * The event's class gives it no place now: its lane is full, or its deadline has passed.
 *
 * @category errors
 * @since 0.1.0
 */
export class AuditRefused extends Schema.TaggedError<AuditRefused>(
  "@countersign/core/AuditRefused",
)("AuditRefused", {
  code: Schema.tag("AUD-1101"),
  isRetryable: Schema.tag(true),
  class: Schema.Literals(classes),
  reason: Schema.Literals(["lane-full", "deadline"]),
  /** `no`: the event will never be in the trail. `unknown`: it was taken and may still be written. */
  recorded: Schema.Literals(["no", "unknown"]),
  detail: Schema.String,
}) {
  override get message(): string {
    const fate =
      this.recorded === "no" ? "it is not in the trail" : "it may still reach the trail later"
    return `${this.code}: a ${this.class} event was refused (${this.reason}): ${this.detail}; ${fate}`
  }
}

/**
 * The event is not known to be with the required sinks. It is in the trail all the same, unless
 * `recorded` says otherwise, and is delivered on: recording it again would make a second one.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotDelivered extends Schema.TaggedError<NotDelivered>(
  "@countersign/core/NotDelivered",
)("NotDelivered", {
  code: Schema.tag("AUD-1103"),
  isRetryable: Schema.tag(false),
  reason: Schema.Literals(["deadline", "refused", "closed", "no-required-sink"]),
  recorded: Schema.Literals(["yes", "no"]),
  /** Its place in the trail. */
  sequence: Schema.optionalKey(Schema.Number),
  /** Who does not have it, or has refused it. */
  sinks: Schema.Array(Schema.String),
  detail: Schema.String,
}) {
  override get message(): string {
    const fate =
      this.recorded === "yes"
        ? "it is in the trail and must not be recorded again"
        : "it was not recorded"
    return `${this.code}: an event was not delivered (${this.reason}): ${this.detail}; ${fate}`
  }
}

/**
 * The engine is closed or has failed; no event is taken.
 *
 * @category errors
 * @since 0.1.0
 */
export class AuditUnavailable extends Schema.TaggedError<AuditUnavailable>(
  "@countersign/core/AuditUnavailable",
)("AuditUnavailable", {
  code: Schema.tag("AUD-1102"),
  isRetryable: Schema.tag(false),
  state: Schema.Literals(["closing", "closed", "failed"]),
  /** Whether this event may be in the trail all the same. */
  recorded: Schema.Literals(["no", "unknown"]),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the audit engine is ${this.state}: ${this.detail}`
  }
}

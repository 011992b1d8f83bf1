/**
 * Who read what, as an event in the trail.
 *
 * @since 0.1.0
 */
import type { RecordError } from "@countersign/core/Receipt"
import type { RecordInput } from "@countersign/core/Receipt"
import type { Audit } from "@countersign/core/Audit"
import type { Actor, Outcome } from "@countersign/core/event/AuditEvent"
import type { EventClass } from "@countersign/core/event/EventClass"
import * as Effect from "effect/Effect"

/**
 * The type of the events that say who read.
 *
 * @category constants
 * @since 0.1.0
 */
export const accessType = "countersign.access.query"

/**
 * One reading.
 *
 * @category models
 * @since 0.1.0
 */
export interface Access {
  readonly action: "QUERY" | "EXPORT" | "STATISTICS"
  readonly outcome: Outcome
  readonly reason?: string | undefined
  /** Default: `CurrentActor`. */
  readonly actor?: Actor | undefined
  readonly purpose?: string | undefined
  /** The tenant that the reading was confined to. */
  readonly tenant?: string | undefined
  /** What the events of one reading share. */
  readonly correlation?: string | undefined
  /** What was asked, and how much was found. */
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Records a reading. `CONFIDENTIAL`, since a filter often names the person who was looked for.
 *
 * @category running
 * @since 0.1.0
 */
export const recordAccess = (
  audit: Audit["Service"],
  className: EventClass,
  { action, actor, correlation, data, outcome, purpose, reason, tenant }: Access,
): Effect.Effect<void, RecordError> => {
  const event: RecordInput = {
    type: accessType,
    class: className,
    classification: "CONFIDENTIAL",
    action,
    outcome,
    actor,
    reason,
    purpose,
    tenant,
    correlation,
    data,
  }
  return Effect.asVoid(audit.record(event))
}

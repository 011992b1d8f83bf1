/**
 * What was slow, as an event of telemetry: what, how long, against what bound. Never a value.
 *
 * @since 0.1.0
 */
import type { Actor, AuditEventInput } from "@countersign/core/event/AuditEvent"

const system: Actor = { id: "countersign", type: "system" }

/**
 * @category models
 * @since 0.1.0
 */
export interface SlowThing {
  readonly type: "http.request.slow" | "sql.query.slow"
  /** The route's template or the statement without values. */
  readonly target: string
  readonly millis: number
  readonly thresholdMillis: number
  readonly isFailed: boolean
  /** More of the kind, such as the method. */
  readonly data: Readonly<Record<string, string | number>>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const slowEvent = ({
  data,
  isFailed,
  millis,
  target,
  thresholdMillis,
  type,
}: SlowThing): AuditEventInput => ({
  type,
  class: "telemetry",
  actor: system,
  outcome: isFailed ? "failure" : "success",
  target: [{ id: target, type: type === "sql.query.slow" ? "statement" : "route" }],
  data: { ...data, millis: Math.round(millis * 1000) / 1000, thresholdMillis },
})

/**
 * A record as a document of the Elastic Common Schema.
 *
 * - Source: ECS 8.17; the allowed values of `event.kind`, `event.category`, `event.type` and
 *   `event.outcome`.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import { type Activity, activityOf } from "./Activity.ts"
import type { ExportRecord } from "./ExportRecord.ts"
import { ipOf } from "./IpAddress.ts"

const schemaVersion = "8.17.0"

const outcomes: Readonly<Record<AuditEvent["outcome"], "success" | "failure" | "unknown">> = {
  success: "success",
  failure: "failure",
  denied: "failure",
  // Neither is known to have succeeded or failed as a whole.
  attempt: "unknown",
  partial: "unknown",
  unknown: "unknown",
}

const types: Readonly<Record<Activity, string>> = {
  create: "creation",
  read: "access",
  update: "change",
  delete: "deletion",
  login: "start",
  logout: "end",
  other: "info",
}

// `event.severity` is a number of the source's own; the name stands beside it.
const severityNumbers: Readonly<Record<NonNullable<AuditEvent["severity"]>, number>> = {
  info: 1,
  low: 3,
  medium: 5,
  high: 8,
  critical: 10,
}

const eventOf = ({ event, sequence, text, trail }: ExportRecord) => {
  const activity = activityOf(event)
  const isAuthentication = activity === "login" || activity === "logout"
  // "denied" is an expected type of the category api, not of authentication.
  const isDenied = event.outcome === "denied" && !isAuthentication
  return {
    kind: "event",
    category: [isAuthentication ? "authentication" : "api"],
    type: isDenied ? [types[activity], "denied"] : [types[activity]],
    action: event.type,
    outcome: outcomes[event.outcome],
    reason: event.reason,
    id: event.id,
    sequence,
    severity: event.severity === undefined ? undefined : severityNumbers[event.severity],
    created: event.observed ?? event.time,
    provider: "countersign",
    dataset: trail,
    original: text,
  }
}

const userOf = ({ actor }: AuditEvent) => ({
  id: actor.id,
  roles: actor.roles,
  effective: actor.onBehalfOf === undefined ? undefined : { id: actor.onBehalfOf },
})

const sourceOf = ({ source }: AuditEvent) =>
  source?.ip === undefined ? undefined : { address: source.ip, ip: ipOf(source.ip)?.address }

const relatedOf = ({ actor, source }: AuditEvent) => {
  const ip = ipOf(source?.ip)?.address
  return {
    user: actor.onBehalfOf === undefined ? [actor.id] : [actor.id, actor.onBehalfOf],
    ip: ip === undefined ? undefined : [ip],
  }
}

// A namespace of its own, as ECS asks of custom fields. `data` and `change` are not in it: each of
// their names would become a field of the index. They are in `event.original`.
const ownOf = ({ event, trail }: ExportRecord) => ({
  trail,
  class: event.class,
  classification: event.classification,
  outcome: event.outcome,
  action: event.action,
  severity: event.severity,
  actor: { type: event.actor.type, auth_method: event.actor.authMethod },
  target: event.target?.map(({ id, name, owner, type }) => ({ id, type, name, owner })),
  session: event.session,
  correlation: event.correlation,
  purpose: event.purpose,
  legal_basis: event.legalBasis,
  frameworks: event.frameworks,
})

/**
 * One document on one line.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (record: ExportRecord): string => {
  const { event } = record
  return JSON.stringify({
    "@timestamp": event.time,
    ecs: { version: schemaVersion },
    message: `${event.actor.id} ${event.type} ${event.outcome}`,
    event: eventOf(record),
    user: userOf(event),
    source: sourceOf(event),
    user_agent:
      event.source?.userAgent === undefined ? undefined : { original: event.source.userAgent },
    organization: event.tenant === undefined ? undefined : { id: event.tenant },
    trace: event.trace === undefined ? undefined : { id: event.trace.traceId },
    span: event.trace === undefined ? undefined : { id: event.trace.spanId },
    related: relatedOf(event),
    countersign: ownOf(record),
  })
}

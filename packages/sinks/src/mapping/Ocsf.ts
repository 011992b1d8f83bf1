/**
 * A record as an OCSF event.
 *
 * - Source: Open Cybersecurity Schema Framework 1.5.0, classes API Activity (6003) and
 *   Authentication (3002).
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import { type Activity, activityOf } from "./Activity.ts"
import type { ExportRecord } from "./ExportRecord.ts"
import { millisOf } from "./Instant.ts"
import { ipOf } from "./IpAddress.ts"

const schemaVersion = "1.5.0"
const other = 99

interface Code {
  readonly id: number
  readonly name: string
}

const severities: Readonly<Record<NonNullable<AuditEvent["severity"]>, Code>> = {
  info: { id: 1, name: "Informational" },
  low: { id: 2, name: "Low" },
  medium: { id: 3, name: "Medium" },
  high: { id: 4, name: "High" },
  critical: { id: 5, name: "Critical" },
}

const statuses: Readonly<Record<AuditEvent["outcome"], Code>> = {
  success: { id: 1, name: "Success" },
  failure: { id: 2, name: "Failure" },
  denied: { id: 2, name: "Failure" },
  unknown: { id: 0, name: "Unknown" },
  attempt: { id: other, name: "Attempt" },
  partial: { id: other, name: "Partial" },
}

const userTypes: Readonly<Record<AuditEvent["actor"]["type"], Code>> = {
  user: { id: 1, name: "User" },
  system: { id: 3, name: "System" },
  service: { id: other, name: "Service" },
  agent: { id: other, name: "Agent" },
  anonymous: { id: other, name: "Anonymous" },
}

const activities: Readonly<Record<Activity, Code | undefined>> = {
  create: { id: 1, name: "Create" },
  read: { id: 2, name: "Read" },
  update: { id: 3, name: "Update" },
  delete: { id: 4, name: "Delete" },
  login: { id: 1, name: "Logon" },
  logout: { id: 2, name: "Logoff" },
  other: undefined,
}

const userOf = ({ actor }: AuditEvent) => ({
  uid: actor.id,
  type_id: userTypes[actor.type].id,
  type: userTypes[actor.type].name,
})

const endpointOf = ({ source }: AuditEvent) => {
  const ip = ipOf(source?.ip)?.address
  if (ip !== undefined) return { ip }
  return source?.ip === undefined ? undefined : { name: source.ip }
}

const resourcesOf = ({ target }: AuditEvent) =>
  target?.map(({ fields, id, name, owner, type }) => ({
    uid: id,
    type,
    name,
    owner: owner === undefined ? undefined : { uid: owner },
    data: fields === undefined ? undefined : { fields },
  }))

// What OCSF has no attribute for, under the names it has here.
const unmappedOf = (event: AuditEvent) => ({
  class: event.class,
  classification: event.classification,
  outcome: event.outcome,
  actor: {
    on_behalf_of: event.actor.onBehalfOf,
    roles: event.actor.roles,
    auth_method: event.actor.authMethod,
  },
  trace: event.trace,
  purpose: event.purpose,
  legal_basis: event.legalBasis,
  frameworks: event.frameworks,
  retention: event.retention,
  change: event.change,
  data: event.data,
})

const metadataOf = ({ event, sequence, trail }: ExportRecord) => ({
  version: schemaVersion,
  product: { name: "Countersign", vendor_name: "Countersign" },
  uid: event.id,
  event_code: event.type,
  sequence,
  log_name: trail,
  logged_time: millisOf(event.observed ?? event.time),
  original_time: event.time,
  tenant_uid: event.tenant,
  correlation_uid: event.correlation,
})

const occurrenceOf = (record: ExportRecord) => {
  const { event, text } = record
  const severity = event.severity === undefined ? undefined : severities[event.severity]
  return {
    time: millisOf(event.time),
    severity_id: severity?.id ?? 0,
    severity: severity?.name ?? "Unknown",
    status_id: statuses[event.outcome].id,
    status: statuses[event.outcome].name,
    status_detail: event.reason,
    metadata: metadataOf(record),
    http_request:
      event.source?.userAgent === undefined ? undefined : { user_agent: event.source.userAgent },
    // The canonical JSON, so that it can be held against a proof.
    raw_data: text,
    raw_data_size: Buffer.byteLength(text),
    unmapped: unmappedOf(event),
  }
}

const classOf = (categoryUid: number, classUid: number, activity: Code) => ({
  category_uid: categoryUid,
  class_uid: classUid,
  activity_id: activity.id,
  activity_name: activity.name,
  type_uid: classUid * 100 + activity.id,
})

const sessionOf = ({ session }: AuditEvent) =>
  session === undefined ? undefined : { uid: session }

/**
 * One event on one line: Authentication where the action is a login or a logout, API Activity
 * otherwise. The endpoint that API Activity requires is named `Unknown` where no source is known.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (record: ExportRecord): string => {
  const { event, trail } = record
  const activity = activityOf(event)
  const code = activities[activity] ?? { id: other, name: event.action ?? "Other" }
  const actor = { user: userOf(event), session: sessionOf(event) }
  if (activity === "login" || activity === "logout") {
    return JSON.stringify({
      ...classOf(3, 3002, code),
      ...occurrenceOf(record),
      actor,
      user: actor.user,
      session: actor.session,
      service: { name: trail },
      src_endpoint: endpointOf(event),
    })
  }
  return JSON.stringify({
    ...classOf(6, 6003, code),
    ...occurrenceOf(record),
    actor,
    api: { operation: event.type, service: { name: trail } },
    src_endpoint: endpointOf(event) ?? { name: "Unknown" },
    resources: resourcesOf(event),
  })
}

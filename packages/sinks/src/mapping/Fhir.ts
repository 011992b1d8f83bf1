/**
 * A record as an AuditEvent of FHIR R4.
 *
 * R5 and R6 have other names for the same things, so the release stands in this module's first
 * line, and another release is another module.
 *
 * - Source: HL7 FHIR 4.0.1, AuditEvent.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import { type Activity, activityOf } from "./Activity.ts"
import type { ExportRecord } from "./ExportRecord.ts"
import { ipOf } from "./IpAddress.ts"

const dicom = "http://dicom.nema.org/resources/ontology/DCM"
const objectRoles = "http://terminology.hl7.org/CodeSystem/object-role"
const objectTypes = "http://terminology.hl7.org/CodeSystem/audit-entity-type"

const actions: Readonly<Record<Activity, string>> = {
  create: "C",
  read: "R",
  update: "U",
  delete: "D",
  login: "E",
  logout: "E",
  other: "E",
}

// Success, minor failure, serious failure. An attempt and an unknown outcome have none.
const outcomes: Readonly<Record<AuditEvent["outcome"], string | undefined>> = {
  success: "0",
  partial: "4",
  denied: "4",
  failure: "8",
  attempt: undefined,
  unknown: undefined,
}

const typeOf = (event: AuditEvent) => {
  const activity = activityOf(event)
  if (activity === "login" || activity === "logout") {
    return { system: dicom, code: "110114", display: "User Authentication" }
  }
  return event.target?.some(({ type }) => type === "Patient") === true
    ? { system: dicom, code: "110110", display: "Patient Record" }
    : { system: dicom, code: "110100", display: "Application Activity" }
}

// A `string` of FHIR has no control characters but tab and line breaks, no white space beyond
// ASCII, and something else than white space.
const text = (value: string): string =>
  value
    .replaceAll(/[^\P{Cc}\t\r\n]/gu, "\ufffd")
    .replaceAll(/[^\S \t\r\n]/g, " ")
    .replace(/^\s+$/, "\ufffd")

// The type `id` of FHIR, and the form that the names of its resources have.
const idForm = /^[A-Za-z0-9\-.]{1,64}$/
const resourceForm = /^[A-Z][A-Za-z]{1,63}$/

const whatOf = (type: string, id: string) =>
  resourceForm.test(type) && idForm.test(id)
    ? { reference: `${type}/${id}` }
    : { identifier: { value: text(id) }, display: text(type) }

// Type 2 is an address of IP; what else stands there, such as a name, has no type that is known.
const networkOf = (ip: string | undefined) => {
  if (ip === undefined) return undefined
  return { address: text(ip), type: ipOf(ip) === undefined ? undefined : "2" }
}

const agentsOf = ({ actor, purpose, source }: AuditEvent) => {
  const agent = {
    type: { text: actor.type },
    // An empty list is no JSON of FHIR.
    role: actor.roles?.length ? actor.roles.map((role) => ({ text: text(role) })) : undefined,
    who: { identifier: { value: text(actor.id) } },
    requestor: true,
    network: networkOf(source?.ip),
    purposeOfUse: purpose === undefined ? undefined : [{ text: text(purpose) }],
  }
  const { onBehalfOf } = actor
  if (onBehalfOf === undefined) return [agent]
  return [agent, { who: { identifier: { value: text(onBehalfOf) } }, requestor: false }]
}

const targetsOf = ({ target }: AuditEvent) =>
  (target ?? []).map(({ fields, id, name, owner, type }) => ({
    what: whatOf(type, id),
    role: type === "Patient" ? { system: objectRoles, code: "1", display: "Patient" } : undefined,
    name: name === undefined ? undefined : text(name),
    detail: detailsOf([
      ["owner", owner],
      ["fields", fields?.join(",")],
    ]),
  }))

const detailsOf = (pairs: ReadonlyArray<readonly [type: string, value: string | undefined]>) => {
  const details = pairs.flatMap(([type, value]) =>
    value === undefined || value === "" ? [] : [{ type, valueString: text(value) }],
  )
  return details.length === 0 ? undefined : details
}

const json = (value: unknown): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value)

/** The record itself: where it stands, what has no place elsewhere, and its bytes. */
const recordOf = (record: ExportRecord) => {
  const { event, sequence, trail } = record
  return {
    what: { identifier: { system: "urn:countersign:record", value: `${trail}#${sequence}` } },
    type: { system: objectTypes, code: "4", display: "Other" },
    name: "Countersign record",
    detail: [
      ...(detailsOf([
        ["class", event.class],
        ["action", event.action],
        ["session", event.session],
        ["correlation", event.correlation],
        ["authMethod", event.actor.authMethod],
        ["userAgent", event.source?.userAgent],
        ["legalBasis", event.legalBasis],
        ["frameworks", event.frameworks?.join(",")],
        ["trace", json(event.trace)],
        ["change", json(event.change)],
        ["data", json(event.data)],
      ]) ?? []),
      // The canonical JSON, so that it can be held against a proof.
      { type: "canonical", valueBase64Binary: Buffer.from(record.text).toString("base64") },
    ],
  }
}

/**
 * One resource on one line. Its type is authentication, patient record or application activity,
 * and the event's own type is the subtype.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (record: ExportRecord): string => {
  const { event, trail } = record
  return JSON.stringify({
    resourceType: "AuditEvent",
    id: idForm.test(event.id) ? event.id : undefined,
    meta: { tag: [{ system: "urn:countersign:classification", code: event.classification }] },
    type: typeOf(event),
    subtype: [{ system: "urn:countersign:event-type", code: event.type }],
    action: actions[activityOf(event)],
    period: event.observed === undefined ? undefined : { start: event.time, end: event.time },
    recorded: event.observed ?? event.time,
    outcome: outcomes[event.outcome],
    outcomeDesc: event.reason === undefined ? undefined : text(event.reason),
    agent: agentsOf(event),
    source: {
      site: event.tenant === undefined ? undefined : text(event.tenant),
      observer: { identifier: { value: text(trail) }, display: text(trail) },
    },
    entity: [...targetsOf(event), recordOf(record)],
  })
}

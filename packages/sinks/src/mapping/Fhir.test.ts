import { AuditEvent } from "@countersign/core/event/AuditEvent"
import { assert, describe, it } from "@effect/vitest"
import { anyRecordOf, records } from "../testing/RecordFixture.ts"
import * as Fhir from "./Fhir.ts"

/** A type of FHIR: the form of a text, a boolean, or members with how often each comes. */
type Type =
  | RegExp
  | "boolean"
  | Readonly<Record<string, readonly [type: Type, min: 0 | 1, max: 1 | "*"]>>

// The regular expressions that FHIR 4.0.1 gives its primitive types.
const string = /^[ \r\n\t\S]+$/
const code = /^[^\s]+(\s[^\s]+)*$/
const id = /^[A-Za-z0-9\-.]{1,64}$/
const uri = /^\S+$/
const instant =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z$/
const base64 = /^(\s*([0-9a-zA-Z+/=]){4}\s*)+$/

const coding: Type = {
  system: [uri, 0, 1],
  code: [code, 0, 1],
  display: [string, 0, 1],
}
const concept: Type = { coding: [coding, 0, "*"], text: [string, 0, 1] }
const identifier: Type = { system: [uri, 0, 1], value: [string, 0, 1] }
const reference: Type = {
  reference: [string, 0, 1],
  identifier: [identifier, 0, 1],
  display: [string, 0, 1],
}
const auditEvent: Type = {
  resourceType: [/^AuditEvent$/, 1, 1],
  id: [id, 0, 1],
  meta: [{ tag: [coding, 0, "*"] }, 0, 1],
  type: [coding, 1, 1],
  subtype: [coding, 0, "*"],
  action: [/^[CRUDE]$/, 0, 1],
  period: [{ start: [instant, 0, 1], end: [instant, 0, 1] }, 0, 1],
  recorded: [instant, 1, 1],
  outcome: [/^(?:0|4|8|12)$/, 0, 1],
  outcomeDesc: [string, 0, 1],
  agent: [
    {
      type: [concept, 0, 1],
      role: [concept, 0, "*"],
      who: [reference, 0, 1],
      requestor: ["boolean", 1, 1],
      network: [{ address: [string, 0, 1], type: [/^[1-5]$/, 0, 1] }, 0, 1],
      purposeOfUse: [concept, 0, "*"],
    },
    1,
    "*",
  ],
  source: [{ site: [string, 0, 1], observer: [reference, 1, 1], type: [coding, 0, "*"] }, 1, 1],
  entity: [
    {
      what: [reference, 0, 1],
      type: [coding, 0, 1],
      role: [coding, 0, 1],
      name: [string, 0, 1],
      detail: [
        { type: [string, 1, 1], valueString: [string, 0, 1], valueBase64Binary: [base64, 0, 1] },
        0,
        "*",
      ],
    },
    0,
    "*",
  ],
}

const faultsOf = (type: Type, value: unknown, at: string): ReadonlyArray<string> => {
  if (type === "boolean") return typeof value === "boolean" ? [] : [`${at} is no boolean`]
  if (type instanceof RegExp) {
    return typeof value === "string" && type.test(value) ? [] : [`${at} has not the form ${type}`]
  }
  if (typeof value !== "object" || value === null) return [`${at} is no object`]
  const names = Object.keys(value)
  return [
    ...(names.length === 0 ? [`${at} is empty`] : []),
    ...names.filter((name) => !(name in type)).map((name) => `${at}.${name} is unknown`),
    ...Object.entries(type).flatMap(([name, [each, min, max]]) => {
      // A member of an object, of which nothing is assumed.
      const member: unknown = (value as Readonly<Record<string, unknown>>)[name]
      const path = `${at}.${name}`
      if (member === undefined) return min === 0 ? [] : [`${path} is missing`]
      if (max === 1) return faultsOf(each, member, path)
      if (!Array.isArray(member) || member.length === 0) return [`${path} is no list of some`]
      return member.flatMap((item) => faultsOf(each, item, path))
    }),
  ]
}

const faults = (resource: unknown) => faultsOf(auditEvent, resource, "AuditEvent")

// The schema of events takes days such as February 31st and the year 0, as FHIR's form does, and
// months such as 13, as it doesn't.
const isCalendar = ({ observed, time }: AuditEvent): boolean =>
  instant.test(time) && (observed === undefined || instant.test(observed))

describe("Fhir", () => {
  it.prop("is an AuditEvent of R4 for any event", { event: AuditEvent }, ({ event }) => {
    const record = anyRecordOf(
      isCalendar(event)
        ? event
        : { ...event, time: "2026-11-21T09:00:00Z", observed: "2026-11-21T09:00:00Z" },
    )
    assert.deepStrictEqual(faults(JSON.parse(Fhir.write(record))), [])
  })

  it("is an AuditEvent of R4 for each kind of record", () => {
    for (const record of records) assert.deepStrictEqual(faults(JSON.parse(Fhir.write(record))), [])
  })

  it("carries the record's bytes as they were hashed", () => {
    for (const record of records) {
      const bytes = Buffer.from(record.text).toString("base64")
      assert.include(Fhir.write(record), `{"type":"canonical","valueBase64Binary":"${bytes}"}`)
    }
  })

  it("has no text of white space alone, which FHIR calls empty", () => {
    const [record] = records
    if (record === undefined) return
    const blank = anyRecordOf({ ...record.event, reason: " \u2003\n", tenant: "\u0085" })
    const resource = JSON.parse(Fhir.write(blank))
    assert.strictEqual(resource.outcomeDesc, "\ufffd")
    assert.strictEqual(resource.source.site, "\ufffd")
  })

  it("refers to a resource only where type and id are those of one", () => {
    const [, full, hostile] = records.map((record) => JSON.parse(Fhir.write(record)).entity)
    assert.deepStrictEqual(full[0].what, { reference: "Patient/p-17" })
    assert.deepStrictEqual(full[1].what, {
      identifier: { value: "a/9 b" },
      display: "appointment",
    })
    assert.isUndefined(hostile[0].what.reference)
  })

  it("calls an address only what is one", () => {
    const networks = records.map((record) => JSON.parse(Fhir.write(record)).agent[0].network)
    const [, full, hostile, login] = networks
    assert.deepStrictEqual(full, { address: "192.0.2.17", type: "2" })
    assert.deepStrictEqual(login, { address: "2001:db8::17", type: "2" })
    assert.hasAllKeys(hostile, ["address"])
  })

  it("has one agent who asked, and beside it whom it acted for", () => {
    const [, full] = records.map((record) => JSON.parse(Fhir.write(record)).agent)
    assert.deepStrictEqual(
      full.map((agent: { readonly requestor: boolean }) => agent.requestor),
      [true, false],
    )
  })

  it("claims no outcome that is not known", () => {
    const [record] = records
    if (record === undefined) return
    const outcomes = (
      ["success", "partial", "denied", "failure", "attempt", "unknown"] as const
    ).map((outcome) => JSON.parse(Fhir.write(anyRecordOf({ ...record.event, outcome }))).outcome)
    assert.deepStrictEqual(outcomes, ["0", "4", "4", "8", undefined, undefined])
  })

  it("is judged by rules that see a fault", () => {
    const [record] = records
    if (record === undefined) return
    const resource = JSON.parse(Fhir.write(record))
    assert.deepStrictEqual(faults({ ...resource, agent: [] }), [
      "AuditEvent.agent is no list of some",
    ])
    assert.lengthOf(faults({ ...resource, source: {} }), 2)
    assert.lengthOf(faults({ ...resource, outcome: "1" }), 1)
    assert.lengthOf(faults({ ...resource, outcomeDesc: "" }), 1)
    assert.lengthOf(faults({ ...resource, recorded: "today" }), 1)
    assert.lengthOf(faults({ ...resource, extra: 1 }), 1)
  })
})

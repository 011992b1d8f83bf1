import { assert, describe, it } from "@effect/vitest"
import canonicalizeIndependent from "canonicalize"
import * as Schema from "effect/Schema"
import { AuditEvent, type AuditEventInput } from "./AuditEvent.ts"
import { EventEncoder } from "./EventEncoder.ts"
import { isEventId } from "./EventId.ts"

const limits = { depthMax: 8, keysMax: 256, keyLengthMax: 64, eventBytesMax: 49_152 }
const now = Date.UTC(2026, 10, 21, 9)
const minimal: AuditEventInput = {
  type: "patient.record.read",
  actor: { id: "u-1" },
  outcome: "success",
}
const full: AuditEventInput = {
  ...minimal,
  id: "0192f0c1-7b3a-7c3e-8f00-000000000001",
  time: "2026-11-20T08:00:00.123Z",
  class: "critical",
  classification: "PHI",
  action: "READ",
  reason: "emergency",
  actor: { id: "u-1", type: "agent", onBehalfOf: "u-2", roles: ["nurse"], authMethod: "totp" },
  target: [{ id: "p-1", type: "Patient", name: "Ö", owner: "ward", fields: ["name", "dob"] }],
  severity: "high",
  tenant: "north",
  session: "s-1",
  source: { ip: "10.0.0.1", userAgent: "browser" },
  trace: { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" },
  correlation: "c-1",
  purpose: "TREATMENT",
  legalBasis: "consent",
  frameworks: ["HIPAA"],
  retention: "six-years",
  change: { before: { a: 1 }, after: { a: 2 }, diff: [] },
  data: { z: 1, a: 'quote"d' },
  sampling: { policy: "upstream", rate: 0.5 },
}

const encoded = (event: AuditEventInput): EventEncoder => {
  const encoder = new EventEncoder(limits)
  const invalid = encoder.encode(event, now)
  if (invalid !== undefined) throw invalid
  return encoder
}
// Wrong on purpose: what JavaScript callers can pass.
const wrong = (event: object): AuditEventInput => event as AuditEventInput
const refused = (event: object) => new EventEncoder(limits).encode(wrong(event), now)

describe("EventEncoder", () => {
  it("refuses an event whose getter throws what has no text", () => {
    const data = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw Object.create(null)
      },
    })
    assert.strictEqual(
      refused({ ...minimal, data })?.problem,
      "reading it threw a value that has no text",
    )
  })

  it.each([
    ["a minimal event", minimal],
    ["a full event", full],
  ])("writes %s as canonical JSON that the schema accepts", (_name, event) => {
    const { bytes, json } = encoded(event)
    const value: unknown = JSON.parse(json)
    assert.strictEqual(json, canonicalizeIndependent(value))
    assert.strictEqual(bytes, Buffer.byteLength(json))
    Schema.decodeUnknownSync(AuditEvent)(value, { onExcessProperty: "error" })
  })

  it("keeps every member that the application wrote", () => {
    assert.deepStrictEqual(JSON.parse(encoded(full).json), {
      ...full,
      observed: "2026-11-21T09:00:00.000Z",
    })
  })

  it("adds id, time, class, classification and the actor's type where they are absent", () => {
    const event = JSON.parse(encoded(minimal).json) as AuditEvent
    assert.isTrue(isEventId(event.id))
    assert.strictEqual(event.time, "2026-11-21T09:00:00.000Z")
    assert.strictEqual(event.class, "standard")
    assert.strictEqual(event.classification, "INTERNAL")
    assert.strictEqual(event.actor.type, "user")
    assert.isUndefined(event.observed)
  })

  it.each([
    ["keys out of order", { z: 1, a: { y: [{ d: 1, c: 2 }], x: null } }],
    ["keys like integers", { b: 1, 10: 2, 9: { 2: "x", 1: "y" } }],
    ["a member named __proto__", JSON.parse('{"z":1,"__proto__":{"b":1,"a":2}}')],
    ["undefined members", { b: undefined, a: 1 }],
    ["many keys", Object.fromEntries(Array.from({ length: 60 }, (_, key) => [`k${key}`, key]))],
    ["escapes", { text: 'a "quote", a \\ and \u0001, \ud83d\ude00', ["é\n"]: 1 }],
    ["a list of its own kind", { list: Object.assign([3, 2], { toJSON: undefined }) }],
  ])("writes data with %s canonically", (_what, data) => {
    const { json } = encoded({ ...minimal, data })
    assert.strictEqual(json, canonicalizeIndependent(JSON.parse(json)))
    assert.deepStrictEqual(
      (JSON.parse(json) as { data: unknown }).data,
      JSON.parse(JSON.stringify(data)),
    )
  })

  it("does not order the caller's own objects", () => {
    const data = { z: 1, a: { y: 1, x: 2 } }
    encoded({ ...minimal, data })
    assert.deepStrictEqual(
      [Object.keys(data), Object.keys(data.a)],
      [
        ["z", "a"],
        ["y", "x"],
      ],
    )
  })

  it("is not changed by a later change of the object", () => {
    const data = { list: ["before"] }
    const encoder = encoded({ ...minimal, data })
    data.list[0] = "after"
    assert.include(encoder.json, '"before"')
  })

  it.each([
    ["", null],
    ["type", { ...minimal, type: undefined }],
    ["type", { ...minimal, type: "Read" }],
    ["type", { ...minimal, type: "audit.closed" }],
    ["actor", { ...minimal, actor: undefined }],
    ["actor.id", { ...minimal, actor: {} }],
    ["actor.id", { ...minimal, actor: { id: "" } }],
    ["actor.type", { ...minimal, actor: { id: "a", type: "robot" } }],
    ["actor.name", { ...minimal, actor: { id: "a", name: "A" } }],
    ["outcome", { ...minimal, outcome: "ok" }],
    ["class", { ...minimal, class: "urgent" }],
    ["classification", { ...minimal, classification: "secret" }],
    ["severity", { ...minimal, severity: "huge" }],
    ["time", { ...minimal, time: "yesterday" }],
    ["time", { ...minimal, time: "2026-13-41T00:00:00Z" }],
    ["target", { ...minimal, target: {} }],
    ["target[1].id", { ...minimal, target: [{ id: "a", type: "T" }, { type: "T" }] }],
    ["source.port", { ...minimal, source: { port: "1" } }],
    ["trace.spanId", { ...minimal, trace: { traceId: "a" } }],
    ["frameworks[0]", { ...minimal, frameworks: [1] }],
    ["sampling.rate", { ...minimal, sampling: { policy: "p", rate: 2 } }],
    ["tenant", { ...minimal, tenant: "\ud800" }],
    ["data.a[0]", { ...minimal, data: { a: [Number.NaN] } }],
    ["change.undo", { ...minimal, change: { undo: 1 } }],
    ["change.before", { ...minimal, change: { before: 1n } }],
    ["user", { ...minimal, user: "u-1" }],
  ])("refuses with the path %s", (path, event) => {
    const invalid = refused(wrong(event as object))
    assert.strictEqual(invalid?.path, path)
    assert.strictEqual(invalid?.code, "AUD-1001")
  })

  it("refuses an event whose getter throws, rather than throwing into the caller", () => {
    const event = {
      ...minimal,
      get tenant(): string {
        throw new Error("boom")
      },
    }
    assert.include(refused(event)?.message, "boom")
  })

  it("refuses more canonical bytes than the limit and names both, measured in UTF-8", () => {
    const encoder = new EventEncoder({ ...limits, eventBytesMax: 400 })
    assert.isUndefined(encoder.encode({ ...minimal, data: "x".repeat(100) }, now))
    const invalid = encoder.encode({ ...minimal, data: "é".repeat(100) }, now)
    assert.match(invalid?.message ?? "", /canonical bytes; expected at most 400 /)
  })

  it("encodes well after a refusal", () => {
    const encoder = new EventEncoder(limits)
    assert.isDefined(encoder.encode(wrong({ ...minimal, data: ["é", Number.NaN] }), now))
    assert.isUndefined(encoder.encode(minimal, now))
    assert.isTrue(encoder.isAscii)
  })

  // Property: whatever the schema makes, the encoder accepts, and both agree on the result.
  it.prop(
    "accepts what the schema makes",
    { event: AuditEvent },
    ({ event: { observed: _observed, ...event } }) => {
      const encoder = new EventEncoder({ ...limits, depthMax: 64, keysMax: 1e6, keyLengthMax: 1e6 })
      const invalid = encoder.encode(event, now)
      if (invalid !== undefined) {
        assert.match(invalid.message, /surrogate|2\^53|canonical bytes|audit\.|levels|RFC 3339/)
        return
      }
      assert.strictEqual(encoder.json, canonicalizeIndependent(JSON.parse(encoder.json)))
      assert.deepStrictEqual(
        JSON.parse(encoder.json),
        JSON.parse(JSON.stringify({ ...event, observed: new Date(now).toISOString() })),
      )
    },
  )
})

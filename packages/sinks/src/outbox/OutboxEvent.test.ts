import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { EventEncoder } from "@countersign/core/event/EventEncoder"
import { InvalidEvent } from "@countersign/core/event/InvalidEvent"
import { assert, describe, it } from "@effect/vitest"
import * as OutboxEvent from "./OutboxEvent.ts"

const now = Date.UTC(2026, 10, 21, 9)
const limits = { ...OutboxEvent.defaultLimits, eventBytesMax: 65_535 }

const event: AuditEventInput = {
  type: "patient.record.changed",
  actor: { id: "u-1" },
  outcome: "success",
}

const encoded = (given: AuditEventInput): OutboxEvent.OutboxEvent => {
  const result = OutboxEvent.encode(given, now, limits)
  if (result instanceof InvalidEvent) throw result
  return result
}

const refused = (given: AuditEventInput): InvalidEvent => {
  const result = OutboxEvent.encode(given, now, limits)
  assert.instanceOf(result, InvalidEvent)
  return result
}

/** What the trail holds of it, when an engine records it an hour later. */
const recorded = (given: AuditEventInput) => {
  const encoder = new EventEncoder(limits)
  const { bytes, id } = encoded(given)
  const back = OutboxEvent.decode(bytes, id)
  if (back instanceof InvalidEvent) throw back
  const invalid = encoder.encode(back, now + 3_600_000)
  if (invalid !== undefined) throw invalid
  return encoder
}

describe("an event of the outbox", () => {
  it("keeps its id and the time at which it happened, and says when the engine saw it", () => {
    const { id } = encoded(event)
    const { id: _, ...form } = JSON.parse(recorded(event).json) as { readonly id: string }
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    assert.deepStrictEqual(form, {
      ...event,
      actor: { id: "u-1", type: "user" },
      class: "standard",
      classification: "INTERNAL",
      time: "2026-11-21T09:00:00.000Z",
      observed: "2026-11-21T10:00:00.000Z",
    })
  })

  it("keeps a time of the application's own, and data in any order of keys", () => {
    const given = { ...event, id: "a", time: "2025-01-01T00:00:00Z", data: { b: 1, 10: 2, 9: 3 } }
    assert.include(recorded(given).json, '"data":{"10":2,"9":3,"b":1}')
    assert.include(recorded(given).json, '"time":"2025-01-01T00:00:00Z"')
  })

  it("is refused where the trail would not take it, to the byte", () => {
    const filled = (length: number) => ({ ...event, data: "x".repeat(length) })
    const room = 65_535 - recorded(filled(0)).bytes
    assert.strictEqual(recorded(filled(room)).bytes, 65_535)
    assert.include(refused(filled(room + 1)).problem, "65536 canonical bytes")
  })

  it("is refused with the path where it holds U+0000, in a value or a name", () => {
    assert.strictEqual(refused({ ...event, data: { a: ["x", "y\0"] } }).path, "data.a[1]")
    assert.strictEqual(refused({ ...event, actor: { id: "u\0" } }).path, "actor.id")
    assert.strictEqual(refused({ ...event, data: { "\0": 1 } }).path, "data")
    assert.include(recorded({ ...event, data: "\\u0000" }).json, "\\\\u0000")
  })

  it("is refused as telemetry, which might be sampled away, on both ways", () => {
    assert.strictEqual(refused({ ...event, class: "telemetry" }).path, "class")
    const row = Buffer.from(JSON.stringify({ ...event, id: "a", class: "telemetry" }))
    assert.propertyVal(OutboxEvent.decode(row, "a"), "path", "class")
    assert.instanceOf(OutboxEvent.decode(Buffer.from("{"), "a"), InvalidEvent)
  })

  it("is refused where its id is not the row's, by which the trail would be searched", () => {
    for (const more of [{}, { id: "b" }, { id: 7 }, { id: null }]) {
      const row = Buffer.from(JSON.stringify({ ...event, ...more }))
      assert.propertyVal(OutboxEvent.decode(row, "a"), "path", "id")
    }
    const { bytes, id } = encoded(event)
    assert.propertyVal(OutboxEvent.decode(bytes, id), "id", id)
  })
})

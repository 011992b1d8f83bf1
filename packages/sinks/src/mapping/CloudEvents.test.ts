import { AuditEvent } from "@countersign/core/event/AuditEvent"
import { assert, describe, it } from "@effect/vitest"
import { anyRecordOf, records } from "../testing/RecordFixture.ts"
import * as CloudEvents from "./CloudEvents.ts"

const compareText = (one: unknown, other: unknown): number => (String(one) < String(other) ? -1 : 1)

const parsed = (line: string): Readonly<Record<string, unknown>> => JSON.parse(line)

describe("CloudEvents", () => {
  it.prop(
    "has the attributes that CloudEvents 1.0 requires",
    { event: AuditEvent },
    ({ event }) => {
      const record = anyRecordOf(event)
      const envelope = parsed(CloudEvents.write(record))
      assert.strictEqual(envelope["specversion"], "1.0")
      assert.strictEqual(
        envelope["id"],
        record.event.id.replaceAll(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, "\ufffd"),
      )
      assert.strictEqual(envelope["source"], "//clinic.example/audit")
      assert.strictEqual(envelope["type"], record.event.type)
      for (const [name, value] of Object.entries(envelope)) {
        // Names of attributes: CloudEvents 1.0.2, naming conventions. Values: no empty text.
        assert.match(name, /^[a-z0-9]{1,20}$/)
        if (name === "data") continue
        assert.isNotEmpty(value)
        assert.notMatch(String(value), /[\p{Cc}\p{Noncharacter_Code_Point}]/u)
      }
    },
  )

  it("carries the record's bytes as they were hashed", () => {
    for (const record of records) {
      assert.isTrue(CloudEvents.write(record).endsWith(`,"data":${record.text}}`))
    }
  })

  it("orders by sequence as texts do", () => {
    const [record] = records
    if (record === undefined) return
    const sequences = [0, 9, 10, 4_294_967_296, Number.MAX_SAFE_INTEGER].map(
      (sequence) => parsed(CloudEvents.write({ ...record, sequence }))["sequence"],
    )
    assert.deepStrictEqual(sequences, sequences.toSorted(compareText))
  })

  it("names no trace that is none", () => {
    const lines = records.map((record) => parsed(CloudEvents.write(record))["traceparent"])
    assert.deepStrictEqual(lines, [
      undefined,
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
      undefined,
      undefined,
      undefined,
    ])
  })

  it("makes a URI reference of any origin", () => {
    const [record] = records
    if (record === undefined) return
    const { source } = parsed(CloudEvents.write({ ...record, trail: "é b/c?d#e\ud800" }))
    assert.strictEqual(source, "//%C3%A9%20b/c%3Fd%23e%EF%BF%BD")
  })
})

import { AuditEvent } from "@countersign/core/event/AuditEvent"
import { assert, describe, it } from "@effect/vitest"
import { anyRecordOf, records } from "../testing/RecordFixture.ts"
import * as Otlp from "./Otlp.ts"

const memberNames = new Set(
  "timeUnixNano observedTimeUnixNano severityNumber severityText eventName body attributes traceId spanId".split(
    " ",
  ),
)

/** What a strict reader of `LogRecord` in the JSON of OTLP insists on. */
const check = (record: Otlp.LogRecord): void => {
  for (const name of Object.keys(record)) assert.include([...memberNames], name)
  for (const nanos of [record.timeUnixNano, record.observedTimeUnixNano]) {
    // A fixed64, as decimal text.
    assert.match(nanos ?? "", /^\d+$/)
    assert.isTrue(BigInt(nanos ?? "") < 2n ** 64n)
  }
  const { severityNumber, spanId, traceId } = record
  if (severityNumber !== undefined) assert.isTrue(severityNumber >= 1 && severityNumber <= 24)
  assert.strictEqual(traceId === undefined, spanId === undefined)
  if (traceId !== undefined) assert.match(traceId, /^(?!0{32})[\da-f]{32}$/)
  if (spanId !== undefined) assert.match(spanId, /^(?!0{16})[\da-f]{16}$/)
  const keys = record.attributes.map(({ key }) => key)
  assert.strictEqual(new Set(keys).size, keys.length)
  for (const { key, value } of record.attributes) {
    assert.isNotEmpty(key)
    assert.lengthOf(Object.keys(value), 1)
    // An int64, as decimal text.
    if ("intValue" in value) assert.match(value.intValue, /^-?\d+$/)
  }
}

const attributes = (record: Otlp.LogRecord) =>
  new Map(record.attributes.map(({ key, value }) => [key, value]))

describe("Otlp", () => {
  it.prop("is a LogRecord for any event", { event: AuditEvent }, ({ event }) => {
    const record = anyRecordOf(event)
    const log = Otlp.logRecordOf(record)
    check(JSON.parse(JSON.stringify(log)))
    assert.strictEqual(log.body.stringValue, record.text)
    assert.strictEqual(log.eventName, record.event.type)
  })

  it("keeps the nanoseconds of the event, and when it was seen", () => {
    const [, full] = records.map(Otlp.logRecordOf)
    assert.strictEqual(full?.timeUnixNano, "1795251600123456789")
    assert.strictEqual(full?.observedTimeUnixNano, "1795251601500000000")
  })

  it("names a trace only by ids that OTLP takes", () => {
    const ids = records.map(Otlp.logRecordOf).map(({ traceId }) => traceId)
    const none = undefined
    assert.deepStrictEqual(ids, [none, "0af7651916cd43dd8448eb211c80319c", none, none, none])
  })

  it("repeats as attributes what people search for", () => {
    const [, full] = records.map(Otlp.logRecordOf)
    if (full === undefined) return
    const found = attributes(full)
    assert.deepStrictEqual(found.get("audit.actor.id"), { stringValue: "dr-jones" })
    assert.deepStrictEqual(found.get("audit.sequence"), { intValue: "1" })
    assert.deepStrictEqual(found.get("audit.target.id"), {
      arrayValue: { values: [{ stringValue: "p-17" }, { stringValue: "a/9 b" }] },
    })
  })

  it("gives each severity a number of its range, and none where the event has none", () => {
    const numbers = records.map(Otlp.logRecordOf).map(({ severityNumber }) => severityNumber)
    assert.deepStrictEqual(numbers, [undefined, 17, 21, 13, undefined])
  })
})

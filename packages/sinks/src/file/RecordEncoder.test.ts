import { assert, describe, it } from "@effect/vitest"
import { forms, type ReadRecord } from "./RecordEncoder.ts"

const trail = "example.org/audit/forms"

const recordOf = (sequence: number): ReadRecord => {
  const value = {
    actor: { id: "u-1", type: "user" },
    class: "standard",
    classification: "INTERNAL",
    id: `019aa5d5-0a40-7000-8000-00000000000${sequence}`,
    outcome: "success",
    reason: "line\nline",
    time: "2026-11-21T09:30:00.000Z",
    type: "patient.record.read",
  }
  return { sequence, value, bytes: Buffer.from(JSON.stringify(value)) }
}

const written = (name: string, records: ReadonlyArray<ReadRecord>) => {
  const encoder = forms.get(name)?.make(trail)
  assert.isDefined(encoder)
  const pieces: Array<Uint8Array> = []
  for (const record of records) {
    assert.isUndefined(encoder?.add(record))
    pieces.push(encoder?.take() ?? Buffer.alloc(0))
  }
  encoder?.end()
  return Buffer.concat([...pieces, encoder?.take() ?? Buffer.alloc(0)])
}

describe("RecordEncoder", () => {
  it("has the trail's own lines, two tables, and the formats of others", () => {
    assert.deepStrictEqual([...forms.keys()].slice(0, 3), ["ndjson", "csv", "parquet"])
    for (const name of ["cef", "cloudevents", "ecs", "fhir", "ocsf", "otlp", "syslog"]) {
      assert.isTrue(forms.get(name)?.isText, name)
    }
  })

  for (const [name, { isText }] of forms) {
    if (!isText || name === "csv") continue
    it(`writes one line a record as ${name}`, () => {
      const text = written(name, [recordOf(1), recordOf(2), recordOf(3)]).toString("utf8")
      assert.strictEqual(text.split("\n").length, 4)
      assert.isTrue(text.endsWith("\n"))
    })
  }

  it("passes the bytes of a record on as they are, as ndjson", () => {
    const { bytes, sequence } = recordOf(7)
    const text = written("ndjson", [recordOf(7)]).toString("utf8")
    assert.strictEqual(text, `{"sequence":${sequence},"event":${bytes.toString()}}\n`)
  })

  it("takes nothing of a record that a form can't have, and says which it is", () => {
    for (const name of ["ndjson", "csv", "ecs"]) {
      const encoder = forms.get(name)?.make(trail)
      encoder?.take()
      const bytes = Buffer.from(name === "ndjson" ? '{"a":\n1}' : '{"no":"event"}')
      const problem = encoder?.add({ sequence: 5, bytes, value: undefined })
      assert.include(problem?.message, `AUD-4601: record 5 of ${trail} is no event: it`)
      assert.strictEqual(encoder?.take().byteLength, 0)
    }
  })

  it("has a head in a CSV without rows, and a whole table in a Parquet without rows", () => {
    assert.match(written("csv", []).toString("utf8"), /^sequence,time,.*\r\n$/)
    assert.match(written("parquet", []).toString("latin1"), /^PAR1.*PAR1$/s)
  })
})

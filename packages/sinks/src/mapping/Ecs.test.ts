import { AuditEvent } from "@countersign/core/event/AuditEvent"
import { assert, describe, it } from "@effect/vitest"
import { anyRecordOf, records } from "../testing/RecordFixture.ts"
import * as Ecs from "./Ecs.ts"
import { ipOf } from "./IpAddress.ts"

interface Document {
  readonly event: {
    readonly kind: string
    readonly category: ReadonlyArray<string>
    readonly type: ReadonlyArray<string>
    readonly outcome: string
    readonly id: string
    readonly original: string
    readonly sequence: number
  }
  readonly source?: { readonly address: string; readonly ip?: string }
  readonly related: { readonly ip?: ReadonlyArray<string>; readonly user: ReadonlyArray<string> }
}

// ECS 8.17, `event.category`: the types expected with the two categories that are used.
const expectedTypes: Readonly<Record<string, ReadonlyArray<string>>> = {
  authentication: ["start", "end", "info"],
  api: "access admin allowed change creation deletion denied end info start user".split(" "),
}

// ECS 8.17, `fields.ecs.yml`: the sets of fields that a document may have at its top, and `trace`
// and `span` of the tracing fields.
const topNames = new Set(
  "@timestamp ecs message event user source user_agent organization trace span related countersign".split(
    " ",
  ),
)

const documentOf = (line: string): Document => JSON.parse(line)

describe("Ecs", () => {
  it.prop("keeps to the allowed values for any event", { event: AuditEvent }, ({ event }) => {
    const record = anyRecordOf(event)
    const line = Ecs.write(record)
    const document = documentOf(line)
    for (const name of Object.keys(JSON.parse(line))) assert.include([...topNames], name)
    assert.strictEqual(document.event.kind, "event")
    assert.include(["success", "failure", "unknown"], document.event.outcome)
    assert.lengthOf(document.event.category, 1)
    for (const type of document.event.type) {
      assert.include(expectedTypes[document.event.category[0] ?? ""] ?? [], type)
    }
    // A field of type `ip` refuses the whole document where it holds something else.
    for (const ip of [document.source?.ip, ...(document.related.ip ?? [])]) {
      if (ip !== undefined) assert.isDefined(ipOf(ip))
    }
    assert.strictEqual(document.event.original, record.text)
    assert.strictEqual(document.event.id, record.event.id)
  })

  it("tells a denied access from one that failed", () => {
    const kinds = records.map((record) => {
      const { category, outcome, type } = documentOf(Ecs.write(record)).event
      return [...category, ...type, outcome].join(" ")
    })
    assert.deepStrictEqual(kinds, [
      "api info success",
      "api access success",
      "api info denied failure",
      "authentication start failure",
      "api info success",
    ])
  })

  it("has no type that its category does not expect", () => {
    for (const action of ["LOGIN", "LOGOUT", "READ", "APPROVE"]) {
      const { category, type } = documentOf(
        Ecs.write(recordWith({ action, outcome: "denied" })),
      ).event
      for (const each of type) assert.include(expectedTypes[category[0] ?? ""] ?? [], each)
      assert.strictEqual(type.includes("denied"), category[0] === "api")
    }
  })

  it("keeps an address that is none out of the field for addresses", () => {
    const [, , hostile] = records.map((record) => documentOf(Ecs.write(record)))
    assert.isUndefined(hostile?.source?.ip)
    assert.isDefined(hostile?.source?.address)
    assert.isUndefined(hostile?.related.ip)
  })

  it("makes no field of what an application names itself", () => {
    const names = (data: AuditEvent["data"]) =>
      Object.keys(JSON.parse(Ecs.write(recordWith({ data: data ?? null })))["countersign"])
    assert.deepStrictEqual(names({ a: { b: 1 }, c: 2 }), names({}))
  })
})

const recordWith = (change: Partial<AuditEvent>) => {
  const [record] = records
  if (record === undefined) throw new Error("no record")
  return anyRecordOf({ ...record.event, ...change })
}

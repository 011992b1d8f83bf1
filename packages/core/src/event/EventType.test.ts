import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { defineEvent } from "./EventType.ts"
import { InvalidEvent } from "./InvalidEvent.ts"

const PatientRead = defineEvent("patient.record.read", {
  data: Schema.Struct({
    reason: Schema.NonEmptyString,
    ssn: Schema.String,
    contacts: Schema.Array(Schema.Struct({ phone: Schema.String, kind: Schema.String })),
  }),
  class: "compliance",
  classification: "PHI",
  frameworks: ["HIPAA"],
  retention: "six-years",
  redact: { ssn: "mask", "contacts.phone": "remove" },
})
const data = {
  reason: "round",
  ssn: "078-05-1120",
  contacts: [{ phone: "555-0100", kind: "home" }],
}
const event = { actor: { id: "u-1" }, outcome: "success", data } as const

describe("defineEvent", () => {
  it("fixes type, class, classification, frameworks and retention", () => {
    const { actor: _actor, data: _data, outcome: _outcome, ...fixed } = PatientRead(event)
    assert.deepStrictEqual(fixed, {
      type: "patient.record.read",
      class: "compliance",
      classification: "PHI",
      frameworks: ["HIPAA"],
      retention: "six-years",
    })
  })

  it("redacts the data, in lists too, and leaves the caller's object alone", () => {
    assert.deepStrictEqual(PatientRead(event).data, {
      reason: "round",
      ssn: "*******1120",
      contacts: [{ kind: "home" }],
    })
    assert.strictEqual(data.contacts[0]?.phone, "555-0100")
  })

  it("refuses data that breaks the schema", () => {
    const broken = { ...event, data: { ...data, reason: "" } }
    const result = PatientRead.parse(broken)
    assert.isTrue(Result.isFailure(result))
    assert.throws(() => PatientRead(broken), /AUD-1001: data\.reason: /)
  })

  it("does not show in the refusal what is to be redacted", () => {
    // Callers without types may give a number where the schema asks for a text.
    const secret = { ...event, data: { ...data, ssn: 78_051_120 as unknown as string } }
    const result = PatientRead.parse(secret)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.notInclude(result.failure.message, "78")
  })

  it.each(["audit.read", "read", "Patient.read", `a.${"b".repeat(200)}`])(
    "can't declare %s",
    (type) => {
      assert.throws(() => defineEvent(type, { data: Schema.Json }), InvalidEvent)
    },
  )
})

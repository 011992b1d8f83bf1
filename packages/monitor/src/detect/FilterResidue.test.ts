import * as Filter from "@countersign/core/query/Filter"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { defaultRules } from "./DefaultRules.ts"
import { residueOf } from "./FilterResidue.ts"

const parse = (text: string) => Result.getOrThrow(Filter.parse(text))
const residue = (text: string, type: string, outcome: string) =>
  residueOf(parse(text), { type, outcome })

describe("residueOf", () => {
  it("decides by type and outcome alone where that is enough", () => {
    assert.strictEqual(residue("type=a.b and outcome=denied", "a.b", "denied"), true)
    assert.strictEqual(residue("type=a.b and actor.id=u", "a.c", "denied"), false)
    assert.strictEqual(residue("type=a.b or actor.id=u", "a.b", "denied"), true)
    assert.strictEqual(residue("not type~a.*", "a.b", "denied"), false)
  })

  it("leaves what is still to be asked, and no more", () => {
    assert.deepStrictEqual(residue("type=a.b and actor.id=u", "a.b", "x"), parse("actor.id=u"))
    assert.deepStrictEqual(residue("not (type=b.c or tenant=t)", "a.b", "x"), parse("tenant!=t"))
  })

  it("answers as the whole filter does, for every rule that comes along", () => {
    const events = [
      "patient.record.read",
      "session.login",
      "data.export",
      "audit.verified",
      "role.grant",
    ]
      .flatMap((type) => ["success", "failure", "denied"].map((outcome) => ({ type, outcome })))
      .flatMap((facts) =>
        ["user", "service", "anonymous"].map((type) => ({
          ...facts,
          actor: { id: "u", type, roles: ["shift"] },
          classification: "PHI",
          target: [{ id: "p", type: "Patient" }],
        })),
      )
    for (const { name, when } of defaultRules) {
      const filter = parse(when)
      for (const event of events) {
        const left = residueOf(filter, { type: event.type, outcome: event.outcome })
        const answer = typeof left === "boolean" ? left : Filter.matches(left, event, 0)
        assert.strictEqual(answer, Filter.matches(filter, event, 0), `${name} ${event.type}`)
      }
    }
  })
})

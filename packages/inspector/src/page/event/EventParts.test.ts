import * as Filter from "@countersign/core/query/Filter"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { fieldsOf, keptBecause, typeOf } from "./EventFields.ts"
import { differing, hexLines } from "./HexLines.ts"
import { prettyJson } from "./PrettyJson.ts"

const event = {
  type: "patient.record.read",
  actor: { id: "u-1", roles: ["nurse", 'night "shift"'] },
  data: { ssn: "*******1120", pin: "****", "blood type": "A", count: 3, note: "a\u202eb" },
  sampling: { policy: "half", rate: 0.25 },
}

describe("the members of an event", () => {
  it("each have a filter that finds the event again", () => {
    const fields = fieldsOf(event)
    assert.isAbove(fields.length, 8)
    for (const { filter, path } of fields) {
      const parsed = Result.getOrThrow(Filter.parse(filter ?? ""))
      assert.isTrue(Filter.matches(parsed, event, 0), path)
      assert.isFalse(Filter.matches(parsed, {}, 0), path)
    }
  })

  it("say which of them were masked, and show what can't be seen", () => {
    const fields = fieldsOf(event)
    const maskedOnes = fields.filter(({ isMasked }) => isMasked).map(({ path }) => path)
    assert.deepStrictEqual(maskedOnes, ["data.ssn", "data.pin"])
    assert.strictEqual(fields.find(({ path }) => path === "data.note")?.shown, "a\\u{202E}b")
  })

  it("are no trap where they are called as what every object has", () => {
    const fields = fieldsOf(JSON.parse('{"__proto__":1,"constructor":"a","toString":{"call":2}}'))
    assert.deepStrictEqual(
      fields.map(({ hint, path }) => [path, hint]),
      [
        ["__proto__", undefined],
        ["constructor", undefined],
        ["toString.call", undefined],
      ],
    )
    assert.strictEqual(typeOf({ type: { toString: null, valueOf: null } }), "")
    assert.strictEqual(typeOf({ type: "a.b" }), "a.b")
  })

  it("say why the event was kept, where the record does", () => {
    assert.include(keptBecause(event), "stands for about 4 events")
    assert.include(keptBecause({ class: "telemetry" }), "may sample")
    assert.isUndefined(keptBecause({ class: "critical" }))
    assert.isUndefined(keptBecause(undefined))
  })
})

describe("the JSON of an event", () => {
  it("stands on lines of its own, and as it is where it is a trap", () => {
    assert.strictEqual(prettyJson({ a: [1] }, "-"), '{\n  "a": [\n    1\n  ]\n}')
    for (const depth of [100, 30_000]) {
      const text = `${"[".repeat(depth)}1${"]".repeat(depth)}`
      assert.strictEqual(prettyJson(JSON.parse(text), text), text)
    }
    assert.strictEqual(prettyJson(undefined, "a\u202e"), "a\\u{202E}")
  })
})

describe("bytes as people read them", () => {
  it("stand sixteen a line, with their place and their text", () => {
    const bytes = new TextEncoder().encode('{"id":"e1","n":1}\u0000é')
    assert.deepStrictEqual(hexLines(bytes), [
      '000000  7b 22 69 64 22 3a 22 65  31 22 2c 22 6e 22 3a 31  {"id":"e1","n":1',
      `000010  ${"7d 00 c3 a9".padEnd(48)}  }···`,
    ])
    assert.strictEqual(hexLines(bytes, 17, 18).length, 1)
  })

  it("differ between two ends", () => {
    const of = (text: string) => new TextEncoder().encode(text)
    assert.isUndefined(differing(of("same"), of("same")))
    assert.deepStrictEqual(differing(of("abcXdef"), of("abcYYdef")), {
      from: 3,
      leftTo: 4,
      rightTo: 5,
    })
    assert.deepStrictEqual(differing(of("abc"), of("abcabc")), { from: 3, leftTo: 3, rightTo: 6 })
    assert.deepStrictEqual(differing(of(""), of("a")), { from: 0, leftTo: 0, rightTo: 1 })
  })
})

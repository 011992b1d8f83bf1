import * as Filter from "@countersign/core/query/Filter"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { mistakeOf, term, withTerm } from "./FilterEdit.ts"

const passes = (filter: string, event: unknown): boolean =>
  Filter.matches(Result.getOrThrow(Filter.parse(filter)), event, 0)

describe("FilterEdit", () => {
  it("adds a term to what is there, and binds it to all of it", () => {
    const denied = term(["outcome"], "=", "denied")
    assert.strictEqual(withTerm("", denied), "outcome=denied")
    assert.strictEqual(withTerm("type=a.b", denied), "type=a.b and outcome=denied")
    assert.strictEqual(withTerm("a=1 or b=2", denied), "(a=1 or b=2) and outcome=denied")
    assert.strictEqual(withTerm("a=1 and outcome=denied", denied), "a=1 and outcome=denied")
  })

  it.prop(
    "makes a filter that passes the value that was clicked, and one that excludes it",
    {
      name: Schema.NonEmptyString,
      value: Schema.Union([Schema.String, Schema.Int, Schema.Boolean]),
    },
    ({ name, value }) => {
      const event = { data: { [name]: value } }
      assert.isTrue(passes(term(["data", name], "=", value), event))
      assert.isFalse(passes(term(["data", name], "!=", value), event))
    },
  )

  it("means a text alone by a text that looks like a number or a time", () => {
    assert.isFalse(passes(term(["a"], "=", "42"), { a: 42 }))
    assert.strictEqual(term(["time"], "=", "2026-11-21"), 'time="2026-11-21"')
    assert.isTrue(passes(term(["a"], "=", null), { a: null }))
  })

  it("says where a text is no filter", () => {
    assert.isUndefined(mistakeOf(""))
    assert.isUndefined(mistakeOf("outcome=denied"))
    assert.strictEqual(mistakeOf("outcome==x")?.position, 8)
    assert.include(mistakeOf("outcome")?.message ?? "", "expected an operator")
  })
})

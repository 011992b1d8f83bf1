import { assert, describe, it } from "@effect/vitest"
import { fromLink, toLink } from "./Permalink.ts"

describe("a permalink", () => {
  it("says the same whatever the order of its parameters, and leaves out what is empty", () => {
    const link = toLink({ kind: "events", parameters: { order: "old", filter: "", at: "7" } })
    assert.strictEqual(link, "events?at=7&order=old")
    assert.strictEqual(toLink({ kind: "welcome", parameters: {} }), "welcome")
  })

  it("brings back what it was made of, signs and all", () => {
    const parameters = { filter: "type~a.* and data.'x y'=50% & #1 ? ü \u202e" }
    assert.deepStrictEqual(fromLink(toLink({ kind: "events", parameters })), {
      kind: "events",
      parameters,
    })
  })

  it("names no tab where it is anything else", () => {
    for (const text of ["", "?a=1", "Events", "../etc", "javascript:alert(1)", "token=abc"]) {
      assert.isUndefined(fromLink(text), text)
    }
  })

  it("is not read where it is longer than any of ours", () => {
    assert.isUndefined(fromLink(`events?filter=${"a".repeat(20_000)}`))
  })

  it("keeps a name that every object has as a name", () => {
    const link = fromLink("events?__proto__=x&constructor=y")
    assert.strictEqual(link?.parameters["constructor"], "y")
    assert.strictEqual(Object.getPrototypeOf(link?.parameters), Object.prototype)
  })
})

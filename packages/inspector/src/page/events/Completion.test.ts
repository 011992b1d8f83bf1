import { assert, describe, it } from "@effect/vitest"
import { stateAt, suggestionsAt } from "./Completion.ts"

const seen = new Map([
  ["data.ward", ["north", "west wing"]],
  ["outcome", ["denied"]],
])

const labels = (text: string): ReadonlyArray<string> =>
  suggestionsAt(text, text.length, seen).map(({ label }) => label)

const accepted = (text: string, label: string): string => {
  const one = suggestionsAt(text, text.length, seen).find((each) => each.label === label)
  assert.isDefined(one, `${label} is not suggested after ${text}`)
  return `${text.slice(0, one?.from)}${one?.text}${text.slice(one?.to)}`
}

describe("Completion", () => {
  it.each([
    ["", "path"],
    ["typ", "path"],
    ["type ", "operator"],
    ["type=", "value"],
    ["type=a", "value"],
    ["type=a ", "joiner"],
    ["type=a an", "joiner"],
    ["type=a and ", "path"],
    ["(", "path"],
    ["(type=a)", "joiner"],
    ["not ", "path"],
    ["exists(da", "path"],
    ['actor.roles="night sh', "value"],
    ["type!", "operator"],
  ] as const)("knows what is wanted after %j: %s", (text, expected) => {
    assert.strictEqual(stateAt(text, text.length).expected, expected)
  })

  it("offers fields of the schema, and those that were seen", () => {
    assert.include(labels("out"), "outcome")
    assert.include(labels("war"), "data.ward")
    assert.strictEqual(accepted("type=a and out", "outcome"), "type=a and outcome")
  })

  it("offers operators after a whole path", () => {
    assert.include(labels("outcome"), "!=")
    assert.strictEqual(accepted("outcome", "="), "outcome=")
  })

  it("offers values that are known or were seen, in quotes where they need them", () => {
    assert.deepStrictEqual(labels("outcome=den"), ["denied"])
    assert.strictEqual(accepted("data.ward=we", "west wing"), 'data.ward="west wing" ')
    assert.include(labels("time>="), "-7d")
  })

  it("offers what a word alone may have meant", () => {
    assert.strictEqual(accepted("u-17", "actor.id~*u-17*"), "actor.id~*u-17*")
  })

  it("completes in the middle of a filter, before what follows", () => {
    const [one] = suggestionsAt("outc and type=a", 4, seen)
    assert.deepStrictEqual([one?.text, one?.from, one?.to], ["outcome", 0, 4])
  })

  it("knows no values of members that are called as what every object has", () => {
    for (const name of ["constructor", "__proto__", "toString"])
      assert.deepStrictEqual(labels(`${name}=`), [])
  })
})

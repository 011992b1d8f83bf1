import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Glob from "./Glob.ts"

const matches = (pattern: string, text: string): boolean => Glob.matches(Glob.make(pattern), text)

/** The same question, answered slowly and by the definition. */
const byDefinition = (codes: ReadonlyArray<number>, characters: ReadonlyArray<string>): boolean => {
  const [code, ...rest] = codes
  if (code === undefined) return characters.length === 0
  const [first, ...others] = characters
  if (code === Glob.anyRun) {
    return byDefinition(rest, characters) || (first !== undefined && byDefinition(codes, others))
  }
  const isOne = first !== undefined && (code === Glob.anyOne || first.codePointAt(0) === code)
  return isOne && byDefinition(rest, others)
}

const letters = Schema.Array(Schema.Literals(["a", "b", "😀", "*", "?", "\\"])).check(
  Schema.isMaxLength(8),
)

describe("Glob", () => {
  it("matches a text as a whole", () => {
    assert.isTrue(matches("patient.*", "patient.record.read"))
    assert.isFalse(matches("patient", "patient.record.read"))
    assert.isFalse(matches("record.read", "patient.record.read"))
    assert.isTrue(matches("*.read", "patient.record.read"))
    assert.isTrue(matches("*", ""))
    assert.isFalse(matches("?", ""))
    assert.isTrue(matches("", ""))
  })

  it("takes ? for one character, also for one outside the basic plane", () => {
    assert.isTrue(matches("?", "😀"))
    assert.isFalse(matches("??", "😀"))
    assert.isTrue(matches("*?b", "😀b"))
  })

  it("takes a backslash for the plain meaning of what follows", () => {
    assert.isTrue(matches(String.raw`a\*b`, "a*b"))
    assert.isFalse(matches(String.raw`a\*b`, "axb"))
    assert.isTrue(matches("a\\", "a\\"))
  })

  it("needs no more steps than text times pattern where a backtracking matcher never ends", () => {
    const pattern = `${"a*".repeat(100)}b`
    assert.isFalse(matches(pattern, "a".repeat(20_000)))
  })

  it.prop(
    "agrees with the definition",
    { pattern: letters, text: letters },
    (each) => {
      const glob = Glob.make(each.pattern.join(""))
      assert.strictEqual(
        Glob.matches(glob, each.text.join("")),
        byDefinition(glob.codes, each.text),
        `${glob.pattern} on ${each.text.join("")}`,
      )
    },
    { arbitrary: { runs: 2000 } },
  )
})

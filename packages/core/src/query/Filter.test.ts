import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Filter from "./Filter.ts"
import { InvalidFilter } from "./InvalidFilter.ts"

const now = Date.parse("2026-11-21T12:00:00Z")
const passes = (text: string, event: unknown): boolean =>
  Filter.matches(Result.getOrThrow(Filter.parse(text)), event, now)
const refusal = (text: string): InvalidFilter => {
  const parsed = Filter.parse(text)
  assert.isTrue(Result.isFailure(parsed), `${text} was accepted`)
  return Result.isFailure(parsed)
    ? parsed.failure
    : new InvalidFilter({ text, position: 0, found: "", expected: "" })
}

const page = readFileSync(new URL("../../../../docs/filter.md", import.meta.url), "utf8")

describe("docs/filter.md", () => {
  const event: unknown = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? "")
  const examples = [...page.matchAll(/^\| `(.+)` \| (yes|no) \| (.+) \|$/gm)]

  it("has its examples", () => assert.isAbove(examples.length, 15))

  for (const [, filter = "", answer, why] of examples) {
    it(`${filter}: ${answer}, ${why}`, () => {
      assert.strictEqual(passes(filter, event), answer === "yes")
    })
  }

  it("shows a mistake as it is told", () => {
    const error = refusal("type~patient.* and not denied")
    assert.include(page, `${error.message}\n${error.excerpt}\n`)
  })
})

describe("parse", () => {
  it("binds not tighter than and, and that tighter than or", () => {
    const compare = (name: string): Filter.Filter => ({
      _tag: "Compare",
      path: [name],
      operator: "=",
      value: { _tag: "Number", text: "1", number: 1 },
    })
    assert.deepStrictEqual(Result.getOrThrow(Filter.parse("a=1 or not b=1 and c=1")), {
      _tag: "Or",
      any: [
        compare("a"),
        { _tag: "And", all: [{ _tag: "Not", filter: compare("b") }, compare("c")] },
      ],
    })
  })

  it("takes keywords as parts of longer words for nothing but words", () => {
    assert.isTrue(passes("android=north and origin=1", { android: "north", origin: 1 }))
    assert.isTrue(passes("notes=x", { notes: "x" }))
    assert.isTrue(passes("exists=1", { exists: 1 }))
  })

  it.each([
    ["", 0, "the end"],
    ["outcome", 7, "the end"],
    ["outcome=", 8, "the end"],
    ["outcome=denied type=x", 15, `"type"`],
    ["(outcome=denied", 15, "the end"],
    ["outcome=denied)", 14, `")"`],
    ["outcome==denied", 8, `"="`],
    ["outcome= and type=x", 9, `"and"`],
    ["and", 0, `"and"`],
    ["target..id=1", 7, `".id"`],
    ["exists()", 7, `")"`],
    ["a='x", 2, `"'"`],
    ["time>=7d", 6, `"7d"`],
    ["time>2026-13-01", 5, `"2026-13-01"`],
    ["severity>loud", 9, `"loud"`],
    ["data.ok<true", 8, `"true"`],
  ])("refuses %j at %d, where it finds %s", (text, position, found) => {
    const error = refusal(text)
    assert.deepStrictEqual([error.position, error.found], [position, found])
  })

  it("is bounded in length, depth, path and pattern", () => {
    const deep = (levels: number) => `${"(".repeat(levels)}a=1${")".repeat(levels)}`
    assert.isTrue(passes(deep(Filter.filterDepthMax), { a: 1 }))
    assert.strictEqual(refusal(deep(Filter.filterDepthMax + 1)).position, Filter.filterDepthMax)
    assert.include(refusal(`${"not ".repeat(1000)}a=1`).expected, "levels")
    assert.include(refusal("a".repeat(Filter.filterLengthMax + 1)).expected, "4096")
    assert.include(refusal(`${"a.".repeat(16)}a=1`).expected, "16 names")
    assert.include(refusal(`a~${"?".repeat(257)}`).expected, "256")
  })

  it("points at the place, also in a long text with line breaks", () => {
    const text = `${"a=1 and\n".repeat(20)}b ? c`
    const [line = "", caret = ""] = refusal(text).excerpt.split("\n")
    assert.strictEqual(line[caret.length - 1], "?")
    assert.isAtMost(line.length, 80)
  })

  it.prop(
    "refuses any text with a typed error, and throws nothing",
    { text: Schema.String },
    (each) => {
      const parsed = Filter.parse(each.text)
      if (Result.isFailure(parsed)) assert.instanceOf(parsed.failure, InvalidFilter)
    },
    { arbitrary: { runs: 1000 } },
  )
})

describe("matches", () => {
  it("looks at an object's own members only", () => {
    assert.isFalse(passes("exists(constructor)", {}))
    assert.isFalse(passes("exists(actor.toString)", { actor: {} }))
  })

  it("walks through arrays within arrays, and through empty ones to nothing", () => {
    assert.isTrue(passes("data.rows.id=2", { data: { rows: [[{ id: 1 }], [{ id: 2 }]] } }))
    assert.isFalse(passes("exists(target.id)", { target: [] }))
    assert.isTrue(passes("exists(target)", { target: [] }))
  })

  it("counts relative times from the moment it is given", () => {
    const filter = Result.getOrThrow(Filter.parse("time>=-10m"))
    const event = { time: "2026-11-21T11:50:00.000Z" }
    assert.isTrue(Filter.matches(filter, event, now))
    assert.isFalse(Filter.matches(filter, event, now + 1))
  })

  it("orders texts by code points, as UTF-8 bytes and databases do", () => {
    assert.isTrue(passes("name>\uff5e", { name: "😀" }))
    assert.isTrue(passes("name<b", { name: "a" }))
    assert.isTrue(passes("name>a", { name: "aa" }))
  })

  it("tells a quoted text from the value that looks like it", () => {
    assert.isTrue(passes("data.code=42", { data: { code: 42 } }))
    assert.isFalse(passes("data.code='42'", { data: { code: 42 } }))
    assert.isFalse(passes("data.cause='null'", { data: { cause: null } }))
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as PageToken from "./PageToken.ts"

const token: PageToken.PageToken = {
  v: 1,
  q: "0123456789abcdefABCD-_",
  now: 1_763_726_400_000,
  at: ["2026-11-20 09:30:00.000500 AD", 1, 41],
  marks: [
    [1, 42],
    [2, 0],
  ],
}

const changed = (change: Readonly<Record<string, unknown>>): string =>
  Buffer.from(JSON.stringify({ ...token, ...change })).toString("base64url")

describe("PageToken", () => {
  it("comes back as it was", () => {
    assert.deepStrictEqual(PageToken.decode(PageToken.encode(token)), token)
  })

  it.each(["-infinity", "0001-02-29 23:59:59.999999 BC", "9999-12-31 00:00:00.000000 AD"])(
    "goes on from %s",
    (time) => assert.isDefined(PageToken.decode(changed({ at: [time, 1, 41] }))),
  )

  it("has room for the marks of a thousand trails", () => {
    const marks = Array.from({ length: 1000 }, (_, trail) => [trail, Number.MAX_SAFE_INTEGER])
    assert.isDefined(PageToken.decode(changed({ marks })))
  })

  it.each([
    ["another version", { v: 2 }],
    ["a day that there is not", { at: ["2026-02-30 09:30:00.000500 AD", 1, 41] }],
    ["a month that there is not", { at: ["2026-13-01 09:30:00.000500 AD", 1, 41] }],
    ["the year 0", { at: ["0000-01-01 09:30:00.000500 AD", 1, 41] }],
    ["a year before all events", { at: ["5000-01-01 09:30:00.000500 BC", 1, 41] }],
    ["an hour that there is not", { at: ["2026-02-20 24:30:00.000500 AD", 1, 41] }],
    ["a present beyond all times", { now: 253_402_300_800_000 }],
    ["a sequence below 0", { at: [token.at[0], 1, -1] }],
    ["a sequence that is no whole number", { at: [token.at[0], 1, 0.5] }],
    ["a time that is SQL", { at: ["now()", 1, 1] }],
    ["a time with something behind it", { at: [`${token.at[0]}'`, 1, 1] }],
    ["a trail beyond its column", { marks: [[2 ** 31, 1]] }],
    ["no digest", { q: "" }],
    ["no marks", { marks: "all" }],
  ])("with %s is refused", (_what, change) => {
    assert.isUndefined(PageToken.decode(changed(change)))
  })

  it("is refused where it is too long, before it is read", () => {
    assert.isUndefined(PageToken.decode("a".repeat(PageToken.tokenLengthMax + 1)))
  })

  it.prop(
    "any other text is refused, and throws nothing",
    { text: Schema.String },
    ({ text }) => assert.isUndefined(PageToken.decode(text)),
    { arbitrary: { runs: 500 } },
  )
})

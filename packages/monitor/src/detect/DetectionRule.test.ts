import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { defaultRules } from "./DefaultRules.ts"
import { parseRules } from "./DetectionRule.ts"

const rule = {
  kind: "count",
  name: "burst",
  summary: "Many of one",
  severity: "warning",
  confidence: 0.5,
  when: "type=a.b",
  by: "actor.id",
  atLeast: 3,
  within: "5m",
}

const refusal = (...rules: ReadonlyArray<unknown>): string => {
  const parsed = parseRules({ rules }, "rules.yaml")
  assert.isTrue(Result.isFailure(parsed), "was accepted")
  return Result.isFailure(parsed) ? parsed.failure.message : ""
}

describe("parseRules", () => {
  it("takes the rules that come along, also after a way through JSON", () => {
    const parsed = parseRules(JSON.parse(JSON.stringify({ rules: defaultRules })), "default")
    assert.deepStrictEqual(Result.getOrThrow(parsed), defaultRules)
  })

  it("refuses what it does not know, with the source and the place", () => {
    const message = refusal({ ...rule, atLest: 3 })
    assert.include(message, "rules.yaml")
    assert.include(message, "atLest")
  })

  it.each([
    ["a filter that is none", { when: "type=" }, "column 6"],
    ["a length of time without unit", { within: "5" }, "within"],
    ["a path with a space", { by: "actor id" }, "by"],
    ["a technique that is none", { technique: "T11" }, "technique"],
    ["a confidence above 1", { confidence: 2 }, "confidence"],
    [
      "more distinct values than are kept",
      { kind: "distinct", of: "a.b", atLeast: 257 },
      "atLeast",
    ],
  ])("refuses %s", (_, members, named) => assert.include(refusal({ ...rule, ...members }), named))

  it("refuses a time zone that is in no database", () => {
    const open = { days: ["mon"], from: "08:00", to: "18:00", zone: "Mars/Olympus" }
    assert.include(refusal({ ...rule, kind: "schedule", open }), "Europe/Berlin")
  })

  it("refuses two rules of one name", () => assert.include(refusal(rule, rule), "named burst"))

  it("refuses no rules at all", () => assert.include(refusal(), "rules"))
})

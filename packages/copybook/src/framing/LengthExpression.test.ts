import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { parseLengthExpression } from "./LengthExpression.ts"

const valueOf = (text: string, ...values: ReadonlyArray<number>): number =>
  Result.getOrThrow(parseLengthExpression(text)).evaluate(values)

describe("length expressions", () => {
  it("have the order of arithmetic", () => {
    assert.strictEqual(valueOf("2 + 3 * 4"), 14)
    assert.strictEqual(valueOf("(2 + 3) * 4"), 20)
    assert.strictEqual(valueOf("20 - 3 - 4"), 13)
    assert.strictEqual(valueOf("-2 * -(3 + 1)"), 8)
  })

  it("divide towards zero, and by zero to no number", () => {
    assert.strictEqual(valueOf("7 / 2"), 3)
    assert.strictEqual(valueOf("-7 / 2"), -3)
    assert.isNaN(valueOf("7 / LEN", 0))
  })

  it("name each field once, as COBOL does", () => {
    const parsed = Result.getOrThrow(parseLengthExpression("REC-LEN * 2 + HEAD.N-1 - REC-LEN"))
    assert.deepStrictEqual(parsed.fields, ["REC-LEN", "HEAD.N-1"])
    assert.strictEqual(parsed.evaluate([10, 3]), 13)
  })

  it.each([
    ["", /ends where/],
    ["1 +", /ends where/],
    ["1 2", /left over at character 3/],
    ["(1", /bracket without its end/],
    ["1 + * 2", /"\*" at character 5/],
    ["LEN; process.exit()", /from character 4 on/],
    ["1 % 2", /from character 2 on/],
    ["(".repeat(60), /too many brackets/],
    ["1".repeat(1001), /longer than 1000/],
  ])("say what is wrong with %s", (text, message) => {
    const parsed = parseLengthExpression(text)
    assert.match(Result.isFailure(parsed) ? parsed.failure.message : "", message)
  })
})

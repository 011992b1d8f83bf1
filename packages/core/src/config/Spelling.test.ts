import { assert, describe, it } from "@effect/vitest"
import { nearest } from "./Spelling.ts"

const names = ["sampling.rate", "sampling.rateMin", "limits.eventBytesMax", "profile"]

describe("Spelling", () => {
  it("finds the name that was meant", () => {
    assert.strictEqual(nearest("limits.eventByteMax", names), "limits.eventBytesMax")
    assert.strictEqual(nearest("profiel", names), "profile")
    assert.strictEqual(nearest("SAMPLING.RATEMIN", names), "sampling.rateMin")
  })

  it("prefers the nearest of several", () => {
    assert.strictEqual(nearest("sampling.rat", names), "sampling.rate")
    assert.strictEqual(nearest("sampling.rateMn", names), "sampling.rateMin")
  })

  it("finds nothing where nothing is near, nor in what is too long to compare", () => {
    assert.isUndefined(nearest("colour", names))
    assert.isUndefined(nearest("", names))
    assert.isUndefined(nearest(`profile${" ".repeat(100)}`, names))
  })
})

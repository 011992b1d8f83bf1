import { assert, it } from "@effect/vitest"
import { ratioInWords } from "./BaselineWords.ts"

it("says what a ratio to a baseline means: above 1 is worse", () => {
  assert.strictEqual(ratioInWords(1), "as its baseline")
  assert.strictEqual(ratioInWords(1.01), "as its baseline")
  assert.strictEqual(ratioInWords(1.08), "8 % worse than its baseline")
  assert.strictEqual(ratioInWords(0.9), "10 % better than its baseline")
  assert.strictEqual(ratioInWords(3.25), "3.3 times its baseline: worse")
})

it("says nothing of what is no ratio", () => {
  assert.deepStrictEqual([Number.NaN, Infinity, -1].map(ratioInWords), [
    "not known",
    "not known",
    "not known",
  ])
})

import { assert, describe, it } from "@effect/vitest"
import { canonicalNumber, type ComparisonOptions, differences } from "./Comparison.ts"

const options: ComparisonOptions = {
  ignored: new Set(["RECORDID"]),
  narrow: new Set(["COUNT"]),
  texts: "blanks",
  isSubset: false,
}

describe("canonicalNumber", () => {
  it.each([
    ["-0012.500", "-12.5"],
    ["0.00", "0"],
    ["-0", "0"],
    ["1.5E3", "1500"],
    ["12e-3", "0.012"],
    [".5", "0.5"],
    ["12A", "12A"],
    ["9007199254740993.10", "9007199254740993.1"],
  ])("%s is %s", (text, canonical) => {
    assert.strictEqual(canonicalNumber(text), canonical)
  })
})

describe("differences", () => {
  const of = (expected: { readonly [key: string]: never } | object, actual: object) =>
    // What a test writes down is JSON.
    differences(expected as never, actual, options)

  it("finds none where names, blanks and numbers are only written in another way", () => {
    const actual = { "CUST-NAME": "JOHN ", AMOUNT: "0012.50", "EMPTY-ONE": "" }
    assert.deepStrictEqual(of({ custName: "JOHN", amount: { "#": "12.5" } }, actual), [])
  })

  it("passes over groups that only one of the two writes", () => {
    assert.deepStrictEqual(of({ RECORD: { A: "1" } }, { A: "1" }), [])
    assert.deepStrictEqual(of({ A: "1" }, { GROUP: { A: "1" } }), [])
  })

  it("tells what is different, missing and too much", () => {
    assert.deepStrictEqual(of({ A: "1", B: "x", RECORD_ID: "7" }, { A: "2", C: "y" }), [
      "A: expected 1, is 2",
      "B: expected x, is absent",
      "C: expected nothing, is y",
    ])
  })

  it("lets a number be absent that the other tool has no room for, and no smaller one", () => {
    assert.deepStrictEqual(of({}, { COUNT: "2147483648" }), [])
    assert.deepStrictEqual(of({}, { COUNT: "2147483647" }), [
      "COUNT: expected nothing, is 2147483647",
    ])
  })

  it("tells fields without a name apart by their order", () => {
    const actual = { FILLER: "a", FILLER_2: "b" }
    assert.deepStrictEqual(of({ FILLER_P1: "a", FILLER_P5: "b" }, actual), [])
    assert.lengthOf(of({ FILLER_P1: "b", FILLER_P5: "a" }, actual), 2)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { randomOf, wholeBelow } from "./SeededRandom.ts"

const firstOf = (seed: number): ReadonlyArray<number> => {
  const random = randomOf(seed)
  return Array.from({ length: 1000 }, random)
}

describe("SeededRandom", () => {
  it("gives the same numbers for the same seed, and others for another", () => {
    assert.deepStrictEqual(firstOf(7), firstOf(7))
    assert.notDeepEqual(firstOf(7), firstOf(8))
  })
  it("is the published mulberry32, so that a printed seed stays good", () => {
    assert.deepStrictEqual(
      firstOf(1)
        .slice(0, 3)
        .map((each) => each * 2 ** 32),
      [2_693_262_067, 11_749_833, 2_265_367_787],
    )
  })
  it("stays within its bounds and reaches all of them", () => {
    assert.isTrue(firstOf(3).every((each) => each >= 0 && each < 1))
    const random = randomOf(3)
    const seen = new Set(Array.from({ length: 200 }, () => wholeBelow(random, 5)))
    assert.deepStrictEqual(
      [...seen].toSorted((left, right) => left - right),
      [0, 1, 2, 3, 4],
    )
  })
})

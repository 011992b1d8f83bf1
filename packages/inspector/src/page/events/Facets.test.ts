import { assert, describe, it } from "@effect/vitest"
import { facetsOf } from "./Facets.ts"

describe("Facets", () => {
  it("has the values that events have most, and what people filter by first", () => {
    const facets = facetsOf([
      { data: { n: 1 }, outcome: "denied", target: [{ id: "a" }, { id: "a" }] },
      { data: { n: 2 }, outcome: "success" },
      { data: { n: 2 }, outcome: "success" },
    ])
    assert.deepStrictEqual(
      facets.map(({ count, name }) => `${name} ${count}`),
      ["outcome 3", "target.id 1", "data.n 3"],
    )
    assert.deepStrictEqual(facets[0]?.top, [
      { value: "success", count: 2 },
      { value: "denied", count: 1 },
    ])
  })

  it("is bounded whatever events hold", () => {
    const wide = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`f${index}`, index]),
    )
    assert.isAtMost(facetsOf([wide]).length, 100)
    assert.deepStrictEqual(facetsOf(["no object", null, 3]), [])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Runs from "./Runs.ts"

describe("Runs", () => {
  it("says 20 million places next to each other in a few bytes", () => {
    const all = [{ from: 0, to: 20_000_000 }]
    const bytes = Runs.encode(0, all)
    assert.isBelow(bytes.length, 8)
    assert.deepStrictEqual(Runs.decode(0, bytes), all)
  })

  it("holds places up to the largest safe integer", () => {
    const far = [{ from: Number.MAX_SAFE_INTEGER - 1, to: Number.MAX_SAFE_INTEGER }]
    assert.deepStrictEqual(Runs.decode(0, Runs.encode(0, far)), far)
  })

  it("gives the whole runs of bytes that are cut short or hostile", () => {
    const bytes = Runs.encode(0, [
      { from: 3, to: 4 },
      { from: 900, to: 901 },
    ])
    assert.deepStrictEqual(Runs.decode(0, bytes.subarray(0, -1)), [{ from: 3, to: 4 }])
    assert.deepStrictEqual(Runs.decode(0, new Uint8Array(100).fill(0xff)), [])
  })

  it.prop(
    "gives back every set of places",
    { places: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 500 }))) },
    ({ places }) => {
      const ordered = [...new Set(places)].toSorted((a, b) => a - b)
      const runs = Runs.decode(0, Runs.encode(0, Runs.runsOf(ordered)))
      const back = runs.flatMap(({ from, to }) =>
        Array.from({ length: to - from }, (_, index) => from + index),
      )
      assert.deepStrictEqual(back, ordered)
    },
  )
})

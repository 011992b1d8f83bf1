import { assert, describe, it } from "@effect/vitest"
import { bounded } from "./Size.ts"

const size = { min: 100, max: 600, initial: 280 }

describe("the size of a part", () => {
  it("is what was asked for, as far as there is room", () => {
    assert.deepStrictEqual(
      [50, 333.4, 9000, "200"].map((asked) => bounded(asked, size)),
      [100, 333, 600, 200],
    )
  })

  it("is the first one where nothing useful was remembered", () => {
    assert.deepStrictEqual(
      [undefined, "", "wide", Number.NaN, Number.POSITIVE_INFINITY].map((asked) =>
        bounded(asked, size),
      ),
      [280, 280, 280, 280, 280],
    )
  })
})

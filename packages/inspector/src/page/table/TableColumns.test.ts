import { assert, describe, it } from "@effect/vitest"
import { moved, resized, totalWidth, widthMin } from "./TableColumns.ts"

const columns = ["a", "b", "c"].map((id) => ({ id, title: id, width: 100 }))
const order = (list: typeof columns | ReturnType<typeof moved>) => list.map(({ id }) => id).join("")

describe("TableColumns", () => {
  it("keeps a column wide enough to be taken hold of", () => {
    assert.strictEqual(resized(columns, "b", -5)[1]?.width, widthMin)
    assert.strictEqual(totalWidth(resized(columns, "b", 150.4)), 350)
  })

  it("moves a column among its neighbours, and not off the end", () => {
    assert.strictEqual(order(moved(columns, "a", 1)), "bac")
    assert.strictEqual(order(moved(columns, "a", -1)), "abc")
    assert.strictEqual(order(moved(columns, "none", 1)), "abc")
  })
})

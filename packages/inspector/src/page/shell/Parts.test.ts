import { assert, describe, it } from "@effect/vitest"
import { nextPart } from "./Parts.ts"

describe("going round the parts of the workbench", () => {
  it("comes from the last to the first, and back", () => {
    assert.deepStrictEqual(
      [0, 1, 2].map((at) => nextPart(at, 1, 3)),
      [1, 2, 0],
    )
    assert.deepStrictEqual(
      [0, 1, 2].map((at) => nextPart(at, -1, 3)),
      [2, 0, 1],
    )
  })

  it("begins at an end where the focus is nowhere", () => {
    assert.strictEqual(nextPart(-1, 1, 3), 0)
    assert.strictEqual(nextPart(-1, -1, 3), 2)
  })
})

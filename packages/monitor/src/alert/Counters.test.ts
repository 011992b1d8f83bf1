import { assert, describe, it } from "@effect/vitest"
import { Counters } from "./Counters.ts"

describe("Counters", () => {
  it("gives the growth since the value before, and all of it once the counter began again", () => {
    const counters = new Counters({ max: 10, staleMillis: 1000 })
    const growth = [7, 7, 9, 2, Number.NaN, 3].map((value) => counters.growth("a", value, 0))
    assert.deepStrictEqual(growth, [0, 0, 2, 2, 0, 1])
  })

  it("takes none for new once one had no room, since it may be that one", () => {
    const counters = new Counters({ max: 2, staleMillis: 1000 })
    counters.growth("a", 1, 0)
    counters.watch()
    assert.strictEqual(counters.growth("b", 5, 0), 5)
    assert.isUndefined(counters.growth("c", 100, 0))
    counters.growth("a", 2, 900)
    // The second is gone, and leaves its room.
    assert.strictEqual(counters.growth("c", 101, 1000), 0)
    assert.strictEqual(counters.growth("c", 103, 1000), 2)
    assert.strictEqual(counters.growth("a", 3, 1000), 1)
  })
})

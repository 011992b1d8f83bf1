import { assert, describe, it } from "@effect/vitest"
import { memoryHost } from "../../testing/MemoryHost.ts"
import { makeRecent, recentFirst, used } from "./Recent.ts"

describe("what was used last", () => {
  it("is first, once, and not more than there is room for", () => {
    assert.deepStrictEqual(used(["a", "b", "c"], "b", 3), ["b", "a", "c"])
    assert.deepStrictEqual(used(["a", "b", "c"], "d", 3), ["d", "a", "b"])
  })

  it("stands in the place of what it is the same as in other words", () => {
    const isSame = (other: string) => other.startsWith("events")
    assert.deepStrictEqual(used(["events?filter=a", "flow"], "events?filter=ab", 5, isSame), [
      "events?filter=ab",
      "flow",
    ])
  })

  it("comes before the rest of a list, which keeps its order", () => {
    assert.deepStrictEqual(
      recentFirst(["a", "b", "c", "d"], ["d", "b"], (one) => one),
      ["d", "b", "a", "c"],
    )
  })

  it("is known on the next visit", () => {
    const host = memoryHost()
    makeRecent(host, "links", 5).use("events")
    assert.deepStrictEqual(makeRecent(host, "links", 5).all.get(), ["events"])
  })

  it("is nothing where what was kept is no list of names", () => {
    for (const text of ["{", "7", '{"a":1}', "[1,null]"]) {
      const host = memoryHost()
      host.write("links", text)
      assert.deepStrictEqual(makeRecent(host, "links", 5).all.get(), [])
    }
  })
})

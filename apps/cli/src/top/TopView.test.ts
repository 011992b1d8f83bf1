import { assert, describe, it } from "@effect/vitest"
import { initialView, keysOf, press, type TopView } from "./TopView.ts"

const after = (keys: string, view: TopView = initialView): TopView | undefined =>
  keysOf(keys).reduce<TopView | undefined>(
    (seen, key) => (seen === undefined ? undefined : press(seen, key)),
    view,
  )

describe("the keys of top", () => {
  it("leaves with q, and with Ctrl-C and Ctrl-D even while a filter is typed", () => {
    for (const keys of ["q", "\u0003", "\u0004", "/x\u0003"]) assert.isUndefined(after(keys))
    assert.strictEqual(after("/q")?.filter, "q")
  })

  it("pauses and goes on", () => {
    assert.isTrue(after("p")?.isPaused)
    assert.isFalse(after("p ")?.isPaused)
  })

  it("goes round the orders", () => {
    assert.strictEqual(after("s")?.sort, "depth")
    assert.strictEqual(after("ssss")?.sort, "pipeline")
  })

  it("takes a filter key by key, corrects it, keeps it and clears it", () => {
    assert.deepStrictEqual(after("/sinq\u007fk\r"), { ...initialView, filter: "sink" })
    assert.strictEqual(after("/sink\rs")?.filter, "sink")
    assert.strictEqual(after("/sink\u001b")?.filter, "")
    assert.isFalse(after("/sink\u001b")?.isTyping)
    assert.strictEqual(after(`/${"x".repeat(200)}`)?.filter.length, 40)
  })

  it("does not take an arrow for letters", () => {
    assert.strictEqual(after("/\u001b[A\u001bOBa")?.filter, "a")
    assert.deepStrictEqual(after("\u001b[A"), initialView)
  })
})

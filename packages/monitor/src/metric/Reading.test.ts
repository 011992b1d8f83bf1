import { assert, describe, it } from "@effect/vitest"
import { seriesOf } from "./Reading.ts"

describe("the name of a series", () => {
  it("is the metric's where there are no labels", () => {
    assert.strictEqual(seriesOf({ name: "countersign_pending", labels: {} }), "countersign_pending")
  })

  it("has labels in the order of their names, with what is special in values marked", () => {
    const labels = { sink: 'a"b\n', class: "critical" }
    assert.strictEqual(seriesOf({ name: "x", labels }), 'x{class="critical",sink="a\\"b\\n"}')
  })
})

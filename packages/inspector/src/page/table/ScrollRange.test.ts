import { assert, describe, it } from "@effect/vitest"
import {
  centring,
  elementHeight,
  fromScroll,
  isScaled,
  rangeMax,
  revealing,
  rowHeight,
  seenRows,
  toScroll,
  topMax,
} from "./ScrollRange.ts"

const small = { rows: 1000, viewport: 600 }
const large = { rows: 20_000_000, viewport: 600 }

describe("ScrollRange", () => {
  it("is the scroller itself while all rows fit", () => {
    assert.isFalse(isScaled(small))
    assert.strictEqual(toScroll(small, 1234), 1234)
    assert.strictEqual(fromScroll(small, 1234), 1234)
  })

  it("reaches the last of 20 million rows within what a browser can do", () => {
    assert.isTrue(isScaled(large))
    assert.strictEqual(elementHeight(large), rangeMax)
    const bottom = fromScroll(large, rangeMax - large.viewport)
    assert.strictEqual(seenRows(large, bottom).end, large.rows)
    assert.strictEqual(toScroll(large, topMax(large)), rangeMax - large.viewport)
  })

  it("comes back to the same row from the scroller's place", () => {
    const top = 7_654_321 * rowHeight
    const back = fromScroll(large, toScroll(large, top))
    assert.approximately(back, top, 0.5)
  })

  it("moves no further than a row needs to be seen", () => {
    assert.strictEqual(revealing(small, 220, 12), 220)
    assert.strictEqual(revealing(small, 220, 3), 66)
    assert.strictEqual(revealing(small, 0, 30), 31 * rowHeight - 600)
    assert.strictEqual(centring(small, 0), 0)
    const { end, first } = seenRows(small, centring(small, 500))
    assert.approximately((first + end) / 2, 500.5, 1)
  })

  it("has nothing to scroll where all rows are seen, and none where there are none", () => {
    const few = { rows: 3, viewport: 600 }
    assert.strictEqual(toScroll(few, 500), 0)
    assert.strictEqual(fromScroll(few, 500), 0)
    assert.deepStrictEqual(seenRows({ rows: 0, viewport: 600 }, 0, 5), { first: 0, end: 0 })
  })
})

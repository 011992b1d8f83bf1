import { assert, describe, it } from "@effect/vitest"
import { caretAfter, hexText, offsetOf, rangeOf, seenRows, topFor } from "./HexRows.ts"

const shape = { length: 100, page: 3, width: 16 }
const after = (key: string, caret: number, isControl = false) =>
  caretAfter({ key, isControl }, caret, shape)

describe("a hex view", () => {
  it("goes where the keys say, and no further than its bytes", () => {
    assert.strictEqual(after("ArrowLeft", 0), 0)
    assert.strictEqual(after("ArrowRight", 99), 99)
    assert.strictEqual(after("ArrowDown", 40), 56)
    assert.strictEqual(after("ArrowDown", 90), 90)
    assert.strictEqual(after("ArrowUp", 5), 5)
    assert.strictEqual(after("Home", 37), 32)
    assert.strictEqual(after("End", 37), 47)
    assert.strictEqual(after("End", 98), 99)
    assert.strictEqual(after("Home", 37, true), 0)
    assert.strictEqual(after("End", 0, true), 99)
    assert.strictEqual(after("PageDown", 10), 58)
    assert.strictEqual(after("PageUp", 10), 0)
    assert.isUndefined(after("x", 10))
  })

  it("draws what is seen, and comes to a row that is not", () => {
    assert.deepEqual(seenRows(2000, 200, 1000), { first: 96, last: 114 })
    assert.deepEqual(seenRows(0, 200, 3), { first: 0, last: 2 })
    assert.strictEqual(topFor(5, 0, 200), 0)
    assert.strictEqual(topFor(50, 0, 300), 900)
  })

  it("takes offsets as people write them", () => {
    assert.strictEqual(offsetOf("26"), 26)
    assert.strictEqual(offsetOf(" 0x1a "), 26)
    assert.strictEqual(offsetOf("1Ah"), 26)
    assert.strictEqual(offsetOf("1,024"), 1024)
    for (const wrong of ["", "1a", "-1", "0x", "1e9"]) assert.isUndefined(offsetOf(wrong))
  })

  it("has ranges in both directions, and shows no more bytes than asked for", () => {
    assert.deepEqual(rangeOf(9, 4), { offset: 4, length: 6 })
    assert.strictEqual(hexText(Uint8Array.of(1, 0xab, 3), 2), "01 AB … 1 more")
  })
})

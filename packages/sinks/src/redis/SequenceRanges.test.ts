import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { SequenceRanges } from "./SequenceRanges.ts"

const numbers = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })))

describe("SequenceRanges", () => {
  it.prop("knows what was added, and nothing else", { numbers }, ({ numbers: added }) => {
    const ranges = new SequenceRanges()
    const model = new Set<number>()
    for (const sequence of added) {
      ranges.add("a", sequence)
      model.add(sequence)
    }
    let runs = 0
    for (let sequence = 0; sequence <= 41; sequence++) {
      assert.strictEqual(ranges.has("a", sequence), model.has(sequence))
      assert.isFalse(ranges.has("b", sequence))
      if (model.has(sequence) && !model.has(sequence - 1)) runs += 1
    }
    assert.strictEqual(ranges.size, runs)
  })

  it("keeps trails apart, and makes one range of what is dense", () => {
    const ranges = new SequenceRanges()
    for (let sequence = 0; sequence < 10_000; sequence++) ranges.add("a", sequence)
    ranges.add("b", 3)
    assert.strictEqual(ranges.size, 2)
    assert.isTrue(ranges.has("a", 9_999))
    assert.isFalse(ranges.has("a", 10_000))
    assert.isFalse(ranges.has("b", 2))
  })

  it("forgets the lowest first where it is full", () => {
    const ranges = new SequenceRanges(100)
    for (let sequence = 0; sequence < 1_000; sequence += 2) ranges.add("a", sequence)
    assert.isAtMost(ranges.size, 100)
    assert.isFalse(ranges.has("a", 0))
    assert.isTrue(ranges.has("a", 998))
  })
})

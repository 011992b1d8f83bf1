import { assert, describe, it } from "@effect/vitest"
import { EventIdGenerator, isEventId } from "./EventId.ts"

const now = Date.UTC(2026, 10, 21)

describe("EventId", () => {
  it("makes UUIDs of version 7 and variant 10 that carry the millisecond", () => {
    const id = new EventIdGenerator().next(now)
    assert.isTrue(isEventId(id))
    assert.strictEqual(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16), now)
  })

  it("makes ids that increase within a millisecond and across a clock that steps back", () => {
    const generator = new EventIdGenerator()
    const clock = Array.from({ length: 5000 }, (_, index) => now - (index % 7) + (index >> 8))
    const ids = clock.map((millis) => generator.next(millis))
    assert.deepStrictEqual(ids.toSorted(), ids)
    assert.strictEqual(new Set(ids).size, ids.length)
  })

  it.each([
    "",
    "x",
    "0192f0c1-7b3a-4c3e-8f00-000000000001",
    "0192F0C1-7B3A-7C3E-8F00-000000000001",
  ])("does not take %j for an id", (text) => {
    assert.isFalse(isEventId(text))
  })
})

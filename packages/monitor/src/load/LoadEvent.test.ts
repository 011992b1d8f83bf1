import { assert, describe, it } from "@effect/vitest"
import { eventBytes, eventsOf } from "./LoadEvent.ts"

const sizesOf = (bytes: number): ReadonlyArray<number> => {
  const eventAt = eventsOf(bytes)
  return [0, 1, 2, 3, 976, 50_020, 123_456_789].map((index) =>
    Buffer.byteLength(JSON.stringify(eventAt(index))),
  )
}

describe("an event of a load", () => {
  it("has the size that was asked for, whatever its number", () => {
    for (const bytes of [eventBytes.least, eventBytes.default, eventBytes.most]) {
      for (const size of sizesOf(bytes)) assert.closeTo(size, bytes, 2)
    }
  })

  it("is the same for the same number, and another for another", () => {
    const eventAt = eventsOf(400)
    assert.deepStrictEqual(eventAt(7), eventAt(7))
    assert.notDeepEqual(eventAt(7), eventAt(8))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { isBack } from "./EventsTab.ts"

describe("somebody who follows", () => {
  it("has left the newest by going back, and not by what comes", () => {
    assert.isFalse(isBack("newest", 1000, { first: 2, end: 30, step: 1 }))
    assert.isTrue(isBack("newest", 1000, { first: 40, end: 70, step: 1 }))
    assert.isTrue(isBack("oldest", 1000, { first: 900, end: 930, step: -1 }))
    assert.isFalse(isBack("oldest", 1000, { first: 900, end: 930, step: 1 }))
    assert.isFalse(isBack("oldest", 1000, { first: 970, end: 999, step: -1 }))
  })
})

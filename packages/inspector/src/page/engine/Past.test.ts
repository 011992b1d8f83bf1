import { assert, describe, it } from "@effect/vitest"
import { shownMillis, staleReason } from "./Past.ts"

describe("figures that are not of now", () => {
  it("have the time of their frame, and not of a moment that is forgotten", () => {
    assert.isUndefined(shownMillis(undefined, { atMillis: 5000 }))
    assert.strictEqual(shownMillis(5100, { atMillis: 5000 }), 5000)
    assert.strictEqual(shownMillis(1000, { atMillis: 5000 }), 5000)
  })

  it("are old where the connection does not stand", () => {
    const detail = "the connection has ended"
    assert.strictEqual(staleReason({ _tag: "Stale", sinceMillis: 1, detail }), detail)
    assert.strictEqual(staleReason({ _tag: "Refused", sinceMillis: 1, detail }), detail)
    assert.isUndefined(staleReason({ _tag: "Live" }))
    assert.isUndefined(staleReason({ _tag: "Connecting" }))
  })
})

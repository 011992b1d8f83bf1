import { assert, describe, it } from "@effect/vitest"
import { retryAfterMillis, verdictOf } from "./HttpVerdict.ts"

const answer = (status: number, body = "") => verdictOf({ status, body }, true)

describe("HttpVerdict", () => {
  it("blames the content only where the receiver does", () => {
    const reasons = [200, 202, 204, 400, 413, 422].map((status) => {
      const verdict = answer(status)
      return verdict._tag === "Refused" ? verdict.reason : verdict._tag
    })
    assert.deepStrictEqual(reasons, [
      "Delivered",
      "Delivered",
      "Delivered",
      "rejected",
      "rejected",
      "rejected",
    ])
  })

  // A key that has expired must not bury the whole trail.
  for (const status of [0, 301, 302, 307, 308, 401, 403, 404, 405, 408, 429, 500, 502, 503, 504]) {
    it(`tries again after ${status}`, () => {
      assert.include(answer(status), { _tag: "Refused", reason: "unavailable" })
    })
  }

  it("says what the receiver said, without what a terminal would obey", () => {
    const verdict = answer(400, `bad\u001b[31m\r\nnews${"x".repeat(5000)}`)
    if (verdict._tag !== "Refused") return assert.fail("it was taken")
    assert.match(verdict.detail, /^it answered 400 \(bad \[31m newsx+\)$/)
    assert.isBelow(verdict.detail.length, 230)
  })

  it("says nothing of it where it is not to be quoted", () => {
    const verdict = verdictOf({ status: 400, body: "canary" }, false)
    assert.include(verdict, { reason: "rejected", detail: "it answered 400" })
  })

  it("reads how long to wait, in seconds and as a date", () => {
    const now = Date.parse("2026-11-21T09:00:00Z")
    assert.strictEqual(retryAfterMillis("7", now), 7000)
    assert.strictEqual(retryAfterMillis("Sat, 21 Nov 2026 09:00:30 GMT", now), 30_000)
    assert.strictEqual(retryAfterMillis("Sat, 21 Nov 2026 08:00:00 GMT", now), 0)
    assert.strictEqual(retryAfterMillis("soon", now), 0)
    assert.strictEqual(retryAfterMillis(undefined, now), 0)
    assert.strictEqual(retryAfterMillis("99999999999999999999", now), 600_000)
  })
})

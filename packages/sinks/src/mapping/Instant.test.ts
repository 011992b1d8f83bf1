import { assert, describe, it } from "@effect/vitest"
import { millisOf, nanosOf } from "./Instant.ts"

describe("Instant", () => {
  it("keeps every digit of a nanosecond", () => {
    assert.strictEqual(nanosOf("2026-11-21T09:00:00.123456789Z"), "1795251600123456789")
    assert.strictEqual(nanosOf("2026-11-21T09:00:00.5Z"), "1795251600500000000")
    assert.strictEqual(nanosOf("2026-11-21T09:00:00Z"), "1795251600000000000")
  })

  it("is 0 where an unsigned count can't say it", () => {
    assert.strictEqual(nanosOf("1969-12-31T23:59:59.999Z"), "0")
    assert.strictEqual(nanosOf("2554-07-21T23:34:33.709551615Z"), "18446744073709551615")
    assert.strictEqual(nanosOf("2554-07-21T23:34:33.709551616Z"), "0")
    assert.strictEqual(nanosOf("2026-13-41T09:00:00Z"), "0")
    assert.strictEqual(millisOf("2026-13-41T09:00:00Z"), 0)
  })

  it("counts whole milliseconds", () => {
    assert.strictEqual(millisOf("2026-11-21T09:00:00.123456789Z"), 1_795_251_600_123)
  })
})

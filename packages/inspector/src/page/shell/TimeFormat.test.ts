import { assert, describe, it } from "@effect/vitest"
import { memoryHost } from "../../testing/MemoryHost.ts"
import {
  chooseTimeZone,
  formatClock,
  formatSpan,
  formatTime,
  startTimeZone,
  timeZone,
} from "./TimeFormat.ts"

const moment = Date.UTC(2026, 10, 22, 14, 3, 7, 251)

describe("a moment on the page", () => {
  it("is in UTC with its milliseconds, and says so", () => {
    assert.strictEqual(formatTime(moment, "utc"), "2026-11-22 14:03:07.251Z")
    assert.strictEqual(formatClock(moment, "utc"), "14:03:07")
  })

  it("is by the machine's clock with its offset, where that was chosen: the same moment", () => {
    const local = formatTime(moment, "local")
    assert.match(local, /^2026-11-2\d \d\d:\d\d:07\.251[+-]\d\d:\d\d$/)
    assert.strictEqual(Date.parse(local.replace(" ", "T")), moment)
  })

  it("is no time where no clock can show it", () => {
    assert.strictEqual(formatTime(Number.NaN), "no time")
    assert.strictEqual(formatTime(1e20), "no time")
    assert.strictEqual(formatClock(Number.POSITIVE_INFINITY), "no time")
  })

  it("is written as was chosen on the last visit, and in UTC at the first", () => {
    const host = memoryHost()
    startTimeZone(host)
    assert.strictEqual(timeZone.get(), "utc")
    chooseTimeZone(host, "local")
    startTimeZone(host)
    assert.strictEqual(timeZone.get(), "local")
    chooseTimeZone(host, "utc")
  })
})

describe("a span of time", () => {
  it("has two units at the most", () => {
    assert.deepStrictEqual([0, 4234, 59_400, 190_000, 7_500_000, 266_400_000].map(formatSpan), [
      "0.0 s",
      "4.2 s",
      "59 s",
      "3 min 10 s",
      "2 h 5 min",
      "3 d 2 h",
    ])
  })

  it("is never below nothing: clocks differ", () => {
    assert.strictEqual(formatSpan(-500), "0.0 s")
  })
})

import { assert, describe, it } from "@effect/vitest"
import { WorkingTime } from "./WorkingTime.ts"

const berlin = new WorkingTime({
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "08:00",
  to: "18:00",
  zone: "Europe/Berlin",
})
const night = new WorkingTime({ days: ["fri"], from: "22:00", to: "06:00", zone: "UTC" })
const isOpen = (hours: WorkingTime, time: string) => hours.isOpen(Date.parse(time))

describe("WorkingTime", () => {
  it("is told by the clock on the wall there, in summer and in winter", () => {
    assert.isTrue(isOpen(berlin, "2026-07-01T06:00:00Z"))
    assert.isFalse(isOpen(berlin, "2026-07-01T05:59:59Z"))
    assert.isFalse(isOpen(berlin, "2026-12-01T06:30:00Z"))
    assert.isTrue(isOpen(berlin, "2026-12-01T07:00:00Z"))
    assert.isFalse(isOpen(berlin, "2026-12-01T17:00:00Z"))
  })

  it("knows the days", () => {
    assert.isFalse(isOpen(berlin, "2026-11-21T12:00:00Z"))
    assert.isTrue(isOpen(berlin, "2026-11-20T12:00:00Z"))
  })

  it("goes through midnight, and the morning belongs to the day before", () => {
    assert.isTrue(isOpen(night, "2026-11-20T23:00:00Z"))
    assert.isTrue(isOpen(night, "2026-11-21T05:59:00Z"))
    assert.isFalse(isOpen(night, "2026-11-21T06:00:00Z"))
    assert.isFalse(isOpen(night, "2026-11-20T05:00:00Z"))
  })
})

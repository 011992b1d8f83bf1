import { assert, describe, it } from "@effect/vitest"
import type { Suppression } from "./AlertRule.ts"
import { isTimeZone, timeMatch } from "./Suppressing.ts"

const within = (suppression: Suppression, instants: ReadonlyArray<string>) => {
  const isNow = timeMatch(suppression)
  return instants.filter((instant) => isNow(Date.parse(instant)))
}

describe("Suppressing", () => {
  it("is within a night, which belongs to the day that it begins on", () => {
    // 2026-11-20 is a Friday.
    const night: Suppression = { name: "night", from: "22:00", to: "06:00", days: ["fri"] }
    const inside = [
      "2026-11-20T22:00:00Z",
      "2026-11-20T23:59:59Z",
      "2026-11-21T00:00:00Z",
      "2026-11-21T05:59:59Z",
    ]
    const outside = [
      "2026-11-20T05:00:00Z",
      "2026-11-20T21:59:59Z",
      "2026-11-21T06:00:00Z",
      "2026-11-21T22:30:00Z",
    ]
    assert.deepStrictEqual(within(night, [...inside, ...outside]), inside)
  })

  it("goes by the clock of its time zone, in summer and in winter", () => {
    const lunch: Suppression = {
      name: "lunch",
      from: "12:00",
      to: "13:00",
      timeZone: "Europe/Berlin",
    }
    assert.deepStrictEqual(
      within(lunch, [
        "2026-07-01T10:00:00Z",
        "2026-07-01T11:00:00Z",
        "2026-12-01T10:59:59Z",
        "2026-12-01T11:00:00Z",
      ]),
      ["2026-07-01T10:00:00Z", "2026-12-01T11:00:00Z"],
    )
  })

  it("counts an hour that is shown twice both times", () => {
    // Clocks go back from 3:00 to 2:00 at 01:00 UTC.
    const hour: Suppression = {
      name: "hour",
      from: "02:00",
      to: "03:00",
      timeZone: "Europe/Berlin",
    }
    assert.deepStrictEqual(
      within(hour, ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]),
      ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
    )
  })

  it("is within a time that comes once", () => {
    const upgrade: Suppression = {
      name: "upgrade",
      start: "2026-11-21T12:00:00+01:00",
      end: "2026-11-21T12:00:00Z",
    }
    assert.deepStrictEqual(
      within(upgrade, ["2026-11-21T10:59:59Z", "2026-11-21T11:00:00Z", "2026-11-21T12:00:00Z"]),
      ["2026-11-21T11:00:00Z"],
    )
  })

  it("knows which time zones there are", () => {
    assert.deepStrictEqual(["Europe/Berlin", "UTC", "Mars/Olympus"].map(isTimeZone), [
      true,
      true,
      false,
    ])
  })
})

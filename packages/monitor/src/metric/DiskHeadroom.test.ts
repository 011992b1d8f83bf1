import { assert, describe, it } from "@effect/vitest"
import { DiskHeadroom } from "./DiskHeadroom.ts"

const gib = 2 ** 30

/** Looks each five seconds, at a disk that loses so much in a second. */
const watched = (seconds: number, freeBytes: number, perSecond: number): DiskHeadroom => {
  const headroom = new DiskHeadroom()
  for (let at = 0; at <= seconds; at += 5) headroom.add(at * 1000, freeBytes - at * perSecond)
  return headroom
}

describe("how long a disk lasts", () => {
  it("is what is free by the rate at which it fills", () => {
    assert.approximately(watched(60, 10 * gib, 1e6).seconds ?? 0, (10 * gib - 60e6) / 1e6, 1)
  })

  it("is not told from a glance", () => {
    assert.isUndefined(watched(25, gib, 1e6).seconds)
    assert.isDefined(watched(30, gib, 1e6).seconds)
  })

  it("is a year at most, also for a disk that empties", () => {
    const year = 365 * 24 * 3600
    assert.strictEqual(watched(60, gib, 0).seconds, year)
    assert.strictEqual(watched(60, gib, -1e6).seconds, year)
    assert.strictEqual(watched(60, 1000 * gib, 1).seconds, year)
  })

  it("forgets what happened more than a quarter of an hour ago", () => {
    const headroom = new DiskHeadroom()
    let free = 1000 * gib
    for (let at = 0; at <= 7200; at += 5) {
      free -= at < 3600 ? gib / 10 : 1000 * 5
      headroom.add(at * 1000, free)
    }
    assert.approximately(headroom.seconds ?? 0, Math.min(365 * 24 * 3600, free / 1000), 10)
  })
})

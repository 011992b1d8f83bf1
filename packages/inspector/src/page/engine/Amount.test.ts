import { assert, it } from "@effect/vitest"
import { bytes, count, many, rate, seconds, share, times } from "./Amount.ts"

it("writes figures as people read them", () => {
  assert.strictEqual(count(73_984), "73,984")
  assert.deepStrictEqual([0, 0.34, 9.96, 1240.4].map(rate), ["0 /s", "0.3 /s", "10 /s", "1,240 /s"])
  assert.deepStrictEqual(
    [1, 2, 0].map((value) => many(value, "entry", "entries")),
    ["1 entry", "2 entries", "0 entries"],
  )
  assert.deepStrictEqual([0, 1, 2, 3].map(times), ["never", "once", "twice", "3 times"])
})

it("writes bytes in the unit that is near", () => {
  assert.deepStrictEqual([0, 1023, 1024, 1536, 8_650_751, 2 ** 50, 0.5].map(bytes), [
    "0 B",
    "1,023 B",
    "1 KiB",
    "1.5 KiB",
    "8.2 MiB",
    "1,024 TiB",
    "1 B",
  ])
})

it("writes times from microseconds on", () => {
  assert.deepStrictEqual([0, 0.000_074, 0.002_255, 3.25, 75].map(seconds), [
    "0 s",
    "74 µs",
    "2.26 ms",
    "3.25 s",
    "75 s",
  ])
})

it("never calls something nothing", () => {
  assert.deepStrictEqual([0, 0.0004, 0.0123, 0.42, 1].map(share), [
    "0 %",
    "under 0.1 %",
    "1.2 %",
    "42 %",
    "100 %",
  ])
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { LoadMeter } from "./LoadMeter.ts"
import { parse } from "./LoadProfile.ts"
import { LoadSchedule } from "./LoadSchedule.ts"

const meterOf = (text: string) => {
  const schedule = new LoadSchedule(Result.getOrThrow(parse(text)))
  return { schedule, meter: new LoadMeter(schedule) }
}

describe("the meter of a load", () => {
  it("lets each of a row count from its own moment", () => {
    const { meter } = meterOf("constant:100@1s")
    meter.started(0, 100, 1000)
    meter.done(0, 100, 1500)
    const { lag, latency } = meter.quantiles()
    assert.closeTo(latency.max, 1_500_000, 1500)
    assert.closeTo(latency.p50, 1_010_000, 11_000)
    assert.closeTo(lag.p50, 510_000, 11_000)
    assert.closeTo(meter.distribution()[0]?.micros ?? 0, 510_000, 1000)
  })

  it("keeps at most 600 intervals, whose counts add up to all", () => {
    const { meter, schedule } = meterOf("ramp:0..7@1h")
    assert.strictEqual(meter.intervalSeconds, 6)
    const { total } = schedule
    for (let from = 0; from < total; from += 100) {
      const to = Math.min(total, from + 100)
      const now = schedule.startOf(to - 1)
      meter.started(from, to, now)
      if (from % 300 === 0) meter.lost(from, to, now)
      else meter.done(from, to, now)
    }
    const intervals = meter.intervals(3_600_000)
    assert.lengthOf(intervals, 600)
    const sum = (key: "failed" | "intended" | "sent") =>
      intervals.reduce((added, interval) => added + interval[key], 0)
    assert.deepStrictEqual([sum("intended"), sum("sent"), sum("failed")], [total, total, 4200])
    const waited = intervals.reduce((added, { latency }) => added + latency.count, 0)
    assert.strictEqual(waited, total)
    assert.deepInclude(meter, { sent: total, reached: total - 4200, failed: 4200 })
  })

  it("lets what failed count with the wait that it had, and apart from what did not", () => {
    const { meter, schedule } = meterOf("constant:100@2s")
    for (let index = 0; index < 200; index++) {
      const at = schedule.startOf(index)
      meter.started(index, index + 1, at)
      if (index % 10 === 9) meter.lost(index, index + 1, at + 10_000)
      else meter.done(index, index + 1, at + 5)
    }
    const { latency, reachedLatency } = meter.quantiles()
    assert.strictEqual(latency.count, 200)
    assert.closeTo(latency.p50, 5000, 10)
    assert.closeTo(latency.p95, 10_000_000, 10_000)
    assert.strictEqual(reachedLatency.count, 180)
    assert.closeTo(reachedLatency.max, 5000, 10)
    assert.closeTo(meter.distribution().at(-1)?.micros ?? 0, 10_000_000, 10_000)
    for (const { failed, latency: waits } of meter.intervals(2000)) {
      assert.strictEqual(failed, 10)
      assert.strictEqual(waits.count, 100)
      assert.closeTo(waits.p95, 10_000_000, 100_000)
    }
  })

  it("names the twenty longest stalls, in the order of time", () => {
    const { meter, schedule } = meterOf("constant:1@100s")
    let stalls = 0
    for (let index = 0; index < 100; index++) {
      // Every third start waits, each longer than the one before.
      const waits = index % 3 === 0
      if (waits) stalls += 1
      meter.done(index, index + 1, schedule.startOf(index) + (waits ? 200 + index : 5))
    }
    const named = meter.stalls()
    assert.strictEqual(stalls, 34)
    assert.lengthOf(named, 20)
    assert.closeTo(named[0]?.fromSeconds ?? 0, 42, 1e-9)
    assert.closeTo(named.at(-1)?.seconds ?? 0, 0.299, 1e-9)
  })
})

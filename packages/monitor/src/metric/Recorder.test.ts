import { createHistogram } from "node:perf_hooks"
import { assert, describe, it } from "@effect/vitest"
import { Counter, Gauge, Recorder } from "./Recorder.ts"

const minute = 60_000

const quantile = (recorder: Recorder, nowMillis: number, wanted: number): number | undefined =>
  recorder.summary(nowMillis).quantiles.find(([each]) => each === wanted)?.[1]

/** Within the 1 % that a histogram keeps. */
const isNear = (actual: number | undefined, expected: number): void =>
  assert.approximately(actual ?? Number.NaN, expected, expected * 0.01)

describe("a counter", () => {
  it("only grows", () => {
    const counter = new Counter()
    counter.add()
    counter.add(2.5)
    counter.add(-7)
    counter.add(Number.NaN)
    assert.strictEqual(counter.value, 3.5)
  })
})

describe("a gauge", () => {
  it("goes up and down", () => {
    const gauge = new Gauge()
    gauge.set(5)
    gauge.add(-7)
    assert.strictEqual(gauge.value, -2)
  })
})

describe("a recorder", () => {
  it("has the quantiles of what was recorded, to within a hundredth", () => {
    const recorder = new Recorder("seconds", 0)
    for (let millis = 1; millis <= 1000; millis++) recorder.record(millis / 1000)
    isNear(quantile(recorder, 0, 0.5), 0.5)
    isNear(quantile(recorder, 0, 0.95), 0.95)
    isNear(quantile(recorder, 0, 0.99), 0.99)
    isNear(quantile(recorder, 0, 0.999), 0.999)
    const { count, sum } = recorder.summary(0)
    assert.strictEqual(count, 1000)
    isNear(sum, 500.5)
  })

  it("forgets in its quantiles what is older than a minute, and never in its count", () => {
    const recorder = new Recorder("seconds", 0)
    recorder.record(3)
    for (let now = 15_000; now <= minute; now += 15_000) recorder.turn(now)
    isNear(quantile(recorder, minute, 0.5), 3)
    recorder.record(0.001)
    isNear(quantile(recorder, minute, 0.999), 3)
    assert.isBelow(quantile(recorder, minute + 15_000, 0.999) ?? Number.NaN, 0.0011)
    assert.strictEqual(recorder.summary(3 * minute).count, 2)
    assert.deepStrictEqual(recorder.summary(3 * minute).quantiles, [])
    isNear(recorder.summary(3 * minute).sum, 3.001)
  })

  it("keeps what came while nobody looked", () => {
    const recorder = new Recorder("seconds", 0)
    recorder.record(1)
    isNear(quantile(recorder, 10 * minute, 0.5), 1)
    recorder.record(2)
    recorder.turn(11 * minute)
    isNear(quantile(recorder, 11 * minute, 0.999), 2)
    assert.strictEqual(recorder.summary(11 * minute).count, 2)
  })

  it("counts what is too small or too large as the bound, and what is no number not at all", () => {
    const recorder = new Recorder("seconds", 0)
    for (const value of [0, -1, 1e-9]) recorder.record(value)
    recorder.record(1e9)
    recorder.record(Number.NaN)
    const { count, sum } = recorder.summary(0)
    assert.strictEqual(count, 4)
    isNear(sum, 3600)
    isNear(quantile(recorder, 0, 0.999), 3600)
    isNear(quantile(recorder, 0, 0.5), 1e-6)
  })

  it("keeps bytes as they are", () => {
    const recorder = new Recorder("bytes", 0)
    recorder.record(65_536)
    isNear(quantile(recorder, 0, 0.5), 65_536)
  })

  it("is merged with others without a loss", () => {
    const [one, two] = [new Recorder("seconds", 0), new Recorder("seconds", 0)]
    one.record(1)
    one.turn(minute)
    one.record(2)
    two.record(3)
    const all = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 2 })
    one.mergeInto(all)
    two.mergeInto(all)
    assert.strictEqual(all.count, 3)
    isNear(all.max, 3_000_000)
    isNear(all.min, 1_000_000)
  })

  it("takes over what was counted before it came", () => {
    const earlier = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 })
    earlier.record(1_000_000)
    earlier.record(3_000_000)
    const recorder = new Recorder("seconds", 0)
    recorder.adopt(earlier)
    const { count, quantiles, sum } = recorder.summary(0)
    assert.strictEqual(count, 2)
    isNear(sum, 4)
    // When that was, nobody knows.
    assert.deepStrictEqual(quantiles, [])
  })
})

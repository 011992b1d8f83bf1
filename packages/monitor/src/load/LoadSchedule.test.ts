import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parse, steady } from "./LoadProfile.ts"
import { LoadSchedule } from "./LoadSchedule.ts"

const scheduleOf = (text: string) => new LoadSchedule(Result.getOrThrow(parse(text)))

const momentsOf = (schedule: LoadSchedule): ReadonlyArray<number> =>
  Array.from({ length: schedule.total }, (_, index) => schedule.startOf(index))

const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

describe("a schedule", () => {
  it("puts the starts of one rate evenly apart, the first at once", () => {
    const schedule = scheduleOf("constant:4@1s")
    assert.deepStrictEqual(momentsOf(schedule), [0, 250, 500, 750])
  })

  it("follows a ramp: after half of the time a quarter has started", () => {
    const schedule = scheduleOf("ramp:0..100@4s")
    assert.strictEqual(schedule.total, 200)
    assert.strictEqual(schedule.startOf(0), 0)
    assert.closeTo(schedule.startOf(50), 2000, 1e-6)
    assert.strictEqual(schedule.firstFrom(2), 50)
  })

  it("goes down a ramp to nothing", () => {
    const schedule = scheduleOf("ramp:100..0@4s")
    assert.strictEqual(schedule.total, 200)
    assert.strictEqual(schedule.firstFrom(2), 150)
    assert.isAtMost(schedule.startOf(199), 4000)
  })

  it("counts on where the next part begins, though a start was half due there", () => {
    const schedule = scheduleOf("constant:1@1500ms,constant:2@1s")
    // At 1.5 s one and a half are due; the next half takes 0.25 s at two a second.
    assert.deepStrictEqual(momentsOf(schedule), [0, 1000, 1750, 2250])
  })

  it("rests where the rate is nothing", () => {
    assert.deepStrictEqual(
      momentsOf(scheduleOf("constant:2@1s,constant:0@5s,constant:1@1s")),
      [0, 500, 6000],
    )
  })

  it("answers in any order", () => {
    const schedule = scheduleOf("step:10..50/5@5s")
    const moments = momentsOf(schedule)
    for (let index = schedule.total - 1; index >= 0; index--) {
      assert.strictEqual(schedule.startOf(index), moments[index])
    }
  })

  it("says what warms up", () => {
    const schedule = new LoadSchedule(Result.getOrThrow(steady(100, 2, 3)))
    assert.deepInclude(schedule, { total: 400, measuredFrom: 100, warmupSeconds: 2, seconds: 5 })
  })

  it.prop(
    "never goes back in time, stays within it, and has as many starts as its rates add up to",
    { rates: Schema.Array(between(0, 5000)), seconds: between(1, 3) },
    ({ rates, seconds }) => {
      const used = [7, ...rates.slice(0, 6)]
      const parts = used.map((rate, index) => `ramp:${rate}..${used[index + 1] ?? 3}@${seconds}s`)
      const schedule = scheduleOf(parts.join(","))
      const area = used.reduce(
        (sum, rate, index) => sum + ((rate + (used[index + 1] ?? 3)) / 2) * seconds,
        0,
      )
      assert.strictEqual(schedule.total, Math.ceil(area - 1e-6))
      const moments = momentsOf(schedule)
      assert.isTrue(moments.every((at, index) => at >= (moments[index - 1] ?? 0)))
      assert.isAtMost(moments.at(-1) ?? 0, schedule.seconds * 1000)
    },
  )
})

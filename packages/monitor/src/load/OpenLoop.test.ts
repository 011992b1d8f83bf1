import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { parse } from "./LoadProfile.ts"
import { LoadRunner } from "./LoadRunner.ts"
import type { LoadTarget, LoopClock } from "./OpenLoop.ts"

/** A clock on which nothing takes time but what a test says. */
class ScriptedClock implements LoopClock {
  millis = 0
  private timers: Array<{ readonly at: number; readonly call: () => void }> = []

  readonly now = (): number => this.millis

  readonly after = (millis: number, call: () => void): (() => void) => {
    // Timers come late: that is what makes ticks of them.
    const timer = { at: this.millis + millis + (millis === 0 ? 0.001 : 0.13), call }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  /** Runs until nobody waits for anything. */
  async run(): Promise<void> {
    for (;;) {
      const [next, ...others] = this.timers.toSorted((one, other) => one.at - other.at)
      if (next === undefined) return
      this.timers = others
      this.millis = Math.max(this.millis, next.at)
      next.call()
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    }
  }
}

const profile = (text: string) => Result.getOrThrow(parse(text))

/** Runs a load on a target that answers within its start, after what it does to the clock. */
const run = async (
  text: string,
  at: (clock: ScriptedClock, index: number) => void,
  target: Partial<LoadTarget> = {},
) => {
  const clock = new ScriptedClock()
  const runner = new LoadRunner({ profile: profile(text), clock }, ({ done }) => ({
    isFull: () => false,
    room: () => Promise.resolve(),
    start: (from, to) => {
      for (let index = from; index < to; index++) {
        at(clock, index)
        done(index, index + 1)
      }
      return to - from
    },
    ...target,
  }))
  await clock.run()
  const end = await runner.ended
  return { ...runner.measured(), end, clock }
}

describe("an open loop", () => {
  it("makes every start, each within a tick of its moment", async () => {
    const { end, lag, latency, rate } = await run("constant:1000@2s", () => undefined)
    assert.deepStrictEqual(end, { started: 2000, isStopped: false })
    assert.strictEqual(latency.count, 2000)
    assert.isAtMost(lag.max, 1300)
    assert.isTrue(rate.isReached)
    assert.closeTo(rate.achievedPerSecond, 1000, 1)
  })

  it.for([10, 500, 33_333, 100_000])(
    "reaches %i starts a second within a hundredth",
    async (perSecond) => {
      const { rate } = await run(`constant:${perSecond}@2s`, (clock) => {
        clock.millis += 0.004
      })
      assert.strictEqual(rate.sent, perSecond * 2)
      assert.isBelow(Math.abs(rate.deviation), 0.01)
      assert.isTrue(rate.isReached)
    },
  )

  it("says so where the target is too slow for the rate", async () => {
    const { end, lag, rate } = await run("constant:1000@1s", (clock) => {
      clock.millis += 2
    })
    // Nothing is left out: it comes late, and the rate is what came of it.
    assert.strictEqual(end.started, 1000)
    assert.isFalse(rate.isReached)
    assert.closeTo(rate.achievedPerSecond, 500, 2)
    assert.closeTo(lag.max, 1_000_000, 20_000)
  })

  it("lets a stall count for all who were meant to start in it", async () => {
    let hasStalled = false
    const { intervals, latency, stalls } = await run("constant:1000@4s", (clock, index) => {
      if (index < 1000 || hasStalled) return
      hasStalled = true
      clock.millis += 1000
    })
    // A closed loop would have seen one wait of a second among 3,000 of nothing: a p99 of nothing.
    assert.closeTo(latency.max, 1_000_000, 3000)
    assert.closeTo(latency.p99, 960_000, 5000)
    // The second from 1 s on held it: half of its starts waited for more than half a second.
    assert.closeTo(intervals[1]?.latency.p50 ?? 0, 500_000, 10_000)
    assert.isBelow(intervals[0]?.latency.max ?? Infinity, 2000)
    assert.isBelow(intervals[3]?.latency.max ?? Infinity, 2000)
    assert.lengthOf(stalls, 1)
    assert.closeTo(stalls[0]?.seconds ?? 0, 1, 0.01)
    assert.closeTo(stalls[0]?.fromSeconds ?? 0, 1, 0.01)
  })

  it("waits for room, and starts what was due meanwhile then", async () => {
    const clock = new ScriptedClock()
    let isFull = false
    const runner = new LoadRunner({ profile: profile("constant:100@1s"), clock }, ({ done }) => ({
      start: (from, to) => {
        const most = from <= 50 && to > 50 ? 50 : to
        isFull = most < to && clock.millis < 800
        const end = isFull ? most : to
        done(from, end)
        return end - from
      },
      isFull: () => isFull,
      room: () =>
        new Promise((resolve) => {
          clock.after(300, () => {
            isFull = false
            resolve()
          })
        }),
    }))
    await clock.run()
    assert.deepStrictEqual(await runner.ended, { started: 100, isStopped: false })
    const { latency } = runner.measured()
    assert.strictEqual(latency.count, 100)
    assert.closeTo(latency.max, 300_000, 5000)
  })

  it("stops where it is told to, and speaks of what was until then", async () => {
    const clock = new ScriptedClock()
    const runner = new LoadRunner({ profile: profile("constant:100@60s"), clock }, ({ done }) => ({
      start: (from, to) => {
        done(from, to)
        return to - from
      },
      isFull: () => false,
      room: () => Promise.resolve(),
    }))
    clock.after(2495, () => runner.stop())
    await clock.run()
    const { started, isStopped } = await runner.ended
    assert.isTrue(isStopped)
    assert.strictEqual(started, 250)
    const { intervals, isStopped: isSaid, rate } = runner.measured()
    assert.isTrue(isSaid)
    assert.isTrue(rate.isReached)
    assert.closeTo(rate.seconds, 2.5, 0.01)
    assert.deepStrictEqual(
      intervals.map(({ intended, sent }) => [intended, sent]),
      [
        [100, 100],
        [100, 100],
        [started - 200, started - 200],
      ],
    )
  })

  it("lets who was due and never sent count, where it is stopped in front of a target that hangs", async () => {
    const clock = new ScriptedClock()
    const runner = new LoadRunner({ profile: profile("constant:100@60s"), clock }, ({ done }) => ({
      start: (from, to) => {
        const made = Math.max(0, Math.min(to, 100) - from)
        if (made > 0) done(from, from + made)
        return made
      },
      isFull: () => true,
      room: () =>
        clock.millis < 1000
          ? new Promise((resolve) => void clock.after(0, resolve))
          : new Promise(() => undefined),
    }))
    clock.after(3000, () => runner.stop())
    await clock.run()
    assert.deepStrictEqual(await runner.ended, { started: 100, isStopped: true })
    const { intervals, latency, rate, reachedLatency } = runner.measured()
    assert.deepInclude(rate, { intended: 301, sent: 100, reached: 100, failed: 0 })
    assert.isFalse(rate.isReached)
    assert.strictEqual(latency.count, 301)
    assert.closeTo(latency.max, 2_000_000, 20_000)
    assert.strictEqual(reachedLatency.count, 100)
    assert.isBelow(reachedLatency.max, 20_000)
    assert.closeTo(intervals[1]?.latency.p50 ?? 0, 1_500_000, 30_000)
  })

  it("stops nothing where every start was made", async () => {
    const clock = new ScriptedClock()
    const runner = new LoadRunner({ profile: profile("constant:10@1s"), clock }, () => ({
      start: (from, to) => to - from,
      isFull: () => false,
      room: () => Promise.resolve(),
    }))
    await clock.run()
    runner.stop()
    assert.isFalse(runner.measured().isStopped)
    assert.isFalse((await runner.ended).isStopped)
  })

  it.for([
    [0.49, false],
    [0.51, true],
  ] as const)(
    "takes half the rate as reached with a tolerance of %f: %s",
    async ([share, isEnough]) => {
      const clock = new ScriptedClock()
      const runner = new LoadRunner(
        { profile: profile("constant:1000@1s"), clock, rateTolerance: share },
        ({ done }) => ({
          start: (from, to) => {
            clock.millis += 2 * (to - from)
            done(from, to)
            return to - from
          },
          isFull: () => false,
          room: () => Promise.resolve(),
        }),
      )
      await clock.run()
      await runner.ended
      const { isReached, tolerance } = runner.measured().rate
      assert.deepStrictEqual({ isReached, tolerance }, { isReached: isEnough, tolerance: share })
    },
  )

  it("ends with what the target throws, and with a room that never comes", async () => {
    const broken = (target: Partial<LoadTarget>) =>
      run("constant:10@1s", () => undefined, target).then(
        () => "went on",
        (cause: unknown) => String(cause),
      )
    const start = (): number => {
      throw new Error("gone")
    }
    assert.strictEqual(await broken({ start }), "Error: gone")
    const room = () => Promise.reject(new Error("no room, ever"))
    assert.strictEqual(
      await broken({ start: () => 0, isFull: () => true, room }),
      "Error: no room, ever",
    )
  })

  it("keeps to the moment by holding the thread, where it may", async () => {
    // Reading the clock takes its time here, as it does when a thread waits by reading it.
    const clock = new ScriptedClock()
    const now = (): number => {
      clock.millis += 0.0005
      return clock.millis
    }
    const lagWith = async (spinMillis: number) => {
      clock.millis = 0
      const runner = new LoadRunner(
        { profile: profile("constant:50@1s"), clock: { now, after: clock.after }, spinMillis },
        ({ done }) => ({
          start: (from, to) => {
            done(from, to)
            return to - from
          },
          isFull: () => false,
          room: () => Promise.resolve(),
        }),
      )
      await clock.run()
      await runner.ended
      return runner.measured().lag.max
    }
    assert.isAbove(await lagWith(0), 50)
    assert.isBelow(await lagWith(2), 10)
  })

  it("counts what warms up in no figure, and draws it", async () => {
    const clock = new ScriptedClock()
    const { segments } = profile("constant:100@2s")
    const warmup = profile("ramp:0..100@2s").segments
    const runner = new LoadRunner({ profile: { warmup, segments }, clock }, ({ done }) => ({
      start: (from, to) => {
        done(from, to)
        return to - from
      },
      isFull: () => false,
      room: () => Promise.resolve(),
    }))
    await clock.run()
    await runner.ended
    const { intervals, latency, rate } = runner.measured()
    assert.strictEqual(latency.count, 200)
    assert.deepInclude(rate, { intended: 200, sent: 200, reached: 200, seconds: 2 })
    assert.deepStrictEqual(
      intervals.map(({ intended, isWarmup }) => [intended, isWarmup]),
      [
        [25, true],
        [75, true],
        [100, false],
        [100, false],
      ],
    )
  })
})

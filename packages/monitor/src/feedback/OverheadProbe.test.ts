import { assert, describe, it } from "@effect/vitest"
import { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { monotonicMillis } from "@countersign/core/engine/Monotonic"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { noiseModels } from "../baseline/NoiseModel.ts"
import { instruments } from "../metric/Instruments.ts"
import { inWords, measurementOf } from "./OverheadMeasurement.ts"
import * as OverheadProbe from "./OverheadProbe.ts"
import { SamplingFeedback } from "./SamplingFeedback.ts"

/** A program whose time is counted, not passed: what an operation takes is known exactly. */
const countedProgram = (noise: string) => {
  const machine = noiseModels[noise]?.(randomOf(9)) ?? assert.fail(noise)
  let clock = 0
  let slower = 1
  let settled = 0
  return {
    options: {
      operation: (isAudited: boolean) => {
        clock += (isAudited ? 0.01 : 0.009) * slower
      },
      settle: Effect.sync(() => {
        settled += 1
        // Half of what auditing costs comes after the slice: 500 operations are 5 ms.
        clock += 0.5
      }),
      pauseMillis: 0,
      activeMillis: () => {
        slower = machine()
        return clock
      },
    },
    settled: () => settled,
  }
}

describe("an overhead", () => {
  it("is a share of the operation's time, with an interval that holds it", () => {
    const random = randomOf(4)
    const pairs = Array.from({ length: 30 }, () => {
      const bare = 1 + random() / 50
      return { bare, audited: (bare / 0.9) * (1 + random() / 50 - 0.01) }
    })
    const { high, low, overhead } = measurementOf(pairs)
    assert.approximately(overhead, 0.1, 0.005)
    assert.isBelow(low, 0.1)
    assert.isAbove(high, 0.1)
  })

  it("is unknown from few pairs, and nothing where slices can't be timed", () => {
    assert.deepStrictEqual(measurementOf([{ bare: 0, audited: 1 }]).pairs, 0)
    const { high, low } = measurementOf([{ bare: 1, audited: 2 }])
    assert.deepStrictEqual([low, high], [-Infinity, 1])
    assert.match(inWords(measurementOf([])), /takes unknown/)
  })
})

describe("the probe", () => {
  it.live("measures what the operation and what comes after it take, on a noisy machine", () =>
    Effect.gen(function* () {
      for (const noise of ["quiet", "bimodal", "autocorrelated"]) {
        const { options, settled } = countedProgram(noise)
        const { high, low, overhead, pairs } = yield* OverheadProbe.measure(options)
        assert.strictEqual(pairs, 30, noise)
        assert.strictEqual(settled(), 31, `${noise}: the first pair warms up`)
        assert.isAtMost(low, overhead)
        assert.isAbove(low, 0.08, noise)
        assert.isAtLeast(high, overhead)
      }
    }),
  )

  it.effect("charges auditing nothing that others do while it waits", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      for (const othersShare of [0, 0.4]) {
        let own = 0
        const measuring = yield* Effect.forkChild(
          OverheadProbe.measure({
            operation: (isAudited) => {
              own += isAudited ? 0.01 : 0.009
            },
            // The disk takes a while, and the engine's own work is a small part of it.
            settle: Effect.sleep(20).pipe(Effect.andThen(Effect.sync(() => (own += 0.5)))),
            activeMillis: () => own + othersShare * monotonicMillis(clock),
          }),
        )
        yield* TestClock.adjust("1 minute")
        const { overhead, pairs } = yield* Fiber.join(measuring)
        assert.strictEqual(pairs, 30)
        // 5 ms become 5.56 ms and 0.5 ms: 17 % of the time is auditing's.
        assert.approximately(overhead, 0.17, 0.02, `others need ${othersShare} of the time`)
      }
    }),
  )

  it.live("ends where the clock stands still, and knows nothing then", () =>
    Effect.gen(function* () {
      const { low, pairs } = yield* OverheadProbe.measure({
        operation: () => undefined,
        settle: Effect.void,
        pairs: 6,
        pauseMillis: 0,
        activeMillis: () => 0,
      })
      assert.deepStrictEqual([pairs, low], [0, -Infinity])
    }),
  )
})

describe("sampling by measurement", () => {
  it.live("lowers the rate of a real engine, with the measurement as the reason in the trail", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(`${yield* temporaryDirectory}/trail`)
      const event = { ...AuditFixture.event, class: "telemetry" as const }
      const feedback = SamplingFeedback.layer({
        // Next to nothing beside the record, so auditing is nearly all of it.
        operation: (isAudited, audit) => {
          JSON.stringify(event)
          if (isAudited) audit.recordUnsafe(event)
        },
        pairs: 8,
        pauseMillis: 1,
        everyMillis: 50,
      })
      const sampling = { ...fixture.config.sampling, adaptive: true, rate: 1, windowMillis: 100 }
      const readings = yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const probe = yield* SamplingFeedback
          while (audit.status().samplingRate === 1) yield* Effect.sleep(20)
          return probe.readings()
        }).pipe(Effect.provide(feedback), Effect.timeout("20 seconds")),
        { sampling: { ...sampling, targetOverhead: 0.05 } },
      )
      assert.deepStrictEqual(
        readings.map(({ labels, name }) => [name, labels["bound"]]),
        [
          ...["estimate", "low", "high"].map((bound) => ["countersign_overhead_ratio", bound]),
          ["countersign_overhead_failures_total", undefined],
        ],
      )
      for (const { name } of readings) assert.isTrue(instruments.has(name))
      const change = (yield* fixture.trail).find(({ type }) => type === "audit.sampling.changed")
      assert.match(
        String(AuditFixture.dataOf(change)["reason"]),
        /as measured, and 5\.00 % is allowed/,
      )
    }),
  )

  it.effect("goes on after an operation that throws, later each time", () =>
    Effect.gen(function* () {
      let isBroken = true
      let calls = 0
      let withdrawn = 0
      const off = yield* Effect.provide(Audit, Audit.layerOff)
      const withdrawOverhead = () => {
        withdrawn += 1
      }
      const counting = Layer.succeed(
        Audit,
        Audit.of({ ...off, sampling: { ...off.sampling, withdrawOverhead } }),
      )
      const feedback = SamplingFeedback.layer({
        operation: () => {
          calls += 1
          if (isBroken) throw new Error("no basket")
        },
        pairs: 6,
        pauseMillis: 0,
        everyMillis: 1000,
        activeMillis: () => calls,
      })
      yield* Effect.gen(function* () {
        const { failures, newest, readings } = yield* SamplingFeedback
        const failed: Array<number> = []
        const given: Array<number> = []
        for (let second = 0; second < 8; second++) {
          yield* TestClock.adjust(1000)
          failed.push(failures())
          given.push(withdrawn)
        }
        // At once, and then after 2 and after 4 seconds more.
        assert.deepStrictEqual(failed, [1, 2, 2, 2, 2, 3, 3, 3])
        // The first may be an accident; from the second on nothing is held for what does not come.
        assert.deepStrictEqual(given, [0, 1, 1, 1, 1, 2, 2, 2])
        assert.isUndefined(newest())
        const counted = { name: "countersign_overhead_failures_total", labels: {}, value: 3 }
        assert.deepStrictEqual(readings(), [counted])
        isBroken = false
        yield* TestClock.adjust(10_000)
        assert.strictEqual(newest()?.pairs, 6)
        assert.strictEqual(withdrawn, 2)
      }).pipe(Effect.provide(feedback.pipe(Layer.provide(counting))))
    }),
  )
})

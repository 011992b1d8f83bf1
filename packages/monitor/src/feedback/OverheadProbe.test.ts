import { assert, describe, it } from "@effect/vitest"
import { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
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
        ["estimate", "low", "high"].map((bound) => ["countersign_overhead_ratio", bound]),
      )
      for (const { name } of readings) assert.isTrue(instruments.has(name))
      const change = (yield* fixture.trail).find(({ type }) => type === "audit.sampling.changed")
      assert.match(
        String(AuditFixture.dataOf(change)["reason"]),
        /as measured, and 5\.00 % is allowed/,
      )
    }),
  )
})

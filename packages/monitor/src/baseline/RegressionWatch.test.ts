import { assert, describe, it } from "@effect/vitest"
import { Audit } from "@countersign/core/Audit"
import { AuditUnavailable } from "@countersign/core/engine/AuditError"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import { instruments } from "../metric/Instruments.ts"
import { noiseModels } from "./NoiseModel.ts"
import { initial, type RegressionOptions, step, type Transition } from "./RegressionMachine.ts"
import {
  baselineOf,
  type RegressionChange,
  RegressionWatch,
  type RegressionWatchOptions,
  watchedOf,
} from "./RegressionWatch.ts"

/** What the engine was asked for, and whether it refuses. */
interface Limits {
  readonly asked: Array<number>
  isRefused: boolean
}

const options: RegressionOptions = {
  baseline: 100,
  better: "lower",
  allowance: 0.1,
  windowReadings: 30,
  windowsMin: 3,
}
/** Transitions with the reading at which they came. */
const transitionsOf = (
  values: ReadonlyArray<number>,
  given = options,
): ReadonlyArray<readonly [number, Transition]> => {
  let state = initial
  return values.flatMap((value, at) => {
    const [next, transition] = step(state, value, given)
    state = next
    return transition === "none" ? [] : [[at + 1, transition] as const]
  })
}
const times = (count: number, value: number): ReadonlyArray<number> =>
  Array.from({ length: count }, () => value)

describe("the machine of a regression", () => {
  it("tells after three bad windows in a row, and that it is over after three good ones", () => {
    const values = [...times(60, 100), ...times(90, 120), ...times(89, 100)]
    assert.deepStrictEqual(transitionsOf(values), [[150, "regressed"]])
    assert.deepStrictEqual(transitionsOf([...values, 100]), [
      [150, "regressed"],
      [240, "recovered"],
    ])
  })

  it("takes one bad window, or two, for an accident", () => {
    const values = [...times(60, 120), ...times(30, 100), ...times(60, 120), ...times(30, 100)]
    assert.deepStrictEqual(transitionsOf(values), [])
  })

  it("does not flutter at the bound", () => {
    const values = Array.from({ length: 3000 }, (_, at) =>
      Math.floor(at / 90) % 2 === 0 ? 112 : 108,
    )
    assert.deepStrictEqual(transitionsOf(values), [[90, "regressed"]])
  })

  it("turns a metric of which more is better upside down, and hears no nonsense", () => {
    const given = { ...options, better: "higher" as const }
    assert.deepStrictEqual(transitionsOf(times(90, 80), given), [[90, "regressed"]])
    assert.deepStrictEqual(transitionsOf(times(90, 120), given), [])
    assert.deepStrictEqual(transitionsOf([-1, Number.NaN, -Infinity, ...times(89, 120)]), [])
  })

  it("raises fewer than one false alarm in a hundred windows of each noise, and finds 35 % each time", () => {
    const random = randomOf(11)
    for (const [name, make] of Object.entries(noiseModels)) {
      let alarms = 0
      let found = 0
      for (let day = 0; day < 40; day++) {
        const machine = make(random)
        const start = Array.from({ length: 200 }, machine).toSorted((one, two) => one - two)
        const given = { ...options, baseline: start[100] ?? 1, allowance: 0.15 }
        const readings = Array.from({ length: 3000 }, machine)
        alarms += transitionsOf(readings, given).length
        const slower = Array.from({ length: 300 }, () => 1.35 * machine())
        found += transitionsOf(slower, given).length > 0 ? 1 : 0
      }
      // 40 days of 100 windows each.
      assert.isBelow(alarms, 40, name)
      assert.strictEqual(found, 40, name)
    }
  })
})

describe("the watch over live metrics", () => {
  const metrics = [
    { metric: "sync", series: 'sync_seconds{quantile="0.95"}', baseline: 2, better: "lower" },
  ] as const
  const read = (value: number) => ({
    atMillis: 0,
    readings: [{ name: "sync_seconds", labels: { quantile: "0.95" }, value }],
  })

  it.live("lowers telemetry's rate step by step while it is worse, and lifts it afterwards", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(`${yield* temporaryDirectory}/trail`)
      const heard: Array<RegressionChange> = []
      const rates: Array<number> = []
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const watch = yield* RegressionWatch
          const observe = Effect.fnUntraced(function* (value: number) {
            const own = yield* watch.observe(read(value))
            const { samplingRate } = audit.status()
            if (samplingRate !== rates.at(-1)) rates.push(samplingRate)
            return own.map(({ labels, name, value: shown }) => [name, labels["metric"], shown])
          })
          for (let reading = 0; reading < 3; reading++) yield* observe(2)
          assert.deepStrictEqual(watch.regressed(), [])
          for (let reading = 0; reading < 20; reading++) yield* observe(3)
          assert.deepStrictEqual(watch.regressed(), ["sync"])
          assert.deepStrictEqual(yield* observe(3), [
            ["countersign_baseline_ratio", "sync", 1.5],
            ["countersign_baseline_regressed", "sync", 1],
          ])
          for (let reading = 0; reading < 6; reading++) yield* observe(2)
          assert.deepStrictEqual([watch.regressed(), watch.ceiling()], [[], 1])
        }).pipe(
          Effect.provide(
            RegressionWatch.layer({
              metrics,
              windowReadings: 2,
              windowsMin: 2,
              rateFloor: 0.2,
              changed: (change) => Effect.sync(() => heard.push(change)),
            }),
          ),
        ),
        { sampling: { ...fixture.config.sampling, adaptive: false, rate: 1 } },
      )
      assert.deepStrictEqual(
        rates.map((rate) => Math.round(rate * 1000) / 1000),
        [1, 0.5, 0.25, 0.2, 1],
      )
      assert.deepStrictEqual(
        heard.map(({ isRegressed, summary }) => [isRegressed, summary]),
        [
          [true, "sync is 50.0 % worse than its baseline"],
          [false, "sync is as its baseline again: the same"],
        ],
      )
      for (const name of ["ratio", "regressed"]) {
        assert.isTrue(instruments.has(`countersign_baseline_${name}`))
      }
      const reasons = (yield* fixture.trail)
        .filter(({ type }) => type === "audit.sampling.limited")
        .map((record) => AuditFixture.dataOf(record)["reason"])
      assert.strictEqual(reasons.length, 4)
      assert.strictEqual(
        reasons[0],
        "sync is 50.0 % worse than its baseline: less telemetry is kept",
      )
      assert.match(String(reasons[3]), /limited no more$/)
    }),
  )

  /** A watch over a real engine, whose sampling a test can look at and break. */
  const watching = <A, E>(
    given: Partial<RegressionWatchOptions>,
    use: (watch: RegressionWatch["Service"], engine: Limits) => Effect.Effect<A, E>,
  ) =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(`${yield* temporaryDirectory}/trail`)
      const limits: Limits = { asked: [], isRefused: false }
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const { limit } = audit.sampling
          const sampling = {
            ...audit.sampling,
            limit: (ceiling: number, reason: string) => {
              limits.asked.push(ceiling)
              return limits.isRefused
                ? Effect.fail(
                    new AuditUnavailable({ state: "failed", recorded: "no", detail: "a test" }),
                  )
                : limit(ceiling, reason)
            },
          }
          yield* Effect.flatMap(RegressionWatch, (watch) => use(watch, limits)).pipe(
            Effect.provide(
              RegressionWatch.layer({ metrics, windowReadings: 2, windowsMin: 1, ...given }),
            ),
            Effect.provideService(Audit, { ...audit, sampling }),
          )
          assert.strictEqual(audit.status().samplingRate, 1, "nothing is limited afterwards")
        }),
        { sampling: { ...fixture.config.sampling, adaptive: false, rate: 1 } },
      )
      return limits
    }).pipe(Effect.scoped)

  it.live("lifts what it limited when it ends", () =>
    Effect.gen(function* () {
      const { asked } = yield* watching({}, (watch) =>
        Effect.gen(function* () {
          for (let reading = 0; reading < 2; reading++) yield* watch.observe(read(3))
          assert.strictEqual(watch.ceiling(), 0.5)
        }),
      )
      assert.deepStrictEqual(asked, [0.5, 1])
    }),
  )

  it.live("tries again with the next reading where the engine refused", () =>
    Effect.gen(function* () {
      const { asked } = yield* watching({ windowsMin: 2 }, (watch, engine) =>
        Effect.gen(function* () {
          for (let reading = 0; reading < 4; reading++) yield* watch.observe(read(3))
          assert.strictEqual(watch.ceiling(), 0.5)
          engine.isRefused = true
          for (let reading = 0; reading < 4; reading++) yield* watch.observe(read(2))
          assert.deepStrictEqual([watch.regressed(), watch.ceiling()], [[], 0.5])
          engine.isRefused = false
          yield* watch.observe(read(2))
          assert.strictEqual(watch.ceiling(), 1)
        }),
      )
      assert.deepStrictEqual(asked, [0.5, 1, 1])
    }),
  )

  it.live("lowers the rate once in a window, however many metrics are worse", () =>
    Effect.gen(function* () {
      const names = ["one", "two", "three"]
      const many = names.map((metric) => ({ ...metrics[0], metric, series: metric }))
      const { asked } = yield* watching({ metrics: many }, (watch) =>
        Effect.gen(function* () {
          for (let reading = 0; reading < 5; reading++) {
            yield* watch.observe({
              atMillis: 0,
              readings: names.map((name) => ({ name, labels: {}, value: 3 })),
            })
          }
          assert.deepStrictEqual(watch.regressed(), names)
          assert.lengthOf(watch.readings(), 6)
        }),
      )
      assert.deepStrictEqual(asked, [0.5, 0.25, 1])
    }),
  )

  it("takes from a baseline the middle of its sessions' middles", () => {
    const session = { at: "", commit: "", source: "" }
    const machine = { architecture: "", cpu: "", cores: 1, memoryGiB: 1, kernel: "", node: "" }
    const watched = watchedOf(
      {
        version: 1,
        machine,
        metrics: { sync: { better: "lower", unit: "s" } },
        sessions: [1, 2, 9].map((middle) => ({ ...session, values: { sync: [0, middle, 100] } })),
      },
      { sync: "s", unknown: "u" },
    )
    assert.deepStrictEqual(watched, [{ metric: "sync", series: "s", baseline: 2, better: "lower" }])
    assert.deepStrictEqual(["s", "u"].map(baselineOf(watched)), [2, undefined])
  })
})

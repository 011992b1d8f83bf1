import * as fs from "node:fs"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { event } from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { seriesOf } from "../metric/Reading.ts"
import { readingsOf } from "../metric/Sample.ts"
import type { AlertRule } from "./AlertRule.ts"
import { Alerts, type AlertsOptions } from "./Alerts.ts"
import type { AlertTarget } from "./AlertTarget.ts"
import * as StderrTarget from "./StderrTarget.ts"

const deep: AlertRule = {
  name: "deep",
  kind: "threshold",
  of: { metric: "depth" },
  is: "above",
  bound: 10,
  severity: "error",
  summary: "{value} wait, more than {bound}",
}
const rules = { rules: [deep] }
const readings = (value: number) => ({
  atMillis: 0,
  readings: [{ name: "depth", labels: {}, value }],
})

/** A stderr of the test's own. */
const paper = () => {
  const lines: Array<string> = []
  const stream = {
    writableLength: 0,
    write: (text: string | Uint8Array) => {
      lines.push(...String(text).trimEnd().split("\n"))
      return true
    },
  }
  return { lines, target: StderrTarget.make({ stream }) }
}

const withAlerts = <A, E>(
  use: (fixture: AuditFixture.AuditFixture) => Effect.Effect<A, E, Alerts | Audit>,
  options: AlertsOptions,
) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(`${yield* temporaryDirectory}/trail`)
    const result = yield* fixture.withAudit(
      use(fixture).pipe(Effect.provide(Alerts.layer(options))),
    )
    return { result, trail: yield* fixture.trail, fixture }
  }).pipe(Effect.scoped)

/** Without an engine, by a clock that the test moves. */
const alone = <A, E>(use: Effect.Effect<A, E, Alerts>, options: AlertsOptions) =>
  use.pipe(Effect.provide(Alerts.layer(options).pipe(Layer.provide(Audit.layerOff))))

describe("Alerts", () => {
  it.live("tells people, and writes what became of an alert into the trail", () => {
    const { lines, target } = paper()
    return Effect.gen(function* () {
      const { trail } = yield* withAlerts(
        () =>
          Effect.gen(function* () {
            const alerts = yield* Alerts
            alerts.observe(readings(11))
            assert.lengthOf(alerts.active(), 1)
            yield* alerts.acknowledge("deep/depth", "kim", "I look at it")
            const again = yield* alerts.acknowledge("deep/depth", "kim", "still")
            assert.strictEqual(again.alert.note, "I look at it")
            const taken = yield* Effect.flip(alerts.acknowledge("deep/depth", "lou", ""))
            assert.strictEqual(taken._tag === "AlertTaken" ? taken.by : taken._tag, "kim")
            assert.include(taken.message, "AUD-6205: the alert deep/depth is acknowledged by kim")
            const none = yield* Effect.flip(alerts.acknowledge("deep/width", "lou", ""))
            assert.strictEqual(none.code, "AUD-6204")
            alerts.observe(readings(3))
            assert.isEmpty(alerts.active())
            assert.strictEqual(alerts.status().unrecorded, 0)
          }),
        { rules, targets: [target] },
      )
      assert.deepStrictEqual(lines, [
        "countersign alert: firing: error deep: 11 wait, more than 10",
        "countersign alert: acknowledged by kim: error deep: 11 wait, more than 10",
        "countersign alert: resolved: error deep: 3 wait, more than 10",
      ])
      const written = trail.filter(({ type }) => type.startsWith("countersign.alert."))
      assert.deepStrictEqual(
        written.map(({ actor, reason, type }) => [type, actor.id, reason]),
        [
          ["countersign.alert.firing", "countersign.monitor", undefined],
          ["countersign.alert.acknowledged", "kim", "I look at it"],
          ["countersign.alert.resolved", "countersign.monitor", undefined],
        ],
      )
      assert.deepInclude(written[0], { class: "compliance", severity: "high" })
      assert.deepInclude(AuditFixture.dataOf(written[0]), { rule: "deep", value: 11 })
    })
  })

  it.live("writes nothing of what comes and goes", () =>
    Effect.gen(function* () {
      const { trail } = yield* withAlerts(
        () =>
          Effect.gen(function* () {
            const alerts = yield* Alerts
            assert.strictEqual(alerts.observe(readings(11))[0]?.turn, "pending")
            alerts.observe(readings(1))
            assert.isEmpty(alerts.history())
          }),
        { rules: { rules: [{ ...deep, for: "1h" }] }, targets: [] },
      )
      assert.isFalse(trail.some(({ type }) => type.startsWith("countersign.alert.")))
    }),
  )

  it.live("tells people of an engine that has failed, though no trail takes it", () => {
    const { lines, target } = paper()
    return withAlerts(
      (fixture) =>
        Effect.gen(function* () {
          const audit = yield* Audit
          const alerts = yield* Alerts
          yield* audit.flush
          // Another process has taken the trail over.
          for (const name of fs.readdirSync(fixture.directory)) {
            if (name.startsWith("lease.")) fs.rmSync(path.join(fixture.directory, name))
          }
          yield* Effect.flip(audit.record({ ...event, class: "critical" }))
          assert.strictEqual(audit.status().state, "failed")
          alerts.observeOne({
            name: "countersign_engine_open",
            labels: {},
            value: audit.status().state === "open" ? 1 : 0,
          })
          assert.deepStrictEqual(lines, ["countersign alert: firing: critical engine: it failed"])
          assert.strictEqual(alerts.status().unrecorded, 1)
        }),
      {
        rules: {
          rules: [
            {
              name: "engine",
              kind: "threshold",
              of: { metric: "countersign_engine_open" },
              is: "below",
              bound: 1,
              severity: "critical",
              summary: "it failed",
            },
          ],
        },
        targets: [target],
      },
    )
  })

  it.effect("notices by itself that nothing is heard any more", () => {
    const { lines, target } = paper()
    const silent: AlertRule = {
      name: "silent",
      kind: "absence",
      of: { metric: "depth" },
      after: "10s",
      summary: "nothing for {value} s",
    }
    return alone(
      Effect.gen(function* () {
        const alerts = yield* Alerts
        alerts.observe(readings(1))
        yield* TestClock.adjust("9 seconds")
        assert.isEmpty(lines)
        yield* TestClock.adjust("1 seconds")
        assert.deepStrictEqual(lines, [
          "countersign alert: firing: warning silent: nothing for 10 s",
        ])
      }),
      { rules: { rules: [silent] }, targets: [target] },
    )
  })

  it.effect("tells a group once, and what follows together", () => {
    const { lines, target } = paper()
    const named = (queue: string) => ({ name: "depth", labels: { queue }, value: 11 })
    return alone(
      Effect.gen(function* () {
        const alerts = yield* Alerts
        for (const queue of ["a", "b", "c"]) alerts.observeOne(named(queue))
        assert.lengthOf(lines, 1)
        assert.lengthOf(alerts.active(), 3)
        yield* TestClock.adjust("59 seconds")
        assert.lengthOf(lines, 1)
        yield* TestClock.adjust("1 seconds")
        assert.lengthOf(lines, 3)
        assert.strictEqual(alerts.status().targets["stderr"]?.told, 2)
      }),
      { rules: { ...rules, groupEvery: "1m" }, targets: [target] },
    )
  })

  it.effect("is not kept from telling by what it tells nobody", () => {
    const { lines, target } = paper()
    return alone(
      Effect.gen(function* () {
        const alerts = yield* Alerts
        alerts.observe(readings(11))
        yield* TestClock.adjust("5 seconds")
        assert.lengthOf(lines, 1)
      }),
      { rules: { rules: [{ ...deep, for: "5s" }], groupEvery: "1h" }, targets: [target] },
    )
  })

  it.effect("tells at the end what a group has held back", () => {
    const { lines, target } = paper()
    return Effect.gen(function* () {
      yield* alone(
        Effect.gen(function* () {
          const alerts = yield* Alerts
          alerts.observe(readings(11))
          alerts.observe(readings(1))
          assert.lengthOf(lines, 1)
        }),
        { rules: { ...rules, groupEvery: "1h" }, targets: [target] },
      )
      assert.include(lines[1], "resolved")
    })
  })

  it.effect("says in figures how it fares", () =>
    alone(
      Effect.gen(function* () {
        const alerts = yield* Alerts
        alerts.observe(readings(11))
        const figures = alerts
          .samples()
          .flatMap(readingsOf)
          .map((each) => `${seriesOf(each)} ${each.value}`)
        assert.includeMembers(figures, [
          'countersign_alerts_open{severity="error"} 1',
          'countersign_alerts_open{severity="critical"} 0',
          'countersign_alert_notices_lost_total{target="broken"} 1',
          "countersign_alert_changes_unrecorded 0",
          "countersign_alert_series_unwatched 0",
        ])
      }),
      {
        rules,
        targets: [
          StderrTarget.make({
            name: "broken",
            stream: {
              writableLength: 0,
              write: () => {
                throw new Error("closed")
              },
            },
          }),
        ],
      },
    ),
  )

  it.effect("goes on where a target throws, and tells the others", () => {
    const { lines, target } = paper()
    const broken: AlertTarget = {
      name: "broken",
      tell: () => {
        throw new Error("not a function")
      },
      counts: () => {
        throw new Error("nor this")
      },
    }
    return alone(
      Effect.gen(function* () {
        const alerts = yield* Alerts
        alerts.observe(readings(11))
        yield* TestClock.adjust("5 minutes")
        assert.lengthOf(lines, 2)
        alerts.observe(readings(12))
        assert.lengthOf(lines, 3)
        assert.deepInclude(alerts.status().targets["broken"], { told: 0, failed: 3 })
        assert.lengthOf(alerts.history(), 3)
      }),
      { rules, targets: [Effect.succeed(broken), target] },
    )
  })

  it.effect("goes on where recording throws, and says that no trail holds it", () => {
    const { lines, target } = paper()
    return Effect.gen(function* () {
      const audit = yield* Audit
      const recordUnsafe = (): never => {
        throw new Error("a defect")
      }
      const throwing = Layer.succeed(Audit, { ...audit, recordUnsafe })
      yield* Effect.gen(function* () {
        const alerts = yield* Alerts
        alerts.observe(readings(11))
        yield* TestClock.adjust("3 seconds")
        alerts.observe(readings(1))
        assert.lengthOf(lines, 2)
        assert.strictEqual(alerts.status().unrecorded, 2)
      }).pipe(
        Effect.provide(Alerts.layer({ rules, targets: [target] }).pipe(Layer.provide(throwing))),
      )
    }).pipe(Effect.provide(Audit.layerOff))
  })

  it.effect("goes on where a baseline can't be asked", () => {
    const { lines, target } = paper()
    const slower: AlertRule = {
      name: "slower",
      kind: "change",
      of: { metric: "depth" },
      against: "baseline",
      is: "above",
      bound: 1,
      summary: "slower",
    }
    return alone(
      Effect.gen(function* () {
        const alerts = yield* Alerts
        alerts.observe(readings(11))
        yield* TestClock.adjust("3 seconds")
        alerts.observe(readings(1))
        assert.lengthOf(lines, 2)
      }),
      {
        rules: { rules: [slower, deep] },
        targets: [target],
        baselineOf: () => {
          throw new Error("no file")
        },
      },
    )
  })

  it.effect("lets others hear of changes from then on", () =>
    alone(
      Effect.gen(function* () {
        const alerts = yield* Alerts
        const heard = yield* alerts.changes.pipe(
          Stream.take(2),
          Stream.runCollect,
          Effect.forkScoped,
        )
        yield* TestClock.adjust("1 millis")
        alerts.observe(readings(11))
        alerts.observe(readings(1))
        const changes = yield* Fiber.join(heard)
        assert.deepStrictEqual(
          changes.map(({ turn }) => turn),
          ["firing", "resolved"],
        )
        assert.deepStrictEqual(alerts.history(), changes)
      }).pipe(Effect.scoped),
      { rules, targets: [] },
    ),
  )

  it.effect("is not made with rules that can't be, nor with targets that are not there", () =>
    Effect.gen(function* () {
      const { target } = paper()
      const refusal = (rule: AlertRule) =>
        Effect.flip(alone(Effect.void, { rules: { rules: [rule] }, targets: [target] }))
      const unknown = yield* refusal({ ...deep, notify: ["pager"] })
      assert.include(
        unknown.message,
        "rules.0.notify.0: there is no target pager; there are stderr",
      )
      const wrong = yield* refusal({ ...deep, summary: "{valeu}" })
      assert.include(wrong.message, "{valeu} stands for nothing")
    }),
  )
})

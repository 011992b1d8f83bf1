import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Alerts } from "./alert/Alerts.ts"
import { type Baseline, encode } from "./baseline/Baseline.ts"
import type { Finding } from "./detect/Finding.ts"
import { Monitor, type MonitorBaseline } from "./Monitor.ts"
import { advance, type Frame } from "./protocol/Update.ts"
import { connect } from "./server/MonitorClient.ts"
import { MonitorServer } from "./server/MonitorServer.ts"

const finding: Finding = {
  id: "burst:u-1:1",
  rule: "failed-login-burst",
  severity: "critical",
  subject: "u-1",
  atMillis: 1,
  confidence: 0.9,
  explanation: "9 failed logins in 60 s, more than 5",
  events: ["a"],
}

describe("Monitor", () => {
  it.live("shows figures, findings and the alerts they raise to whoever connects", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
      yield* fixture.withAudit(
        Effect.scoped(
          Effect.gen(function* () {
            const audit = yield* Audit
            const context = yield* Layer.build(
              Monitor.layer({
                metrics: { interval: 50 },
                server: { frameMillis: 50, isWritable: true },
                alerts: {
                  targets: [],
                  rules: {
                    rules: [
                      {
                        name: "many",
                        kind: "threshold",
                        of: {
                          metric: "countersign_events_accepted_total",
                          labels: { class: "standard" },
                        },
                        is: "above",
                        bound: 3,
                        severity: "warning",
                        summary: "many events",
                      },
                    ],
                  },
                },
              }),
            )
            const { find, server, alerts } = yield* Effect.provide(
              Effect.all({
                find: Effect.map(Monitor, (monitor) => monitor.find),
                server: MonitorServer,
                alerts: Alerts,
              }),
              context,
            )
            yield* Effect.forEach([1, 2, 3, 4, 5], () => audit.record(AuditFixture.event))
            find(finding)
            const client = yield* connect(server.url, server.token)
            const frames: Array<Frame> = []
            yield* client.Watch().pipe(
              Stream.runForEachWhile((update) =>
                Effect.sync(() => {
                  const frame = advance(frames.at(-1), update)
                  if (frame !== undefined) frames.push(frame)
                  return (frame?.snapshot.alerts.length ?? 0) === 0
                }),
              ),
            )
            const snapshot = frames.at(-1)?.snapshot
            assert.deepStrictEqual(snapshot?.findings, [finding])
            assert.strictEqual(snapshot?.alerts[0]?.rule, "many")
            assert.isTrue(
              snapshot?.readings.some(({ series }) =>
                series.startsWith("countersign_alerts_open{"),
              ),
            )
            const [alert] = alerts.active()
            const intent = { actor: "u-7", reason: "I look" }
            const taken = yield* client.Acknowledge({ alert: alert?.id ?? "", intent })
            assert.strictEqual(taken.state, "acknowledged")
            const other = { ...intent, actor: "u-8" }
            const refused = yield* Effect.flip(
              client.Acknowledge({ alert: alert?.id ?? "", intent: other }),
            )
            assert.match(refused.message, /acknowledged by u-7 already/)
          }),
        ),
      )
    }).pipe(Effect.scoped),
  )

  const baseline: Baseline = {
    version: 1,
    machine: { architecture: "", cpu: "", cores: 1, memoryGiB: 1, kernel: "", node: "" },
    metrics: { uptime: { better: "lower", unit: "s" } },
    sessions: [{ at: "", commit: "", source: "", values: { uptime: [0.001] } }],
  }
  const series = { uptime: "countersign_process_uptime_seconds" }
  /** Names of readings, and the alerts, once it is so. */
  const shown = Effect.fnUntraced(function* (
    { views }: Monitor["Service"],
    isSo: (names: ReadonlySet<string>) => boolean,
  ) {
    const names = () => new Set(views.readings().map(({ name }) => name))
    yield* Effect.sleep(20).pipe(
      Effect.repeat({ until: () => isSo(names()) && views.alerts().length > 0 }),
      Effect.timeout("20 seconds"),
    )
    return views.alerts().map(({ rule }) => rule)
  })
  const quick = { metrics: { interval: 20 } }

  it.live("raises an alert while the program is worse than its baseline, and keeps less", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
      const rates = yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const inside = yield* Effect.gen(function* () {
            const monitor = yield* Monitor
            const rules = yield* shown(monitor, (names) => names.has("countersign_baseline_ratio"))
            assert.deepStrictEqual(rules, ["baseline-regressed"])
            assert.deepStrictEqual(monitor.regressions?.regressed(), ["uptime"])
            return audit.status().samplingRate
          }).pipe(
            Effect.provide(
              Monitor.layerAlone({
                ...quick,
                alerts: { targets: [] },
                baseline: { baseline: encode(baseline), series, windowReadings: 2, windowsMin: 1 },
              }),
            ),
          )
          return [inside < 1, audit.status().samplingRate]
        }),
        { sampling: { ...fixture.config.sampling, adaptive: false, rate: 1 } },
      )
      assert.deepStrictEqual(rates, [true, 1])
    }).pipe(Effect.scoped),
  )

  it.effect("does not start with a baseline that lacks what is to be watched", () =>
    Effect.gen(function* () {
      const started = (given: MonitorBaseline) =>
        Effect.flip(
          Layer.build(Monitor.layerAlone({ baseline: given }).pipe(Layer.provide(Audit.layerOff))),
        )
      const lacking = yield* started({ baseline, series: { ...series, other: "x" } })
      assert.match(lacking.message, /no figures of other/)
      assert.match((yield* started({ baseline: "{", series })).message, /^AUD-6121/)
    }).pipe(Effect.scoped),
  )

  const breakGlass = { ...AuditFixture.event, type: "clinic.break-glass" }
  const detected = (fixture: AuditFixture.AuditFixture) =>
    Monitor.detection({
      directory: fixture.directory,
      rules: [
        {
          kind: "count",
          name: "broken-glass",
          summary: "Somebody broke the glass",
          severity: "critical",
          confidence: 1,
          when: "type=clinic.break-glass",
          by: "actor.id",
          atLeast: 1,
          within: "10m",
        },
      ],
    })

  it.live("hands over what was found before it was there, and each finding after", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
      const detection = detected(fixture)
      const audit = fixture.withAudit(
        Effect.gen(function* () {
          const { publish, record } = yield* Audit
          yield* record(breakGlass)
          yield* publish
          yield* Effect.sleep(20).pipe(
            Effect.repeat({ until: () => detection.recent().length > 0 }),
          )
          const layer = Monitor.layerAlone({ ...quick, detection, alerts: { targets: [] } })
          yield* Effect.gen(function* () {
            const monitor = yield* Monitor
            assert.lengthOf(monitor.views.findings(), 1)
            yield* record({ ...breakGlass, actor: { id: "u-2" } })
            yield* publish
            yield* Effect.sleep(20).pipe(
              Effect.repeat({ until: () => monitor.views.findings().length === 2 }),
            )
            const rules = yield* shown(monitor, (names) =>
              names.has("countersign_detection_judged_total"),
            )
            assert.deepStrictEqual(rules, ["detection", "detection"])
          }).pipe(Effect.provide(layer))
        }),
        {},
        { sinks: [detection.sink] },
      )
      yield* Effect.timeout(audit, "20 seconds")
    }).pipe(Effect.scoped),
  )

  it.live("shows what auditing is measured to cost, and tunes where it is told to", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
      const layer = Monitor.layerAlone({
        ...quick,
        alerts: { targets: [] },
        feedback: { operation: () => JSON.stringify(breakGlass), pairs: 6, pauseMillis: 0 },
        tuner: { mode: "propose" },
      })
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const { feedback, tuner, views } = yield* Monitor
          yield* Effect.sleep(20).pipe(
            Effect.repeat({
              until: () =>
                views.readings().some(({ name }) => name === "countersign_overhead_ratio"),
            }),
          )
          assert.strictEqual(feedback?.newest()?.pairs, 6)
          assert.strictEqual(tuner?.status().mode, "propose")
        }).pipe(Effect.provide(layer), Effect.timeout("20 seconds")),
      )
    }).pipe(Effect.scoped),
  )
})

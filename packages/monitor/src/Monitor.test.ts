import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Alerts } from "./alert/Alerts.ts"
import type { Finding } from "./detect/Finding.ts"
import { Monitor } from "./Monitor.ts"
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
          }),
        ),
      )
    }).pipe(Effect.scoped),
  )
})

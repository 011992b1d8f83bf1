import { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { dataOf } from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Alert } from "../alert/Alert.ts"
import { instruments } from "../metric/Instruments.ts"
import { stopsTuner, Tuner, type TunerSettings } from "./Tuner.ts"
import { tunerRules } from "./TunerRule.ts"

const alert: Alert = {
  id: "log-sync-slow/x",
  rule: "log-sync-slow",
  severity: "critical",
  state: "firing",
  summary: "slow",
  subject: "x",
  value: 1,
  group: "",
  sinceMillis: 0,
  changedMillis: 0,
  escalation: 0,
  evidence: [],
}

/** The log's sync takes this long; a machine whose disk a test can slow down at will. */
interface Machine {
  seconds: (checkpointMillis: number) => number
  alerts: Array<Alert>
}

const quick = { everyMillis: 5, windowTicks: 4, settleTicks: 1 } as const

/** No other rule sees anything on the test's machine. */
const logRule = tunerRules(1).filter(({ name }) => name === "log-sync")

const intervalOf = (audit: Audit["Service"]): unknown =>
  audit.configuration().find(({ path }) => path === "checkpoint.intervalMillis")?.value

const withTuner = <A, E>(
  machine: Machine,
  settings: Partial<TunerSettings>,
  use: Effect.Effect<A, E, Audit | Tuner>,
) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(`${yield* temporaryDirectory}/trail`)
    const result = yield* fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        const tuner = Tuner.layerWith(
          { mode: "apply", rules: logRule, ...quick, ...settings },
          {
            alerts: () => machine.alerts,
            readings: () => ({
              atMillis: 0,
              readings: [
                {
                  name: "countersign_log_sync_seconds",
                  labels: { quantile: "0.95" },
                  value: machine.seconds(Number(intervalOf(audit))),
                },
              ],
            }),
          },
        )
        const used = yield* Effect.provide(use, tuner)
        return { used, interval: intervalOf(audit) }
      }),
      { archive: { compress: false, afterBundles: 1, bundlesPerSecondMax: 1 } },
    )
    const records = (yield* fixture.trail).filter(({ type }) => /tuner|configuration/.test(type))
    return { ...result, records }
  }).pipe(Effect.scoped)

const until = (isSo: (tuner: Tuner["Service"]) => boolean) =>
  Effect.flatMap(Tuner, (tuner) =>
    Effect.sleep(5).pipe(Effect.repeat({ until: () => isSo(tuner) }), Effect.timeout(20_000)),
  )

const kinds = (tuner: Tuner["Service"]): ReadonlyArray<string> =>
  tuner.status().actions.map(({ kind }) => kind)

describe("Tuner", () => {
  it.live("turns a knob of a running engine after its reason is in the trail, and keeps it", () =>
    Effect.gen(function* () {
      const machine: Machine = { seconds: (interval) => 100 / interval, alerts: [] }
      const { interval, records } = yield* withTuner(
        machine,
        { doublingsPerHourMax: 1 },
        until((tuner) => kinds(tuner).includes("kept")),
      )
      assert.strictEqual(interval, 2000)
      assert.deepStrictEqual(
        records.map(({ outcome, type }) => [type, outcome]),
        [
          ["countersign.tuner.changed", "attempt"],
          ["audit.configuration.changed", "success"],
          ["countersign.tuner.kept", "success"],
        ],
      )
      assert.match(records[0]?.reason ?? "", /0\.1 s, over 0\.05, limited by the disk/)
      assert.deepInclude(dataOf(records[1]), {
        by: "countersign/tuner",
        reason: records[0]?.reason,
      })
      assert.deepStrictEqual(records[0]?.target, [
        { id: "checkpoint.intervalMillis", type: "configuration" },
      ])
      assert.deepInclude(dataOf(records[2]), { from: 1000, to: 2000 })
      assert.deepStrictEqual(dataOf(records[2])["measured"], { before: 0.1, after: 0.05 })
    }),
  )

  it.live("puts back what has not helped", () =>
    Effect.gen(function* () {
      const { interval, records } = yield* withTuner(
        { seconds: () => 1, alerts: [] },
        {},
        until((tuner) => kinds(tuner).includes("reverted") && tuner.status().trial === undefined),
      )
      assert.strictEqual(interval, 1000)
      assert.includeMembers(
        records.map(({ type }) => type),
        ["countersign.tuner.reverted"],
      )
    }),
  )

  it.live("only proposes where it is told to", () =>
    Effect.gen(function* () {
      const { interval, records } = yield* withTuner(
        { seconds: () => 1, alerts: [] },
        { mode: "propose" },
        until((tuner) => kinds(tuner).includes("proposed")),
      )
      assert.strictEqual(interval, 1000)
      assert.notInclude(
        records.map(({ type }) => type),
        "audit.configuration.changed",
      )
    }),
  )

  it.live("puts back what is on trial when an alert fires, and when it ends", () =>
    Effect.gen(function* () {
      const machine: Machine = { seconds: () => 1, alerts: [] }
      const long = { windowTicks: 4, settleTicks: 1_000_000 }
      const { interval, records } = yield* withTuner(
        machine,
        { ...long, coolDownMillis: 1 },
        Effect.gen(function* () {
          yield* until((tuner) => kinds(tuner).includes("changed"))
          machine.alerts.push(alert)
          yield* until((tuner) => kinds(tuner).includes("reverted"))
          assert.strictEqual(intervalOf(yield* Audit), 1000)
          machine.alerts.pop()
          yield* until((tuner) => kinds(tuner).at(-1) === "changed")
        }),
      )
      assert.strictEqual(interval, 1000)
      const reverted = records.filter(({ type }) => type === "countersign.tuner.reverted")
      assert.lengthOf(reverted, 2)
      assert.match(reverted[0]?.reason ?? "", /An alert is firing/)
      assert.match(reverted[1]?.reason ?? "", /The tuner ends/)
    }),
  )

  it.live("leaves a knob to whoever has turned it", () =>
    Effect.gen(function* () {
      const { interval } = yield* withTuner(
        { seconds: () => 0.001, alerts: [] },
        {},
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* until((tuner) => tuner.status().knobs.length > 0)
          yield* Effect.sleep(50)
          yield* audit.adjust({ checkpoint: { intervalMillis: 300 } })
          yield* until((tuner) => kinds(tuner).includes("left"))
          const [knob] = (yield* Tuner).status().knobs
          assert.deepStrictEqual(knob, {
            path: "checkpoint.intervalMillis",
            value: 300,
            configured: 300,
          })
        }),
      )
      assert.strictEqual(interval, 300)
    }),
  )
})

describe("what the tuner looks at", () => {
  it("is stopped by alerts that a person has to see to, and not by what tells of its own doing", () => {
    assert.isTrue(stopsTuner(alert))
    assert.isTrue(stopsTuner({ ...alert, severity: "error", state: "acknowledged" }))
    assert.isFalse(stopsTuner({ ...alert, severity: "warning" }))
    assert.isFalse(stopsTuner({ ...alert, state: "pending" }))
    assert.isFalse(stopsTuner({ ...alert, subject: "audit-changed/audit.configuration.changed" }))
  })

  it("has the labels that its metrics have", () => {
    for (const { signal } of tunerRules(1)) {
      if (signal.kind === "queue") continue
      const { labels = [], kind } = instruments.get(signal.name) ?? {}
      const own = signal.kind === "sink" ? ["sink"] : Object.keys(signal.labels)
      assert.includeMembers([...labels, ...(kind === "summary" ? ["quantile"] : [])], own)
    }
  })
})

import { Audit } from "@countersign/core/Audit"
import { configured } from "@countersign/core/engine/Sink"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readingsOf } from "../metric/Sample.ts"
import type { DetectionRule } from "./DetectionRule.ts"
import { Detection } from "./Detection.ts"
import * as DetectionSink from "./DetectionSink.ts"

const burst: DetectionRule = {
  kind: "count",
  name: "failed-login-burst",
  summary: "Many logins of one account failed",
  severity: "warning",
  confidence: 0.7,
  technique: "T1110.001",
  when: "type=session.login and outcome=failure",
  by: "actor.id",
  atLeast: 3,
  within: "5m",
}

/** Records failed logins, and waits until the sink has judged them. */
const fail = (times: number) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    for (let index = 0; index < times; index += 1) {
      yield* audit.record(
        { type: "session.login", actor: { id: "u-1" }, outcome: "failure", class: "compliance" },
        { until: "delivered" },
      )
    }
  })

const run = <A, E>(
  trail: AuditFixture.AuditFixture,
  use: Effect.Effect<A, E, Audit | Detection>,
) => {
  const detection = DetectionSink.make({ rules: [burst], directory: trail.directory })
  return trail.withAudit(
    use.pipe(Effect.provide(Detection.layer(detection))),
    {},
    { sinks: [configured(detection.sink, { isRequired: true })] },
  )
}

const findingsIn = (trail: AuditFixture.AuditFixture) =>
  Effect.map(trail.trail, (events) =>
    events.filter(({ type }) => type.startsWith("countersign.finding.")),
  )

describe("Detection on an engine", () => {
  it.live("records what it finds in the trail, with the events that show it", () =>
    Effect.gen(function* () {
      const trail = AuditFixture.make(yield* temporaryDirectory)
      const seen = yield* run(
        trail,
        Effect.gen(function* () {
          yield* fail(5)
          const detection = yield* Detection
          return { recent: detection.recent(), samples: detection.samples() }
        }),
      )
      const [found, ...others] = yield* findingsIn(trail)
      assert.isEmpty(others)
      const logins = (yield* trail.trail).filter(({ type }) => type === "session.login")
      assert.deepInclude(AuditFixture.dataOf(found), {
        rule: "failed-login-burst",
        subject: "u-1",
        technique: "T1110.001",
        events: logins.slice(0, 3).map(({ id }) => id),
      })
      assert.deepStrictEqual(
        seen.recent.map(({ subject }) => subject),
        ["u-1"],
      )
      for (const { instrument, labels } of seen.samples) {
        assert.deepStrictEqual(Object.keys(labels), [...instrument.labels])
      }
      assert.deepInclude(seen.samples.flatMap(readingsOf), {
        name: "countersign_detection_findings_total",
        labels: { rule: "failed-login-burst" },
        value: 1,
      })
      assert.strictEqual(yield* trail.verdict, "verified")
    }),
  )

  it.live("goes on where a finding is too large for an event", () =>
    Effect.gen(function* () {
      const trail = AuditFixture.make(yield* temporaryDirectory)
      const counts = yield* run(
        trail,
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let index = 0; index < 3; index += 1) {
            yield* audit.record(
              {
                id: `${index}`.repeat(40_000),
                type: "session.login",
                actor: { id: "u-2" },
                outcome: "failure",
              },
              { until: "delivered" },
            )
          }
          yield* fail(3)
          return (yield* Detection).counts()
        }),
      )
      assert.deepInclude(counts, { findings: 2, recorded: 1, refused: 1, waiting: 0 })
    }),
  )

  it.live("goes on counting where the process before it had stopped", () =>
    Effect.gen(function* () {
      const trail = AuditFixture.make(yield* temporaryDirectory)
      yield* run(trail, fail(2))
      assert.isEmpty(yield* findingsIn(trail))
      const rebuilt = yield* run(
        trail,
        Effect.gen(function* () {
          yield* fail(1)
          return (yield* Detection).counts().rebuilt
        }),
      )
      assert.isAtLeast(rebuilt, 3)
      assert.strictEqual((yield* findingsIn(trail)).length, 1)
    }),
  )

  it.live("records nothing twice that comes again after a start", () =>
    Effect.gen(function* () {
      const trail = AuditFixture.make(yield* temporaryDirectory)
      yield* run(trail, fail(3))
      assert.strictEqual((yield* findingsIn(trail)).length, 1)
      // A sink of another name is given the whole trail from its beginning, finding and all.
      const detection = DetectionSink.make({
        name: "again",
        rules: [burst],
        directory: trail.directory,
      })
      yield* trail.withAudit(
        fail(1).pipe(Effect.provide(Detection.layer(detection))),
        {},
        { sinks: [configured(detection.sink, { isRequired: true })] },
      )
      assert.strictEqual(detection.counts().findings, 1)
      assert.strictEqual((yield* findingsIn(trail)).length, 1)
    }),
  )
})

import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Audit, CurrentActor } from "./Audit.ts"
import type { AuditConfigInput } from "./config/AuditConfig.ts"
import type { ConfigChange } from "./config/ConfigChange.ts"
import { fromInput } from "./config/ConfigInput.ts"
import { settle } from "./config/Configuration.ts"
import * as NodeDisk from "./platform/NodeDisk.ts"
import { readSealKey, sealKeyFile } from "./signer/SealKey.ts"
import { verifySeals } from "./trail/SealVerifier.ts"
import * as AuditFixture from "./testing/AuditFixture.ts"
import { dataOf, event, missing } from "./testing/AuditFixture.ts"

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-audit-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

describe("Audit", () => {
  it.live("resolves at the level that the class's contract names", () =>
    Effect.gen(function* () {
      const receipts = yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          return yield* Effect.forEach(
            ["critical", "compliance", "standard", "telemetry"] as const,
            (name) => audit.record({ ...event, class: name }),
          )
        }),
      )
      assert.deepStrictEqual(
        receipts.map(({ level }) => level),
        ["durable", "durable", "accepted", "accepted"],
      )
      const records = yield* fixture.trail
      for (const { id, sequence } of receipts.slice(0, 2)) {
        assert.strictEqual(records[sequence ?? -1]?.id, id)
      }
    }),
  )

  it.live("waits for the signed checkpoint when asked to", () =>
    fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        const receipt = yield* audit.record(event, { until: "published" })
        assert.strictEqual(receipt.level, "published")
        assert.isBelow(receipt.sequence ?? Infinity, audit.status().publishedSize)
      }),
      { checkpoint: { intervalMillis: 10 } },
    ),
  )

  it.live("frames each run with an opening and a closing record, and the trail verifies", () =>
    Effect.gen(function* () {
      yield* fixture.withAudit(Effect.flatMap(Audit, (audit) => audit.record(event)))
      yield* fixture.withAudit(Effect.flatMap(Audit, (audit) => audit.record(event)))
      const records = yield* fixture.trail
      assert.deepStrictEqual(
        records.map(({ type }) => type),
        ["audit.opened", event.type, "audit.closed", "audit.opened", event.type, "audit.closed"],
      )
      assert.deepInclude(dataOf(records[3]), { fence: 2, recovered: 0, tornBytes: 0 })
      assert.deepInclude(dataOf(records[3])["previous"] as object, { size: 3, isClosed: true })
      assert.strictEqual(yield* fixture.verdict, "verified")
    }),
  )

  it.live("keeps events in the order in which they were recorded, across classes", () =>
    Effect.gen(function* () {
      const classes = ["standard", "critical", "telemetry", "compliance"] as const
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let index = 0; index < 3000; index += 1) {
            const name = classes[index % 4] ?? "standard"
            const taken = audit.recordUnsafe({ ...event, class: name, data: index })
            assert.strictEqual(taken._tag, "Accepted")
          }
        }),
      )
      const own = (yield* fixture.trail).filter(({ type }) => type === event.type)
      assert.deepStrictEqual(
        own.map(({ data }) => data),
        Array.from({ length: 3000 }, (_, index) => index),
      )
    }),
  )

  it.live("refuses an invalid event with its path and takes the next one", () =>
    fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        const error = yield* Effect.flip(audit.record({ ...event, data: { a: Number.NaN } }))
        assert.strictEqual(error._tag, "InvalidEvent")
        assert.include(error.message, "data.a")
        yield* audit.record({ ...event, class: "critical" })
        assert.strictEqual(missing(audit), 0)
      }),
    ),
  )

  it.live("opens a trail once at a time", () =>
    fixture.withAudit(
      Effect.gen(function* () {
        const error = yield* Effect.flip(fixture.withAudit(Effect.service(Audit)))
        assert.strictEqual(error._tag, "TrailLocked")
        assert.include(error.message, `process ${process.pid}`)
      }),
    ),
  )

  it.live("takes no event once closed, and closing twice is closing once", () =>
    Effect.gen(function* () {
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.record(event)
          yield* Effect.all([audit.close, audit.close], { concurrency: 2 })
          const error = yield* Effect.flip(audit.record(event))
          assert.deepInclude(error, { _tag: "AuditUnavailable", state: "closed", recorded: "no" })
          assert.strictEqual(audit.status().durableSize, audit.status().publishedSize)
        }),
      )
      assert.lengthOf(
        (yield* fixture.trail).filter(({ type }) => type === "audit.closed"),
        1,
      )
      assert.isEmpty(fs.readdirSync(path.join(fixture.directory, "wal")))
    }),
  )

  it.live("takes actor and trace from the fiber's context", () =>
    Effect.gen(function* () {
      const { actor: _actor, ...anonymous } = event
      const receipt = yield* fixture.withAudit(
        Effect.flatMap(Audit, (audit) => audit.record(anonymous)).pipe(
          Effect.provideService(CurrentActor, { id: "from-context", type: "service" }),
          Effect.withSpan("request"),
        ),
      )
      const record = (yield* fixture.trail).find(({ id }) => id === receipt.id)
      assert.strictEqual(record?.actor.id, "from-context")
      assert.match(record?.trace?.traceId ?? "", /^[0-9a-f]{32}$/)
    }),
  )

  it.live("records a slow operation and not a quick one", () =>
    Effect.gen(function* () {
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          assert.strictEqual(
            audit.criticalOperation("quick", () => 1, 1e9),
            1,
          )
          assert.strictEqual(
            audit.criticalOperation("slow", () => 2, -1),
            2,
          )
        }),
      )
      const slow = (yield* fixture.trail).filter(({ type }) => type === "operation.slow")
      assert.deepStrictEqual(
        slow.map(({ target }) => target?.[0]?.id),
        ["slow"],
      )
    }),
  )

  it.live("verifies its own trail while it goes on, and records the result", () =>
    Effect.gen(function* () {
      const report = yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.record(event, { until: "published" })
          yield* audit.record({ ...event, class: "critical" })
          return yield* audit.verify
        }),
        { checkpoint: { intervalMillis: 10 } },
      )
      assert.strictEqual(report.verdict, "verified")
      const record = (yield* fixture.trail).find(({ type }) => type === "audit.verified")
      assert.deepInclude(dataOf(record), { verdict: "verified", size: report.size })
    }),
  )

  describe("reload", () => {
    const settled = (input: AuditConfigInput) =>
      Effect.fromResult(settle([fromInput({ directory: fixture.directory, ...input })]))

    it.live("records what changes before it takes effect, and names what has to wait", () =>
      Effect.gen(function* () {
        const changes = yield* fixture.withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            const found = yield* audit.reload({
              sampling: { adaptive: false, rate: 0 },
              batch: { countMax: 7 },
            })
            yield* audit.record({ ...event, class: "telemetry" })
            yield* audit.flush
            assert.strictEqual(audit.status().samplingRate, 0)
            assert.deepInclude(audit.status().accounts[3], { accepted: 1, sampledOut: 1 })
            return found
          }),
          {},
          { reload: (input = {}) => settled(input) },
        )
        assert.deepStrictEqual(
          changes.map(({ isLive, path: field }) => [field, isLive]),
          [
            ["batch.countMax", false],
            ["sampling.rate", true],
            ["sampling.adaptive", true],
          ],
        )
        const [changed, ...more] = (yield* fixture.trail).filter(
          ({ type }) => type === "audit.configuration.changed",
        )
        assert.isEmpty(more)
        assert.deepStrictEqual(dataOf(changed)["changes"], changes)
      }),
    )

    it.live("adjusts a field of what is in force and nothing else, after a record of it", () =>
      Effect.gen(function* () {
        const value = (audit: Audit["Service"], path: string) =>
          audit.configuration().find((field) => field.path === path)?.value
        yield* fixture.withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            yield* Effect.all(
              [
                audit.adjust(
                  { sampling: { adaptive: false, rate: 0.5 } },
                  { by: "a tuner", reason: "the log is slow" },
                ),
                audit.adjust({ checkpoint: { intervalMillis: 20 } }),
              ],
              { concurrency: "unbounded" },
            )
            assert.strictEqual(audit.status().samplingRate, 0.5)
            assert.strictEqual(value(audit, "checkpoint.intervalMillis"), 20)
            const error = yield* Effect.flip(audit.adjust({ sampling: { rate: 2 } }))
            assert.strictEqual(error._tag, "InvalidConfig")
            assert.strictEqual(value(audit, "sampling.rate"), 0.5)
          }),
        )
        const changed = (yield* fixture.trail).filter(
          ({ type }) => type === "audit.configuration.changed",
        )
        assert.deepStrictEqual(
          changed.map((record) =>
            // As the engine writes it.
            (dataOf(record)["changes"] as ReadonlyArray<ConfigChange>).map(({ path }) => path),
          ),
          [["sampling.rate", "sampling.adaptive"], ["checkpoint.intervalMillis"]],
        )
        assert.deepStrictEqual(
          changed.map((record) => [dataOf(record)["by"], dataOf(record)["reason"]]),
          [
            ["a tuner", "the log is slow"],
            [undefined, undefined],
          ],
        )
      }),
    )

    it.live("changes and records nothing when the new configuration is invalid or the same", () =>
      Effect.gen(function* () {
        yield* fixture.withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            const error = yield* Effect.flip(audit.reload({ sampling: { rate: 2 } }))
            assert.strictEqual(error._tag, "InvalidConfig")
            assert.isEmpty(yield* audit.reload())
          }),
          {},
          { reload: (input = {}) => settled(input) },
        )
        assert.notInclude(
          (yield* fixture.trail).map(({ type }) => type),
          "audit.configuration.changed",
        )
      }),
    )
  })

  it.live("seals its batches when asked to", () =>
    Effect.gen(function* () {
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let index = 0; index < 100; index += 1) {
            audit.recordUnsafe(event)
            if (index % 10 === 0) yield* audit.flush
          }
        }),
        { seals: { hmac: true } },
      )
      const { key } = yield* readSealKey(sealKeyFile(fixture.directory))
      const report = yield* verifySeals(fixture.directory, key)
      assert.deepInclude(report, { verdict: "verified", unsealedEntries: 0, entries: 102 })
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("does nothing when switched off", () =>
    Effect.gen(function* () {
      const audit = yield* Audit
      assert.strictEqual((yield* audit.record(event)).level, "dropped")
      assert.strictEqual(
        audit.criticalOperation("x", () => 3),
        3,
      )
      assert.isFalse(fs.existsSync(fixture.directory))
    }).pipe(Effect.provide(Audit.layerOff)),
  )
})

import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Audit, type AuditInput, CurrentActor } from "./Audit.ts"
import { debtMaxOf } from "./engine/SampleRate.ts"
import type { AuditEvent, AuditEventInput } from "./event/AuditEvent.ts"
import { Disk } from "./platform/Disk.ts"
import { canonicalizeUnsafe } from "./event/CanonicalJson.ts"
import * as NodeDisk from "./platform/NodeDisk.ts"
import * as KeySigner from "./signer/KeySigner.ts"
import * as MemorySink from "./testing/MemorySink.ts"
import { MemoryStore } from "./testing/MemorySink.ts"
import { FaultyDisk } from "./testing/FaultyDisk.ts"
import { entries } from "./trail/TrailReader.ts"
import { verify } from "./trail/Verifier.ts"

const event: AuditEventInput = {
  type: "patient.record.read",
  actor: { id: "u-1", type: "user" },
  outcome: "success",
}
const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" })
const isWal = (file: string): boolean => file.endsWith(".wal")

const sampling = {
  rate: 1,
  rateMin: 0.01,
  rateMax: 1,
  adaptive: false,
  targetOverhead: 0.02,
  windowMillis: 10_000,
}

let parent = ""
let directory = ""
beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-audit-"))
  directory = path.join(parent, "trail")
})
afterEach(() => fs.rmSync(parent, { recursive: true, force: true }))

const nodeDisk = Effect.runSync(Effect.provide(Effect.service(Disk), NodeDisk.layer))
const withAudit = <A, E>(
  use: Effect.Effect<A, E, Audit>,
  input: Partial<AuditInput> = {},
  disk: Disk["Service"] = nodeDisk,
) =>
  use.pipe(
    Effect.provide(
      Audit.layerWith({ directory, ...input }).pipe(
        Layer.provide(KeySigner.layerPem(pem, "test")),
        Layer.provide(Layer.succeed(Disk, disk)),
      ),
    ),
  )
const trail = Effect.suspend(() =>
  entries(directory).pipe(
    Stream.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString("utf8")) as AuditEvent),
    Stream.runCollect,
    Effect.provide(NodeDisk.layer),
  ),
)
const verdict = Effect.suspend(() =>
  Effect.map(Effect.provide(verify(directory), NodeDisk.layer), (report) => report.verdict),
)
const missing = (audit: Audit["Service"]): number =>
  audit.status().accounts.reduce((sum, account) => sum + Math.abs(account.missing), 0)
const dataOf = (record: AuditEvent | undefined) => record?.data as Record<string, unknown>

describe("Audit", () => {
  it.live("resolves at the level that the class's contract names", () =>
    Effect.gen(function* () {
      const receipts = yield* withAudit(
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
      const records = yield* trail
      for (const { id, sequence } of receipts.slice(0, 2)) {
        assert.strictEqual(records[sequence ?? -1]?.id, id)
      }
    }),
  )

  it.live("waits for the signed checkpoint when asked to", () =>
    withAudit(
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
      yield* withAudit(Effect.flatMap(Audit, (audit) => audit.record(event)))
      yield* withAudit(Effect.flatMap(Audit, (audit) => audit.record(event)))
      const records = yield* trail
      assert.deepStrictEqual(
        records.map(({ type }) => type),
        ["audit.opened", event.type, "audit.closed", "audit.opened", event.type, "audit.closed"],
      )
      assert.deepInclude(dataOf(records[3]), { fence: 2, recovered: 0, tornBytes: 0 })
      assert.deepInclude(dataOf(records[3])["previous"] as object, { size: 3, isClosed: true })
      assert.strictEqual(yield* verdict, "verified")
    }),
  )

  it.live("keeps events in the order in which they were recorded, across classes", () =>
    Effect.gen(function* () {
      const classes = ["standard", "critical", "telemetry", "compliance"] as const
      yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let index = 0; index < 3000; index += 1) {
            const name = classes[index % 4] ?? "standard"
            const taken = audit.recordUnsafe({ ...event, class: name, data: index })
            assert.strictEqual(taken._tag, "Accepted")
          }
        }),
      )
      const own = (yield* trail).filter(({ type }) => type === event.type)
      assert.deepStrictEqual(
        own.map(({ data }) => data),
        Array.from({ length: 3000 }, (_, index) => index),
      )
    }),
  )

  it.live("refuses an invalid event with its path and takes the next one", () =>
    withAudit(
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

  describe("a full lane", () => {
    const tiny = { intake: { bytesMax: 20_000, countMax: 64 } }
    const fill = (audit: Audit["Service"], name: "standard" | "critical" | "telemetry") => {
      for (let index = 0; index < 1000; index += 1) {
        const taken = audit.recordUnsafe({ ...event, class: name })
        if (taken._tag !== "Accepted") return taken
      }
      return undefined
    }

    it.live("refuses a standard event at the synchronous door and says what to do", () =>
      withAudit(
        Effect.gen(function* () {
          const taken = fill(yield* Audit, "standard")
          assert.strictEqual(taken?._tag, "Refused")
          if (taken?._tag === "Refused")
            assert.match(taken.error.message, /AUD-1101.*wait for room/)
        }),
        tiny,
      ),
    )

    it.live("makes record wait for room with a standard event, and loses none", () =>
      withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* Effect.forEach(Array.from({ length: 500 }), () => audit.record(event), {
            concurrency: "unbounded",
            discard: true,
          })
          yield* audit.flush
          const standard = audit.status().accounts[2]
          assert.deepInclude(standard, { accepted: 500, recorded: 500, missing: 0 })
        }),
        tiny,
      ),
    )

    it.live("refuses a critical event at once, so that its action can be refused", () =>
      withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          fill(audit, "critical")
          const error = yield* Effect.flip(audit.record({ ...event, class: "critical" }))
          assert.deepInclude(error, { _tag: "AuditRefused", reason: "lane-full", recorded: "no" })
        }),
        tiny,
      ),
    )

    it.live("never refuses a critical event because another class is in flood", () =>
      withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          fill(audit, "standard")
          fill(audit, "telemetry")
          const receipt = yield* audit.record({ ...event, class: "critical" })
          assert.strictEqual(receipt.level, "durable")
        }),
        tiny,
      ),
    )

    it.live("drops telemetry, counts it, and signs the count", () =>
      Effect.gen(function* () {
        const dropped = yield* withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            assert.strictEqual(fill(audit, "telemetry")?._tag, "Dropped")
            assert.strictEqual(
              (yield* audit.record({ ...event, class: "telemetry" })).level,
              "dropped",
            )
            return audit.status().accounts[3]?.dropped
          }),
          tiny,
        )
        const loss = (yield* trail).find(({ type }) => type === "audit.lost")
        assert.deepInclude(dataOf(loss), {
          class: "telemetry",
          cause: "no room",
          count: dropped,
          wasAccepted: false,
        })
      }),
    )
  })

  it.live("samples telemetry alone and signs what it kept and skipped", () =>
    Effect.gen(function* () {
      const accounts = yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let index = 0; index < 4000; index += 1) {
            audit.recordUnsafe({ ...event, class: index % 2 === 0 ? "telemetry" : "standard" })
            if (index % 500 === 0) yield* audit.flush
          }
          yield* audit.flush
          return audit.status().accounts
        }),
        { sampling: { ...sampling, rate: 0.25 } },
      )
      const [, , standard, telemetry] = accounts
      assert.deepInclude(standard, { accepted: 2000, recorded: 2000, missing: 0 })
      assert.deepInclude(telemetry, { accepted: 2000, missing: 0 })
      assert.approximately(telemetry?.recorded ?? 0, 500, debtMaxOf(0.25) + 1)
      const windows = (yield* trail).filter(({ type }) => type === "audit.sampled").map(dataOf)
      const total = (name: string) => windows.reduce((sum, data) => sum + Number(data[name]), 0)
      assert.strictEqual(total("kept"), telemetry?.recorded)
      assert.strictEqual(total("skipped"), telemetry?.sampledOut)
    }),
  )

  describe("a sick disk", () => {
    it.live("fails a critical event at its deadline and says that it may still be written", () => {
      const faulty = new FaultyDisk(nodeDisk)
      return withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.flush
          faulty.plan({ call: "write", path: isWal, errno: "ENOSPC", times: Infinity })
          const error = yield* Effect.flip(audit.record({ ...event, class: "critical" }))
          assert.deepInclude(error, {
            _tag: "AuditRefused",
            reason: "deadline",
            recorded: "unknown",
          })
          assert.include(error.message, "ENOSPC")
          faulty.heal()
        }),
        { deadlines: { criticalMillis: 200, complianceMillis: 200 } },
        faulty.disk,
      )
    })

    it.live("goes on without a restart when space returns, and loses nothing", () =>
      Effect.gen(function* () {
        const faulty = new FaultyDisk(nodeDisk)
        yield* withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            yield* audit.flush
            faulty.plan({
              call: "write",
              path: isWal,
              errno: "ENOSPC",
              times: Infinity,
              outcome: { prefixBytes: 70 },
            })
            const waiting = yield* Effect.forkChild(
              Effect.forEach(
                Array.from({ length: 20 }),
                () => audit.record({ ...event, class: "compliance" }),
                { concurrency: "unbounded" },
              ),
              { startImmediately: true },
            )
            yield* Effect.sleep("100 millis")
            faulty.heal()
            const receipts = yield* Fiber.join(waiting)
            assert.lengthOf(receipts, 20)
            assert.strictEqual(missing(audit), 0)
          }),
          {},
          faulty.disk,
        )
        assert.lengthOf(
          (yield* trail).filter(({ type }) => type === event.type),
          20,
        )
        assert.strictEqual(yield* verdict, "verified")
      }),
    )

    it.live("acknowledges nothing whose sync failed until it is written to another segment", () =>
      Effect.gen(function* () {
        const faulty = new FaultyDisk(nodeDisk)
        const segments = () => fs.readdirSync(path.join(directory, "wal")).length
        yield* withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            yield* audit.flush
            assert.strictEqual(segments(), 1)
            faulty.plan({ call: "datasync", path: isWal, errno: "EIO", outcome: "lost" })
            const receipt = yield* audit.record({ ...event, class: "critical" })
            assert.strictEqual(receipt.level, "durable")
            assert.strictEqual(segments(), 2)
          }),
          {},
          faulty.disk,
        )
        assert.strictEqual(yield* verdict, "verified")
      }),
    )
  })

  it.live("stops as failed when another process has taken the trail over", () =>
    withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.flush
        for (const name of fs.readdirSync(directory)) {
          if (name.startsWith("lease.")) fs.rmSync(path.join(directory, name))
        }
        const error = yield* Effect.flip(audit.record({ ...event, class: "critical" }))
        assert.deepInclude(error, { _tag: "AuditUnavailable", state: "failed" })
        assert.include(error.message, "took the trail over")
        assert.strictEqual(audit.recordUnsafe(event)._tag, "Refused")
      }),
    ),
  )

  it.live("opens a trail once at a time", () =>
    withAudit(
      Effect.gen(function* () {
        const error = yield* Effect.flip(withAudit(Effect.service(Audit)))
        assert.strictEqual(error._tag, "TrailLocked")
        assert.include(error.message, `process ${process.pid}`)
      }),
    ),
  )

  it.live("takes no event once closed, and closing twice is closing once", () =>
    Effect.gen(function* () {
      yield* withAudit(
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
        (yield* trail).filter(({ type }) => type === "audit.closed"),
        1,
      )
      assert.isEmpty(fs.readdirSync(path.join(directory, "wal")))
    }),
  )

  describe("around", () => {
    class Denied extends Data.TaggedError("Denied")<{ readonly secret: string }> {}
    const operation = { type: "account.limit.raised", actor: { id: "u-2" }, data: { to: 5 } }

    it.live("records attempt, outcome and duration, linked by the attempt's id", () =>
      Effect.gen(function* () {
        const result = yield* withAudit(
          Effect.flatMap(Audit, (audit) => audit.around(operation)(Effect.succeed(42))),
        )
        assert.strictEqual(result, 42)
        const [attempt, outcome] = (yield* trail).filter(({ type }) => type === operation.type)
        assert.strictEqual(attempt?.outcome, "attempt")
        assert.strictEqual(outcome?.outcome, "success")
        assert.strictEqual(outcome?.correlation, attempt?.id)
        assert.deepInclude(dataOf(outcome), { input: { to: 5 }, attempt: attempt?.id })
        assert.isAtLeast(Number(dataOf(outcome)["durationMillis"]), 0)
      }),
    )

    it.live("records a typed failure by its tag alone, and hands the failure on", () =>
      Effect.gen(function* () {
        const error = yield* withAudit(
          Effect.flatMap(Audit, (audit) =>
            Effect.flip(audit.around(operation)(new Denied({ secret: "hunter2" }))),
          ),
        )
        assert.strictEqual(error._tag, "Denied")
        const records = yield* trail
        const outcome = records.find((record) => record.outcome === "failure")
        assert.deepStrictEqual(dataOf(outcome)["failure"], { kind: "failure", tag: "Denied" })
        assert.notInclude(JSON.stringify(records), "hunter2")
      }),
    )

    it.live("records an interruption too", () =>
      Effect.gen(function* () {
        yield* withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            const fiber = yield* Effect.forkChild(audit.around(operation)(Effect.never))
            yield* Effect.sleep("20 millis")
            yield* Fiber.interrupt(fiber)
          }),
        )
        const outcome = (yield* trail).find((record) => record.outcome === "failure")
        assert.deepStrictEqual(dataOf(outcome)["failure"], { kind: "interruption" })
      }),
    )

    it.live("does not run an operation whose critical attempt can't be recorded", () =>
      withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.close
          let hasRun = false
          const exit = yield* Effect.exit(
            audit.around({ ...operation, class: "critical" })(
              Effect.sync(() => {
                hasRun = true
              }),
            ),
          )
          assert.isTrue(Exit.isFailure(exit))
          assert.isFalse(hasRun)
        }),
      ),
    )
  })

  it.live("takes actor and trace from the fiber's context", () =>
    Effect.gen(function* () {
      const { actor: _actor, ...anonymous } = event
      const receipt = yield* withAudit(
        Effect.flatMap(Audit, (audit) => audit.record(anonymous)).pipe(
          Effect.provideService(CurrentActor, { id: "from-context", type: "service" }),
          Effect.withSpan("request"),
        ),
      )
      const record = (yield* trail).find(({ id }) => id === receipt.id)
      assert.strictEqual(record?.actor.id, "from-context")
      assert.match(record?.trace?.traceId ?? "", /^[0-9a-f]{32}$/)
    }),
  )

  it.live("records a slow operation and not a quick one", () =>
    Effect.gen(function* () {
      yield* withAudit(
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
      const slow = (yield* trail).filter(({ type }) => type === "operation.slow")
      assert.deepStrictEqual(
        slow.map(({ target }) => target?.[0]?.id),
        ["slow"],
      )
    }),
  )

  it.live("verifies its own trail while it goes on, and records the result", () =>
    Effect.gen(function* () {
      const report = yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.record(event, { until: "published" })
          yield* audit.record({ ...event, class: "critical" })
          return yield* audit.verify
        }),
        { checkpoint: { intervalMillis: 10 } },
      )
      assert.strictEqual(report.verdict, "verified")
      const record = (yield* trail).find(({ type }) => type === "audit.verified")
      assert.deepInclude(dataOf(record), { verdict: "verified", size: report.size })
    }),
  )

  it.live("hands every record to a sink, in order, and again from where it stopped", () =>
    Effect.gen(function* () {
      const store = new MemoryStore()
      const burst = (count: number) =>
        withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            for (let index = 0; index < count; index += 1) {
              audit.recordUnsafe({ ...event, data: index })
              if (index % 97 === 0) yield* audit.flush
            }
          }),
          { sinks: [MemorySink.make({ store, isExactlyOnce: true })] },
        )
      yield* burst(3000)
      yield* burst(10)
      const records = yield* trail
      assert.deepStrictEqual(
        store.records.map(({ bytes }) => Buffer.from(bytes).toString("utf8")),
        records.map((record) => canonicalizeUnsafe(record)),
      )
    }),
  )

  it.live("delivers to a sink that comes later what the trail held before", () =>
    Effect.gen(function* () {
      yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let index = 0; index < 1000; index += 1) audit.recordUnsafe(event)
        }),
      )
      const store = new MemoryStore()
      yield* withAudit(
        Effect.flatMap(Audit, (audit) => audit.record(event)),
        { sinks: [MemorySink.make({ store })] },
      )
      const { length } = yield* trail
      assert.deepStrictEqual(
        store.sequences,
        Array.from({ length }, (_, sequence) => sequence),
      )
    }),
  )

  it.live("does nothing when switched off", () =>
    Effect.gen(function* () {
      const audit = yield* Audit
      assert.strictEqual((yield* audit.record(event)).level, "dropped")
      assert.strictEqual(
        audit.criticalOperation("x", () => 3),
        3,
      )
      assert.isFalse(fs.existsSync(directory))
    }).pipe(Effect.provide(Audit.layerOff)),
  )
})

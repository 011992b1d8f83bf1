import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Audit } from "./Audit.ts"
import * as AuditFixture from "./testing/AuditFixture.ts"
import { event, isWal, missing, nodeDisk } from "./testing/AuditFixture.ts"
import { FaultyDisk } from "./testing/FaultyDisk.ts"

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-audit-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

describe("Audit, on a disk", () => {
  describe("a sick disk", () => {
    it.live("fails a critical event at its deadline and says that it may still be written", () => {
      const faulty = new FaultyDisk(nodeDisk)
      return fixture.withAudit(
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
        { deadlines: { criticalMillis: 200, complianceMillis: 200, deliveredMillis: 10_000 } },
        { disk: faulty.disk },
      )
    })

    it.live(
      "keeps the log for tiles that were not synced when there is no more time to close",
      () =>
        Effect.gen(function* () {
          const isHash = (file: string): boolean => file.includes("/tile/0/")
          const slow: typeof nodeDisk = {
            ...nodeDisk,
            syncFile: (file) => Effect.delay(nodeDisk.syncFile(file), isHash(file) ? 1200 : 0),
          }
          const record = Effect.gen(function* () {
            const audit = yield* Audit
            yield* audit.record({ ...event, class: "critical" })
            yield* audit.close
            assert.strictEqual(audit.status().state, "closed")
          })
          const log = (): ReadonlyArray<string> =>
            fs.readdirSync(path.join(fixture.directory, "wal"))
          yield* fixture.withAudit(record, { shutdown: { drainMillis: 1000 } }, { disk: slow })
          assert.lengthOf(log(), 1)
          yield* fixture.withAudit(record)
          assert.isEmpty(log())
          assert.strictEqual(yield* fixture.verdict, "verified")
          const events = (yield* fixture.trail).filter(({ type }) => type === event.type)
          assert.lengthOf(events, 2)
        }),
    )

    it.live("goes on without a restart when space returns, and loses nothing", () =>
      Effect.gen(function* () {
        const faulty = new FaultyDisk(nodeDisk)
        yield* fixture.withAudit(
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
          { disk: faulty.disk },
        )
        assert.lengthOf(
          (yield* fixture.trail).filter(({ type }) => type === event.type),
          20,
        )
        assert.strictEqual(yield* fixture.verdict, "verified")
      }),
    )

    it.live("acknowledges nothing whose sync failed until it is written to another segment", () =>
      Effect.gen(function* () {
        const faulty = new FaultyDisk(nodeDisk)
        const segments = () => fs.readdirSync(path.join(fixture.directory, "wal")).length
        yield* fixture.withAudit(
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
          { disk: faulty.disk },
        )
        assert.strictEqual(yield* fixture.verdict, "verified")
      }),
    )
  })

  it.live("stops as failed when another process has taken the trail over", () =>
    fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.flush
        for (const name of fs.readdirSync(fixture.directory)) {
          if (name.startsWith("lease.")) fs.rmSync(path.join(fixture.directory, name))
        }
        const error = yield* Effect.flip(audit.record({ ...event, class: "critical" }))
        assert.deepInclude(error, { _tag: "AuditUnavailable", state: "failed" })
        assert.include(error.message, "took the trail over")
        assert.strictEqual(audit.recordUnsafe(event)._tag, "Refused")
      }),
    ),
  )
})

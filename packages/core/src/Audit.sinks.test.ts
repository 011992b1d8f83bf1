import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Audit } from "./Audit.ts"
import { canonicalizeUnsafe } from "./event/CanonicalJson.ts"
import * as AuditFixture from "./testing/AuditFixture.ts"
import { event } from "./testing/AuditFixture.ts"
import * as MemorySink from "./testing/MemorySink.ts"
import { MemoryStore } from "./testing/MemorySink.ts"

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-audit-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

describe("Audit, with sinks", () => {
  it.live("hands every record to a sink, in order, and again from where it stopped", () =>
    Effect.gen(function* () {
      const store = new MemoryStore()
      const burst = (count: number) =>
        fixture.withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            for (let index = 0; index < count; index += 1) {
              audit.recordUnsafe({ ...event, data: index })
              if (index % 97 === 0) yield* audit.flush
            }
          }),
          {},
          { sinks: [MemorySink.make({ store, isExactlyOnce: true })] },
        )
      yield* burst(3000)
      yield* burst(10)
      const records = yield* fixture.trail
      assert.deepStrictEqual(
        store.records.map(({ bytes }) => Buffer.from(bytes).toString("utf8")),
        records.map((record) => canonicalizeUnsafe(record)),
      )
    }),
  )

  it.live("delivers to a sink that comes later what the trail held before", () =>
    Effect.gen(function* () {
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let index = 0; index < 1000; index += 1) audit.recordUnsafe(event)
        }),
      )
      const store = new MemoryStore()
      yield* fixture.withAudit(
        Effect.flatMap(Audit, (audit) => audit.record(event)),
        {},
        { sinks: [MemorySink.make({ store })] },
      )
      const { length } = yield* fixture.trail
      assert.deepStrictEqual(
        store.sequences,
        Array.from({ length }, (_, sequence) => sequence),
      )
    }),
  )

  it.live(
    "refuses a pool whose slabs dead sinks could hold all of, and goes on with one that is enough",
    () =>
      Effect.gen(function* () {
        const sinks = ["a", "b", "c"].map((name) => ({
          ...MemorySink.make({ name }),
          deliver: () => Effect.sleep("3 seconds"),
        }))
        const burst = (slabsMax: number) =>
          fixture.withAudit(
            Effect.gen(function* () {
              const audit = yield* Audit
              for (let index = 0; index < 30; index += 1) {
                yield* audit.record({ ...event, class: "critical" })
              }
              return audit.status().pool.slabs
            }),
            { pool: { ...fixture.config.pool, slabsMax } },
            { sinks },
          )
        const error = yield* Effect.flip(burst(4))
        assert.strictEqual(error._tag, "InvalidConfig")
        assert.include(
          error.message,
          "pool.slabsMax: is 4, and there are 3 sinks; expected at least 5: 2, and one for each sink",
        )
        assert.isFalse(fs.existsSync(fixture.directory))
        assert.isAtMost(yield* burst(5), 5)
      }),
  )
})

import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Audit } from "./Audit.ts"
import { debtMaxOf } from "./engine/SampleRate.ts"
import * as AuditFixture from "./testing/AuditFixture.ts"
import { dataOf, event } from "./testing/AuditFixture.ts"

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-audit-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

describe("Audit, by lane", () => {
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
      fixture.withAudit(
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
      fixture.withAudit(
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
      fixture.withAudit(
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
      fixture.withAudit(
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
        const dropped = yield* fixture.withAudit(
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
        const loss = (yield* fixture.trail).find(({ type }) => type === "audit.lost")
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
      const accounts = yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let index = 0; index < 4000; index += 1) {
            audit.recordUnsafe({ ...event, class: index % 2 === 0 ? "telemetry" : "standard" })
            if (index % 500 === 0) yield* audit.flush
          }
          yield* audit.flush
          return audit.status().accounts
        }),
        { sampling: { ...fixture.config.sampling, adaptive: false, rate: 0.25 } },
      )
      const [, , standard, telemetry] = accounts
      assert.deepInclude(standard, { accepted: 2000, recorded: 2000, missing: 0 })
      assert.deepInclude(telemetry, { accepted: 2000, missing: 0 })
      assert.approximately(telemetry?.recorded ?? 0, 500, debtMaxOf(0.25) + 1)
      const windows = (yield* fixture.trail)
        .filter(({ type }) => type === "audit.sampled")
        .map(dataOf)
      const total = (name: string) => windows.reduce((sum, data) => sum + Number(data[name]), 0)
      assert.strictEqual(total("kept"), telemetry?.recorded)
      assert.strictEqual(total("skipped"), telemetry?.sampledOut)
    }),
  )

  it.live("follows a measured overhead, and says in the trail why", () =>
    Effect.gen(function* () {
      const measured = (audit: Audit["Service"], overhead: number) =>
        Effect.gen(function* () {
          audit.sampling.observeOverhead(overhead)
          const before = audit.status().samplingRate
          while (audit.status().samplingRate === before) yield* Effect.sleep(20)
          return audit.status().samplingRate
        }).pipe(Effect.timeout("10 seconds"))
      const sampling = { ...fixture.config.sampling, adaptive: true, rate: 1, windowMillis: 100 }
      const rate = yield* fixture.withAudit(
        Effect.flatMap(Effect.service(Audit), (audit) => measured(audit, 0.1)),
        { sampling: { ...sampling, targetOverhead: 0.05 } },
      )
      assert.approximately(rate, (0.85 * 0.05) / 0.1, 1e-5)
      const change = (yield* fixture.trail).find(({ type }) => type === "audit.sampling.changed")
      const { after, before, reason } = dataOf(change)
      assert.deepStrictEqual([before, after], [1, rate])
      assert.strictEqual(
        reason,
        "auditing takes 10.00 % of the time, as measured, and 5.00 % is allowed: less is kept",
      )
    }),
  )

  // A measurement that is under way holds the rate for ten minutes, which is longer than a test.
  it.live("goes by its own estimate again once whoever measured gives up", () =>
    Effect.gen(function* () {
      const sampling = { ...fixture.config.sampling, adaptive: true, rate: 0.5, windowMillis: 50 }
      const [before, after] = yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          audit.sampling.observeOverhead(Number.NaN)
          const held = audit.status().samplingRate
          audit.sampling.withdrawOverhead()
          while (audit.status().samplingRate <= held) yield* Effect.sleep(20)
          return [held, audit.status().samplingRate] as const
        }).pipe(Effect.timeout("10 seconds")),
        { sampling: { ...sampling, targetOverhead: 0.5 } },
      )
      assert.isAbove(after, before)
    }),
  )

  it.live("keeps telemetry below a ceiling once the reason is in the trail, and nothing else", () =>
    Effect.gen(function* () {
      const accounts = yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.sampling.limit(0.5, "it became slower")
          for (let index = 0; index < 2000; index += 1) {
            audit.recordUnsafe({ ...event, class: index % 2 === 0 ? "telemetry" : "standard" })
          }
          yield* audit.flush
          yield* audit.sampling.limit(1, "it is as it was")
          assert.strictEqual(audit.status().samplingRate, 1)
          return audit.status().accounts
        }),
        { sampling: { ...fixture.config.sampling, adaptive: false, rate: 1 } },
      )
      const [, , standard, telemetry] = accounts
      assert.strictEqual(standard?.recorded, 1000)
      assert.approximately(telemetry?.recorded ?? 0, 500, debtMaxOf(0.5) + 1)
      const limits = (yield* fixture.trail)
        .filter(({ type }) => type === "audit.sampling.limited")
        .map(dataOf)
      assert.deepStrictEqual(limits, [
        { before: 1, ceiling: 0.5, reason: "it became slower" },
        { before: 0.5, ceiling: 1, reason: "it is as it was" },
      ])
    }),
  )
})

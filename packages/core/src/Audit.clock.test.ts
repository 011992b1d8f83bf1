import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Audit } from "./Audit.ts"
import * as AuditFixture from "./testing/AuditFixture.ts"
import { event, isWal, missing, nodeDisk } from "./testing/AuditFixture.ts"
import { FaultyDisk } from "./testing/FaultyDisk.ts"

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-clock-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

const hourMillis = 3_600_000

describe("Audit, under a clock that is set", () => {
  const withClock = (
    use: (
      set: (offsetMillis: number) => void,
      faulty: FaultyDisk,
    ) => Effect.Effect<void, unknown, Audit>,
  ) =>
    Effect.gen(function* () {
      const real = yield* Clock.clockWith(Effect.succeed)
      let offset = 0
      const currentTimeMillisUnsafe = (): number => real.currentTimeMillisUnsafe() + offset
      const clock: Clock.Clock = {
        currentTimeMillisUnsafe,
        currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
        currentTimeNanosUnsafe: () => BigInt(currentTimeMillisUnsafe()) * 1_000_000n,
        currentTimeNanos: Effect.sync(() => BigInt(currentTimeMillisUnsafe()) * 1_000_000n),
        monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: real.monotonicTimeNanos,
        sleep: (duration) => real.sleep(duration),
      }
      const faulty = new FaultyDisk(nodeDisk)
      const set = (offsetMillis: number): void => {
        offset = offsetMillis
      }
      yield* fixture
        .withAudit(
          use(set, faulty),
          { deadlines: { criticalMillis: 300, complianceMillis: 20_000, deliveredMillis: 10_000 } },
          { disk: faulty.disk },
        )
        .pipe(Effect.provideService(Clock.Clock, clock))
      assert.strictEqual(yield* fixture.verdict, "verified")
    })

  it.live("refuses nobody who waits when it jumps an hour ahead", () =>
    withClock((set, faulty) =>
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.flush
        faulty.plan({ call: "write", path: isWal, errno: "ENOSPC", times: Infinity })
        const waiting = yield* Effect.forkChild(audit.record({ ...event, class: "compliance" }), {
          startImmediately: true,
        })
        set(hourMillis)
        yield* Effect.sleep("150 millis")
        faulty.heal()
        assert.strictEqual((yield* Fiber.join(waiting)).level, "durable")
        assert.strictEqual(missing(audit), 0)
      }),
    ),
  )

  it.live("keeps a deadline when it jumps an hour back", () =>
    withClock((set, faulty) =>
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.flush
        faulty.plan({ call: "write", path: isWal, errno: "ENOSPC", times: Infinity })
        const waiting = yield* Effect.forkChild(
          Effect.flip(audit.record({ ...event, class: "critical" })),
          { startImmediately: true },
        )
        set(-hourMillis)
        const error = yield* Fiber.join(waiting)
        assert.deepInclude(error, { _tag: "AuditRefused", reason: "deadline" })
        faulty.heal()
      }),
    ),
  )
})

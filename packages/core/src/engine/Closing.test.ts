import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Audit } from "../Audit.ts"
import { type Disk, DiskError, type DiskFile } from "../platform/Disk.ts"
import * as AuditFixture from "../testing/AuditFixture.ts"
import { event, isWal, missing, nodeDisk } from "../testing/AuditFixture.ts"
import { FaultyDisk } from "../testing/FaultyDisk.ts"
import { type ClosingParts, closeTrail } from "./Closing.ts"

const diskError = new DiskError({
  call: "write",
  path: "wal",
  errno: "ENOSPC",
  detail: "as planned",
})

const parts: ClosingParts = {
  drainMillis: 6000,
  drain: Effect.void,
  stop: Effect.void,
  writeUnsafe: () => 0,
  inFlight: () => 0,
  settle: () => Effect.void,
}

describe("Closing, in time", () => {
  it.effect("gives the tiles' syncs only the time that the drain has left", () =>
    Effect.gen(function* () {
      const given: Array<number> = []
      const settle = (millisMax: number) => Effect.sync(() => void given.push(millisMax))
      for (const drainedAfter of [2500, 0]) {
        const drain = Effect.sleep(drainedAfter)
        const closing = yield* Effect.forkChild(closeTrail({ ...parts, drain, settle }), {
          startImmediately: true,
        })
        yield* TestClock.adjust(drainedAfter)
        yield* Fiber.join(closing)
      }
      assert.deepStrictEqual(given, [3500, 5000])
    }),
  )

  it.effect("does not fail for tiles that could not be synced: their log stays", () =>
    closeTrail({ ...parts, settle: () => Effect.fail(diskError) }),
  )

  it.effect("ends at its deadline, though a call of the disk hangs", () =>
    Effect.gen(function* () {
      const hangs = Effect.uninterruptible(Effect.never)
      const closing = yield* Effect.forkChild(
        Effect.flip(closeTrail({ ...parts, drain: hangs, stop: hangs, inFlight: () => 3 })),
        { startImmediately: true },
      )
      yield* TestClock.adjust(5000)
      yield* TestClock.adjust(1000)
      const error = yield* Fiber.join(closing)
      assert.include(error.detail, "3 accepted events were not written")
    }),
  )
})

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-closing-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

const count = 20

/** Records, and closes while the log's ordinary way is blocked. */
const closeLate = (
  disk: Disk["Service"],
  block: () => void,
  after: (audit: Audit["Service"]) => Effect.Effect<unknown> = () => Effect.void,
) =>
  fixture.withAudit(
    Effect.gen(function* () {
      const audit = yield* Audit
      yield* audit.flush
      block()
      for (let index = 0; index < count; index++) audit.recordUnsafe(event)
      const error = yield* Effect.flip(audit.close)
      const status = audit.status()
      const inFlight = status.accounts.reduce((sum, account) => sum + account.inFlight, 0)
      yield* after(audit)
      return { error, inFlight, missing: missing(audit) }
    }),
    // Too few slabs for all: some events never leave the lanes.
    {
      shutdown: { drainMillis: 400 },
      pool: { ...fixture.config.pool, slabBytes: 2048, slabsMax: 2 },
    },
    { disk },
  )

/** The log's asynchronous writes do what is said; the synchronous ones work. */
const withLog = (write: (file: DiskFile) => DiskFile["writeDurable"]): Disk["Service"] => ({
  ...nodeDisk,
  open: (name, how) =>
    Effect.map(nodeDisk.open(name, how), (file) =>
      isWal(name) ? { ...file, writeDurable: write(file) } : file,
    ),
})

const eventsInTrail = Effect.gen(function* () {
  yield* fixture.withAudit(Effect.void)
  assert.strictEqual(yield* fixture.verdict, "verified")
  return (yield* fixture.trail).filter(({ type }) => type === event.type).length
})

describe("Closing, past its deadline", () => {
  it.live("writes what is accepted to the log, from where the next opening takes it", () =>
    Effect.gen(function* () {
      let isBlocked = false
      const disk = withLog(
        (file) => (chunks, position) =>
          Effect.suspend(() =>
            isBlocked ? Effect.fail(diskError) : file.writeDurable(chunks, position),
          ),
      )
      const late = yield* closeLate(disk, () => (isBlocked = true))
      assert.include(late.error.message, "all accepted events are in the log")
      assert.deepInclude(late, { inFlight: 0, missing: 0 })
      assert.strictEqual(yield* eventsInTrail, count)
    }),
  )

  it.live("says how many events could not be written", () =>
    Effect.gen(function* () {
      const faulty = new FaultyDisk(nodeDisk)
      const fault = { call: "write", path: isWal, errno: "ENOSPC", times: Infinity } as const
      const late = yield* closeLate(faulty.disk, () => faulty.plan(fault))
      assert.include(late.error.message, `${count} accepted events are lost`)
      assert.include(late.error.message, "ENOSPC")
      assert.deepInclude(late, { inFlight: count, missing: 0 })
      assert.strictEqual(yield* eventsInTrail, 0)
    }),
  )

  it.live(
    "keeps what could not be written for the end of the process, and writes nothing twice",
    () =>
      Effect.gen(function* () {
        const faulty = new FaultyDisk(nodeDisk)
        const fault = { call: "write", path: isWal, errno: "ENOSPC", times: Infinity } as const
        yield* closeLate(
          faulty.disk,
          () => faulty.plan(fault),
          (audit) =>
            Effect.sync(() => {
              faulty.heal()
              assert.isAtLeast(audit.lastGaspUnsafe(), count)
              assert.strictEqual(audit.lastGaspUnsafe(), 0)
            }),
        )
        assert.strictEqual(yield* eventsInTrail, count)
      }),
  )

  it.live("does not follow a disk that hangs, and says so", () =>
    Effect.gen(function* () {
      let isBlocked = false
      const answer = yield* Deferred.make<void>()
      const disk = withLog(
        (file) => (chunks, position) =>
          Effect.suspend(() =>
            Effect.andThen(
              isBlocked ? Effect.uninterruptible(Deferred.await(answer)) : Effect.void,
              file.writeDurable(chunks, position),
            ),
          ),
      )
      const late = yield* closeLate(
        disk,
        () => (isBlocked = true),
        () => Deferred.succeed(answer, undefined),
      )
      assert.include(late.error.message, `${count} accepted events were not written`)
      assert.deepInclude(late, { inFlight: count, missing: 0 })
    }),
  )
})

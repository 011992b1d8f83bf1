import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { PowerLossDisk } from "../testing/PowerLossDisk.ts"
import { entriesOf } from "../testing/TrailFixture.ts"
import { openSession } from "../testing/TrailSession.ts"
import * as EntryBundle from "./EntryBundle.ts"
import { encodeFrameHeader } from "./WalFrame.ts"
import { segmentName } from "./WriteAheadLog.ts"

const directory = "/data/trail"
const entries = entriesOf(30)

/** Chance that keeps of a file only what a sync has covered. */
const least = (): number => 0

describe("LogTail", () => {
  it.live("keeps what it found in the system's cache, also where a sync of it had failed", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk([directory])
      const killed = Effect.gen(function* () {
        const { write } = yield* openSession(directory)
        yield* write(entries.slice(0, 10))
        // The group is written, and the kernel drops what its sync could not write.
        power.plan({ call: power.calls + 2, errno: "EIO" })
        assert.strictEqual((yield* Effect.exit(write(entries.slice(10, 20))))._tag, "Failure")
      })
      const next = Effect.gen(function* () {
        const { recovered, write } = yield* openSession(directory)
        assert.strictEqual(recovered.nextSequence, 20)
        yield* write(entries.slice(20))
      })
      yield* killed.pipe(Effect.scoped, Effect.provide(power.layer))
      yield* next.pipe(Effect.scoped, Effect.provide(power.layer))
      const left = power.crash(least)
      const { recovered } = yield* openSession(directory).pipe(
        Effect.scoped,
        Effect.provide(left.layer),
      )
      assert.strictEqual(recovered.nextSequence, 30)
    }),
  )

  /** A trail of ten entries, and a segment beside its log that holds nothing. */
  const besideEmpty = Effect.fnUntraced(function* (name: string) {
    const power = new PowerLossDisk([directory])
    const session = Effect.gen(function* () {
      const { recovered, write } = yield* openSession(directory)
      yield* write(entries.slice(0, 10))
      yield* recovered.writer.publish
    })
    yield* session.pipe(Effect.scoped, Effect.provide(power.layer))
    const file = yield* power.disk.open(path.join(directory, "wal", name), "log")
    const goOn = (next: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        const { recovered, write } = yield* openSession(directory)
        yield* write(next)
        return recovered.nextSequence
      }).pipe(Effect.scoped, Effect.provide(power.layer))
    return { file, goOn, power }
  })

  it.live("lets no later attempt at a segment stand behind a new one of the same number", () =>
    Effect.gen(function* () {
      // Of two attempts a power failure may keep the name of the second alone.
      const { goOn } = yield* besideEmpty(segmentName(10, 1))
      assert.strictEqual(yield* goOn(entries.slice(10, 20)), 10)
      assert.strictEqual(yield* goOn(entries.slice(20)), 20)
      assert.strictEqual(yield* goOn([]), 30)
    }),
  )

  it.live("takes an empty segment for no log where all others were deleted", () =>
    Effect.gen(function* () {
      const { goOn, power } = yield* besideEmpty(segmentName(5, 0))
      yield* power.disk.remove(path.join(directory, "wal", segmentName(0, 0)))
      assert.strictEqual(yield* goOn(entries.slice(10)), 10)
    }),
  )

  it.live("keeps its log from a write that a replaced writer began before", () =>
    Effect.gen(function* () {
      const { file, goOn } = yield* besideEmpty(segmentName(5, 0))
      assert.strictEqual(yield* goOn(entries.slice(10, 20)), 10)
      const payload = EntryBundle.encode([Buffer.from("too late")])
      const header = { firstSequence: 5, count: 1, payloadBytes: payload.length, fence: 1 }
      const frame = encodeFrameHeader({ ...header, writtenMillis: 0, groupOffset: 0 }, payload)
      yield* file.write([frame, payload], 0)
      assert.strictEqual(yield* goOn(entries.slice(20)), 20)
      assert.strictEqual(yield* goOn([]), 30)
    }),
  )

  it.live("cuts no full bundle that alone has the entries before the log", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk([directory])
      const many = entriesOf(300)
      const session = Effect.gen(function* () {
        const { write } = yield* openSession(directory, { segmentBytesMax: 1 })
        yield* write(many.slice(0, 200))
        yield* write(many.slice(200))
      })
      yield* session.pipe(Effect.scoped, Effect.provide(power.layer))
      const bundle = path.join(directory, "tile/entries/000")
      const before = power.journal.length
      yield* openSession(directory).pipe(Effect.scoped, Effect.provide(power.layer))
      const changes = power.journal.slice(before).filter((call) => call.endsWith(bundle))
      assert.deepStrictEqual(
        changes.filter((call) => !call.startsWith("fsync")),
        [`write ${bundle}`],
      )
    }),
  )

  /** What a power failure leaves of a trail that was opened and closed, without its log. */
  const leftAfterReopening = Effect.fnUntraced(function* (power: PowerLossDisk) {
    power.heal()
    // Nothing is recorded, so the forms that are open stay those that were found.
    const next = Effect.flatMap(openSession(directory), ({ close }) => close)
    yield* next.pipe(Effect.scoped, Effect.provide(power.layer))
    assert.deepStrictEqual(power.namesIn(path.join(directory, "wal")), [])
    return power.crash(least)
  })

  it.live("deletes no log of full tiles whose sync had failed before the opening", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk([directory])
      const killed = Effect.gen(function* () {
        const { recovered, write } = yield* openSession(directory)
        yield* write(entriesOf(300))
        yield* recovered.writer.publish
        // Of the first file, the kernel drops what it could not write.
        power.plan({ call: power.calls + 1, errno: "EIO" })
        const synced = yield* Effect.exit(recovered.writer.sync(Infinity))
        assert.strictEqual(synced._tag, "Failure")
      })
      yield* killed.pipe(Effect.scoped, Effect.provide(power.layer))
      const left = yield* leftAfterReopening(power)
      for (const name of ["tile/entries/000", "tile/0/000"]) {
        const file = path.join(directory, name)
        assert.deepStrictEqual(left.peek(file), power.peek(file))
      }
    }),
  )

  it.live("deletes no log of partial tiles whose sync had failed before the opening", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk([directory])
      const killed = Effect.gen(function* () {
        const { recovered, write } = yield* openSession(directory)
        yield* write(entriesOf(30))
        yield* recovered.writer.publish
        power.plan({ call: power.calls + 2, errno: "EIO" })
        const synced = yield* Effect.exit(recovered.writer.syncAll)
        assert.strictEqual(synced._tag, "Failure")
      })
      yield* killed.pipe(Effect.scoped, Effect.provide(power.layer))
      const left = yield* leftAfterReopening(power)
      const { recovered } = yield* openSession(directory).pipe(
        Effect.scoped,
        Effect.provide(left.layer),
      )
      assert.strictEqual(recovered.nextSequence, 30)
    }),
  )
})

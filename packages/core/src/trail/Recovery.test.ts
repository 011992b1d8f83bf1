import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "../testing/FaultyDisk.ts"
import { entriesOf, filesOf, tilePath } from "../testing/TrailFixture.ts"
import {
  crash,
  differences,
  openOnDisk,
  openSession,
  publishedFiles,
  segmentOf,
  tileFiles,
  trailDirectory,
} from "../testing/TrailSession.ts"
import { compress } from "./ColdBundle.ts"
import { segmentName } from "./WriteAheadLog.ts"

describe("Recovery", () => {
  it.live("makes an empty trail where nothing is", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const { recovered } = yield* openOnDisk(directory)
      assert.deepInclude(recovered, {
        nextSequence: 0,
        segments: [],
        checkpoint: undefined,
        torn: [],
        lastEntry: undefined,
      })
      assert.deepStrictEqual(filesOf(directory), [])
    }),
  )

  it.live.each([1, 100, 255, 256, 257, 512, 1000])(
    "goes on after a trail of %i entries was closed, without a log",
    (size) =>
      Effect.gen(function* () {
        const directory = yield* trailDirectory
        const entries = entriesOf(size + 300)
        const first = yield* openOnDisk(directory)
        yield* first.write(entries.slice(0, size), 90)
        yield* first.close
        assert.deepStrictEqual(fs.readdirSync(path.join(directory, "wal")), [])
        const next = yield* openOnDisk(directory)
        assert.strictEqual(next.recovered.nextSequence, size)
        assert.strictEqual(next.recovered.checkpoint?.size, size)
        // Also where the last bundle is full, and nothing is read of it to go on.
        assert.strictEqual(
          Buffer.from(next.recovered.lastEntry ?? []).toString(),
          entries[size - 1],
        )
        yield* next.write(entries.slice(size), 70)
        yield* next.close
        assert.isEmpty(differences(directory, entries))
      }),
  )

  it.live("loses nothing in a crash at any point of a trail's life", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(900)
      const session = yield* openOnDisk(directory, { segmentBytesMax: 5000 })
      const check = Effect.fnUntraced(function* (durable: number, when: string) {
        const copy = crash(directory)
        const next = yield* openOnDisk(copy)
        assert.strictEqual(next.recovered.nextSequence, durable, when)
        assert.strictEqual(
          Buffer.from(next.recovered.lastEntry ?? []).toString(),
          entries[durable - 1],
          when,
        )
        yield* next.write(entries.slice(durable), 200)
        yield* next.writer.publish
        assert.isEmpty(differences(copy, entries), when)
      }, Effect.scoped)
      for (let size = 60; size <= entries.length; size += 60) {
        yield* session.write(entries.slice(size - 60, size), 25)
        yield* check(size, `${size} logged`)
        if (size % 180 === 0) {
          yield* session.writer.publish
          yield* check(size, `${size} published`)
        }
        if (size % 240 === 0) {
          const synced = yield* session.writer.sync(Infinity)
          yield* check(size, `${size} synced`)
          yield* session.wal.prune(synced)
          yield* check(size, `${size} pruned`)
        }
      }
      yield* session.close
      yield* check(900, "closed")
    }),
  )

  // Such a form was deleted, and a power failure can bring it back.
  it.live("takes no older form for its beginning that a power failure filled with zeros", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(300)
      const session = yield* openOnDisk(directory, { segmentBytesMax: 1000 })
      yield* session.write(entries.slice(0, 240))
      yield* session.writer.publish
      const bundle = tilePath("entries", 0, 240)
      const older = fs.readFileSync(path.join(directory, bundle))
      yield* session.write(entries.slice(240))
      yield* session.wal.prune(yield* session.writer.sync(Infinity))
      assert.strictEqual(session.wal.firstSequence, 240)
      const copy = crash(directory)
      const file = path.join(copy, bundle)
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, older.fill(0, 30, 32))
      const next = yield* openOnDisk(copy)
      yield* next.writer.publish
      assert.isEmpty(differences(copy, entries))
    }),
  )

  it.live("finds its beginning in any form when the log was deleted only in part", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(300)
      const session = yield* openOnDisk(directory, { segmentBytesMax: 100 })
      yield* session.write(entries.slice(0, 60), 20)
      yield* session.writer.publish
      yield* session.writer.syncAll
      fs.rmSync(path.join(directory, "wal", segmentName(0, 0)))
      const next = yield* openOnDisk(directory)
      yield* next.write(entries.slice(60))
      yield* next.writer.publish
      const copy = crash(directory)
      // Written, not synced, and spoilt by the power failure.
      const bundle = path.join(copy, tilePath("entries", 0, 256))
      fs.writeFileSync(bundle, fs.readFileSync(bundle).fill(0, 0, 512))
      const last = yield* openOnDisk(copy)
      yield* last.writer.publish
      assert.isEmpty(differences(copy, entries))
    }),
  )

  it.live("opens a trail whose every call could be the last", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(300)
      const faulty = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
      let acknowledged = 0
      const life = Effect.fnUntraced(function* (where: string) {
        const session = yield* Effect.provide(openSession(where), faulty.layer)
        for (const to of [100, 200, 300]) {
          yield* session.write(entries.slice(acknowledged, to))
          acknowledged = to
          yield* session.writer.publish
        }
        yield* session.close
      }, Effect.scoped)
      yield* life(directory)
      const calls = faulty.journal.length
      for (let call = 0; call < calls; call += 1) {
        const copy = path.join(path.dirname(directory), `stopped-${call}`)
        fs.mkdirSync(copy)
        faulty.heal()
        acknowledged = 0
        const from = faulty.journal.length
        // From this call on nothing reaches the disk any more.
        for (const kind of new Set(faulty.journal.map((entry) => entry.call))) {
          const before = faulty.journal.slice(0, call).filter((entry) => entry.call === kind)
          faulty.plan({ call: kind, nth: before.length + 1, times: Infinity, errno: "EIO" })
        }
        yield* Effect.ignore(life(copy))
        assert.isAtMost(faulty.journal.length, from + calls + 8)
        const next = yield* Effect.scoped(
          Effect.gen(function* () {
            const session = yield* openOnDisk(copy)
            const size = session.recovered.nextSequence
            assert.isAtLeast(size, acknowledged, `stopped at call ${call}`)
            yield* session.write(entries.slice(size))
            yield* session.close
            return session
          }),
        )
        assert.strictEqual(next.writer.publishedSize, 300)
        assert.isEmpty(differences(copy, entries), `stopped at call ${call}`)
      }
    }),
  )

  it.live("cuts a torn tail and writes on behind it", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(40)
      const session = yield* openOnDisk(directory)
      yield* session.write(entries.slice(0, 20), 10)
      const file = path.join(directory, "wal", segmentName(0, 0))
      const whole = fs.statSync(file).size
      fs.appendFileSync(file, segmentOf(entries.slice(20), 20).subarray(0, 200))
      const next = yield* openOnDisk(directory)
      assert.deepStrictEqual(next.recovered.torn, [{ path: file, offset: whole, bytes: 200 }])
      assert.strictEqual(fs.statSync(file).size, whole)
      assert.strictEqual(next.recovered.nextSequence, 20)
      yield* next.write(entries.slice(20))
      yield* next.writer.publish
      assert.isEmpty(differences(directory, entries))
      assert.isEmpty((yield* openOnDisk(directory)).recovered.torn)
    }),
  )

  it.live("compares with a checkpoint that lies within a batch", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(50)
      const session = yield* openOnDisk(directory)
      yield* session.write(entries.slice(0, 30), 10)
      yield* session.writer.publish
      // The same entries, as one frame: a checkpoint need not end where a frame does.
      const file = path.join(directory, "wal", segmentName(0, 0))
      fs.writeFileSync(file, segmentOf(entries))
      const next = yield* openOnDisk(directory)
      assert.strictEqual(next.recovered.nextSequence, 50)
      assert.strictEqual(next.recovered.checkpoint?.size, 30)
      yield* next.writer.publish
      assert.isEmpty(differences(directory, entries))
    }),
  )

  it.live(
    "deletes what partial tiles the writer before it left, once the full ones are synced",
    () =>
      Effect.gen(function* () {
        const directory = yield* trailDirectory
        const entries = entriesOf(600)
        const first = yield* openOnDisk(directory)
        for (let size = 0; size < 500; size += 100) {
          yield* first.write(entries.slice(size, size + 100))
          yield* first.writer.publish
        }
        const copy = crash(directory)
        const next = yield* openOnDisk(copy)
        yield* next.write(entries.slice(500))
        yield* next.close
        assert.deepStrictEqual(
          [...tileFiles(copy).keys()].filter(
            (name) => name.includes(".p/") && !publishedFiles(entries).has(name),
          ),
          ["tile/1/000.p/1"],
        )
      }),
  )

  it.live("goes on from a bundle that was compressed meanwhile", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(700)
      const first = yield* openOnDisk(directory)
      yield* first.write(entries.slice(0, 300))
      yield* first.wal.roll
      yield* first.write(entries.slice(300, 600))
      yield* first.writer.publish
      yield* first.wal.prune(yield* first.writer.sync(Infinity))
      assert.deepStrictEqual(fs.readdirSync(path.join(directory, "wal")), [segmentName(300, 0)])
      const bundle = path.join(directory, "tile/entries/001")
      fs.writeFileSync(`${bundle}.gz`, compress(fs.readFileSync(bundle)))
      fs.rmSync(bundle)
      const next = yield* openOnDisk(directory)
      yield* next.write(entries.slice(600))
      yield* next.writer.publish
      assert.isEmpty(differences(directory, entries))
    }),
  )

  it.live("prefers a whole form of the open bundle over an empty one", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(700)
      const first = yield* openOnDisk(directory)
      yield* first.write(entries.slice(0, 300))
      yield* first.writer.publish
      yield* first.wal.roll
      yield* first.write(entries.slice(300, 600))
      yield* first.writer.publish
      yield* first.wal.prune(yield* first.writer.sync(Infinity))
      fs.mkdirSync(path.join(directory, "tile/entries/001.p"))
      fs.writeFileSync(path.join(directory, "tile/entries/001.p/44"), "")
      const next = yield* openOnDisk(directory)
      yield* next.write(entries.slice(600))
      yield* next.writer.publish
      assert.isEmpty(differences(directory, entries))
    }),
  )

  it.live("does the same again after a disk that failed during the opening", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(800)
      const first = yield* openOnDisk(directory)
      yield* first.write(entries, 100)
      // A full tile that is there is not written again.
      fs.rmSync(path.join(directory, "tile"), { recursive: true })
      const faulty = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
      faulty.plan({ call: "writeFile", nth: 3, errno: "ENOSPC", outcome: { prefixBytes: 10 } })
      const error = yield* Effect.flip(Effect.provide(openSession(directory), faulty.layer))
      assert.strictEqual(error._tag, "DiskError")
      const next = yield* openOnDisk(directory)
      yield* next.close
      assert.isEmpty(differences(directory, entries))
    }),
  )
})

describe("Recovery of a large trail", () => {
  it.live("restores three levels of tiles, from the log and without it", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(66_300)
      const first = yield* openOnDisk(directory)
      yield* first.write(entries.slice(0, 65_000), 4096)
      yield* first.writer.publish
      yield* first.write(entries.slice(65_000, 65_700), 100)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const fromLog = yield* openOnDisk(crash(directory))
          assert.strictEqual(fromLog.recovered.nextSequence, 65_700)
          yield* fromLog.write(entries.slice(65_700))
          yield* fromLog.writer.publish
          assert.isEmpty(differences(path.join(directory, "../crashed"), entries))
        }),
      )
      yield* first.close
      const next = yield* openOnDisk(directory)
      yield* next.write(entries.slice(65_700), 100)
      yield* next.close
      assert.isEmpty(differences(directory, entries))
    }),
  )
})

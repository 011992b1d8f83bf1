import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "../testing/FaultyDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { entriesOf } from "../testing/TrailFixture.ts"
import { differences, openSession, publishedFiles, tileFiles } from "../testing/TrailSession.ts"
import * as EntryBundle from "./EntryBundle.ts"

const setup = Effect.gen(function* () {
  const directory = yield* temporaryDirectory
  const faulty = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
  const session = yield* Effect.provide(openSession(directory), faulty.layer)
  return { directory, faulty, ...session }
})
const payloadOf = (entries: ReadonlyArray<string>): Buffer =>
  EntryBundle.encode(entries.map((entry) => Buffer.from(entry)))
const isTile = (file: string): boolean => file.includes("/tile/")

describe("TrailWriter", () => {
  it.live("publishes nothing for an empty tree", () =>
    Effect.gen(function* () {
      const { directory, writer } = yield* setup
      assert.strictEqual(yield* writer.publish, 0)
      assert.deepStrictEqual(fs.readdirSync(directory), [])
    }),
  )

  it.live.each([1, 2, 255, 256, 257, 511, 512, 513, 1000])(
    "writes tiles, bundles and checkpoint over %i entries as the format says",
    (size) =>
      Effect.gen(function* () {
        const { directory, write, writer } = yield* setup
        const entries = entriesOf(size)
        yield* write(entries, 100)
        assert.strictEqual(yield* writer.publish, size)
        assert.strictEqual(writer.publishedSize, size)
        assert.isEmpty(differences(directory, entries))
        assert.deepStrictEqual(tileFiles(directory), publishedFiles(entries))
      }),
  )

  it.live.prop(
    "writes the same files whatever the batches",
    {
      batches: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 300 }))).check(
        Schema.isMaxLength(6),
      ),
    },
    ({ batches }) =>
      Effect.gen(function* () {
        const { directory, write, writer } = yield* setup
        const entries = entriesOf(batches.reduce((sum, count) => sum + count, 0))
        let from = 0
        for (const count of batches) {
          yield* write(entries.slice(from, from + count))
          from += count
        }
        if (entries.length === 0) return
        yield* writer.publish
        assert.deepStrictEqual(tileFiles(directory), publishedFiles(entries))
        assert.isEmpty(differences(directory, entries))
      }),
    { arbitrary: { runs: 15 } },
  )

  it.live("leaves the buffer that it was lent as it was", () =>
    Effect.gen(function* () {
      const { writer } = yield* setup
      const payload = payloadOf(entriesOf(300))
      const before = Buffer.from(payload)
      yield* writer.append(payload, payload.length, 300, 0)
      assert.isTrue(payload.equals(before))
    }),
  )

  it.live("needs the buffer no more once it has appended", () =>
    Effect.gen(function* () {
      const { directory, writer } = yield* setup
      const entries = entriesOf(700)
      for (const [from, to] of [
        [0, 100],
        [100, 400],
        [400, 700],
      ] as const) {
        const payload = payloadOf(entries.slice(from, to))
        yield* writer.append(payload, payload.length, to - from, from)
        payload.fill(0xdb)
      }
      yield* writer.publish
      assert.isEmpty(differences(directory, entries))
    }),
  )

  it.live("reads a slab only as far as it is used", () =>
    Effect.gen(function* () {
      const { directory, writer } = yield* setup
      const entries = entriesOf(300)
      const payload = payloadOf(entries)
      const slab = Buffer.concat([payload, Buffer.from("rubbish of an earlier batch")])
      yield* writer.append(slab, payload.length, 300, 0)
      yield* writer.publish
      assert.isEmpty(differences(directory, entries))
    }),
  )

  it.live("publishes a checkpoint only after every tile that it covers", () =>
    Effect.gen(function* () {
      const { faulty, write, writer } = yield* setup
      yield* write(entriesOf(600))
      yield* writer.publish
      const calls = faulty.journal.filter(({ path: file }) => !file.includes("/wal"))
      const checkpoint = calls.findIndex(({ call }) => call === "replaceFile")
      const lastTile = calls.findLastIndex(
        ({ call, path: file }) => call === "writeFile" && isTile(file),
      )
      assert.isAbove(checkpoint, lastTile)
      assert.include(calls[checkpoint]?.path, "/checkpoint")
    }),
  )

  it.live("signs no size twice", () =>
    Effect.gen(function* () {
      const { faulty, write, writer } = yield* setup
      yield* write(entriesOf(3))
      yield* writer.publish
      yield* writer.publish
      assert.strictEqual(faulty.count("replaceFile"), 1)
    }),
  )

  it.live.each([
    ["writeFile", "lost"],
    ["writeFile", "stored"],
    ["makeDirectory", "lost"],
  ] as const)("adds a batch once that is given again after %s failed (%s)", ([call, outcome]) =>
    Effect.gen(function* () {
      const { directory, faulty, write, writer } = yield* setup
      const entries = entriesOf(900)
      yield* write(entries.slice(0, 100))
      faulty.plan({ call, path: isTile, errno: "ENOSPC", outcome })
      const payload = payloadOf(entries.slice(100))
      const append = writer.append(payload, payload.length, 800, 100)
      assert.strictEqual((yield* Effect.flip(append)).errno, "ENOSPC")
      yield* append
      yield* append
      assert.strictEqual(writer.size, 900)
      yield* writer.publish
      assert.isEmpty(differences(directory, entries))
    }),
  )

  it.live("publishes nothing while a tile can't be written, and all of it later", () =>
    Effect.gen(function* () {
      const { directory, faulty, write, writer } = yield* setup
      const entries = entriesOf(300)
      yield* write(entries.slice(0, 10))
      yield* writer.publish
      faulty.plan({ call: "writeFile", path: isTile, errno: "EROFS", times: Infinity })
      yield* Effect.flip(write(entries.slice(10)))
      assert.strictEqual((yield* Effect.flip(writer.publish))._tag, "DiskError")
      assert.strictEqual(writer.publishedSize, 10)
      assert.isEmpty(differences(directory, entries.slice(0, 10)))
      faulty.heal()
      assert.strictEqual(yield* writer.publish, 300)
      assert.isEmpty(differences(directory, entries))
    }),
  )

  it.live("dies on entries that leave a gap in the tree", () =>
    Effect.gen(function* () {
      const { writer } = yield* setup
      const payload = payloadOf(entriesOf(2))
      const exit = yield* Effect.exit(writer.append(payload, payload.length, 2, 1))
      assert.include(String(exit), "Die")
      assert.strictEqual(writer.size, 0)
    }),
  )
})

describe("TrailWriter, synced", () => {
  it.live("deletes partial tiles once the full tile that replaces them is synced", () =>
    Effect.gen(function* () {
      const { directory, faulty, write, writer } = yield* setup
      const entries = entriesOf(256)
      for (let size = 0; size < 256; size += 64) {
        yield* write(entries.slice(size, size + 64))
        yield* writer.publish
      }
      const partials = (): ReadonlyArray<string> =>
        [...tileFiles(directory).keys()].filter((name) => name.includes(".p/"))
      assert.lengthOf(partials(), 7)
      assert.strictEqual(yield* writer.sync(0), 256)
      assert.deepStrictEqual(partials(), ["tile/1/000.p/1"])
      const calls = faulty.journal.map(({ call }) => call)
      assert.isBelow(calls.lastIndexOf("syncFile"), calls.indexOf("removeTree"))
      assert.isBelow(calls.indexOf("syncDirectory"), calls.indexOf("removeTree"))
      const removed = faulty.journal.slice(calls.indexOf("removeTree"))
      const parents = removed.flatMap(({ call, path: name }) =>
        call === "removeTree" ? path.dirname(name) : [],
      )
      const after = removed.flatMap(({ call, path: name }) =>
        call === "syncDirectory" ? name : [],
      )
      assert.sameMembers([...new Set(parents)], after)
      assert.isEmpty(differences(directory, entries))
    }),
  )

  it.live("syncs each full tile, and the directories that name it up to the trail's", () =>
    Effect.gen(function* () {
      const { directory, faulty, write, writer } = yield* setup
      yield* write(entriesOf(600))
      yield* writer.publish
      assert.strictEqual(writer.unsyncedFiles, 4)
      yield* writer.sync(0)
      assert.strictEqual(writer.unsyncedFiles, 0)
      const synced = (call: "syncFile" | "syncDirectory") =>
        new Set(
          faulty.journal
            .filter((entry) => entry.call === call)
            .map((entry) => path.relative(directory, entry.path))
            .filter((name) => !name.startsWith("wal")),
        )
      assert.deepStrictEqual(
        synced("syncFile"),
        new Set(["tile/0/000", "tile/0/001", "tile/entries/000", "tile/entries/001"]),
      )
      for (const name of ["", "tile", "tile/0", "tile/entries"]) {
        assert.include([...synced("syncDirectory")], name)
      }
    }),
  )

  it.live("leaves alone what was written after the moment given", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      let now = 1000
      const { write, writer } = yield* Effect.provide(
        openSession(directory, { recovery: { nowMillis: () => now } }),
        NodeDisk.layer,
      )
      const entries = entriesOf(512)
      yield* write(entries.slice(0, 256))
      now = 2000
      yield* write(entries.slice(256))
      yield* writer.publish
      assert.strictEqual(yield* writer.sync(999), 0)
      assert.strictEqual(yield* writer.sync(1999), 256)
      assert.strictEqual(yield* writer.sync(2000), 512)
    }),
  )

  // A log that begins behind the newest checkpoint can't be opened again.
  it.live("keeps the log for what no checkpoint covers yet", () =>
    Effect.gen(function* () {
      const { write, writer } = yield* setup
      yield* write(entriesOf(100))
      yield* writer.publish
      yield* write(entriesOf(500))
      assert.strictEqual(yield* writer.sync(0), 100)
      yield* writer.publish
      assert.strictEqual(yield* writer.sync(0), 512)
    }),
  )

  it.live.each(["syncFile", "syncDirectory"] as const)(
    "never again believes a sync after %s failed: the log is kept for the next opening",
    (call) =>
      Effect.gen(function* () {
        const { faulty, write, writer } = yield* setup
        yield* write(entriesOf(256))
        yield* writer.publish
        assert.strictEqual(yield* writer.sync(0), 256)
        yield* write(entriesOf(256))
        yield* writer.publish
        faulty.plan({ call, errno: "EIO", path: isTile })
        assert.strictEqual((yield* Effect.flip(writer.sync(0))).errno, "EIO")
        assert.strictEqual(yield* writer.sync(0), 256)
        yield* writer.syncAll
        assert.strictEqual(writer.syncedSize, 256)
      }),
  )

  it.live("makes everything published survive without a log", () =>
    Effect.gen(function* () {
      const { directory, faulty, write, writer } = yield* setup
      yield* write(entriesOf(300))
      yield* writer.publish
      yield* writer.syncAll
      assert.strictEqual(writer.syncedSize, 300)
      const synced = faulty.journal
        .filter(({ call }) => call === "syncFile")
        .map(({ path: file }) => path.relative(directory, file))
      assert.sameMembers(synced, [...publishedFiles(entriesOf(300)).keys()])
    }),
  )
})

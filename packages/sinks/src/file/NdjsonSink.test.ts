import { createHash } from "node:crypto"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { DeliveredBatch, Sink, SinkError } from "@countersign/core/engine/Sink"
import { Disk } from "@countersign/core/platform/Disk"
import * as FaultyDisk from "@countersign/core/testing/FaultyDisk"
import { MemoryDisk } from "@countersign/core/testing/MemoryDisk"
import { PowerLossDisk } from "@countersign/core/testing/PowerLossDisk"
import { randomOf, wholeBelow } from "@countersign/core/testing/SeededRandom"
import { laws } from "@countersign/core/testing/SinkLaws"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { compressions } from "./Compression.ts"
import { check } from "./FileCheck.ts"
import * as NdjsonFiles from "./NdjsonFiles.ts"
import * as NdjsonSink from "./NdjsonSink.ts"
import * as Sidecar from "./Sidecar.ts"

const trail = "example.org/audit/files"
const directory = "/export"
const trailFolder = "/export/example.org%2Faudit%2Ffiles"

const entryOf = (sequence: number): Buffer => Buffer.from(`{"id":"e${sequence}","n":${sequence}}`)

const batchOf = (firstSequence: number, count: number): DeliveredBatch => {
  const entries = Array.from({ length: count }, (_, index) => entryOf(firstSequence + index))
  const bytes = entries.reduce((sum, entry) => sum + entry.byteLength, 0)
  return { trail, firstSequence, entries, bytes }
}

const withDisk = <A, E, R>(disk: Disk["Service"], effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, Disk, disk)

const open = (disk: Disk["Service"], options: Partial<NdjsonSink.NdjsonSinkOptions> = {}) =>
  withDisk(disk, NdjsonSink.make({ directory, ...options }))

const stored = (disk: Disk["Service"]) =>
  Effect.gen(function* () {
    const records: Array<{ trail: string; sequence: number; bytes: Uint8Array }> = []
    yield* NdjsonFiles.readAll(disk, directory, (file, lines) =>
      Effect.sync(() => {
        for (const { bytes, sequence } of lines) {
          records.push({ trail: file.trail, sequence, bytes: Uint8Array.from(bytes) })
        }
      }),
    ).pipe(Effect.orDie)
    return records
  })

const sequences = (disk: Disk["Service"]) =>
  Effect.map(stored(disk), (records) => records.map(({ sequence }) => sequence))

const range = (to: number) => Array.from({ length: to }, (_, index) => index)

const fileNames = (disk: Disk["Service"]) => Effect.orDie(disk.list(trailFolder))

const refusal = <A>(effect: Effect.Effect<A, SinkError>) => Effect.flip(effect)

describe("NdjsonSink", () => {
  for (const compression of compressions) {
    describe(`finishing files as ${compression}`, () => {
      const disks = new Map<string, MemoryDisk>()
      const diskOf = (store: string) => {
        const found = disks.get(store) ?? new MemoryDisk()
        disks.set(store, found)
        return found.disk
      }
      const all = laws(
        // Small files, so that each law meets finished ones too.
        (store) => open(diskOf(store), { compression, sizeBytesMax: 2000 }),
        (store) => stored(diskOf(store)),
        { delivery: "exactly-once" },
      )
      for (const law of all) it.effect(law.name, () => law.check)
    })
  }

  it.effect("finishes a file before it grows beyond its size, with a sidecar that fits", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      const sink = yield* open(disk, { compression: "gzip", sizeBytesMax: 1000 })
      for (let next = 0; next < 60; next += 4) yield* sink.deliver(batchOf(next, 4))
      yield* sink.close
      assert.deepStrictEqual(yield* sequences(disk), range(60))
      const files = (yield* NdjsonFiles.list(disk, directory)).filter(({ isOpen }) => !isOpen)
      assert.isAbove(files.length, 1)
      let next = 0
      for (const file of files) {
        const bytes = yield* disk.readFile(file.path)
        const sidecar = Sidecar.decode(yield* disk.readFile(`${file.path}.json`))
        assert.deepInclude(sidecar, {
          file: path.basename(file.path),
          trail,
          first: next,
          bytes: bytes.byteLength,
          sha256: createHash("sha256").update(bytes).digest("hex"),
        })
        assert.isAtMost(sidecar?.contentBytes ?? Infinity, 1000)
        next += sidecar?.count ?? 0
        assert.strictEqual(sidecar?.last, next - 1)
      }
      assert.isFalse((yield* fileNames(disk)).some((name) => name.endsWith(".tmp")))
    }),
  )

  it.effect("finishes a file that is old, though nothing is delivered any more", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      const sink = yield* open(disk, { ageMax: "10 minutes" })
      yield* sink.deliver(batchOf(0, 3))
      yield* TestClock.adjust("9 minutes")
      assert.deepStrictEqual(yield* fileNames(disk), [
        "0000000000000000-19700101T000000Z.ndjson.part",
      ])
      yield* TestClock.adjust("2 minutes")
      // Compression takes time that no clock of a test can move: wait for its turn to end.
      yield* sink.position(trail)
      assert.deepStrictEqual(yield* fileNames(disk), [
        "0000000000000000-19700101T000000Z.ndjson.zst",
        "0000000000000000-19700101T000000Z.ndjson.zst.json",
      ])
      yield* sink.close
    }),
  )

  it.effect("goes on in the file of the run before, whose age counts", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      const first = yield* open(disk)
      yield* first.deliver(batchOf(0, 3))
      yield* first.close
      yield* TestClock.adjust("50 minutes")
      const second = yield* open(disk)
      yield* second.deliver(batchOf(3, 3))
      assert.strictEqual((yield* fileNames(disk)).length, 1)
      yield* TestClock.adjust("10 minutes")
      yield* second.position(trail)
      assert.strictEqual((yield* fileNames(disk)).length, 2)
      yield* second.close
      assert.deepStrictEqual(yield* sequences(disk), range(6))
    }),
  )

  it.effect("keeps its place when finished files are moved away, but for the sidecars", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      const sink = yield* open(disk, { sizeBytesMax: 100 })
      for (const first of [0, 4, 8]) yield* sink.deliver(batchOf(first, 4))
      yield* sink.close
      for (const file of yield* NdjsonFiles.list(disk, directory)) yield* disk.remove(file.path)
      assert.strictEqual(yield* (yield* open(disk)).position(trail), 8)
    }),
  )

  it.effect("says so when its newest sidecar is none, and delivers nothing", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const sink = yield* open(memory.disk, { sizeBytesMax: 100 })
      for (const first of [0, 4]) yield* sink.deliver(batchOf(first, 4))
      yield* sink.close
      const name = (yield* fileNames(memory.disk)).find((file) => file.endsWith(".json"))
      memory.put(`${trailFolder}/${name}`, "{}")
      const failed = yield* refusal((yield* open(memory.disk)).position(trail))
      assert.match(failed.message, /sink files is unavailable.*AUD-4502: .*is no sidecar/)
    }),
  )

  it.effect("refuses a record that would break a line, whole batch and all", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      const sink = yield* open(disk)
      const batch = batchOf(0, 3)
      for (const bad of [Buffer.from('{"a":\n1}'), Buffer.from("a\0b"), Buffer.alloc(0)]) {
        const entries = [...batch.entries.slice(0, 2), bad]
        const failed = yield* refusal(sink.deliver({ ...batch, entries }))
        assert.strictEqual(failed.reason, "rejected")
        assert.include(failed.detail, "record 2 ")
      }
      assert.deepStrictEqual(yield* sequences(disk), [])
      yield* sink.close
    }),
  )

  it.effect("has room again after a full disk, and cuts what did not fit", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      const faulty = yield* withDisk(disk, FaultyDisk.make())
      const sink = yield* open(faulty.disk)
      yield* sink.deliver(batchOf(0, 3))
      faulty.plan({ call: "write", errno: "ENOSPC", outcome: { prefixBytes: 50 } })
      const failed = yield* refusal(sink.deliver(batchOf(3, 3)))
      assert.strictEqual(failed.reason, "unavailable")
      assert.deepStrictEqual(yield* sequences(disk), range(3))
      yield* sink.deliver(batchOf(3, 3))
      yield* sink.close
      assert.deepStrictEqual(yield* sequences(disk), range(6))
    }),
  )

  it.effect("fails when its file is deleted under it, rather than write into nothing", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      const sink = yield* open(disk)
      yield* sink.deliver(batchOf(0, 3))
      for (const file of yield* NdjsonFiles.list(disk, directory)) yield* disk.remove(file.path)
      assert.include((yield* refusal(sink.deliver(batchOf(3, 3)))).detail, "was deleted or renamed")
      assert.strictEqual(yield* sink.position(trail), 0)
      yield* sink.close
    }),
  )

  it.effect("takes no gap for what was deleted before it was old enough to be finished", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      const sink = yield* open(disk, { ageMax: "1 minute" })
      yield* sink.deliver(batchOf(0, 3))
      for (const file of yield* NdjsonFiles.list(disk, directory)) yield* disk.remove(file.path)
      yield* TestClock.adjust("2 minutes")
      for (const _ of [1, 2]) {
        const failed = yield* refusal(sink.deliver(batchOf(3, 3)))
        assert.strictEqual(failed.reason, "unavailable")
        assert.include(failed.detail, "records 0 to 2 are no longer in the files")
      }
      assert.strictEqual(yield* sink.position(trail), 0)
      for (const first of [0, 3]) yield* sink.deliver(batchOf(first, 3))
      yield* sink.close
      assert.deepStrictEqual(yield* sequences(disk), range(6))
    }),
  )

  it.effect("takes no gap for acknowledged lines that are cut when it opens its file anew", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const faulty = yield* withDisk(memory.disk, FaultyDisk.make())
      const sink = yield* open(faulty.disk)
      yield* sink.deliver(batchOf(0, 3))
      const [file] = yield* NdjsonFiles.list(memory.disk, directory)
      const found = memory.files.get(file?.path ?? "")
      if (found === undefined) return assert.fail("no file grows")
      faulty.plan({ call: "datasync", errno: "EIO" })
      yield* refusal(sink.deliver(batchOf(3, 1)))
      found.bytes[found.bytes.indexOf("e1")] = 0
      const failed = yield* refusal(sink.deliver(batchOf(3, 3)))
      assert.include(failed.detail, "records 1 to 2 are no longer in the files")
      assert.strictEqual(yield* sink.position(trail), 1)
      yield* sink.deliver(batchOf(1, 5))
      yield* sink.close
      assert.deepStrictEqual(yield* sequences(memory.disk), range(6))
    }),
  )
})

describe("NdjsonSink, when the power goes", () => {
  const total = 30
  // Lines and files of several sectors, so that a torn write leaves holes within lines.
  const entryOf = (sequence: number): Buffer =>
    Buffer.from(`{"id":"e${sequence}","text":"${"x".repeat(700 * (sequence % 2))}"}`)
  const batchOf = (firstSequence: number, count: number): DeliveredBatch => {
    const entries = Array.from({ length: count }, (_, index) => entryOf(firstSequence + index))
    return { trail, firstSequence, entries, bytes: 1 }
  }
  /** Delivers as the engine does: from where the sink says that it stands. */
  const deliverAll = Effect.fnUntraced(function* (sink: Sink, most = 3) {
    for (let next = (yield* sink.position(trail)) ?? 0; next < total; next += most) {
      yield* sink.deliver(batchOf(next, Math.min(most, total - next)))
    }
  })
  for (const errno of ["ENOSPC", "EIO"] as const) {
    it.live(`loses nothing that it acknowledged when any call fails with ${errno}`, () =>
      Effect.gen(function* () {
        const options = { compression: "none", sizeBytesMax: 4000 } as const
        const whole = new PowerLossDisk()
        const first = yield* open(whole.disk, options)
        yield* deliverAll(first)
        yield* first.close
        for (let call = 1; call <= whole.calls; call += 1) {
          const disk = new PowerLossDisk()
          disk.plan({ call, errno, afterBytes: 100 })
          const sink = yield* open(disk.disk, options)
          yield* Effect.ignore(deliverAll(sink))
          // In smaller batches than before, so that none covers what the failed one has left.
          yield* deliverAll(sink, 1)
          // Before it is closed: whatever was acknowledged is on the disk.
          const after = disk.crash(randomOf(call))
          yield* sink.close
          const again = yield* open(after.disk, options)
          const at = `call ${call}: ${disk.journal[call - 1]}`
          assert.strictEqual(yield* again.position(trail), total, at)
          yield* again.close
          assert.deepStrictEqual(yield* sequences(after.disk), range(total), at)
          for (const file of yield* NdjsonFiles.list(after.disk, directory)) {
            if (!file.isOpen) assert.isEmpty((yield* check(after.disk, file.path))?.problems, at)
          }
        }
      }),
    )
  }

  for (const compression of compressions) {
    it.live(`has each record once and in order after any call (${compression})`, () =>
      Effect.gen(function* () {
        const options = { compression, sizeBytesMax: 4000 }
        const whole = new PowerLossDisk()
        const first = yield* open(whole.disk, options)
        yield* deliverAll(first)
        yield* first.close
        assert.isAbove(whole.calls, 40)
        for (let call = 1; call <= whole.calls; call += 1) {
          for (const when of ["before", "after"] as const) {
            const disk = new PowerLossDisk()
            disk.cutPower({ call, when })
            const sink = yield* open(disk.disk, options)
            let acknowledged = 0
            yield* Effect.ignore(
              Effect.gen(function* () {
                for (let next = 0; next < total; next += 3) {
                  yield* sink.deliver(batchOf(next, 3))
                  acknowledged = next + 3
                }
              }),
            )
            yield* sink.close
            const random = randomOf(call)
            const once = disk.crash(random)
            // And again, while what the first crash has left is mended.
            once.cutPower({ call: 1 + wholeBelow(random, 16), when })
            const mending = yield* open(once.disk, options)
            yield* Effect.ignore(deliverAll(mending))
            yield* mending.close
            const after = once.crash(random)
            const again = yield* open(after.disk, options)
            const at = `${when} call ${call}: ${disk.journal.at(-1)}`
            assert.isAtLeast((yield* again.position(trail)) ?? 0, acknowledged, at)
            yield* deliverAll(again)
            yield* again.close
            assert.deepStrictEqual(yield* sequences(after.disk), range(total), at)
            const records = yield* stored(after.disk)
            for (const { bytes, sequence } of records) {
              assert.strictEqual(Buffer.from(bytes).toString(), entryOf(sequence).toString(), at)
            }
            const names = after.namesIn(trailFolder)
            assert.isFalse(
              names.some((name) => name.endsWith(".tmp")),
              at,
            )
          }
        }
      }),
    )
  }
})

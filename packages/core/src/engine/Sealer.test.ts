import { createSecretKey } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "../testing/FaultyDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { bundleOf, entriesOf } from "../testing/TrailFixture.ts"
import { type BatchSeal, decodeSeal, SealCheck, sealBytes } from "../trail/BatchSeal.ts"
import { SlabLease } from "./BufferPool.ts"
import type { DurableBatch } from "./EncodedBatch.ts"
import { Sealer, type SealerOptions } from "./Sealer.ts"

const key = createSecretKey(Buffer.alloc(32, 7))
const entries = entriesOf(1000)

/** A batch in a slab that is longer than the batch, as slabs are. */
const batchOf = (firstSequence: number, count: number): DurableBatch => {
  const bytes = bundleOf(entries.slice(firstSequence, firstSequence + count))
  const slab = Buffer.concat([bytes, Buffer.alloc(100, 0xdb)])
  return {
    slab: new SlabLease(slab, () => undefined),
    bytes: bytes.length,
    count,
    firstSequence,
    perLane: [],
    waiting: [],
    isLogged: true,
  }
}

const sealer = (disk: Disk["Service"], directory: string, more: Partial<SealerOptions> = {}) =>
  new Sealer({ disk, directory, key, ...more })

const namesIn = (directory: string): ReadonlyArray<string> =>
  fs.existsSync(path.join(directory, "seals"))
    ? fs.readdirSync(path.join(directory, "seals")).sort()
    : []

const nameOf = (first: number): string => `${String(first).padStart(16, "0")}.seal`

/** The seals of a file, each computed again over the entries it names. */
const sealsIn = (directory: string, name: string): ReadonlyArray<readonly [number, number]> => {
  const file = fs.readFileSync(path.join(directory, "seals", name))
  const seals: Array<BatchSeal> = []
  for (let at = 0; at < file.length; at += sealBytes) {
    const seal = decodeSeal(file.subarray(at, at + sealBytes))
    if (typeof seal === "string") throw new Error(`${seal} at byte ${at}`)
    const check = new SealCheck(key, seal)
    check.update(bundleOf(entries.slice(seal.firstSequence, seal.firstSequence + seal.count)))
    assert.isTrue(check.fits(), `seal of entry ${seal.firstSequence}`)
    seals.push(seal)
  }
  return seals.map(({ count, firstSequence }) => [firstSequence, count] as const)
}

const setup = (plan: ReadonlyArray<FaultyDisk.Fault> = []) =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const inner = yield* Disk
    return { directory, faulty: new FaultyDisk.FaultyDisk(inner, plan), inner }
  }).pipe(Effect.provide(NodeDisk.layer))

describe("Sealer", () => {
  it.live("appends the seals of all batches to one file of its run", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      const run = sealer(inner, directory)
      run.seal(batchOf(0, 3))
      run.seal(batchOf(3, 1))
      assert.isEmpty(namesIn(directory))
      yield* run.flush
      run.seal(batchOf(4, 300))
      assert.deepStrictEqual(run.status, { written: 2, waiting: 1, dropped: 0 })
      yield* run.close
      assert.deepStrictEqual(namesIn(directory), [nameOf(0)])
      assert.deepStrictEqual(sealsIn(directory, nameOf(0)), [
        [0, 3],
        [3, 1],
        [4, 300],
      ])
      assert.deepStrictEqual(run.status, { written: 3, waiting: 0, dropped: 0 })
    }),
  )

  it.live("seals what the slab holds at that moment", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      const run = sealer(inner, directory)
      const batch = batchOf(0, 5)
      run.seal(batch)
      batch.slab.bytes.fill(0)
      yield* run.close
      assert.deepStrictEqual(sealsIn(directory, nameOf(0)), [[0, 5]])
    }),
  )

  it.live("begins a new file in a new run, and one when a file is full", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      const small = { fileBytesMax: 2 * sealBytes }
      const first = sealer(inner, directory, small)
      for (const at of [0, 10, 20, 30, 40]) first.seal(batchOf(at, 10))
      yield* first.close
      const second = sealer(inner, directory, small)
      second.seal(batchOf(50, 10))
      yield* second.close
      assert.deepStrictEqual(namesIn(directory), [0, 20, 40, 50].map(nameOf))
      const all = namesIn(directory).flatMap((name) => sealsIn(directory, name))
      assert.deepStrictEqual(
        all.map(([first]) => first),
        [0, 10, 20, 30, 40, 50],
      )
    }),
  )

  it.live("makes no file and no directory where nothing was sealed, and syncs never", () =>
    Effect.gen(function* () {
      const { directory, faulty } = yield* setup()
      yield* sealer(faulty.disk, directory).close
      assert.isEmpty(faulty.journal)
      const run = sealer(faulty.disk, directory)
      run.seal(batchOf(0, 2))
      yield* run.close
      const syncs = ["datasync", "syncFile", "syncDirectory"] as const
      assert.deepStrictEqual(
        syncs.map((call) => faulty.count(call)),
        [0, 0, 0],
      )
    }),
  )

  it.live("passes over a batch that comes again, and an empty one", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      const run = sealer(inner, directory)
      run.seal(batchOf(0, 4))
      run.seal(batchOf(4, 4))
      run.seal(batchOf(0, 4))
      run.seal(batchOf(4, 4))
      run.seal(batchOf(8, 0))
      yield* run.close
      assert.deepStrictEqual(sealsIn(directory, nameOf(0)), [
        [0, 4],
        [4, 4],
      ])
    }),
  )

  it.live(
    "keeps so many seals and no more while the disk is away, and says what goes without",
    () =>
      Effect.gen(function* () {
        const { directory, faulty } = yield* setup([
          { call: "write", errno: "EIO", times: Infinity },
        ])
        const run = sealer(faulty.disk, directory, { waitingSealsMax: 3 })
        for (const at of [0, 10, 20, 30, 40]) run.seal(batchOf(at, 10))
        assert.strictEqual((yield* Effect.flip(run.flush)).errno, "EIO")
        assert.deepStrictEqual(run.status, { written: 0, waiting: 3, dropped: 2 })
        faulty.heal()
        yield* run.flush
        run.seal(batchOf(50, 10))
        yield* run.close
        // A file has no gap inside: behind the batches without a seal a new one begins.
        assert.deepStrictEqual(namesIn(directory), [nameOf(0), nameOf(50)])
        assert.deepStrictEqual(
          sealsIn(directory, nameOf(0)).map(([first]) => first),
          [0, 10, 20],
        )
        assert.deepStrictEqual(sealsIn(directory, nameOf(50)), [[50, 10]])
      }),
  )

  it.live("begins a new file behind a gap in what it was given", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      const run = sealer(inner, directory)
      for (const at of [0, 10, 30, 40]) run.seal(batchOf(at, 10))
      yield* run.close
      assert.deepStrictEqual(namesIn(directory), [nameOf(0), nameOf(30)])
      assert.deepStrictEqual(sealsIn(directory, nameOf(30)), [
        [30, 10],
        [40, 10],
      ])
    }),
  )

  it.live("writes to a file opened anew after a failed write", () =>
    Effect.gen(function* () {
      const { directory, faulty } = yield* setup([{ call: "write", errno: "EIO" }])
      const run = sealer(faulty.disk, directory)
      run.seal(batchOf(0, 10))
      yield* Effect.flip(run.flush)
      yield* run.flush
      run.seal(batchOf(10, 10))
      yield* run.close
      const calls = new Set<string>(["open", "write", "close"])
      assert.deepStrictEqual(
        faulty.journal.map(({ call }) => call).filter((call) => calls.has(call)),
        ["open", "write", "close", "open", "write", "write", "close"],
      )
    }),
  )

  const faults: ReadonlyArray<readonly [string, FaultyDisk.Fault]> = [
    ["a lost write", { call: "write", errno: "EIO" }],
    ["a short write", { call: "write", errno: "ENOSPC", outcome: { prefixBytes: 70 } }],
    ["a torn write", { call: "write", errno: "EIO", outcome: { hole: [10, 80] } }],
    ["a write that was done", { call: "write", errno: "EIO", outcome: "stored" }],
    ["a lost open", { call: "open", errno: "EMFILE" }],
    ["an open that was done", { call: "open", errno: "EIO", outcome: "stored" }],
    ["a directory that can't be made", { call: "makeDirectory", errno: "EROFS" }],
    ["a status that fails", { call: "status", errno: "EIO" }],
  ]
  it.live.each(faults)("repairs %s with the next flush", ([, fault]) =>
    Effect.gen(function* () {
      const { directory, faulty } = yield* setup([fault])
      const run = sealer(faulty.disk, directory)
      run.seal(batchOf(0, 10))
      run.seal(batchOf(10, 10))
      assert.strictEqual((yield* Effect.flip(run.flush)).errno, fault.errno)
      run.seal(batchOf(20, 10))
      yield* run.flush
      yield* run.close
      assert.deepStrictEqual(namesIn(directory), [nameOf(0)])
      assert.deepStrictEqual(sealsIn(directory, nameOf(0)), [
        [0, 10],
        [10, 10],
        [20, 10],
      ])
      const opened = faulty.journal.filter(({ call, errno }) => call === "open" && !errno).length
      assert.strictEqual(faulty.count("close"), opened)
    }),
  )

  it.live("never writes over the seals of an earlier run", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      const lost = sealer(inner, directory)
      lost.seal(batchOf(0, 10))
      yield* lost.close
      const before = fs.readFileSync(path.join(directory, "seals", nameOf(0)))
      const run = sealer(inner, directory)
      run.seal(batchOf(0, 4))
      run.seal(batchOf(4, 4))
      assert.strictEqual((yield* Effect.flip(run.flush)).errno, "EEXIST")
      assert.deepStrictEqual(run.status, { written: 0, waiting: 1, dropped: 1 })
      yield* run.flush
      yield* run.close
      assert.deepStrictEqual(fs.readFileSync(path.join(directory, "seals", nameOf(0))), before)
      assert.deepStrictEqual(sealsIn(directory, nameOf(4)), [[4, 4]])
    }),
  )

  it.live("takes batches while a flush is under way, and runs one flush at a time", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      const run = sealer(inner, directory)
      for (let at = 0; at < 500; at += 10) {
        run.seal(batchOf(at, 10))
        const flushes = [
          yield* Effect.forkChild(run.flush, { startImmediately: true }),
          yield* Effect.forkChild(run.flush, { startImmediately: true }),
        ]
        if (at % 40 === 0) yield* Fiber.awaitAll(flushes)
      }
      yield* run.close
      assert.deepStrictEqual(
        sealsIn(directory, nameOf(0)).map(([first]) => first),
        Array.from({ length: 50 }, (_, index) => index * 10),
      )
    }),
  )
})

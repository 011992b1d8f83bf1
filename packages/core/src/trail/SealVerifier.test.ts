import { createSecretKey, type KeyObject } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SlabLease } from "../engine/BufferPool.ts"
import { Sealer, type SealerOptions } from "../engine/Sealer.ts"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "../testing/FaultyDisk.ts"
import { bundleOf, entriesOf, publish, put, trail } from "../testing/TrailFixture.ts"
import { sealBytes } from "./BatchSeal.ts"
import { compress } from "./ColdBundle.ts"
import { verifySeals } from "./SealVerifier.ts"

const key = createSecretKey(Buffer.alloc(32, 7))
const disk = <A, E>(effect: Effect.Effect<A, E, Disk>) => Effect.provide(effect, NodeDisk.layer)
const nameOf = (first: number): string => `seals/${String(first).padStart(16, "0")}.seal`
const pathOf = (directory: string, first = 0): string => path.join(directory, nameOf(first))
const verify = (directory: string, by: KeyObject = key) => disk(verifySeals(directory, by))

/** One run of an engine that seals batches of these counts. */
const run = (
  directory: string,
  firstSequence: number,
  counts: ReadonlyArray<number>,
  more: Partial<SealerOptions> = {},
) =>
  Effect.gen(function* () {
    const sealer = new Sealer({ disk: yield* Disk, directory, key, ...more })
    let first = firstSequence
    for (const count of counts) {
      const bytes = bundleOf(entriesOf(first + count).slice(first))
      const slab = new SlabLease(bytes, () => undefined)
      const none = { perLane: [], waiting: [], isLogged: true }
      sealer.seal({ ...none, slab, bytes: bytes.length, count, firstSequence: first })
      first += count
    }
    yield* sealer.close
  }).pipe(disk)

const without = (bytes: Buffer, record: number): Buffer =>
  Buffer.concat([bytes.subarray(0, record * sealBytes), bytes.subarray((record + 1) * sealBytes)])

describe("SealVerifier", () => {
  it.live("finds every entry under a seal, wherever batches and bundles begin and end", () =>
    Effect.gen(function* () {
      const directory = yield* trail(900)
      yield* run(directory, 0, [1, 2, 253, 256, 300, 88], { fileBytesMax: 4 * sealBytes })
      assert.deepStrictEqual(yield* verify(directory), {
        verdict: "verified",
        directory,
        size: 900,
        files: 2,
        batches: 6,
        entries: 900,
        unpublished: 0,
        tornTails: 0,
        unsealedEntries: 0,
        unsealed: [],
      })
    }),
  )

  it.live("reads long files of seals in parts", () =>
    Effect.gen(function* () {
      const directory = yield* trail(2500)
      const ones = Array.from({ length: 2500 }, () => 1)
      yield* run(directory, 0, ones)
      const report = yield* verify(directory)
      assert.deepInclude(report, { verdict: "verified", files: 1, batches: 2500 })
    }),
  )

  it.live("reads compressed bundles", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      yield* run(directory, 0, [400, 200])
      const file = path.join(directory, "tile/entries/000")
      fs.writeFileSync(`${file}.gz`, compress(fs.readFileSync(file)))
      fs.rmSync(file)
      assert.strictEqual((yield* verify(directory)).verdict, "verified")
    }),
  )

  it.live("notices every byte of a file of seals that was altered", () =>
    Effect.gen(function* () {
      const directory = yield* trail(12)
      yield* run(directory, 0, [3, 3, 3, 3])
      const file = pathOf(directory)
      const sound = fs.readFileSync(file)
      for (let at = 0; at < sound.length; at += 1) {
        const altered = Buffer.from(sound)
        altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8))
        fs.writeFileSync(file, altered)
        const report = yield* verify(directory)
        assert(report.verdict === "tampered", `byte ${at}`)
        assert.strictEqual(report.firstBad.sequence, 3 * Math.floor(at / sealBytes), `byte ${at}`)
        assert.strictEqual(report.firstBad.file, nameOf(0))
      }
    }),
  )

  it.live("notices an entry that was altered together with tiles, root and signature", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      yield* run(directory, 0, [100, 200, 300])
      publish(directory, entriesOf(600).with(299, '{"id":"e299","n":0}'))
      const report = yield* verify(directory)
      assert(report.verdict === "tampered")
      assert.deepStrictEqual(report.firstBad, {
        sequence: 100,
        file: nameOf(0),
        detail: "the seal over entries 100 to 299 doesn't fit them",
      })
      assert.deepInclude(report, { batches: 2, entries: 400, unsealedEntries: 0 })
    }),
  )

  it.live("notices an entry that was removed, and two that changed places", () =>
    Effect.gen(function* () {
      const directory = yield* trail(20)
      yield* run(directory, 0, [5, 5, 5, 5])
      const all = entriesOf(20)
      for (const altered of [
        all.toSpliced(7, 1),
        all.with(6, all[7] ?? "").with(7, all[6] ?? ""),
      ]) {
        publish(directory, altered)
        const report = yield* verify(directory)
        assert(report.verdict === "tampered")
        assert.strictEqual(report.firstBad.sequence, 5)
      }
    }),
  )

  it.live("notices a seal that was taken out, moved or repeated within its file", () =>
    Effect.gen(function* () {
      const directory = yield* trail(12)
      yield* run(directory, 0, [3, 3, 3, 3])
      const file = pathOf(directory)
      const sound = fs.readFileSync(file)
      const record = (index: number) => sound.subarray(index * sealBytes, (index + 1) * sealBytes)
      const cases: ReadonlyArray<readonly [Buffer, number, string]> = [
        [without(sound, 0), 0, "has the seal of entry 3 where that of 0 is due"],
        [without(sound, 2), 6, "has the seal of entry 9 where that of 6 is due"],
        [
          Buffer.concat([record(0), record(2), record(1), record(3)]),
          3,
          "has the seal of entry 6 where that of 3 is due",
        ],
        [
          Buffer.concat([record(0), record(0), record(1)]),
          0,
          "has the seal of entry 0 where that of 3 is due",
        ],
        [
          Buffer.concat([record(0), Buffer.alloc(sealBytes), record(1)]),
          3,
          "is altered: where the seal of entry 3 is due, there is none",
        ],
      ]
      for (const [bytes, sequence, detail] of cases) {
        fs.writeFileSync(file, bytes)
        const report = yield* verify(directory)
        assert(report.verdict === "tampered", detail)
        assert.deepStrictEqual(report.firstBad, { sequence, file: nameOf(0), detail })
      }
    }),
  )

  it.live("notices a file under another name, and one that is there twice", () =>
    Effect.gen(function* () {
      const directory = yield* trail(12)
      yield* run(directory, 0, [3, 3])
      yield* run(directory, 6, [3, 3])
      fs.copyFileSync(pathOf(directory), pathOf(directory, 9))
      const twice = yield* verify(directory)
      assert(twice.verdict === "tampered")
      assert.deepInclude(twice.firstBad, { sequence: 0, file: nameOf(9) })
      fs.rmSync(pathOf(directory, 9))
      fs.renameSync(pathOf(directory, 6), pathOf(directory, 7))
      const renamed = yield* verify(directory)
      assert(renamed.verdict === "tampered")
      assert.deepInclude(renamed.firstBad, { sequence: 6, file: nameOf(7) })
    }),
  )

  it.live("notices two runs that sealed the same entry", () =>
    Effect.gen(function* () {
      const directory = yield* trail(12)
      yield* run(directory, 0, [6, 4])
      yield* run(directory, 8, [4])
      const report = yield* verify(directory)
      assert(report.verdict === "tampered")
      const detail = "seals entry 8 a second time"
      assert.deepStrictEqual(report.firstBad, { sequence: 8, file: nameOf(8), detail })
      assert.deepInclude(report, { batches: 2, entries: 10 })
    }),
  )

  it.live("says that the key may be the wrong one where no seal fits", () =>
    Effect.gen(function* () {
      const directory = yield* trail(12)
      yield* run(directory, 0, [6, 6])
      const report = yield* verify(directory, createSecretKey(Buffer.alloc(32, 8)))
      assert(report.verdict === "tampered")
      assert.deepInclude(report, { batches: 0, entries: 0 })
      assert.include(report.firstBad.detail, "the key may be another one")
      publish(directory, entriesOf(12).with(0, "{}"))
      const altered = yield* verify(directory)
      assert(altered.verdict === "tampered")
      assert.notInclude(altered.firstBad.detail, "key")
    }),
  )

  it.live("reports a missing file as entries without a seal, not as tampering", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      for (const first of [0, 100, 200, 300, 400, 500]) yield* run(directory, first, [60, 40])
      for (const first of [100, 400, 500]) fs.rmSync(pathOf(directory, first))
      const report = yield* verify(directory)
      assert(report.verdict === "incomplete")
      assert.strictEqual(report.reason, "300 of 600 entries have no seal")
      assert.deepInclude(report, { batches: 6, entries: 300, unsealedEntries: 300 })
      assert.deepStrictEqual(report.unsealed, [
        { from: 100, to: 200 },
        { from: 400, to: 600 },
      ])
    }),
  )

  it.live("names at most 100 ranges and counts the rest", () =>
    Effect.gen(function* () {
      const directory = yield* trail(302)
      for (let first = 1; first < 302; first += 2) yield* run(directory, first, [1])
      const report = yield* verify(directory)
      assert.deepInclude(report, { verdict: "incomplete", unsealedEntries: 151 })
      assert.lengthOf(report.unsealed, 100)
      assert.deepStrictEqual(report.unsealed.at(-1), { from: 198, to: 199 })
    }),
  )

  it.live("takes what a crash left for what it is", () =>
    Effect.gen(function* () {
      const directory = yield* trail(120)
      yield* run(directory, 0, [20, 20, 20])
      // The seals of two durable batches never reached the file, or a part of one did.
      const whole = fs.readFileSync(pathOf(directory))
      const leftovers = [
        whole.subarray(0, sealBytes),
        whole.subarray(0, sealBytes + 1),
        whole.subarray(0, 2 * sealBytes - 1),
        Buffer.concat([whole.subarray(0, sealBytes), Buffer.alloc(2 * sealBytes)]),
        Buffer.concat([whole.subarray(0, sealBytes), Buffer.alloc(2 * sealBytes + 5)]),
      ]
      for (const [index, leftover] of leftovers.entries()) {
        fs.writeFileSync(pathOf(directory), leftover)
        fs.rmSync(pathOf(directory, 60), { force: true })
        const newest = yield* verify(directory)
        assert.deepInclude(newest, {
          verdict: "incomplete",
          batches: 1,
          tornTails: index === 0 ? 0 : 1,
          unsealed: [{ from: 20, to: 120 }],
        })
        yield* run(directory, 60, [30, 30])
        const later = yield* verify(directory)
        assert.deepInclude(later, {
          verdict: "incomplete",
          batches: 3,
          tornTails: index === 0 ? 0 : 1,
          unsealed: [{ from: 20, to: 60 }],
        })
      }
    }),
  )

  it.live("leaves seals of what is not published yet alone", () =>
    Effect.gen(function* () {
      const directory = yield* trail(30)
      yield* run(directory, 0, [20, 10, 15])
      assert.deepInclude(yield* verify(directory), {
        verdict: "verified",
        batches: 2,
        unpublished: 1,
      })
      fs.rmSync(path.join(directory, "seals"), { recursive: true })
      yield* run(directory, 0, [20, 15])
      assert.deepInclude(yield* verify(directory), {
        verdict: "incomplete",
        batches: 1,
        unpublished: 1,
        unsealed: [{ from: 20, to: 30 }],
      })
    }),
  )

  it.live("has nothing to say of a trail without seals or without a checkpoint", () =>
    Effect.gen(function* () {
      const bare = yield* trail(10)
      put(bare, "seals/README", "not a seal")
      assert.deepInclude(yield* verify(bare), {
        verdict: "incomplete",
        files: 0,
        unsealed: [{ from: 0, to: 10 }],
      })
      const young = yield* trail()
      yield* run(young, 0, [3])
      const report = yield* verify(young)
      assert(report.verdict === "incomplete")
      assert.include(report.reason, "nothing is published")
      assert.strictEqual(report.unpublished, 1)
    }),
  )

  it.live("names the bundle or the checkpoint that can't be read as such", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      yield* run(directory, 0, [200, 300, 100])
      fs.truncateSync(path.join(directory, "tile/entries/001"), 1000)
      const cut = yield* verify(directory)
      assert(cut.verdict === "tampered")
      assert.deepInclude(cut.firstBad, { sequence: 256, file: "tile/entries/001" })
      put(directory, "checkpoint", "no checkpoint")
      const unread = yield* verify(directory)
      assert(unread.verdict === "tampered")
      assert.strictEqual(unread.firstBad.file, "checkpoint")
    }),
  )

  it.live("fails where the disk fails, with the call", () =>
    Effect.gen(function* () {
      const directory = yield* trail(10)
      yield* run(directory, 0, [10])
      for (const call of ["status", "readRange", "list", "readFile"] as const) {
        const faulty = yield* disk(FaultyDisk.make([{ call, errno: "EIO" }]))
        const verified = verifySeals(directory, key).pipe(Effect.provide(faulty.layer))
        assert.strictEqual((yield* Effect.flip(verified)).errno, "EIO", call)
      }
      const none = yield* Effect.flip(verify(path.join(directory, "none")))
      assert.include(none.message, "there is no such trail")
    }),
  )
})

import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Disk, DiskError } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { bundleOf, entriesOf, origin, publish, put, trail } from "../testing/TrailFixture.ts"
import { compress } from "./ColdBundle.ts"
import { rootAt } from "./MerkleProof.ts"
import { TrailDamaged } from "./TrailError.ts"
import {
  entries,
  type EntryRange,
  findEvent,
  hashAtUnsafe,
  readBundle,
  readCheckpoint,
  readEntry,
  readFileOf,
  tryReading,
} from "./TrailReader.ts"

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8")
const collect = (directory: string, range?: EntryRange) =>
  Effect.map(Stream.runCollect(entries(directory, range)), (all) =>
    all.map(({ bytes, sequence }) => [sequence, text(bytes)] as const),
  )
const expected = (from: number, to: number) =>
  entriesOf(to)
    .map((entry, sequence) => [sequence, entry] as const)
    .slice(from)
const disk = <A, E>(effect: Effect.Effect<A, E, Disk>) => Effect.provide(effect, NodeDisk.layer)

describe("TrailReader", () => {
  it.live("reads the checkpoint, and none where none is yet", () =>
    Effect.gen(function* () {
      const directory = yield* trail(300)
      const signed = yield* disk(readCheckpoint(directory))
      assert.deepInclude(signed?.checkpoint, { origin, size: 300 })
      fs.rmSync(path.join(directory, "checkpoint"))
      assert.isUndefined(yield* disk(readCheckpoint(directory)))
      put(directory, "checkpoint", "x".repeat(1_000_000))
      const error = yield* Effect.flip(disk(readCheckpoint(directory)))
      assert.strictEqual(error._tag, "NoteMalformed")
    }),
  )

  it.live("streams all entries in order, and any range of them", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      assert.deepStrictEqual(yield* disk(collect(directory)), expected(0, 600))
      const ranges = [
        [0, 1],
        [255, 257],
        [256, 512],
        [300, 301],
        [599, 600],
        [512, 5000],
      ] as const
      for (const [from, to] of ranges) {
        const read = yield* disk(collect(directory, { from, to }))
        assert.deepStrictEqual(read, expected(from, Math.min(to, 600)), `${from} to ${to}`)
      }
      assert.isEmpty(yield* disk(collect(directory, { from: 600 })))
      assert.isEmpty(yield* disk(collect(directory, { from: 5, to: 5 })))
    }),
  )

  it.live("ends at the checkpoint, whatever lies beyond it", () =>
    Effect.gen(function* () {
      const directory = yield* trail(300)
      const checkpoint = fs.readFileSync(path.join(directory, "checkpoint"))
      publish(directory, entriesOf(900))
      put(directory, "checkpoint", checkpoint)
      assert.deepStrictEqual(yield* disk(collect(directory)), expected(0, 300))
      fs.rmSync(path.join(directory, "tile/entries/001.p"), { recursive: true })
      assert.deepStrictEqual(yield* disk(collect(directory)), expected(0, 300))
    }),
  )

  it.live("reads compressed bundles", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      for (const name of ["000", "001"]) {
        const file = path.join(directory, "tile/entries", name)
        fs.writeFileSync(`${file}.gz`, compress(fs.readFileSync(file)))
        fs.rmSync(file)
      }
      assert.deepStrictEqual(yield* disk(collect(directory)), expected(0, 600))
    }),
  )

  it.live("says which bundle is missing or damaged", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      const error = yield* Effect.flip(disk(readBundle(directory, 5, 256)))
      assert.instanceOf(error, TrailDamaged)
      assert.strictEqual(error.path, path.join(directory, "tile/entries/005"))
      put(directory, "tile/entries/001", bundleOf(entriesOf(10)))
      const short = yield* Effect.flip(disk(collect(directory)))
      assert.include(short.message, "holds 10 entries, expected 256")
      put(directory, "tile/entries/001", "xx")
      const broken = yield* Effect.flip(disk(collect(directory)))
      assert.include(broken.message, "entry 0 of the bundle, at byte 0")
    }),
  )

  it.live("finds an entry by its number and by its event's id", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      for (const sequence of [0, 255, 256, 599]) {
        const byNumber = yield* disk(readEntry(directory, sequence))
        assert.strictEqual(text(byNumber?.bytes ?? Buffer.alloc(0)), entriesOf(600)[sequence])
        const byId = yield* disk(findEvent(directory, `e${sequence}`))
        assert.deepStrictEqual(byId, byNumber)
      }
      for (const none of [600, -1, 0.5]) {
        assert.isUndefined(yield* disk(readEntry(directory, none)))
      }
      assert.isUndefined(yield* disk(findEvent(directory, "e600")))
    }),
  )

  it.live("takes no other member for an event's id", () =>
    Effect.gen(function* () {
      const directory = yield* trail()
      publish(directory, ['{"actor":{"id":"wanted"},"id":"other"}', '{"id":"wanted"}', "no JSON"])
      assert.strictEqual((yield* disk(findEvent(directory, "wanted")))?.sequence, 1)
      assert.isUndefined(yield* disk(findEvent(directory, "no JSON")))
    }),
  )

  it.live("gives from the tiles the root that is signed", () =>
    Effect.gen(function* () {
      const service = yield* Disk
      for (const size of [1, 255, 256, 257, 700, 256 * 256 + 3]) {
        const directory = yield* trail(size)
        const signed = yield* readCheckpoint(directory)
        const hashAt = hashAtUnsafe(directory, size, readFileOf(service, directory))
        assert.deepStrictEqual(
          Buffer.from(rootAt(size, hashAt)),
          Buffer.from(signed?.checkpoint.root ?? []),
        )
        fs.rmSync(path.join(directory, "tile/0"), { recursive: true })
        const fresh = hashAtUnsafe(directory, size, readFileOf(service, directory))
        assert.throws(() => fresh(0, 0), TrailDamaged)
      }
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("makes values of disk errors and defects of everything else", () =>
    Effect.gen(function* () {
      const error = new DiskError({ call: "read", path: "x", errno: "EIO", detail: "" })
      const failed = yield* Effect.flip(
        tryReading(() => {
          throw error
        }),
      )
      assert.strictEqual(failed, error)
      const died = yield* Effect.exit(
        tryReading(() => {
          throw new RangeError("a bug")
        }),
      )
      assert.include(String(died), "a bug")
      assert.isTrue(Result.isSuccess(yield* Effect.result(tryReading(() => 1))))
    }),
  )
})

import * as fs from "node:fs"
import * as path from "node:path"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Rotated from "@countersign/core/testing/RotatedTrail"
import * as TrailFixture from "@countersign/core/testing/TrailFixture"
import { verifyConsistency } from "@countersign/core/trail/MerkleProof"
import { leafHash } from "@countersign/core/trail/MerkleTree"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import type { BundlesFound } from "../protocol/TrailProof.ts"
import { provenEvent } from "./EventProof.ts"
import { connect, type MonitorClient } from "./MonitorClient.ts"
import { MonitorServer, type MonitorServerOptions } from "./MonitorServer.ts"
import type { FindCopy, SecondCopies } from "./SecondCopy.ts"

const size = 600
const entries = TrailFixture.entriesOf(size)
const bytesOf = (text: string) => Buffer.from(text, "base64")

const over = <A, E>(
  directory: string,
  use: (client: MonitorClient) => Effect.Effect<A, E, Scope>,
  options: MonitorServerOptions = {},
) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(
      MonitorServer.layerDirectory(directory, options).pipe(Layer.provide(NodeDisk.layer)),
    )
    const server = yield* Effect.provide(MonitorServer, context)
    return yield* use(yield* connect(server.url, server.token))
  }).pipe(Effect.scoped)

/** A trail in which the bundle of the entries 256 to 511 became another one. */
const tampered = <A, E>(
  change: (bundle: Buffer) => Buffer | undefined,
  use: (client: MonitorClient, directory: string) => Effect.Effect<A, E, Scope>,
) =>
  Effect.gen(function* () {
    const directory = yield* TrailFixture.trail(size)
    const file = path.join(directory, TrailFixture.tilePath("entries", 1, 256))
    const bundle = change(fs.readFileSync(file))
    if (bundle === undefined) fs.rmSync(file)
    else fs.writeFileSync(file, bundle)
    return yield* over(directory, (client) => use(client, directory))
  })

const again = (list: ReadonlyArray<string>) => TrailFixture.bundleOf(list)
const second = entries.slice(256, 512)

describe("an event that was tampered with", () => {
  it.live("is shown as it lies there, with the hash that the tile has, and with the reason", () =>
    tampered(
      () => again(second.with(44, '{"id":"e300","n":301}')),
      (client) =>
        Effect.gen(function* () {
          for (const name of [{ sequence: 300 }, { id: "e300" }]) {
            const found = yield* client.Event(name)
            assert.strictEqual(bytesOf(found.entry).toString(), '{"id":"e300","n":301}')
            assert.strictEqual(found.sequence, 300)
            assert.strictEqual(found.proof, "")
            assert.include(found.problem, "no proof of entry 300")
            const signed = leafHash(Buffer.from(entries[300] ?? ""))
            assert.deepStrictEqual(bytesOf(found.tileHash), Buffer.from(signed))
            assert.notStrictEqual(found.leafHash, found.tileHash)
            assert.isNotEmpty(found.hashes)
            assert.include(found.checkpoint, `\n${size}\n`)
          }
          const whole = yield* client.Event({ sequence: 301 })
          assert.strictEqual(whole.problem, "")
          assert.strictEqual(whole.leafHash, whole.tileHash)
          assert.include(whole.proof, whole.checkpoint)
        }),
    ),
  )

  it.live("is shown as far as it goes where its bundle is cut", () =>
    tampered(
      (bundle) => bundle.subarray(0, again(second.slice(0, 10)).length + 5),
      (client) =>
        Effect.gen(function* () {
          const before = yield* client.Event({ sequence: 265 })
          assert.strictEqual(bytesOf(before.entry).toString(), entries[265])
          assert.notStrictEqual(before.problem, "")
          const after = yield* client.Event({ sequence: 266 })
          assert.strictEqual(after.entry, "")
          assert.include(after.problem, "announced")
          assert.strictEqual(bytesOf(after.tileHash).length, 32)
        }),
    ),
  )

  it.live("is missing with its bundle, and the hashes are still there", () =>
    tampered(
      () => undefined,
      (client) =>
        Effect.gen(function* () {
          const found = yield* client.Event({ sequence: 256 })
          assert.strictEqual(found.entry, "")
          assert.include(found.problem, "is missing, in every form")
        }),
    ),
  )

  it.live("is shown where the checkpoint is no note", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      TrailFixture.put(directory, "checkpoint", "all is well\n")
      yield* over(directory, (client) =>
        Effect.gen(function* () {
          const found = yield* client.Event({ sequence: 7 })
          assert.strictEqual(bytesOf(found.entry).toString(), entries[7])
          assert.strictEqual(found.checkpoint, "all is well\n")
          assert.notStrictEqual(found.problem, "")
        }),
      )
    }),
  )
})

describe("an event that is looked for by its id", () => {
  /** Over a disk on which something happens before each reading of a bundle. */
  const looked = (directory: string, id: string, before: () => Effect.Effect<unknown>) =>
    Effect.gen(function* () {
      const disk = yield* Disk
      const watched: Disk["Service"] = {
        ...disk,
        readFile: (file) => Effect.andThen(before(), disk.readFile(file)),
      }
      return yield* Effect.provideService(provenEvent(directory, { id }), Disk, watched)
    })

  it.effect("is looked for until two seconds are over, and the answer says how far that was", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      const slow = () => TestClock.adjust("1100 millis")
      const error = yield* Effect.flip(looked(directory, "e3", slow))
      assert.strictEqual(error.reason, "not-found")
      assert.include(error.detail, "newest 344 of 600")
      assert.include(error.detail, 'id="e3"')
      assert.strictEqual((yield* looked(directory, "e300", slow)).sequence, 300)
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )

  it.effect("is looked for among a million entries, however many a checkpoint claims", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(0)
      const [origin, , root] = TrailFixture.checkpointText(entries).split("\n")
      const note = TrailFixture.noteOf(`${origin}\n${2 ** 40}\n${root}\n`)
      TrailFixture.put(directory, "checkpoint", note)
      const error = yield* Effect.flip(looked(directory, "e3", () => Effect.void))
      assert.include(error.detail, `newest ${2 ** 20} of ${2 ** 40}`)
      assert.include(error.detail, "4096 bundles can't be read")
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )

  it.effect("has no entry parsed that does not hold the id", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      const parse = vi.spyOn(JSON, "parse")
      const found = yield* looked(directory, "e300", () => Effect.void)
      const parsed = parse.mock.calls.filter(([text]) => text.startsWith('{"id":"e'))
      parse.mockRestore()
      assert.strictEqual(found.sequence, 300)
      assert.strictEqual(parsed.length, 1)
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )
})

describe("what a viewer checks a trail with", () => {
  it.live("has every byte of every bundle, in bounded pieces, with the hashes of the tiles", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(0)
      const large = Array.from({ length: 300 }, (_, at) => `${at}${"x".repeat(60_000)}`)
      TrailFixture.publish(directory, large)
      yield* over(directory, (client) =>
        Effect.gen(function* () {
          const bundles = new Map<number, Buffer>()
          const tiles = new Map<number, Buffer>()
          let next: BundlesFound["next"] = { bundle: 0, offset: 0 }
          let requests = 0
          while (next !== null) {
            const answer: BundlesFound = yield* client.Bundles({ size: 300, ...next })
            requests += 1
            for (const { bundle, bytes, offset, problem, tile } of answer.pieces) {
              const before = bundles.get(bundle) ?? Buffer.alloc(0)
              assert.strictEqual(offset, before.length)
              assert.strictEqual(problem, "")
              bundles.set(bundle, Buffer.concat([before, bytesOf(bytes)]))
              if (tile !== "") tiles.set(bundle, bytesOf(tile))
            }
            next = answer.next
          }
          assert.isAbove(requests, 10)
          const groups = TrailFixture.inTiles(large)
          for (const [index, group] of groups.entries()) {
            assert.isTrue(again(group).equals(bundles.get(index) ?? Buffer.alloc(0)))
            const hashes = TrailFixture.hashTiles(large)[0]?.[index]
            assert.isTrue(tiles.get(index)?.equals(hashes ?? Buffer.alloc(0)))
          }
        }),
      )
    }),
  )

  it.live("says of a bundle that is gone that it is gone, and goes on", () =>
    tampered(
      () => undefined,
      (client) =>
        Effect.gen(function* () {
          const { next, pieces } = yield* client.Bundles({ size, bundle: 0, offset: 0 })
          assert.strictEqual(next, null)
          assert.deepStrictEqual(
            pieces.map(({ problem }) => problem !== ""),
            [false, true, false],
          )
          assert.strictEqual(bytesOf(pieces[1]?.tile ?? "").length, 256 * 32)
        }),
    ),
  )

  it.live("finds a last bundle that a writer has made wider meanwhile", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(300)
      fs.rmSync(path.join(directory, "tile/entries/001.p"), { recursive: true })
      TrailFixture.publish(directory, entries.slice(0, 310))
      yield* over(directory, (client) =>
        Effect.gen(function* () {
          const { pieces } = yield* client.Bundles({ size: 300, bundle: 1, offset: 0 })
          assert.isTrue(bytesOf(pieces[0]?.bytes ?? "").equals(again(entries.slice(256, 310))))
        }),
      )
    }),
  )

  it.live("shows that the newest checkpoint continues one that was seen", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(250, size)
      const root = (text: string) => bytesOf(text.split("\n")[2] ?? "")
      const before = root(TrailFixture.checkpointText(entries.slice(0, 250)))
      yield* over(directory, (client) =>
        Effect.gen(function* () {
          const { checkpoint, hashes, problem } = yield* client.Checkpoint({ seen: 250 })
          assert.strictEqual(problem, "")
          assert.isTrue(verifyConsistency(250, size, before, root(checkpoint), hashes.map(bytesOf)))
          const middle = yield* client.Checkpoint({ seen: 250, size: 400 })
          const between = root(TrailFixture.checkpointText(entries.slice(0, 400)))
          assert.isTrue(verifyConsistency(250, 400, before, between, middle.hashes.map(bytesOf)))
          const ahead = yield* client.Checkpoint({ seen: size + 1 })
          assert.include(ahead.problem, "fewer")
        }),
      )
    }),
  )

  it.live("has the key beside the trail and the notes of its successors, and says where from", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(0)
      const keys = [Rotated.makeKey(), Rotated.makeKey(), Rotated.makeKey()]
      const trail = Rotated.rotatedTrail(60, keys, [20, 40])
      Rotated.publishRotated(directory, trail)
      yield* over(directory, (client) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* client.Keys({ after: 0 })).source, "none")
          fs.writeFileSync(`${directory}.vkey`, `${TrailFixture.verifierKeyText(keys[0])}\n`)
          const found = yield* client.Keys({ after: 0 })
          assert.strictEqual(found.source, "beside")
          assert.strictEqual(found.verifierKey, TrailFixture.verifierKeyText(keys[0]))
          assert.deepStrictEqual(
            found.rotations,
            [1, 2].map((number) => ({
              size: number * 20,
              note: Rotated.rotationNote(trail, number),
            })),
          )
          const rest = yield* client.Keys({ after: 20 })
          assert.deepStrictEqual(
            rest.rotations.map((each) => each.size),
            [40],
          )
        }),
      )
    }),
  )

  it.live("has what other stores hold, and why one of them can't be asked", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(10)
      const copies: SecondCopies = new Map<string, FindCopy>([
        ["table", () => Effect.succeed({ entry: Buffer.from("{}"), detail: "outcome differs" })],
        ["empty", () => Effect.succeed(undefined)],
        ["away", () => Effect.fail({ message: "nobody answers" })],
      ])
      const ask = (client: MonitorClient) => client.Copies({ sequence: 3 })
      assert.deepStrictEqual(yield* over(directory, ask), [])
      assert.deepStrictEqual(yield* over(directory, ask, { copies }), [
        { name: "table", entry: "e30=", detail: "outcome differs" },
        { name: "empty", entry: null, detail: "it holds nothing for this entry" },
        { name: "away", entry: null, detail: "nobody answers" },
      ])
    }),
  )
})

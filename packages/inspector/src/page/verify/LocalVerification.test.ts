import * as fs from "node:fs"
import * as path from "node:path"
import { Disk } from "@countersign/core/platform/Disk"
import { compress } from "@countersign/core/trail/ColdBundle"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Rotated from "@countersign/core/testing/RotatedTrail"
import * as TrailFixture from "@countersign/core/testing/TrailFixture"
import { verify } from "@countersign/core/trail/Verifier"
import { provenEvent } from "@countersign/monitor/server/EventProof"
import { readBundles } from "@countersign/monitor/server/TrailBytes"
import { readKeys, readNewest } from "@countersign/monitor/server/TrailKeys"
import { MonitorRefused } from "@countersign/monitor/protocol/MonitorError"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Client } from "../connection/Connection.ts"
import { verifyHere } from "./LocalVerification.ts"
import { firstWrong, started, type VerifyRun } from "./VerifyRun.ts"

const size = 600
const entries = TrailFixture.entriesOf(size)
const second = entries.slice(256, 512)

/** The page's end of the protocol, with a trail's files behind it. */
const connectionTo = (directory: string, over: Over = {}) => {
  const disk = Effect.runSync(Effect.provide(Effect.service(Disk), NodeDisk.layer))
  const reading = Effect.provideService(Disk, disk)
  const client = {
    Checkpoint: (asked: { seen: number; size?: number }) =>
      reading(readNewest(directory, asked.seen, asked.size)),
    Keys: ({ after }: { after: number }) => reading(readKeys(directory, undefined, after)),
    Event: (asked: { sequence: number }) => reading(provenEvent(directory, asked)),
    Bundles: (asked: { size: number; bundle: number; offset: number }) =>
      reading(readBundles(directory, asked)),
    ...over,
  }
  return {
    ask: <A, E>(request: (client: Client) => Effect.Effect<A, E>) =>
      // The four requests that a verification makes.
      Effect.runPromise(request(client as unknown as Client)),
  }
}

/** What a server answers in its own way. */
interface Over {
  readonly Bundles?: (asked: { bundle: number }) => Effect.Effect<unknown>
  readonly Checkpoint?: (asked: { seen: number; size?: number }) => Effect.Effect<unknown, unknown>
  readonly Event?: (asked: { sequence: number }) => Effect.Effect<unknown, unknown>
}

const storage = () => {
  const kept = new Map<string, string>()
  return {
    read: (key: string) => kept.get(key),
    write: (key: string, value: string) => void kept.set(key, value),
  }
}

const run = async (directory: string, host = storage(), over: Over = {}): Promise<VerifyRun> => {
  let state = started("page", 0)
  const changed = (part: Partial<VerifyRun>) => {
    state = { ...state, ...part }
  }
  const scene = { connection: connectionTo(directory, over), host }
  await verifyHere(scene, changed, new AbortController().signal)
  return state
}

const pin = (directory: string, key = TrailFixture.verifierKeyText()) =>
  fs.writeFileSync(`${directory}.vkey`, `${key}\n`)

const tampered = (change: (directory: string) => void) =>
  Effect.gen(function* () {
    const directory = yield* TrailFixture.trail(size)
    pin(directory)
    change(directory)
    const verdict = yield* Effect.provide(verify(directory, { workers: 0 }), NodeDisk.layer)
    const found = yield* Effect.promise(() => run(directory))
    return { found, verdict: verdict.verdict }
  })

const bundle = (list: ReadonlyArray<string>) => (directory: string) =>
  TrailFixture.put(directory, "tile/entries/001", TrailFixture.bundleOf(list))

const swapped = second.with(44, entries[301] ?? "").with(45, entries[300] ?? "")

describe("a trail that the page verifies itself", () => {
  it.live("is verified where all of it is as it was signed, and is remembered", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      pin(directory)
      const host = storage()
      const found = yield* Effect.promise(() => run(directory, host))
      assert.strictEqual(found.verdict, "verified", found.detail)
      assert.strictEqual(found.entries, size)
      assert.deepStrictEqual([...found.segments], [1, 1, 1])
      assert.include(host.read(`proof.${TrailFixture.origin}`), `"size":${size}`)
    }),
  )

  it.live("is verified where old bundles are compressed, and keys have changed", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(0)
      const keys = [Rotated.makeKey(), Rotated.makeKey()]
      const trail = Rotated.rotatedTrail(size, keys, [300])
      Rotated.publishRotated(directory, trail)
      pin(directory, TrailFixture.verifierKeyText(keys[0]))
      const full = path.join(directory, "tile/entries/000")
      fs.writeFileSync(`${full}.gz`, compress(fs.readFileSync(full)))
      fs.rmSync(full)
      const found = yield* Effect.promise(() => run(directory))
      assert.strictEqual(found.verdict, "verified", found.detail)
    }),
  )

  for (const [what, change, at] of [
    ["a changed entry", bundle(second.with(44, '{"id":"e300","n":301}')), 300],
    ["a removed entry", bundle(second.toSpliced(44, 1)), 300],
    ["a swapped pair", bundle(swapped), 300],
    ["an added entry", bundle(second.toSpliced(44, 0, "{}").slice(0, 256)), 300],
    [
      "a cut bundle",
      (directory: string) =>
        fs.truncateSync(
          path.join(directory, "tile/entries/001"),
          TrailFixture.bundleOf(second.slice(0, 44)).length + 1,
        ),
      300,
    ],
    [
      "a bundle that is gone",
      (directory: string) => fs.rmSync(path.join(directory, "tile/entries/001")),
      256,
    ],
    [
      "a changed tile",
      (directory: string) => {
        const file = path.join(directory, "tile/0/001")
        const tile = fs.readFileSync(file)
        tile.writeUInt8((tile[44 * 32] ?? 0) ^ 1, 44 * 32)
        fs.writeFileSync(file, tile)
      },
      300,
    ],
  ] as const) {
    it.live(`is tampered with, and found at the record: ${what}`, () =>
      Effect.gen(function* () {
        const { found, verdict } = yield* tampered(change)
        assert.strictEqual(verdict, "tampered")
        assert.strictEqual(found.verdict, "tampered")
        assert.strictEqual(firstWrong(found), at, JSON.stringify(found.findings))
        assert.strictEqual(found.segments[1], 2)
        assert.strictEqual(found.segments[0], 1)
      }),
    )
  }

  for (const at of [0, 255, 256, 511, 512, 599]) {
    it.live(`is found at entry ${at}, whichever byte of it was flipped`, () =>
      Effect.gen(function* () {
        const [index, group] = [Math.floor(at / 256), Math.floor(at / 256) * 256]
        const list = entries.slice(group, group + 256)
        const before = TrailFixture.bundleOf(list.slice(0, at - group)).length + 2
        const whole = TrailFixture.bundleOf(list)
        const length = list[at - group]?.length ?? 0
        for (const byte of [0, Math.floor(length / 2), length - 1]) {
          const bytes = Buffer.from(whole)
          bytes.writeUInt8((bytes[before + byte] ?? 0) ^ 0x20, before + byte)
          const { found } = yield* tampered((directory) =>
            TrailFixture.put(
              directory,
              TrailFixture.tilePath("entries", index, list.length),
              bytes,
            ),
          )
          assert.strictEqual(firstWrong(found), at)
          assert.include(found.detail, "the entry was changed")
        }
      }),
    )
  }

  it.live("says of a swapped pair which entry lies where, and of a tile that it was the tile", () =>
    Effect.gen(function* () {
      const pair = yield* tampered(bundle(swapped))
      assert.include(pair.found.detail, "here lies what was signed as entry 301")
      const forged = TrailFixture.hashTiles(entries.with(300, "{}"))[0]?.[1]
      const tile = yield* tampered((directory) =>
        TrailFixture.put(directory, "tile/0/001", forged ?? ""),
      )
      assert.include(tile.found.detail, "the tile was changed")
    }),
  )

  it.live("is tampered with where entry and tile were written anew", () =>
    Effect.gen(function* () {
      const forged = entries.with(300, '{"id":"forged"}')
      const { found, verdict } = yield* tampered((directory) => {
        bundle(forged.slice(256, 512))(directory)
        TrailFixture.put(directory, "tile/0/001", TrailFixture.hashTiles(forged)[0]?.[1] ?? "")
      })
      assert.strictEqual(verdict, "tampered")
      assert.strictEqual(found.verdict, "tampered")
      assert.include(JSON.stringify(found.findings), "both were written anew")
      assert.strictEqual(firstWrong(found), 256)
      assert.include(found.detail, "one or more of the entries 256 to 511")
      assert.deepStrictEqual([...found.segments], [1, 2, 1])
    }),
  )

  it.live("is tampered with in the bundle that was written anew, wherever it is", () =>
    Effect.gen(function* () {
      const count = 1300
      const many = TrailFixture.entriesOf(count)
      for (const places of [[0], [1279], [700], [5, 1270], [300, 600, 900], [1299]]) {
        const directory = yield* TrailFixture.trail(0)
        pin(directory)
        TrailFixture.publish(directory, many)
        const forged = many.map((entry, at) =>
          places.includes(at) ? `{"id":"forged ${at}"}` : entry,
        )
        for (const [index, group] of TrailFixture.inTiles(forged).entries()) {
          const tile = TrailFixture.hashTiles(forged)[0]?.[index] ?? ""
          const file = TrailFixture.tilePath("entries", index, group.length)
          TrailFixture.put(directory, file, TrailFixture.bundleOf(group))
          TrailFixture.put(directory, TrailFixture.tilePath(0, index, group.length), tile)
        }
        const found = yield* Effect.promise(() => run(directory))
        const bundles = found.findings.flatMap(({ index }) => (index === null ? [] : [index / 256]))
        // No tile above holds a hash of the last bundle before that is full.
        const wanted = places.filter((at) => at < 1280).map((at) => Math.floor(at / 256))
        assert.deepStrictEqual(bundles, wanted, JSON.stringify(places))
      }
    }),
  )

  it.live("is tampered with where the checkpoint is forged, and is not called verified", () =>
    Effect.gen(function* () {
      const text = TrailFixture.checkpointText(entries)
      const line = TrailFixture.noteOf(`${text}other\n`).split("\n\n")[1] ?? ""
      const forged = yield* tampered((directory) =>
        TrailFixture.put(directory, "checkpoint", `${text}\n${line}`),
      )
      assert.strictEqual(forged.found.verdict, "tampered")
      assert.include(forged.found.detail, "Signature")
      const stranger = yield* tampered((directory) =>
        TrailFixture.put(directory, "checkpoint", TrailFixture.noteOf(text, Rotated.makeKey())),
      )
      assert.strictEqual(stranger.found.verdict, "tampered")
      const none = yield* tampered((directory) => fs.rmSync(path.join(directory, "checkpoint")))
      assert.strictEqual(none.found.verdict, "incomplete")
      const unread = yield* tampered((directory) =>
        TrailFixture.put(directory, "checkpoint", "fine\n"),
      )
      assert.strictEqual(unread.found.verdict, "tampered")
      const unknown = yield* tampered((directory) => fs.rmSync(`${directory}.vkey`))
      assert.strictEqual(unknown.found.verdict, "unverifiable")
    }),
  )

  it.live("is tampered with where it was signed anew after this page had seen it", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(250)
      pin(directory)
      const host = storage()
      yield* Effect.promise(() => run(directory, host))
      TrailFixture.publish(directory, entries.with(7, '{"id":"other"}'))
      const found = yield* Effect.promise(() => run(directory, host))
      assert.strictEqual(found.verdict, "tampered")
      assert.include(JSON.stringify(found.findings), "what this page saw before")
    }),
  )

  it.live("is tampered with where what this page has seen of it is not shown any more", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(0)
      pin(directory)
      const many = TrailFixture.entriesOf(size)
      TrailFixture.publish(directory, many)
      const host = storage()
      yield* Effect.promise(() => run(directory, host))
      const older = yield* TrailFixture.trail(512)
      pin(older)
      const asked = connectionTo(directory)
      // It has kept what proves that the smaller tree is the beginning of the other one.
      const { hashes } = yield* Effect.promise(() =>
        asked.ask((client) => client.Checkpoint({ seen: 512, size })),
      )
      const { checkpoint } = yield* Effect.promise(() =>
        connectionTo(older).ask((client) => client.Checkpoint({ seen: 0 })),
      )
      const Checkpoint = () => Effect.succeed({ checkpoint, hashes, problem: "" })
      const found = yield* Effect.promise(() => run(older, host, { Checkpoint }))
      assert.strictEqual(found.verdict, "tampered", found.detail)
      assert.include(found.detail, "the newest 88 entries that this page has seen are not in it")
    }),
  )

  it.live("is tampered with where it was signed as two trees of one size", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(0)
      const keys = [Rotated.makeKey(), Rotated.makeKey()]
      const trail = Rotated.rotatedTrail(40, keys, [40])
      Rotated.publishRotated(directory, trail)
      pin(directory, TrailFixture.verifierKeyText(keys[0]))
      const good = yield* Effect.promise(() => run(directory))
      assert.strictEqual(good.verdict, "verified", good.detail)
      const other = { ...trail, entries: trail.entries.with(7, "{}") }
      TrailFixture.publish(directory, other.entries)
      TrailFixture.put(directory, "checkpoint", Rotated.newestNote(other))
      const found = yield* Effect.promise(() => run(directory))
      assert.strictEqual(found.verdict, "tampered")
      assert.include(found.detail, "another tree of that size")
    }),
  )

  const writtenAnew = (directory: string, count: number) => {
    const forged = TrailFixture.entriesOf(count).with(300, '{"id":"forged"}')
    bundle(forged.slice(256, 512))(directory)
    TrailFixture.put(directory, "tile/0/001", TrailFixture.hashTiles(forged)[0]?.[1] ?? "")
  }

  it.live("is found in a trail that grows meanwhile", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      pin(directory)
      writtenAnew(directory, size)
      const disk = yield* Effect.provide(Effect.service(Disk), NodeDisk.layer)
      let isGrown = false
      const Event = (asked: { sequence: number }) => {
        if (!isGrown) TrailFixture.publish(directory, TrailFixture.entriesOf(1100))
        if (!isGrown) writtenAnew(directory, 1100)
        isGrown = true
        return Effect.provideService(provenEvent(directory, asked), Disk, disk)
      }
      const found = yield* Effect.promise(() => run(directory, storage(), { Event }))
      assert.strictEqual(found.verdict, "tampered")
      assert.strictEqual(firstWrong(found), 256)
    }),
  )

  it.live("is tampered with though the server does not help to find where", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      pin(directory)
      writtenAnew(directory, size)
      const Event = () =>
        Effect.fail(new MonitorRefused({ reason: "unavailable", detail: "not now" }))
      const found = yield* Effect.promise(() => run(directory, storage(), { Event }))
      assert.strictEqual(found.verdict, "tampered")
      // Their tiles agree with them, and nothing that was signed with the tiles.
      assert.deepStrictEqual([...found.segments], [0, 0, 0])
    }),
  )

  it.live("keeps nobody busy for ever who is sent the same again and again", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      pin(directory)
      const Bundles = ({ bundle: at }: { bundle: number }) =>
        Effect.succeed({ pieces: [], next: { bundle: at, offset: 0 } })
      const failed = yield* Effect.flip(
        Effect.tryPromise(() => run(directory, storage(), { Bundles })),
      )
      assert.include(String(failed.cause), "again and again")
    }),
  )
})

import * as fs from "node:fs"
import * as path from "node:path"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "../testing/FaultyDisk.ts"
import {
  bundleOf,
  entriesOf,
  filesOf,
  inTiles,
  trail,
  verifierKeyText,
} from "../testing/TrailFixture.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import { entries } from "../trail/TrailReader.ts"
import { verify } from "../trail/Verifier.ts"
import { Archivist, type ArchivistOptions } from "./Archivist.ts"

const size = 256 * 8 + 10
const full = ["000", "001", "002", "003", "004", "005", "006", "007"]
const partial = "008.p/10"

type Settings = ReturnType<ArchivistOptions["options"]>

const make = (
  disk: Disk["Service"],
  directory: string,
  settings: Partial<Settings> = {},
  settledSize: () => number = () => size,
): Archivist => {
  const options = { compress: true, afterBundles: 2, bundlesPerSecondMax: 2, ...settings }
  return new Archivist({ disk, directory, options: () => options, settledSize })
}

const setup = (plan: ReadonlyArray<FaultyDisk.Fault> = []) =>
  Effect.gen(function* () {
    const directory = yield* trail(size)
    const inner = yield* Disk
    return { directory, inner, faulty: new FaultyDisk.FaultyDisk(inner, plan) }
  }).pipe(Effect.provide(NodeDisk.layer))

const bundlesIn = (directory: string): ReadonlyArray<string> =>
  filesOf(path.join(directory, "tile/entries"))

/** The names of the bundles when the first so many are compressed. */
const compressed = (count: number): ReadonlyArray<string> => [
  ...full.map((name, index) => (index < count ? `${name}.gz` : name)),
  partial,
]

/** Nobody who reads the trail sees a difference: it verifies, and has all its entries. */
const assertSound = (directory: string) =>
  Effect.gen(function* () {
    const verifierKey = Result.getOrThrow(SignedNote.parseVerifierKey(verifierKeyText()))
    const report = yield* verify(directory, { verifierKey, workers: 0 })
    assert.deepInclude(report, { verdict: "verified", entries: size })
    const read = yield* Stream.runCollect(entries(directory))
    const texts = read.map(({ bytes }) => Buffer.from(bytes).toString("utf8"))
    assert.deepStrictEqual(texts, entriesOf(size))
  }).pipe(Effect.provide(NodeDisk.layer))

describe("Archivist", () => {
  it.live("compresses old bundles in order, so many a step, and then rests", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      const archivist = make(inner, directory)
      yield* assertSound(directory)
      for (const done of [2, 4, 6]) {
        assert.strictEqual(yield* archivist.step, 2)
        assert.deepStrictEqual(bundlesIn(directory), compressed(done))
        yield* assertSound(directory)
      }
      assert.strictEqual(yield* archivist.step, 0)
      assert.deepStrictEqual(bundlesIn(directory), compressed(6))
    }),
  )

  it.live("writes gzip files that hold the bundles byte for byte", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      yield* make(inner, directory, { bundlesPerSecondMax: 100 }).step
      for (const [index, group] of inTiles(entriesOf(size)).entries()) {
        if (index >= 6) break
        const file = path.join(directory, "tile/entries", `${full[index]}.gz`)
        assert.deepStrictEqual(gunzipSync(fs.readFileSync(file)), bundleOf(group))
      }
    }),
  )

  it.live("leaves alone what is newer than the newest so many bundles", () =>
    Effect.gen(function* () {
      for (const afterBundles of [0, 5, 8, 9, 1000]) {
        const { directory, inner } = yield* setup()
        const archivist = make(inner, directory, { afterBundles, bundlesPerSecondMax: 100 })
        const expected = Math.max(0, 8 - afterBundles)
        assert.strictEqual(yield* archivist.step, expected)
        assert.deepStrictEqual(bundlesIn(directory), compressed(expected))
      }
    }),
  )

  it.live("follows the settled size and never goes beyond it", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      let settled = 0
      const archivist = make(
        inner,
        directory,
        { afterBundles: 1, bundlesPerSecondMax: 100 },
        () => settled,
      )
      const steps = [
        [0, 0],
        [255, 0],
        [256, 0],
        [511, 0],
        [512, 1],
        [767, 1],
        [768 + 255, 2],
        [256 * 6, 5],
        [256 * 6, 5],
      ] as const
      let before = 0
      for (const [size, after] of steps) {
        settled = size
        assert.strictEqual(yield* archivist.step, after - before, `settled ${size}`)
        assert.deepStrictEqual(bundlesIn(directory), compressed(after))
        before = after
      }
    }),
  )

  it.live("obeys its settings as they are at each step", () =>
    Effect.gen(function* () {
      const { directory, faulty } = yield* setup()
      const before: Settings = { compress: false, afterBundles: 4, bundlesPerSecondMax: 1 }
      let settings = before
      const options = () => settings
      const archivist = new Archivist({
        disk: faulty.disk,
        directory,
        options,
        settledSize: () => size,
      })
      assert.strictEqual(yield* archivist.step, 0)
      assert.isEmpty(faulty.journal)
      const steps: ReadonlyArray<readonly [Partial<Settings>, number]> = [
        [{ compress: true }, 1],
        [{ bundlesPerSecondMax: 100 }, 4],
        [{ afterBundles: 6 }, 4],
        [{ afterBundles: 1, bundlesPerSecondMax: 2 }, 6],
        [{ compress: false }, 6],
        [{ compress: true }, 7],
      ]
      for (const [change, after] of steps) {
        settings = Object.assign({}, settings, change)
        yield* archivist.step
        assert.deepStrictEqual(bundlesIn(directory), compressed(after))
      }
      yield* assertSound(directory)
    }),
  )

  it.live("goes on at the right bundle after a restart, wherever it stopped", () =>
    Effect.gen(function* () {
      const { directory, faulty } = yield* setup()
      for (let done = 0; done < 6; done += 1) {
        faulty.journal.length = 0
        const restarted = make(faulty.disk, directory, { bundlesPerSecondMax: 1 })
        assert.strictEqual(yield* restarted.step, 1)
        assert.deepStrictEqual(bundlesIn(directory), compressed(done + 1))
        // What is compressed is not read again.
        const read = faulty.journal.filter(({ call }) => call === "readFile")
        assert.deepStrictEqual(
          read.map((entry) => entry.path),
          [path.join(directory, "tile/entries", full[done] ?? "")],
        )
      }
      assert.strictEqual(yield* make(faulty.disk, directory).step, 0)
    }),
  )

  it.live("leaves both forms of a bundle after a crash between them, and then finishes", () =>
    Effect.gen(function* () {
      const { directory, faulty, inner } = yield* setup([
        { call: "remove", nth: 3, errno: "EIO", times: Infinity },
      ])
      const crashed = make(faulty.disk, directory, { bundlesPerSecondMax: 100 })
      assert.strictEqual((yield* Effect.flip(crashed.step)).errno, "EIO")
      assert.sameMembers([...bundlesIn(directory)], [...compressed(3), "002"])
      yield* assertSound(directory)
      assert.strictEqual(yield* make(inner, directory).step, 2)
      assert.deepStrictEqual(bundlesIn(directory), compressed(4))
      yield* assertSound(directory)
    }),
  )

  it.live("overwrites the half of a file that a power failure left under a temporary name", () =>
    Effect.gen(function* () {
      const { directory, inner } = yield* setup()
      fs.writeFileSync(path.join(directory, "tile/entries/000.gz.tmp"), "half")
      yield* assertSound(directory)
      assert.strictEqual(yield* make(inner, directory).step, 2)
      assert.deepStrictEqual(bundlesIn(directory), compressed(2))
      yield* assertSound(directory)
    }),
  )

  const faults: ReadonlyArray<readonly [string, FaultyDisk.Fault]> = [
    ["a bundle that can't be read", { call: "readFile", nth: 2, errno: "EIO" }],
    ["a full disk", { call: "replaceFile", nth: 2, errno: "ENOSPC" }],
    [
      "a file that was written and reported as lost",
      { call: "replaceFile", nth: 2, errno: "EIO", outcome: "stored" },
    ],
    ["a deletion that failed", { call: "remove", nth: 2, errno: "EROFS" }],
    ["a deletion that was done", { call: "remove", nth: 2, errno: "EIO", outcome: "stored" }],
    ["a status that fails", { call: "status", nth: 2, errno: "EIO" }],
  ]
  it.live.each(faults)("leaves nothing half-written after %s, and goes on", ([, fault]) =>
    Effect.gen(function* () {
      const { directory, faulty } = yield* setup([fault])
      const archivist = make(faulty.disk, directory, { bundlesPerSecondMax: 4 })
      assert.strictEqual((yield* Effect.flip(archivist.step)).errno, fault.errno)
      yield* assertSound(directory)
      // Another engine may come instead of another step.
      const copy = `${directory}-copy`
      fs.cpSync(directory, copy, { recursive: true })
      for (const [each, next] of [
        [directory, archivist],
        [copy, make(faulty.disk, copy, { bundlesPerSecondMax: 4 })],
      ] as const) {
        for (let step = 0; step < 3; step += 1) yield* next.step
        assert.deepStrictEqual(bundlesIn(each), compressed(6))
        yield* assertSound(each)
      }
    }),
  )

  it.live("deletes no plain bundle before its compressed form is on the disk", () =>
    Effect.gen(function* () {
      const { directory, faulty } = yield* setup()
      yield* make(faulty.disk, directory).step
      const calls = faulty.journal
        .filter(({ call }) => call === "replaceFile" || call === "remove")
        .map(({ call, path: file }) => `${call} ${path.basename(file)}`)
      assert.deepStrictEqual(calls, [
        "replaceFile 000.gz",
        "remove 000",
        "replaceFile 001.gz",
        "remove 001",
      ])
    }),
  )
})

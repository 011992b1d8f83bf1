import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  bundleOf,
  checkpointText,
  entriesOf,
  filesOf,
  hashTiles,
  inTiles,
  noteOf,
  origin,
  privateKey,
  publish,
  put,
  tilePath,
  trail,
  verifierKeyText,
} from "../testing/TrailFixture.ts"
import { check, firstBad, read, verifierKey } from "../testing/VerifierFixture.ts"
import { compress } from "./ColdBundle.ts"
import * as SignedNote from "./SignedNote.ts"
import type { FindingKind } from "./VerifyReport.ts"

/** Alters every `step`th byte of every file in turn; each must be found and its file named. */
const flipEach = Effect.fnUntraced(function* (directory: string, step: number) {
  for (const name of filesOf(directory)) {
    const bytes = read(directory, name)
    for (let at = 0; at < bytes.length; at += step) {
      for (const mask of step === 1 ? [0x01, 0xff] : [1 << (at % 8)]) {
        const altered = Buffer.from(bytes)
        altered[at] = (altered[at] ?? 0) ^ mask
        put(directory, name, altered)
        const bad = firstBad(yield* check(directory), `byte ${at} of ${name}`)
        if (name.startsWith("tile/entries/")) {
          assert.include(["bundle", "entry", "copy"], bad.kind, `byte ${at} of ${name}`)
        } else {
          assert.strictEqual(bad.path, name, `byte ${at} of ${name}`)
        }
      }
    }
    put(directory, name, bytes)
  }
  assert.strictEqual((yield* check(directory)).verdict, "verified")
})

describe("Verifier", () => {
  it.live.each([0, 1, 2, 255, 256, 257, 511, 512, 600, 65_536, 65_539])(
    "verifies %i entries",
    (size) =>
      Effect.gen(function* () {
        const directory = yield* trail(size)
        const report = yield* check(directory)
        const bytes = filesOf(directory).reduce(
          (sum, name) => sum + read(directory, name).length,
          0,
        )
        assert.deepInclude(report, { verdict: "verified", origin, size, entries: size, bytes })
        assert.strictEqual(report.bundles, Math.ceil(size / 256))
        assert.strictEqual(report.cutLeftovers, 0)
      }),
  )

  it.live("verifies here and in threads alike", () =>
    Effect.gen(function* () {
      const directory = yield* trail(20_000)
      const here = yield* check(directory, { verifierKey, workers: 0 })
      const seen: Array<number> = []
      const there = yield* check(directory, {
        verifierKey,
        workers: 2,
        progress: ({ entries }) => seen.push(entries),
      })
      assert.strictEqual(here.verdict, "verified")
      assert.deepStrictEqual(there, here)
      assert.deepStrictEqual(seen, [12_800, 20_000])

      const name = "tile/entries/070"
      const bytes = read(directory, name)
      bytes[bytes.length - 3] = 0
      put(directory, name, bytes)
      const bad = yield* check(directory, { verifierKey, workers: 2 })
      assert.deepStrictEqual(bad, yield* check(directory, { verifierKey, workers: 0 }))
      assert.deepInclude(firstBad(bad), { kind: "entry", index: 71 * 256 - 1 })
    }),
  )

  it.live("finds each byte of a small trail, altered one at a time", () =>
    Effect.gen(function* () {
      const directory = yield* trail(2, 5)
      yield* flipEach(directory, 1)
    }),
  )

  it.live("finds altered bytes in full, partial, older and compressed files", () =>
    Effect.gen(function* () {
      const directory = yield* trail(100, 300, 560)
      put(directory, "tile/entries/001.gz", compress(read(directory, "tile/entries/001")))
      put(directory, "tile/entries/000.gz", compress(read(directory, "tile/entries/000")))
      fs.rmSync(path.join(directory, "tile/entries/000"))
      assert.strictEqual((yield* check(directory)).verdict, "verified")
      yield* flipEach(directory, 101)
    }),
  )

  it.live("names the altered entry", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      const name = "tile/entries/001"
      const bytes = read(directory, name)
      bytes.write('"n":9', bytes.indexOf('"n":300'))
      put(directory, name, bytes)
      assert.deepInclude(firstBad(yield* check(directory)), {
        kind: "entry",
        index: 300,
        path: "tile/0/001",
      })
    }),
  )

  it.live("blames the file of hashes where the entries are right", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      const bytes = read(directory, "tile/0/001")
      bytes[32 * 44] = (bytes[32 * 44] ?? 0) ^ 1
      put(directory, "tile/0/001", bytes)
      assert.deepInclude(firstBad(yield* check(directory)), {
        kind: "tile",
        index: 300,
        path: "tile/0/001",
      })
    }),
  )

  const mutations: ReadonlyArray<
    readonly [string, (entries: Array<string>) => void, { kind: "entry"; index: number }]
  > = [
    ["removed", (list) => list.splice(300, 1), { kind: "entry", index: 300 }],
    ["duplicated", (list) => list.splice(300, 0, list[300] ?? ""), { kind: "entry", index: 301 }],
    ["inserted", (list) => list.splice(300, 0, "{}"), { kind: "entry", index: 300 }],
    [
      "swapped",
      (list) => list.splice(300, 2, list[301] ?? "", list[300] ?? ""),
      { kind: "entry", index: 300 },
    ],
  ]
  for (const [name, change, expected] of mutations) {
    it.live(`finds an entry ${name} where all bundles are written again`, () =>
      Effect.gen(function* () {
        const directory = yield* trail(600)
        const entries = [...entriesOf(600)]
        change(entries)
        for (const [index, group] of inTiles(entries.slice(0, 600)).entries()) {
          put(directory, tilePath("entries", index, group.length), bundleOf(group))
        }
        const bad = firstBad(yield* check(directory))
        if (entries.length < 600) {
          assert.include(["entry", "bundle"], bad.kind)
          assert.strictEqual(bad.index, 300)
        } else {
          assert.deepInclude(bad, expected)
        }
      }),
    )

    it.live(`finds an entry ${name} within its bundle`, () =>
      Effect.gen(function* () {
        const directory = yield* trail(600)
        const entries = entriesOf(600).slice(256, 512)
        const list = [...entriesOf(256), ...entries]
        change(list)
        put(directory, "tile/entries/001", bundleOf(list.slice(256)))
        const bad = firstBad(yield* check(directory))
        assert.include(["entry", "bundle"], bad.kind)
        assert.strictEqual(bad.index, expected.index)
      }),
    )

    it.live(`finds an entry ${name} with all tiles made anew and the old checkpoint`, () =>
      Effect.gen(function* () {
        const directory = yield* trail(600)
        const checkpoint = read(directory, "checkpoint")
        const entries = [...entriesOf(600)]
        change(entries)
        publish(directory, entries)
        put(directory, "checkpoint", checkpoint)
        assert.include(["root", "entry", "bundle", "copy"], firstBad(yield* check(directory)).kind)
      }),
    )
  }

  it.live("finds an entry rewritten with its leaf hash, and with each higher level in turn", () =>
    Effect.gen(function* () {
      const size = 256 * 256 + 300
      const directory = yield* trail(size)
      assert.deepInclude(yield* check(directory), { verdict: "verified", entries: size })
      const entries = [...entriesOf(size)]
      entries[300] = '{"id":"e300","n":999}'
      const forged = hashTiles(entries)
      const write = (level: number): void => {
        const index = level === 0 ? 1 : 0
        const bytes = forged[level]?.[index] ?? Buffer.alloc(0)
        put(directory, tilePath(level, index, bytes.length / 32), bytes)
      }
      put(directory, "tile/entries/001", bundleOf(entries.slice(256, 512)))
      write(0)
      assert.deepInclude(firstBad(yield* check(directory)), {
        kind: "entry",
        index: 256,
        path: "tile/1/000",
      })
      write(1)
      assert.deepInclude(firstBad(yield* check(directory)), {
        kind: "entry",
        index: 0,
        path: "tile/2/000.p/1",
      })
      write(2)
      assert.deepInclude(firstBad(yield* check(directory)), { kind: "root", path: "checkpoint" })
    }),
  )

  it.live("finds two bundles swapped together with their tiles", () =>
    Effect.gen(function* () {
      const directory = yield* trail(900)
      for (const room of ["tile/entries", "tile/0"]) {
        const [one, two] = [read(directory, `${room}/001`), read(directory, `${room}/002`)]
        put(directory, `${room}/001`, two)
        put(directory, `${room}/002`, one)
      }
      assert.deepInclude(firstBad(yield* check(directory)), {
        kind: "entry",
        index: 256,
        path: "tile/1/000.p/3",
      })
    }),
  )

  it.live("finds each file that is missing, and names it", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      for (const name of filesOf(directory)) {
        const bytes = read(directory, name)
        fs.rmSync(path.join(directory, name))
        const report = yield* check(directory)
        if (name === "checkpoint") {
          assert.strictEqual(report.verdict, "incomplete")
        } else {
          assert.deepInclude(firstBad(report), { path: name, detail: "is missing" })
        }
        put(directory, name, bytes)
      }
    }),
  )

  it.live("finds a tail cut at every entry, and each file cut or lengthened by a byte", () =>
    Effect.gen(function* () {
      const directory = yield* trail(5)
      const entries = entriesOf(5)
      const name = "tile/entries/000.p/5"
      for (let kept = 0; kept < 5; kept += 1) {
        put(directory, name, bundleOf(entries.slice(0, kept)))
        assert.deepInclude(firstBad(yield* check(directory)), { kind: "bundle", path: name })
      }
      put(directory, name, bundleOf(entries))
      for (const each of filesOf(directory)) {
        const bytes = read(directory, each)
        for (const other of [bytes.subarray(0, -1), Buffer.concat([bytes, bytes.subarray(0, 1)])]) {
          put(directory, each, other)
          assert.strictEqual(firstBad(yield* check(directory), each).path, each)
        }
        put(directory, each, bytes)
      }
    }),
  )

  it.live("finds an older state with the newer checkpoint, and the other way round", () =>
    Effect.gen(function* () {
      const older = yield* trail(300)
      const newer = yield* trail(600)
      const [oldCheckpoint, newCheckpoint] = [read(older, "checkpoint"), read(newer, "checkpoint")]
      put(older, "checkpoint", newCheckpoint)
      assert.deepInclude(firstBad(yield* check(older)), {
        kind: "bundle",
        index: 256,
        path: "tile/entries/001",
      })
      // The narrower partial tiles are gone here, but the full ones hold the same entries.
      fs.rmSync(path.join(newer, "tile/1"), { recursive: true })
      put(newer, "checkpoint", oldCheckpoint)
      assert.deepInclude(firstBad(yield* check(newer)), { kind: "tile", path: "tile/1/000.p/1" })
    }),
  )

  it.live("finds an edited checkpoint", () =>
    Effect.gen(function* () {
      const directory = yield* trail(5)
      const note = read(directory, "checkpoint").toString()
      const edit = function* (text: string, kind: FindingKind) {
        put(directory, "checkpoint", text)
        assert.deepInclude(firstBad(yield* check(directory), text), { kind, path: "checkpoint" })
      }
      yield* edit(note.replace("\n5\n", "\n4\n"), "signature")
      yield* edit(note.replace(origin, "example.org/other"), "signature")
      yield* edit(note.slice(0, note.indexOf("—")), "checkpoint")
      yield* edit(note.slice(0, note.indexOf("\n\n") + 1), "checkpoint")
      const four = checkpointText(entriesOf(4))
      yield* edit(`${four}${note.slice(note.indexOf("\n\n") + 1)}`, "signature")
      yield* edit("", "checkpoint")
      yield* edit("x".repeat(300_000), "checkpoint")
    }),
  )

  it.live("finds another key's signature in the place of the trail's own", () =>
    Effect.gen(function* () {
      const directory = yield* trail(5)
      const thief = generateKeyPairSync("ed25519").privateKey
      const text = checkpointText(entriesOf(5))
      put(directory, "checkpoint", noteOf(text, thief))
      assert.strictEqual(firstBad(yield* check(directory)).kind, "signature")
      put(directory, "checkpoint", noteOf(text, thief, "example.org/witness"))
      assert.strictEqual(firstBad(yield* check(directory)).kind, "signature")
    }),
  )

  it.live("finds another trail's checkpoint, signed with the same key", () =>
    Effect.gen(function* () {
      const directory = yield* trail(5)
      const text = checkpointText(entriesOf(5)).replace(origin, "example.org/other")
      put(directory, "checkpoint", noteOf(text))
      assert.deepInclude(firstBad(yield* check(directory)), {
        kind: "checkpoint",
        detail: `it speaks of the trail example.org/other, expected ${origin}`,
      })
    }),
  )

  it.live("ignores a witness's signature, and says so", () =>
    Effect.gen(function* () {
      const directory = yield* trail(5)
      const witness = generateKeyPairSync("ed25519").privateKey
      const note = read(directory, "checkpoint").toString()
      const text = note.slice(0, note.indexOf("\n\n") + 1)
      const line = noteOf(text, witness, "witness.example").split("\n\n")[1] ?? ""
      put(directory, "checkpoint", `${note}${line}`)
      const report = yield* check(directory)
      assert.strictEqual(report.verdict, "verified")
      assert.include(report.notChecked, "1 signatures by keys that were not given")
    }),
  )

  it.live(
    "without a key, or with another trail's, is unverifiable; but still finds an altered entry",
    () =>
      Effect.gen(function* () {
        const directory = yield* trail(600)
        const without = yield* check(directory, {})
        assert.deepInclude(without, { verdict: "unverifiable", entries: 600 })
        const other = Result.getOrThrow(
          SignedNote.parseVerifierKey(verifierKeyText(privateKey, "example.org/other")),
        )
        assert.deepInclude(yield* check(directory, { verifierKey: other }), {
          verdict: "unverifiable",
          reason: `the key is for example.org/other, and this is the trail ${origin}`,
        })
        fs.writeFileSync(`${directory}.vkey`, "no key\n")
        assert.strictEqual((yield* check(directory, {})).verdict, "unverifiable")
        fs.writeFileSync(`${directory}.vkey`, `${verifierKeyText()}\n`)
        const beside = yield* check(directory, {})
        assert.strictEqual(beside.verdict, "verified")
        assert.isTrue(beside.notChecked.some((line) => line.startsWith("where the key comes from")))

        fs.rmSync(`${directory}.vkey`)
        const bytes = read(directory, "tile/entries/001")
        bytes[20] = 0
        put(directory, "tile/entries/001", bytes)
        assert.strictEqual(firstBad(yield* check(directory, {})).index, 256)
      }),
  )
})

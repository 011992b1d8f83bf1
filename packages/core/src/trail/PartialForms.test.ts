import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { entriesOf } from "../testing/TrailFixture.ts"
import {
  crash,
  differences,
  openOnDisk,
  tileFiles,
  trailDirectory,
} from "../testing/TrailSession.ts"

/** A trail of 300 entries with checkpoints over 40, 280 and 300 of them, and its copy after a crash. */
const crashed = Effect.gen(function* () {
  const directory = yield* trailDirectory
  const entries = entriesOf(300)
  const session = yield* openOnDisk(directory)
  for (const [from, to] of [
    [0, 40],
    [40, 280],
    [280, 300],
  ]) {
    yield* session.write(entries.slice(from, to))
    yield* session.writer.publish
  }
  const copy = crash(directory)
  const before = tileFiles(copy)
  const change = (name: string, edit: (bytes: Buffer) => Uint8Array): void => {
    const file = path.join(copy, name)
    fs.writeFileSync(file, edit(fs.readFileSync(file)))
  }
  return { before, change, copy, entries }
})

const zeros = (from: number, to: number) => (bytes: Buffer) => bytes.fill(0, from, to)

describe("The partial forms after a power failure", () => {
  it.live.each([
    ["tile/0/001.p/24", zeros(512, 768)],
    ["tile/0/001.p/44", zeros(512, 1024)],
    ["tile/entries/001.p/24", zeros(0, 512)],
    ["tile/entries/001.p/44", (bytes: Buffer) => bytes.subarray(0, 700)],
    ["tile/1/000.p/1", () => Buffer.alloc(0)],
    // Beside the full form.
    ["tile/0/000.p/40", zeros(0, 512)],
    ["tile/entries/000.p/40", () => Buffer.alloc(0)],
  ] as const)("%s is written again where it is cut or holds zeros", ([name, edit]) =>
    Effect.gen(function* () {
      const { before, change, copy, entries } = yield* crashed
      assert.isTrue(before.has(name))
      change(name, edit)
      assert.notDeepEqual(tileFiles(copy), before)
      yield* openOnDisk(copy)
      assert.deepStrictEqual(tileFiles(copy), before)
      assert.isEmpty(differences(copy, entries))
    }),
  )

  it.live("those that the checkpoint needs are there before an entry is added", () =>
    Effect.gen(function* () {
      const { copy, entries } = yield* crashed
      for (const name of ["tile/0/001.p", "tile/1/000.p", "tile/entries/001.p"]) {
        fs.rmSync(path.join(copy, name), { recursive: true })
      }
      assert.lengthOf(differences(copy, entries), 3)
      yield* openOnDisk(copy)
      assert.isEmpty(differences(copy, entries))
    }),
  )

  it.live("what no power failure does is left for the verifier to name", () =>
    Effect.gen(function* () {
      const { change, copy } = yield* crashed
      change("tile/0/001.p/24", (bytes) => bytes.fill(1, 100, 101))
      change("tile/entries/001.p/24", (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))
      const altered = tileFiles(copy)
      yield* openOnDisk(copy)
      assert.deepStrictEqual(tileFiles(copy), altered)
    }),
  )

  describe("where the log begins within a bundle", () => {
    /** Closed with 300 entries, opened again and stopped with 320: the log has the last 20. */
    const stopped = Effect.gen(function* () {
      const directory = yield* trailDirectory
      const entries = entriesOf(320)
      const first = yield* openOnDisk(directory)
      yield* first.write(entries.slice(0, 300))
      yield* first.close
      const next = yield* openOnDisk(directory)
      yield* next.write(entries.slice(300))
      yield* next.writer.publish
      const copy = crash(directory)
      const spoil = (width: number): void => {
        const file = path.join(copy, `tile/entries/001.p/${width}`)
        fs.writeFileSync(file, zeros(0, 512)(fs.readFileSync(file)))
      }
      return { before: tileFiles(copy), copy, entries, spoil }
    })

    it.live.each([44, 64])("the signed root tells that the form of %i holds zeros", (width) =>
      Effect.gen(function* () {
        const { before, copy, entries, spoil } = yield* stopped
        spoil(width)
        assert.notDeepEqual(tileFiles(copy), before)
        const { recovered } = yield* openOnDisk(copy)
        assert.strictEqual(recovered.nextSequence, 320)
        assert.deepStrictEqual(tileFiles(copy), before)
        assert.isEmpty(differences(copy, entries))
      }),
    )

    it.live("a trail is refused whose every form holds zeros, and left as it is", () =>
      Effect.gen(function* () {
        const { copy, spoil } = yield* stopped
        spoil(44)
        spoil(64)
        const left = tileFiles(copy)
        const error = yield* Effect.flip(openOnDisk(copy))
        assert.strictEqual(error._tag, "TrailDamaged")
        assert.include(error.message, "the root over 320 entries is not the signed one")
        assert.deepStrictEqual(tileFiles(copy), left)
      }),
    )
  })
})

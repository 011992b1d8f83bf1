import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Disk, DiskError } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { entriesOf, publish, put, trail } from "../testing/TrailFixture.ts"
import { check, firstBad, read, verifierKey } from "../testing/VerifierFixture.ts"
import { verify } from "./Verifier.ts"

describe("Verifier, as it reads", () => {
  it.live("does not go looking for the entries that an unsigned checkpoint makes up", () =>
    Effect.gen(function* () {
      const directory = yield* trail(5)
      const note = read(directory, "checkpoint").toString()
      put(directory, "checkpoint", note.replace("\n5\n", `\n${2 ** 53 - 1}\n`))
      assert.deepInclude(firstBad(yield* check(directory, {})), { kind: "bundle", index: 0 })
    }),
  )

  it.live("ignores what a writer at work has half-written beyond the checkpoint", () =>
    Effect.gen(function* () {
      const directory = yield* trail(300)
      const checkpoint = read(directory, "checkpoint")
      publish(directory, entriesOf(900))
      put(directory, "checkpoint", checkpoint)
      for (const name of ["tile/entries/001", "tile/0/001", "tile/entries/002", "tile/0/002"]) {
        put(directory, name, read(directory, name).subarray(0, 1000))
      }
      put(directory, "tile/entries/001.p/200", "half")
      put(directory, "tile/1/000.p/3", "half")
      put(directory, "tile/entries/009", "half")
      put(directory, "checkpoint.tmp", "half")
      put(directory, "tile/entries/000.tmp", "half")
      const report = yield* check(directory)
      assert.deepInclude(report, { verdict: "verified", entries: 300, cutLeftovers: 0 })
    }),
  )

  it.live("reads the full files once the partial ones are gone", () =>
    Effect.gen(function* () {
      const directory = yield* trail(300)
      const checkpoint = read(directory, "checkpoint")
      publish(directory, entriesOf(900))
      put(directory, "checkpoint", checkpoint)
      fs.rmSync(path.join(directory, "tile/entries/001.p"), { recursive: true })
      fs.rmSync(path.join(directory, "tile/0/001.p"), { recursive: true })
      assert.deepInclude(yield* check(directory), { verdict: "verified", entries: 300 })
    }),
  )

  it.live("lets a writer publish and remove files while it reads", () =>
    Effect.gen(function* () {
      const directory = yield* trail(100, 300)
      let size = 300
      const disk = yield* Disk
      const busy = Disk.of({
        ...disk,
        readFileUnsafe: (file) => {
          // Between any two reads the writer gets on by a few entries.
          size += 97
          publish(directory, entriesOf(size))
          for (let index = 0; (index + 1) * 256 <= size; index += 1) {
            for (const room of ["tile/entries", "tile/0"]) {
              const partials = path.join(directory, `${room}/00${index}.p`)
              fs.rmSync(partials, { recursive: true, force: true })
            }
          }
          return disk.readFileUnsafe(file)
        },
      })
      const report = yield* Effect.provideService(
        verify(directory, { verifierKey, workers: 0 }),
        Disk,
        busy,
      )
      assert.deepInclude(report, { verdict: "verified", entries: 300 })
      assert.isAbove(size, 600)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("takes an older partial file that a crash has cut for what it is", () =>
    Effect.gen(function* () {
      const directory = yield* trail(100, 300)
      const name = "tile/entries/000.p/100"
      put(directory, name, read(directory, name).subarray(0, 500))
      put(directory, "tile/0/000.p/100", "")
      assert.deepInclude(yield* check(directory), { verdict: "verified", cutLeftovers: 2 })
      put(directory, "tile/0/000.p/100", "no hash")
      assert.deepInclude(firstBad(yield* check(directory)), {
        kind: "copy",
        path: "tile/0/000.p/100",
      })
    }),
  )

  it.live("keeps a disk that fails apart from a trail that is wrong", () =>
    Effect.gen(function* () {
      const directory = yield* trail(300)
      const disk = yield* Disk
      const broken = Disk.of({
        ...disk,
        readFileUnsafe: (file) => {
          if (file.endsWith("tile/0/000")) {
            throw new DiskError({ call: "read", path: file, errno: "EIO", detail: "no" })
          }
          return disk.readFileUnsafe(file)
        },
      })
      const error = yield* Effect.flip(
        Effect.provideService(verify(directory, { verifierKey }), Disk, broken),
      )
      assert.strictEqual(error.errno, "EIO")
      const absent = yield* Effect.flip(check(path.join(directory, "nowhere")))
      assert.strictEqual(absent.errno, "ENOENT")
      fs.rmSync(path.join(directory, "tile/entries/000"))
      fs.mkdirSync(path.join(directory, "tile/entries/000"))
      for (const workers of [0, 1]) {
        const inPlace = yield* Effect.flip(check(directory, { verifierKey, workers }))
        assert.deepInclude(inPlace, { _tag: "DiskError", errno: "EISDIR" })
      }
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("counts the log as not checked, or asks who can check it", () =>
    Effect.gen(function* () {
      const directory = yield* trail(5)
      const without = yield* check(directory)
      assert.isTrue(without.notChecked.some((line) => line.includes("write-ahead log")))
      const finding = { kind: "log" as const, index: 3, path: "wal/x", detail: "differs" }
      const withLog = yield* check(directory, {
        verifierKey,
        log: ({ size }) =>
          Effect.succeed({ findings: size === 5 ? [finding] : [], notChecked: ["the rest"] }),
      })
      assert.deepStrictEqual(firstBad(withLog), finding)
      assert.include(withLog.notChecked, "the rest")
    }),
  )
})

import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { Disk, DiskError } from "./Disk.ts"
import * as NodeDisk from "./NodeDisk.ts"

const text = (file: string): string => fs.readFileSync(file, "utf8")
const bytes = (value: string): Uint8Array => Buffer.from(value)
const setup = Effect.gen(function* () {
  const directory = yield* temporaryDirectory
  const disk = yield* Effect.provide(Effect.service(Disk), NodeDisk.layer)
  return {
    disk,
    directory,
    at: (...names: ReadonlyArray<string>) => path.join(directory, ...names),
  }
})

describe("NodeDisk", () => {
  it.live("writes chunks one after the other, from a position on", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      const file = yield* disk.open(at("a"), "create")
      yield* file.write([bytes("ab"), bytes(""), bytes("cd")], 0)
      yield* file.write([bytes("XY")], 1)
      yield* file.write([], 0)
      file.writeUnsafe([bytes("e"), bytes(""), bytes("f")], 4)
      file.writeUnsafe([], 0)
      yield* file.datasync
      file.datasyncUnsafe()
      assert.strictEqual(text(at("a")), "aXYdef")
      yield* file.truncate(3)
      assert.strictEqual(text(at("a")), "aXY")
      yield* file.close
    }),
  )

  it.live("writes more chunks than the system takes at once", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      const file = yield* disk.open(at("a"), "create")
      const chunks = Array.from({ length: 5000 }, (_, index) => bytes(`${index},`))
      const expected = Buffer.concat(chunks).toString()
      yield* file.write(chunks, 0)
      assert.strictEqual(text(at("a")), expected)
      yield* file.truncate(0)
      file.writeUnsafe(chunks, 0)
      assert.strictEqual(text(at("a")), expected)
      yield* file.close
    }),
  )

  // A descriptor closed under a running write would send it into whatever file gets its number.
  it.live("an interrupted write has ended, whole, before the interruption has", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      const file = yield* disk.open(at("a"), "create")
      const size = 64 * 1024 * 1024
      const writing = yield* Effect.forkChild(file.write([Buffer.alloc(size, 1)], 0), {
        startImmediately: true,
      })
      yield* Fiber.interrupt(writing)
      assert.strictEqual(file.statusUnsafe().sizeBytes, size)
      yield* file.close
    }),
  )

  it.live("opens new files with `create` alone, and keeps what is there with `update`", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      yield* disk.writeFile(at("a"), [bytes("kept")], { sync: false })
      const refused = yield* Effect.flip(disk.open(at("a"), "create"))
      assert.deepInclude(refused, { call: "open", path: at("a"), errno: "EEXIST" })
      const known = yield* disk.open(at("a"), "update")
      yield* known.write([bytes("K")], 0)
      yield* known.close
      assert.strictEqual(text(at("a")), "Kept")
      yield* Effect.flatMap(disk.open(at("b"), "update"), (file) => file.close)
      assert.strictEqual(text(at("b")), "")
    }),
  )

  it.live("sees that an open file has lost its name", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      const file = yield* disk.open(at("a"), "create")
      const other = yield* disk.open(at("b"), "create")
      assert.strictEqual(file.statusUnsafe().links, 1)
      assert.strictEqual(file.statusUnsafe().inode, (yield* disk.status(at("a")))?.inode)
      yield* disk.remove(at("a"))
      assert.strictEqual(file.statusUnsafe().links, 0)
      assert.strictEqual(other.statusUnsafe().links, 1)
      yield* disk.rename(at("b"), at("a"))
      assert.strictEqual(other.statusUnsafe().links, 0)
      assert.strictEqual(file.statusUnsafe().links, 0)
      yield* disk.rename(at("a"), at("b"))
      assert.strictEqual(other.statusUnsafe().links, 1)
      yield* disk.writeFile(at("b"), [bytes("longer")], { sync: false })
      assert.strictEqual(other.statusUnsafe().sizeBytes, 6)
      yield* file.close
      yield* other.close
    }),
  )

  it.live("reads ranges, shorter ones at the end of the file", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      yield* disk.writeFile(at("a"), [bytes("0123456789")], { sync: true })
      const range = (position: number, length: number) =>
        Effect.map(disk.readRange(at("a"), position, length), (read) =>
          Buffer.from(read).toString(),
        )
      assert.strictEqual(yield* range(2, 3), "234")
      assert.strictEqual(yield* range(8, 10), "89")
      assert.strictEqual(yield* range(20, 10), "")
      assert.strictEqual(Buffer.from(yield* disk.readFile(at("a"))).toString(), "0123456789")
      assert.strictEqual(Buffer.from(disk.readFileUnsafe(at("a"))).toString(), "0123456789")
    }),
  )

  it.live("makes files with the mode asked for, and refuses an existing one when exclusive", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      yield* disk.writeFile(at("key"), [bytes("secret")], { sync: true, mode: 0o600 })
      assert.strictEqual((yield* disk.status(at("key")))?.mode, 0o600)
      const refused = yield* Effect.flip(
        disk.writeFile(at("key"), [bytes("other")], { sync: true, exclusive: true }),
      )
      assert.strictEqual(refused.errno, "EEXIST")
      assert.strictEqual(text(at("key")), "secret")
    }),
  )

  it.live("replaces a file whole, and leaves no temporary file, not even where it fails", () =>
    Effect.gen(function* () {
      const { at, directory, disk } = yield* setup
      yield* disk.replaceFile(at("a"), [bytes("a long first text")])
      yield* disk.replaceFile(at("a"), [bytes("sec"), bytes("ond")])
      assert.strictEqual(text(at("a")), "second")
      yield* disk.makeDirectory(at("taken", "by"))
      const refused = yield* Effect.flip(disk.replaceFile(at("taken"), [bytes("x")]))
      assert.strictEqual(refused.call, "rename")
      assert.deepStrictEqual(fs.readdirSync(directory), ["a", "taken"])
    }),
  )

  it.live("writes no replacement into what lies under the temporary name", () =>
    Effect.gen(function* () {
      const { at, directory, disk } = yield* setup
      fs.writeFileSync(at("victim"), "of somebody else")
      fs.symlinkSync(at("victim"), at("linked.tmp"))
      yield* disk.replaceFile(at("linked"), [bytes("a secret")], 0o600)
      assert.strictEqual(text(at("victim")), "of somebody else")
      assert.isTrue(fs.lstatSync(at("linked")).isFile())

      fs.writeFileSync(at("left.tmp"), "of a crash, and longer than what comes")
      fs.chmodSync(at("left.tmp"), 0o666)
      yield* disk.replaceFile(at("left"), [bytes("a secret")], 0o600)
      assert.strictEqual(text(at("left")), "a secret")
      assert.strictEqual(fs.statSync(at("left")).mode & 0o777, 0o600)
      assert.deepStrictEqual(fs.readdirSync(directory), ["left", "linked", "victim"])
    }),
  )

  it.live("lists names in order, and nothing where no directory is", () =>
    Effect.gen(function* () {
      const { at, directory, disk } = yield* setup
      for (const name of ["b", "a", "c"]) fs.writeFileSync(at(name), "")
      assert.deepStrictEqual(yield* disk.list(directory), ["a", "b", "c"])
      assert.deepStrictEqual(yield* disk.list(at("absent")), [])
      assert.strictEqual((yield* Effect.flip(disk.list(at("a")))).errno, "ENOTDIR")
    }),
  )

  it.live("takes what is absent as removed, and says that it is absent otherwise", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      yield* disk.remove(at("absent"))
      yield* disk.removeTree(at("absent"))
      assert.isUndefined(yield* disk.status(at("absent")))
      for (const effect of [
        disk.readFile(at("absent")),
        disk.readRange(at("absent"), 0, 1),
        disk.syncFile(at("absent")),
        disk.syncDirectory(at("absent")),
        disk.rename(at("absent"), at("b")),
      ]) {
        assert.strictEqual((yield* Effect.flip(effect)).errno, "ENOENT")
      }
      assert.throws(() => disk.readFileUnsafe(at("absent")), DiskError)
    }),
  )

  it.live("makes directories with their parents, syncs them and deletes them whole", () =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      yield* disk.makeDirectory(at("a", "b", "c"))
      yield* disk.makeDirectory(at("a", "b", "c"))
      fs.writeFileSync(at("a", "b", "c", "file"), "x")
      yield* disk.syncFile(at("a", "b", "c", "file"))
      yield* disk.syncDirectory(at("a", "b"))
      assert.isTrue((yield* disk.status(at("a")))?.isDirectory)
      yield* disk.removeTree(at("a"))
      assert.isUndefined(yield* disk.status(at("a")))
    }),
  )

  it.live.each([
    ["ENOSPC", "write"],
    ["ENOMEM", "write"],
    ["EINTR", "write"],
    ["EIO", "datasync"],
  ] as const)("calls a synced write that ended with %s a failed %s", ([errno, call]) =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup
      const file = yield* disk.open(at("a"), "log")
      const { writev } = fs
      const failing: unknown = (...given: ReadonlyArray<unknown>) => {
        const done = given.at(-1)
        if (typeof done === "function") done(Object.assign(new Error("scripted"), { code: errno }))
      }
      Object.assign(fs, { writev: failing })
      syncBuiltinESMExports()
      const error = yield* file.writeDurable([bytes("ab")], 0).pipe(
        Effect.flip,
        Effect.ensuring(
          Effect.sync(() => {
            Object.assign(fs, { writev })
            syncBuiltinESMExports()
          }),
        ),
      )
      assert.deepInclude(error, { call, errno })
      yield* file.writeDurable([bytes("ab")], 0)
      assert.strictEqual(text(at("a")), "ab")
      yield* file.close
    }),
  )

  it("says in its error what failed, where and why", () => {
    const error = new DiskError({
      call: "write",
      path: "/trail/x",
      errno: "ENOSPC",
      detail: "full",
    })
    assert.strictEqual(error.message, "AUD-3101: write of /trail/x failed: ENOSPC: full")
  })
})

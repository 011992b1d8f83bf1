import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "./FaultyDisk.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const bytes = Buffer.from("0123456789")
const setup = Effect.fnUntraced(function* (plan: ReadonlyArray<FaultyDisk.Fault> = []) {
  const directory = yield* temporaryDirectory
  const faulty = yield* Effect.provide(FaultyDisk.make(plan), NodeDisk.layer)
  return { faulty, disk: faulty.disk, at: (name: string) => path.join(directory, name) }
})

describe("FaultyDisk", () => {
  it.live("without a plan does what the disk below does, and writes down each call", () =>
    Effect.gen(function* () {
      const { at, disk, faulty } = yield* setup()
      const file = yield* disk.open(at("a"), "create")
      yield* file.write([bytes.subarray(0, 4), bytes.subarray(4)], 0)
      yield* file.datasync
      yield* file.close
      assert.strictEqual(fs.readFileSync(at("a"), "utf8"), "0123456789")
      assert.deepStrictEqual(
        faulty.journal.map((entry) => [entry.call, path.basename(entry.path), entry.bytes]),
        [
          ["open", "a", 0],
          ["write", "a", 10],
          ["datasync", "a", 0],
          ["close", "a", 0],
        ],
      )
    }),
  )

  it.live("fails the n-th call of a kind on a path, as often as planned, then no more", () =>
    Effect.gen(function* () {
      const { at, disk, faulty } = yield* setup([
        { call: "list", path: (file) => file.endsWith("/b"), nth: 2, times: 2, errno: "EIO" },
      ])
      yield* disk.list(at("a"))
      yield* disk.list(at("b"))
      const first = yield* Effect.flip(disk.list(at("b")))
      assert.deepInclude(first, { call: "list", path: at("b"), errno: "EIO" })
      yield* disk.list(at("a"))
      yield* Effect.flip(disk.list(at("b")))
      yield* disk.list(at("b"))
      assert.strictEqual(
        faulty.count("list", (file) => file.endsWith("b")),
        4,
      )
      assert.deepStrictEqual(
        faulty.journal.map((entry) => entry.errno),
        [undefined, undefined, "EIO", undefined, "EIO", undefined],
      )
    }),
  )

  it.live.each<readonly [FaultyDisk.FaultOutcome, string]>([
    ["lost", ""],
    ["stored", "0123456789"],
    [{ prefixBytes: 3 }, "012"],
    [{ hole: [2, 5] }, "01\0\0\x0056789"],
  ])("leaves of a failed write what the plan says: %o", ([outcome, expected]) =>
    Effect.gen(function* () {
      const { at, disk } = yield* setup([
        { call: "write", errno: "ENOSPC", outcome, times: 2 },
        { call: "writeFile", errno: "ENOSPC", outcome },
      ])
      const file = yield* disk.open(at("a"), "create")
      const error = yield* Effect.flip(file.write([bytes.subarray(0, 1), bytes.subarray(1)], 0))
      assert.deepInclude(error, { call: "write", errno: "ENOSPC" })
      assert.strictEqual(fs.readFileSync(at("a"), "utf8"), expected)
      yield* file.truncate(0)
      assert.throws(() => file.writeUnsafe([bytes], 0), "ENOSPC")
      assert.strictEqual(fs.readFileSync(at("a"), "utf8"), expected)
      yield* file.close
      yield* Effect.flip(disk.writeFile(at("b"), [bytes], { sync: false }))
      assert.strictEqual(fs.existsSync(at("b")) ? fs.readFileSync(at("b"), "utf8") : "", expected)
    }),
  )

  it.live("heals", () =>
    Effect.gen(function* () {
      const { at, disk, faulty } = yield* setup()
      faulty.plan({ call: "open", errno: "EROFS", times: Infinity })
      yield* Effect.flip(disk.open(at("a"), "update"))
      yield* Effect.flip(disk.open(at("a"), "update"))
      faulty.heal()
      yield* Effect.flatMap(disk.open(at("a"), "update"), (file) => file.close)
    }),
  )
})

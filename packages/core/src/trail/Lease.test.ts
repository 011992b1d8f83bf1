import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "../testing/FaultyDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import * as Lease from "./Lease.ts"

const acquire = (directory: string) => Effect.provide(Lease.acquire(directory), NodeDisk.layer)
const leaseFiles = (directory: string): ReadonlyArray<string> =>
  fs.readdirSync(directory).filter((name) => name.startsWith("lease."))
const fileOf = (fence: number): string => `lease.${String(fence).padStart(16, "0")}`

/** What a lease file says of its holder. */
const holderIn = (directory: string, fence: number): Record<string, unknown> =>
  // The file is this module's own and every field is looked at by the test.
  JSON.parse(fs.readFileSync(path.join(directory, fileOf(fence)), "utf8")) as Record<
    string,
    unknown
  >

/** Another process that holds the lease; killed with the scope, if not before. */
const holder = (directory: string): Effect.Effect<ChildProcess, never, Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const script = fileURLToPath(new URL("../testing/LeaseProcess.ts", import.meta.url))
      const child = spawn(process.execPath, [...process.execArgv, script, directory], {
        stdio: ["ignore", "pipe", "inherit"],
      })
      await once(child.stdout, "data")
      return child
    }),
    (child) => kill(child),
  )

const kill = (child: ChildProcess): Effect.Effect<void> =>
  Effect.promise(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  })

describe("Lease", () => {
  it.live("makes the directory and says who holds it", () =>
    Effect.gen(function* () {
      const directory = path.join(yield* temporaryDirectory, "a", "trail")
      const lease = yield* acquire(directory)
      assert.strictEqual(lease.fence, 1)
      assert.isTrue(lease.isHeldUnsafe())
      assert.deepInclude(holderIn(directory, 1), {
        fence: 1,
        pid: process.pid,
        host: os.hostname(),
      })
      yield* lease.release
    }),
  )

  it.live("refuses a second writer in the same process, naming the first", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const lease = yield* acquire(directory)
      const refused = yield* Effect.flip(acquire(directory))
      assert.deepInclude(refused, {
        _tag: "TrailLocked",
        code: "AUD-3202",
        path: directory,
        holder: `process ${process.pid} on ${os.hostname()}`,
      })
      assert.isTrue(lease.isHeldUnsafe())
      assert.deepStrictEqual(leaseFiles(directory), [fileOf(1)])
      yield* lease.release
    }),
  )

  it.live("opens again after a release, under a larger number", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      for (const fence of [1, 2, 3]) {
        const lease = yield* acquire(directory)
        assert.strictEqual(lease.fence, fence)
        assert.deepStrictEqual(leaseFiles(directory), [fileOf(fence)])
        yield* lease.release
        assert.isFalse(lease.isHeldUnsafe())
        yield* lease.release
      }
      assert.deepStrictEqual(leaseFiles(directory), [fileOf(3)])
    }),
  )

  it.live(
    "is not held any more by who released it, even when its descriptor is another file's",
    () =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        const lease = yield* acquire(directory)
        yield* lease.release
        const descriptors = Array.from({ length: 8 }, (_, index) =>
          fs.openSync(path.join(directory, `other-${index}`), "w"),
        )
        assert.isFalse(lease.isHeldUnsafe())
        for (const descriptor of descriptors) fs.closeSync(descriptor)
      }),
  )

  it.live("is refused while another process lives, and taken over once that was killed", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const child = yield* holder(directory)
      const refused = yield* Effect.flip(acquire(directory))
      assert.include(refused.message, `process ${child.pid} on ${os.hostname()}`)
      yield* kill(child)
      const lease = yield* acquire(directory)
      assert.strictEqual(lease.fence, 2)
      assert.deepStrictEqual(leaseFiles(directory), [fileOf(2)])
      yield* lease.release
    }),
  )

  it.live.each<readonly [string, Record<string, unknown>]>([
    ["has the number of a process that started at another time", { started: "1" }],
    ["is of another start of the machine", { boot: "another" }],
    ["has a number that no process has", { pid: 2 ** 30 }],
  ])("is taken over from a holder that %s; the old one then sees it", ([, change]) =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const old = yield* acquire(directory)
      const text = JSON.stringify({ ...holderIn(directory, 1), ...change })
      fs.writeFileSync(path.join(directory, fileOf(1)), text)
      const lease = yield* acquire(directory)
      assert.strictEqual(lease.fence, 2)
      assert.isFalse(old.isHeldUnsafe())
      assert.isTrue(lease.isHeldUnsafe())
      // What the old one still does must not touch the new one's right.
      yield* old.release
      assert.isTrue(lease.isHeldUnsafe())
      assert.strictEqual((yield* Effect.flip(acquire(directory)))._tag, "TrailLocked")
      yield* lease.release
    }),
  )

  it.live("is not taken from a holder on another machine, who can't be asked", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const lease = yield* acquire(directory)
      const foreign = { ...holderIn(directory, 1), host: "elsewhere", boot: "x", pid: 2 ** 30 }
      fs.writeFileSync(path.join(directory, fileOf(1)), JSON.stringify(foreign))
      const refused = yield* Effect.flip(acquire(directory))
      assert.include(refused.message, `process ${2 ** 30} on elsewhere`)
      yield* lease.release
    }),
  )

  it.live.each(["", "rubbish", "{}", "null", '{"fence":7}', "\0".repeat(100), "[1,2"])(
    "takes a file that names nobody (%j) for a writer that died while it wrote",
    (text) =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        fs.writeFileSync(path.join(directory, fileOf(41)), text)
        const lease = yield* acquire(directory)
        assert.strictEqual(lease.fence, 42)
        assert.deepStrictEqual(leaseFiles(directory), [fileOf(42)])
        yield* lease.release
      }),
  )

  it.live("looks at the newest number alone, and at no other file", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      for (const name of ["lease", "lease.7", "lease.0000000000000099.tmp", fileOf(3)]) {
        fs.writeFileSync(path.join(directory, name), "")
      }
      const lease = yield* acquire(directory)
      assert.strictEqual(lease.fence, 4)
      assert.isFalse(fs.existsSync(path.join(directory, fileOf(3))))
      assert.isTrue(fs.existsSync(path.join(directory, "lease.7")))
      yield* lease.release
    }),
  )

  it.live("loses the race for a number to whoever made its file first", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const faulty = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
      faulty.plan({ call: "open", errno: "EEXIST" })
      const refused = yield* Effect.flip(Effect.provide(Lease.acquire(directory), faulty.layer))
      assert.strictEqual(refused._tag, "TrailLocked")
    }),
  )

  // Reads the names, sleeps while others come and go, and then makes a number that was free again.
  it.live("gives up a number that others have passed meanwhile", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      yield* Effect.flatMap(acquire(directory), (lease) => lease.release)
      const real = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
      let newer: Lease.Lease | undefined
      const others = Effect.gen(function* () {
        yield* Effect.flatMap(acquire(directory), (lease) => lease.release)
        newer = yield* acquire(directory)
      })
      const slow = new FaultyDisk.FaultyDisk({
        ...real.disk,
        open: (file, how) => Effect.andThen(Effect.orDie(others), real.disk.open(file, how)),
      })
      const refused = yield* Effect.flip(Effect.provide(Lease.acquire(directory), slow.layer))
      assert.strictEqual(refused._tag, "TrailLocked")
      assert.strictEqual(newer?.fence, 3)
      assert.isTrue(newer?.isHeldUnsafe())
      assert.deepStrictEqual(leaseFiles(directory), [fileOf(3)])
      assert.strictEqual(real.count("close"), 1)
    }),
  )

  // Its own process would be a living holder for ever.
  it.live.each(["write", "datasync", "remove", "syncDirectory"] as const)(
    "leaves nobody locked out, and uses the number up, when %s fails",
    (call) =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        const faulty = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
        fs.writeFileSync(path.join(directory, fileOf(0)), "")
        const isOwn = (file: string): boolean => file.startsWith(directory)
        faulty.plan({ call, path: isOwn, errno: "ENOSPC", outcome: { prefixBytes: 20 } })
        const failed = yield* Effect.flip(Effect.provide(Lease.acquire(directory), faulty.layer))
        assert.strictEqual(failed._tag, "DiskError")
        assert.strictEqual(faulty.count("close"), 1)
        const lease = yield* acquire(directory)
        assert.strictEqual(lease.fence, 2)
        yield* lease.release
      }),
  )

  it.live("syncs its own name, and the trail's", () =>
    Effect.gen(function* () {
      const root = yield* temporaryDirectory
      const directory = path.join(root, "trail")
      const faulty = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
      yield* Effect.provide(Lease.acquire(directory), faulty.layer)
      assert.deepStrictEqual(
        faulty.journal.filter(({ call }) => call === "syncDirectory").map((entry) => entry.path),
        [root, directory],
      )
    }),
  )
})

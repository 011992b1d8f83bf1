import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import { Disk } from "@countersign/core/platform/Disk"
import { FaultyDisk } from "@countersign/core/testing/FaultyDisk"
import { MemoryDisk } from "@countersign/core/testing/MemoryDisk"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as NdjsonFiles from "./NdjsonFiles.ts"
import * as NdjsonSink from "./NdjsonSink.ts"

const directory = "/export"
const trails = ["example.org/a", "example.org/b"] as const

const batchOf = (trail: string): DeliveredBatch => {
  const entries = [0, 1, 2].map((n) => Buffer.from(`{"n":${n}}`))
  return { trail, firstSequence: 0, entries, bytes: 21 }
}

const open = (disk: Disk["Service"], options: Partial<NdjsonSink.NdjsonSinkOptions> = {}) =>
  Effect.provideService(NdjsonSink.make({ directory, ageMax: "1 minute", ...options }), Disk, disk)

/** Lets a minute pass, and the files be finished that are old by then. */
const aMinute = (sink: { readonly position: (trail: string) => Effect.Effect<unknown, unknown> }) =>
  Effect.gen(function* () {
    yield* TestClock.adjust("1 minute")
    for (const trail of trails) yield* Effect.orDie(sink.position(trail))
  })

const growing = (disk: Disk["Service"]) =>
  Effect.map(NdjsonFiles.list(disk, directory), (files) =>
    files.filter(({ isOpen }) => isOpen).map(({ trail }) => trail),
  )

describe("NdjsonSink, finishing what is old", () => {
  it.effect("tries again what could not be finished, without a delivery, and leaves nothing", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const faulty = new FaultyDisk(memory.disk)
      const sink = yield* open(faulty.disk, { compression: "zstd" })
      yield* sink.deliver(batchOf(trails[0]))
      faulty.plan({ call: "datasync", path: (file) => file.endsWith(".tmp"), errno: "ENOSPC" })
      yield* TestClock.adjust("1 minute")
      // Another trail's, so that the one that failed is opened by aging alone.
      yield* sink.position(trails[1])
      const names = [...memory.files.keys()]
      assert.isEmpty(names.filter((name) => name.endsWith(".tmp")))
      assert.deepStrictEqual(yield* growing(memory.disk), [trails[0]])
      yield* TestClock.adjust("1 minute")
      yield* sink.position(trails[1])
      assert.isEmpty(yield* growing(memory.disk))
      assert.strictEqual(yield* sink.position(trails[0]), 3)
      yield* sink.close
    }),
  )

  it.effect("finishes the other trails' files where one's can't be", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const isFirst = (file: string) => file.includes("%2Fa/")
      const faulty = new FaultyDisk(memory.disk)
      const sink = yield* open(faulty.disk, { compression: "none" })
      for (const trail of trails) yield* sink.deliver(batchOf(trail))
      faulty.plan({ call: "rename", path: isFirst, errno: "EIO", times: Infinity })
      yield* TestClock.adjust("1 minute")
      yield* sink.position("example.org/c")
      assert.deepStrictEqual(yield* growing(memory.disk), [trails[0]])
      yield* sink.close
    }),
  )

  it.effect("goes on after a defect", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      let isBroken = false
      const broken: Disk["Service"] = {
        ...disk,
        rename: (from, to) =>
          isBroken ? Effect.die(new Error("a defect")) : disk.rename(from, to),
      }
      const sink = yield* open(broken, { compression: "none" })
      yield* sink.deliver(batchOf(trails[0]))
      isBroken = true
      yield* aMinute({ position: () => sink.position(trails[1]) })
      assert.deepStrictEqual(yield* growing(disk), [trails[0]])
      isBroken = false
      yield* aMinute(sink)
      assert.isEmpty(yield* growing(disk))
      yield* sink.close
    }),
  )

  it("keeps no process alive before its first call", () => {
    const sink = new URL("./NdjsonSink.ts", import.meta.url).href
    const program = `
      import * as Effect from "effect/Effect"
      import * as NodeDisk from "@countersign/core/platform/NodeDisk"
      import * as NdjsonSink from ${JSON.stringify(sink)}
      await Effect.runPromise(
        Effect.provide(NdjsonSink.make({ directory: "/nowhere" }), NodeDisk.layer),
      )
    `
    const { status } = spawnSync(
      process.execPath,
      ["--conditions=@countersign/source", "--input-type=module", "--eval", program],
      { cwd: import.meta.dirname, timeout: 30_000 },
    )
    assert.strictEqual(status, 0)
  }, 60_000)
})

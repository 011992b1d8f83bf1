import { assert, describe, it } from "@effect/vitest"
import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import { Disk } from "@countersign/core/platform/Disk"
import { MemoryDisk } from "@countersign/core/testing/MemoryDisk"
import * as Effect from "effect/Effect"
import { compressions } from "./Compression.ts"
import { check } from "./FileCheck.ts"
import * as NdjsonFiles from "./NdjsonFiles.ts"
import * as NdjsonSink from "./NdjsonSink.ts"

const trail = "example.org/audit/replaced"
const directory = "/export"

const batchOf = (from: number, to: number): DeliveredBatch => {
  const entries = Array.from({ length: to - from }, (_, index) =>
    Buffer.from(`{"n":${from + index}}`),
  )
  return { trail, firstSequence: from, entries, bytes: 1 }
}

/** The disk of a process that is stopped after its n-th call, while `meanwhile` runs. */
const stopping = (disk: Disk["Service"], call: number, meanwhile: Effect.Effect<void>) => {
  const process = { calls: Number.NEGATIVE_INFINITY }
  const then = <A, E>(made: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.tap(made, () => {
      process.calls += 1
      return process.calls === call ? meanwhile : Effect.void
    })
  const stopped: Disk["Service"] = {
    ...disk,
    open: (file, how) => then(disk.open(file, how)),
    readRange: (file, position, length) => then(disk.readRange(file, position, length)),
    replaceFile: (file, chunks) => then(disk.replaceFile(file, chunks)),
    rename: (from, to) => then(disk.rename(from, to)),
    remove: (file) => then(disk.remove(file)),
    syncDirectory: (file) => then(disk.syncDirectory(file)),
  }
  return { process, disk: stopped }
}

const open = (disk: Disk["Service"], options: Partial<NdjsonSink.NdjsonSinkOptions>) =>
  Effect.provideService(NdjsonSink.make({ directory, ...options }), Disk, disk)

/** Stops a sink after one of its calls, lets another go on in its place, and wakes it. */
const replace = Effect.fnUntraced(function* (
  call: number,
  compression: (typeof compressions)[number],
) {
  const { disk } = new MemoryDisk()
  const successor = yield* open(disk, { compression })
  const takesOver = Effect.gen(function* () {
    const next = (yield* successor.position(trail)) ?? 0
    yield* successor.deliver(batchOf(next, 6))
  })
  const { disk: stopped, process } = stopping(disk, call, Effect.orDie(takesOver))
  const old = yield* open(stopped, { compression, sizeBytesMax: 30 })
  yield* old.position(trail)
  process.calls = 0
  // One life of a delivery: after a failure it would ask for the position first, and open anew.
  yield* Effect.ignore(Effect.andThen(old.deliver(batchOf(0, 3)), old.deliver(batchOf(3, 6))))
  yield* old.close
  const wasStopped = process.calls >= call
  if (wasStopped) {
    yield* successor.deliver(batchOf(6, 9))
    yield* successor.close
  }
  return { disk, wasStopped }
})

describe("NdjsonSink, replaced while it is stopped", () => {
  for (const compression of compressions) {
    it.live(`leaves its successor's files alone (${compression})`, () =>
      Effect.gen(function* () {
        let stops = 0
        for (let call = 1; ; call += 1) {
          const { disk, wasStopped } = yield* replace(call, compression)
          if (!wasStopped) break
          stops += 1
          const found: Array<number> = []
          yield* NdjsonFiles.readAll(disk, directory, (_, lines) =>
            Effect.sync(() => found.push(...lines.map(({ sequence }) => sequence))),
          )
          const at = `after call ${call}`
          assert.deepStrictEqual(found, [0, 1, 2, 3, 4, 5, 6, 7, 8], at)
          for (const file of yield* NdjsonFiles.list(disk, directory)) {
            if (file.isOpen) continue
            assert.deepInclude(yield* check(disk, file.path), { problems: [] }, at)
          }
        }
        assert.isAbove(stops, 4)
      }),
    )
  }
})

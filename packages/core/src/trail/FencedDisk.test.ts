import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Disk, DiskError } from "../platform/Disk.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import { fencedDisk } from "./FencedDisk.ts"

const file = "/trail/file"
const bytes = [Buffer.from("new")]

const make = () => {
  const memory = new MemoryDisk()
  memory.put(file, "old")
  const state = { isHeld: true }
  const lease = { fence: 1, isHeldUnsafe: () => state.isHeld, release: Effect.void }
  return { memory, state, disk: fencedDisk(memory.disk, lease) }
}

const changes: Readonly<
  Record<string, (disk: Disk["Service"]) => Effect.Effect<unknown, DiskError>>
> = {
  makeDirectory: (disk) => disk.makeDirectory("/trail/other"),
  open: (disk) => disk.open(file, "update"),
  writeFile: (disk) => disk.writeFile(file, bytes, { sync: true }),
  writeFiles: (disk) => disk.writeFiles([{ path: file, chunks: bytes }]),
  replaceFile: (disk) => disk.replaceFile(file, bytes),
  rename: (disk) => disk.rename(file, `${file}.old`),
  remove: (disk) => disk.remove(file),
  removeTree: (disk) => disk.removeTree("/trail"),
}

describe("FencedDisk", () => {
  it.effect.each(Object.entries(changes))(
    "changes nothing by %s once the lease is lost",
    ([, change]) =>
      Effect.gen(function* () {
        const { disk, memory, state } = make()
        state.isHeld = false
        const error = yield* Effect.flip(change(disk))
        assert.strictEqual(error.errno, "ESTALE")
        assert.strictEqual(memory.text(file), "old")
        state.isHeld = true
        yield* change(disk)
      }),
  )

  it.effect("writes no more to a file that was opened before", () =>
    Effect.gen(function* () {
      const { disk, memory, state } = make()
      const open = yield* disk.open(file, "update")
      state.isHeld = false
      assert.strictEqual((yield* Effect.flip(open.write(bytes, 0))).errno, "ESTALE")
      assert.strictEqual((yield* Effect.flip(open.truncate(0))).errno, "ESTALE")
      assert.strictEqual(memory.text(file), "old")
      yield* open.close
    }),
  )

  it.effect("writes nothing to a segment that it began between the question and the call", () =>
    Effect.gen(function* () {
      const { memory, state } = make()
      const segment = "/trail/wal/0000000000000000.wal"
      memory.put("/trail/wal/other", "")
      const lease = { fence: 1, isHeldUnsafe: () => state.isHeld, release: Effect.void }
      const sleepy: Disk["Service"] = {
        ...memory.disk,
        open: (name, how) =>
          Effect.suspend(() => {
            state.isHeld = false
            return memory.disk.open(name, how)
          }),
      }
      const error = yield* Effect.flip(fencedDisk(sleepy, lease).open(segment, "log"))
      assert.strictEqual(error.errno, "ESTALE")
      // Not removed: the next process may have removed it already, and begun its own there.
      assert.strictEqual(memory.text(segment), "")
    }),
  )

  it.effect("leaves a segment of its successor alone that has the same name", () =>
    Effect.gen(function* () {
      const { memory, state } = make()
      const lease = { fence: 1, isHeldUnsafe: () => state.isHeld, release: Effect.void }
      const sleepy: Disk["Service"] = {
        ...memory.disk,
        open: (name, how) =>
          Effect.suspend(() => {
            state.isHeld = false
            memory.put(name, "its successor's")
            return memory.disk.open(name, how)
          }),
      }
      const segment = "/trail/wal/0000000000000000.wal"
      const error = yield* Effect.flip(fencedDisk(sleepy, lease).open(segment, "log"))
      assert.strictEqual(error.errno, "EEXIST")
      assert.strictEqual(memory.text(segment), "its successor's")
    }),
  )

  it("begins no segment in the last moments of a process that was replaced", () => {
    const { disk, memory, state } = make()
    state.isHeld = false
    assert.throws(() => disk.openLogUnsafe("/trail/0.wal"), "ESTALE")
    assert.isUndefined(memory.text("/trail/0.wal"))
  })

  it.effect("still reads", () =>
    Effect.gen(function* () {
      const { disk, state } = make()
      state.isHeld = false
      assert.strictEqual(Buffer.from(yield* disk.readFile(file)).toString(), "old")
    }),
  )
})

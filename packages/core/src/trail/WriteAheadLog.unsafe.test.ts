import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { batch, isSegment, setup } from "../testing/LogFixture.ts"
import { segmentName } from "./WriteAheadLog.ts"

describe("WriteAheadLog, the synchronous way", () => {
  it.live("writes what is in hand and what comes after it, under one sync", () =>
    Effect.gen(function* () {
      const { faulty, read, wal } = yield* setup()
      yield* wal.append([batch("a")], 0)
      wal.appendUnsafe([batch("b")], [batch("c"), batch("d")], 0)
      assert.strictEqual(wal.nextSequence, 4)
      assert.strictEqual(faulty.count("datasync"), 2)
      const { entries, groups } = yield* read()
      assert.deepStrictEqual(entries, ["a", "b", "c", "d"])
      // One sync, one group: else a torn `b` before a whole `c` would look acknowledged.
      assert.strictEqual(new Set(groups.slice(1)).size, 1)
    }),
  )

  it.live("writes a group whose write is under way again, to the same place and once", () =>
    Effect.gen(function* () {
      const { read, wal } = yield* setup()
      yield* wal.append([batch("a")], 0)
      const group = [batch("b".repeat(1000)), batch("c")]
      const appending = yield* Effect.forkChild(wal.append(group, 1), { startImmediately: true })
      assert.isUndefined(appending.pollUnsafe())
      wal.appendUnsafe(group, [batch("d")], 2)
      const { entries, torn } = yield* read()
      assert.deepStrictEqual(entries, ["a", "b".repeat(1000), "c", "d"])
      assert.isEmpty(torn)
      yield* Fiber.interrupt(appending)
    }),
  )

  it.live("after an interruption writes what it is given, not what was under way", () =>
    Effect.gen(function* () {
      const { read, wal } = yield* setup()
      yield* wal.append([batch("a")], 0)
      const appending = yield* Effect.forkChild(wal.append([batch("b"), batch("c")], 1), {
        startImmediately: true,
      })
      yield* Fiber.interrupt(appending)
      assert.strictEqual(wal.nextSequence, 1)
      wal.appendUnsafe([batch("b")], [batch("c"), batch("d")], 2)
      assert.deepStrictEqual((yield* read()).entries, ["a", "b", "c", "d"])
    }),
  )

  it.live("gives a segment up whose sync failed, even where an interruption came in between", () =>
    Effect.gen(function* () {
      const { faulty, read, wal } = yield* setup()
      yield* wal.open
      faulty.plan({ call: "datasync", errno: "EIO", outcome: "stored" })
      const appending = yield* Effect.forkChild(wal.append([batch("a")], 0), {
        startImmediately: true,
      })
      while (faulty.count("datasync") === 0) yield* Effect.yieldNow
      yield* Fiber.interrupt(appending)
      assert.strictEqual(wal.abandoned, 1)
      yield* wal.append([batch("a")], 0)
      assert.deepStrictEqual((yield* read()).entries, ["a"])
    }),
  )

  it.live("begins a segment where the last one was given up after a failed sync", () =>
    Effect.gen(function* () {
      const { directory, faulty, names, read, wal } = yield* setup()
      wal.appendUnsafe([], [], 0)
      yield* wal.append([batch("a")], 0)
      faulty.plan({ call: "datasync", errno: "EIO" })
      const group = [batch("b"), batch("c")]
      yield* Effect.flip(wal.append(group, 0))
      const syncs = faulty.count("syncDirectory", (file) => file === path.join(directory, "wal"))
      wal.appendUnsafe(group, [batch("d")], 0)
      assert.deepStrictEqual(names(), [segmentName(0, 0), segmentName(1, 0)])
      // A name that a power failure takes would take the events with it.
      assert.strictEqual(
        faulty.count("syncDirectory", (file) => file === path.join(directory, "wal")),
        syncs + 1,
      )
      const { entries, groups } = yield* read()
      assert.deepStrictEqual(entries, ["a", "b", "c", "d"])
      assert.deepStrictEqual(groups, [0, 0, 0, 0])
    }),
  )

  it.live("begins a segment in the middle of a roll, beside the one that is being begun", () =>
    Effect.gen(function* () {
      const { names, read, wal } = yield* setup(1)
      yield* wal.append([batch("a")], 0)
      const appending = yield* Effect.forkChild(wal.append([batch("b")], 0), {
        startImmediately: true,
      })
      // The full segment is closed by now, and the next one is not there yet.
      assert.strictEqual(wal.openBytes, 0)
      wal.appendUnsafe([batch("b")], [batch("c")], 0)
      yield* Fiber.interrupt(appending)
      assert.deepStrictEqual((yield* read()).entries, ["a", "b", "c"])
      assert.isAtLeast(names().length, 2)
    }),
  )

  it.live.each([
    ["datasync", "lost"],
    ["datasync", "stored"],
    // With a descriptor that syncs its writes a failed sync is a failed write.
    ["write", "lost"],
    ["write", "stored"],
  ] as const)(
    "writes all of it again to a new segment when its own %s fails (%s)",
    ([call, outcome]) =>
      Effect.gen(function* () {
        const { faulty, names, read, wal } = yield* setup()
        yield* wal.append([batch("a")], 0)
        faulty.plan({ call, errno: "EIO", outcome })
        wal.appendUnsafe([batch("b")], [batch("c")], 0)
        assert.strictEqual(wal.nextSequence, 3)
        assert.strictEqual(wal.abandoned, 1)
        assert.deepStrictEqual(names(), [segmentName(0, 0), segmentName(1, 0)])
        assert.deepStrictEqual((yield* read()).entries, ["a", "b", "c"])
        yield* wal.roll
        assert.strictEqual(faulty.count("close", isSegment), 2)
      }),
  )

  it.live.each(["open", "syncDirectory"] as const)(
    "throws where no segment can be begun (%s), and begins one the next time",
    (call) =>
      Effect.gen(function* () {
        const { faulty, read, wal } = yield* setup()
        yield* wal.append([batch("a")], 0)
        yield* wal.roll
        faulty.plan({ call, errno: "EROFS" })
        assert.throws(() => wal.appendUnsafe([batch("b")], [], 0), "EROFS")
        assert.strictEqual(wal.nextSequence, 1)
        const synced = faulty.count("syncDirectory")
        wal.appendUnsafe([batch("b")], [], 0)
        // Also where it was only the name that failed: the segment under it is not used.
        assert.strictEqual(faulty.count("syncDirectory"), synced + 1)
        assert.deepStrictEqual((yield* read()).entries, ["a", "b"])
      }),
  )

  it.live("throws what the disk says", () =>
    Effect.gen(function* () {
      const { faulty, wal } = yield* setup()
      yield* wal.open
      faulty.plan({ call: "write", errno: "ENOSPC", times: 2 })
      assert.throws(() => wal.appendUnsafe([batch("a")], [], 0), "ENOSPC")
      assert.strictEqual(wal.nextSequence, 0)
    }),
  )
})

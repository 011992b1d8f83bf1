import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { batch, isSegment, setup } from "../testing/LogFixture.ts"
import { frameHeaderBytes } from "./WalFrame.ts"
import { parseSegmentName, segmentName } from "./WriteAheadLog.ts"

describe("WriteAheadLog", () => {
  it("names segments so that they sort, and reads nothing else as one", () => {
    assert.strictEqual(segmentName(4096, 0), "0000000000004096.wal")
    assert.strictEqual(segmentName(4096, 12), "0000000000004096-12.wal")
    for (const attempt of [0, 1, 12]) {
      assert.deepStrictEqual(parseSegmentName(segmentName(77, attempt)), {
        firstSequence: 77,
        attempt,
      })
    }
    for (const name of ["77.wal", "0000000000000077.wal.tmp", "0000000000000077", ""]) {
      assert.isUndefined(parseSegmentName(name))
    }
  })

  it.live("makes a group durable by one write and one sync, whatever the number of batches", () =>
    Effect.gen(function* () {
      const { faulty, read, wal } = yield* setup()
      yield* wal.append([batch("a", "b"), batch("c"), batch("d")], 5)
      assert.strictEqual(wal.nextSequence, 4)
      assert.strictEqual(faulty.count("write"), 1)
      assert.strictEqual(faulty.count("datasync"), 1)
      yield* wal.append([batch("e")], 6)
      const { entries, groups, nextSequence, torn } = yield* read()
      assert.deepStrictEqual(entries, ["a", "b", "c", "d", "e"])
      assert.deepStrictEqual(groups, [0, 0, 0, 3 * frameHeaderBytes + 4 * 3])
      assert.strictEqual(nextSequence, 5)
      assert.isEmpty(torn)
    }),
  )

  it.live("says that nothing is durable before the sync has returned", () =>
    Effect.gen(function* () {
      const { faulty, wal } = yield* setup()
      yield* wal.append([batch("a")], 0)
      const calls = faulty.journal.map(({ call }) => call)
      assert.isBelow(calls.indexOf("write"), calls.indexOf("datasync"))
      faulty.plan({ call: "datasync", errno: "EIO" })
      yield* Effect.flip(wal.append([batch("b")], 0))
      assert.strictEqual(wal.nextSequence, 1)
    }),
  )

  it.live(
    "syncs the segment's name, and once the log directory's, before the first sync counts",
    () =>
      Effect.gen(function* () {
        const { directory, faulty, wal } = yield* setup(1)
        yield* wal.append([batch("a")], 0)
        yield* wal.append([batch("b")], 0)
        const log = path.join(directory, "wal")
        assert.strictEqual(
          faulty.count("syncDirectory", (file) => file === log),
          2,
        )
        assert.strictEqual(
          faulty.count("syncDirectory", (file) => file === directory),
          1,
        )
      }),
  )

  it.live("goes on in a new segment once one is full", () =>
    Effect.gen(function* () {
      const { names, read, wal } = yield* setup(100)
      for (const entry of ["a", "b", "c", "d", "e"]) yield* wal.append([batch(entry)], 0)
      assert.deepStrictEqual(names(), [segmentName(0, 0), segmentName(2, 0), segmentName(4, 0)])
      assert.strictEqual(wal.segments, 3)
      assert.deepStrictEqual((yield* read()).entries, ["a", "b", "c", "d", "e"])
    }),
  )

  it.live.each(["lost", "stored"] as const)(
    "after a failed sync (%s) writes the group again, whole, to a new segment",
    (outcome) =>
      Effect.gen(function* () {
        const { faulty, names, read, wal } = yield* setup()
        yield* wal.append([batch("a")], 0)
        faulty.plan({ call: "datasync", errno: "EIO", outcome })
        const group = [batch("b", "c"), batch("d")]
        const error = yield* Effect.flip(wal.append(group, 0))
        assert.deepInclude(error, { call: "datasync", errno: "EIO" })
        assert.strictEqual(wal.abandoned, 1)
        yield* wal.append(group, 0)
        assert.deepStrictEqual(names(), [segmentName(0, 0), segmentName(1, 0)])
        assert.strictEqual(
          faulty.count("datasync", (file) => file.endsWith(segmentName(0, 0))),
          2,
        )
        yield* wal.append([batch("e")], 0)
        assert.deepStrictEqual((yield* read()).entries, ["a", "b", "c", "d", "e"])
      }),
  )

  it.live("gives each attempt at the same entries a segment of its own", () =>
    Effect.gen(function* () {
      const { faulty, names, read, wal } = yield* setup()
      faulty.plan({ call: "datasync", errno: "EIO", times: 3 })
      for (let attempt = 0; attempt < 3; attempt += 1) {
        yield* Effect.flip(wal.append([batch("a")], 0))
      }
      yield* wal.append([batch("a")], 0)
      assert.deepStrictEqual(names(), [0, 1, 2, 3].map((attempt) => segmentName(0, attempt)).sort())
      assert.deepStrictEqual((yield* read()).entries, ["a"])
    }),
  )

  it.live("repeats a failed write at the same place", () =>
    Effect.gen(function* () {
      const { faulty, names, read, wal } = yield* setup()
      yield* wal.append([batch("a")], 0)
      faulty.plan({ call: "write", errno: "ENOSPC", outcome: { prefixBytes: 70 } })
      const error = yield* Effect.flip(wal.append([batch("bb", "cc"), batch("dd")], 0))
      assert.strictEqual(error.errno, "ENOSPC")
      assert.strictEqual(wal.nextSequence, 1)
      yield* wal.append([batch("bb", "cc"), batch("dd")], 0)
      assert.strictEqual(names().length, 1)
      assert.strictEqual(wal.abandoned, 0)
      assert.deepStrictEqual((yield* read()).entries, ["a", "bb", "cc", "dd"])
    }),
  )

  it.live("leaves what a failed write left behind it readable as a torn tail", () =>
    Effect.gen(function* () {
      const { faulty, read, wal } = yield* setup()
      yield* wal.append([batch("a")], 0)
      faulty.plan({ call: "write", errno: "EIO", outcome: { hole: [10, 20] } })
      yield* Effect.flip(wal.append([batch("x"), batch("y"), batch("a longer one")], 0))
      yield* wal.append([batch("b")], 0)
      const { entries, torn } = yield* read()
      assert.deepStrictEqual(entries.slice(0, 2), ["a", "b"])
      assert.notInclude(entries, "x")
      assert.isAtMost(torn.length, 1)
    }),
  )

  it.live("notices that its segment was deleted, and writes the group where it will be found", () =>
    Effect.gen(function* () {
      const { directory, names, read, wal } = yield* setup()
      yield* wal.open
      fs.unlinkSync(path.join(directory, "wal", segmentName(0, 0)))
      yield* wal.append([batch("a", "b")], 0)
      assert.strictEqual(wal.abandoned, 1)
      assert.strictEqual(wal.nextSequence, 2)
      assert.deepStrictEqual(names(), [segmentName(0, 0)])
      assert.deepStrictEqual((yield* read()).entries, ["a", "b"])
    }),
  )

  it.live("notices that its segment was renamed, and says so until tiles keep what was in it", () =>
    Effect.gen(function* () {
      const { directory, names, wal } = yield* setup()
      yield* wal.append([batch("a", "b")], 0)
      const file = path.join(directory, "wal", segmentName(0, 0))
      fs.renameSync(file, `${file}.moved`)
      yield* wal.append([batch("c")], 0)
      assert.strictEqual(wal.abandoned, 1)
      assert.include(names(), segmentName(2, 0))
      assert.isTrue(wal.isIncomplete)
      yield* wal.prune(1)
      assert.isTrue(wal.isIncomplete)
      yield* wal.prune(2)
      assert.isFalse(wal.isIncomplete)
    }),
  )

  it.live("notices a segment that another file has replaced", () =>
    Effect.gen(function* () {
      const { directory, read, wal } = yield* setup()
      yield* wal.open
      const file = path.join(directory, "wal", segmentName(0, 0))
      fs.writeFileSync(`${file}.copy`, "")
      fs.renameSync(`${file}.copy`, file)
      yield* wal.append([batch("a")], 0)
      assert.deepStrictEqual((yield* read()).entries, ["a"])
    }),
  )

  it.live("deletes segments whose entries all lie before a number, never the open one", () =>
    Effect.gen(function* () {
      const { names, wal } = yield* setup(100)
      for (const entry of ["a", "b", "c", "d", "e", "f"]) yield* wal.append([batch(entry)], 0)
      yield* wal.prune(1)
      assert.strictEqual(names().length, 3)
      yield* wal.prune(2)
      assert.deepStrictEqual(names(), [segmentName(2, 0), segmentName(4, 0)])
      yield* wal.prune(1000)
      assert.deepStrictEqual(names(), [segmentName(4, 0)])
      yield* wal.roll
      yield* wal.prune(5)
      assert.deepStrictEqual(names(), [segmentName(4, 0)])
      yield* wal.prune(6)
      assert.deepStrictEqual(names(), [])
      assert.strictEqual(wal.segments, 0)
    }),
  )

  it.live("prunes the segments of earlier runs, and those it gave up", () =>
    Effect.gen(function* () {
      const { faulty, names, open, wal } = yield* setup()
      yield* wal.append([batch("a")], 0)
      yield* wal.roll
      const next = open(1)
      next.adopt([{ name: segmentName(0, 0), firstSequence: 0 }])
      faulty.plan({ call: "datasync", errno: "EIO" })
      yield* Effect.flip(next.append([batch("b")], 0))
      yield* next.append([batch("b")], 0)
      assert.strictEqual(names().length, 3)
      yield* next.prune(1)
      assert.deepStrictEqual(names(), [segmentName(1, 1)])
      yield* next.roll
    }),
  )

  // A segment that is forgotten while later ones go leaves a log with a gap, which can't be opened.
  it.live("deletes the oldest first, and forgets none whose deletion failed", () =>
    Effect.gen(function* () {
      const { faulty, names, read, wal } = yield* setup(1)
      for (const entry of ["a", "b", "c", "d"]) yield* wal.append([batch(entry)], 0)
      faulty.plan({ call: "remove", nth: 2, errno: "EIO" })
      yield* Effect.flip(wal.prune(3))
      assert.deepStrictEqual(
        names(),
        [1, 2, 3].map((first) => segmentName(first, 0)),
      )
      yield* wal.prune(3)
      assert.deepStrictEqual(names(), [segmentName(3, 0)])
      assert.deepStrictEqual((yield* read()).entries, ["d"])
    }),
  )

  it.live("deletes no newer segment before the deletion of an older one is durable", () =>
    Effect.gen(function* () {
      const { faulty, names, wal } = yield* setup(1)
      for (const entry of ["a", "b", "c"]) yield* wal.append([batch(entry)], 0)
      faulty.plan({ call: "syncDirectory", errno: "EIO", times: 2 })
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        yield* Effect.flip(wal.prune(2))
        assert.deepStrictEqual(
          names(),
          [1, 2].map((first) => segmentName(first, 0)),
        )
        assert.strictEqual(wal.firstSequence, 0)
      }
      yield* wal.prune(2)
      assert.deepStrictEqual(names(), [segmentName(2, 0)])
      assert.strictEqual(wal.firstSequence, 2)
    }),
  )

  it.live("closes and remembers a segment whose name could not be synced", () =>
    Effect.gen(function* () {
      const { faulty, names, read, wal } = yield* setup()
      faulty.plan({ call: "syncDirectory", errno: "EIO" })
      yield* Effect.flip(wal.append([batch("a")], 0))
      assert.strictEqual(faulty.count("close", isSegment), 1)
      yield* wal.append([batch("a")], 0)
      assert.deepStrictEqual((yield* read()).entries, ["a"])
      yield* wal.prune(0)
      assert.deepStrictEqual(names(), [segmentName(0, 1)])
    }),
  )

  it.live.each(["EIO", "ENOSPC", "EROFS"])("fails with %s where no segment can be begun", (errno) =>
    Effect.gen(function* () {
      const { faulty, read, wal } = yield* setup()
      faulty.plan({ call: "open", errno })
      assert.strictEqual((yield* Effect.flip(wal.append([batch("a")], 0))).errno, errno)
      yield* wal.append([batch("a")], 0)
      assert.deepStrictEqual((yield* read()).entries, ["a"])
    }),
  )
})

import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import * as EntryBundle from "./EntryBundle.ts"
import { encodeFrameHeader } from "./WalFrame.ts"
import { listSegments, scan } from "./WalReader.ts"
import { segmentName } from "./WriteAheadLog.ts"

interface Spec {
  readonly entries: ReadonlyArray<string>
  readonly firstSequence: number
  readonly groupOffset: number
}

const frame = ({ entries, firstSequence, groupOffset }: Spec): Buffer => {
  const payload = EntryBundle.encode(entries.map((entry) => Buffer.from(entry)))
  const header = encodeFrameHeader(
    {
      firstSequence,
      count: entries.length,
      payloadBytes: payload.length,
      fence: 1,
      writtenMillis: 0,
      groupOffset,
    },
    payload,
  )
  return Buffer.concat([header, payload])
}

/** A segment of groups of frames of entries. */
const segment = (
  firstSequence: number,
  ...groups: ReadonlyArray<ReadonlyArray<ReadonlyArray<string>>>
): Buffer => {
  let bytes = Buffer.alloc(0)
  let sequence = firstSequence
  for (const group of groups) {
    const groupOffset = bytes.length
    for (const entries of group) {
      bytes = Buffer.concat([bytes, frame({ entries, firstSequence: sequence, groupOffset })])
      sequence += entries.length
    }
  }
  return bytes
}

const setup = Effect.gen(function* () {
  const directory = yield* temporaryDirectory
  fs.mkdirSync(path.join(directory, "wal"))
  const file = (name: string): string => path.join(directory, "wal", name)
  const put = (name: string, bytes: Uint8Array): void => fs.writeFileSync(file(name), bytes)
  const read = Effect.fnUntraced(function* () {
    const entries: Array<string> = []
    const { nextSequence, torn } = yield* scan(
      directory,
      yield* listSegments(directory),
      ({ count, payload }) =>
        Effect.map(Effect.fromResult(EntryBundle.decode(payload, count)), (found) => {
          entries.push(...found.map((entry) => Buffer.from(entry).toString()))
        }),
    )
    return { entries, nextSequence, torn }
  }, Effect.provide(NodeDisk.layer))
  return { directory, file, put, read }
})

const flip = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

describe("WalReader", () => {
  it.live("finds nothing where there is no log", () =>
    Effect.gen(function* () {
      const { directory, read } = yield* setup
      assert.deepStrictEqual(yield* read(), { entries: [], nextSequence: 0, torn: [] })
      fs.rmdirSync(path.join(directory, "wal"))
      assert.deepStrictEqual(yield* read(), { entries: [], nextSequence: 0, torn: [] })
    }),
  )

  it.live("reads segments in the order in which they were begun, and no other file", () =>
    Effect.gen(function* () {
      const { directory, put, read } = yield* setup
      for (const attempt of [10, 2, 0]) put(segmentName(7, attempt), Buffer.alloc(0))
      put(segmentName(5, 0), segment(5, [["a", "b"]]))
      put("notes.txt", Buffer.from("not a segment"))
      put("0000000000000009.wal.tmp", Buffer.from("not a segment"))
      const segments = yield* Effect.provide(listSegments(directory), NodeDisk.layer)
      assert.deepStrictEqual(
        segments.map(({ name }) => name),
        [segmentName(5, 0), segmentName(7, 0), segmentName(7, 2), segmentName(7, 10)],
      )
      assert.deepStrictEqual(yield* read(), { entries: ["a", "b"], nextSequence: 7, torn: [] })
    }),
  )

  it.live(
    "takes a last group that is cut at any byte for a torn tail, and keeps its whole frames",
    () =>
      Effect.gen(function* () {
        const { file, put, read } = yield* setup
        const before = segment(0, [["a", "b"]], [["c"]])
        const whole = segment(0, [["a", "b"]], [["c"]], [["d", "e"], ["f"], ["g"]])
        const ends = [["d", "e"], ["f"], ["g"]].map((_, index, list) => ({
          at: segment(0, [["a", "b"]], [["c"]], list.slice(0, index + 1)).length,
          entries: list.slice(0, index + 1).flat(),
        }))
        for (let length = before.length; length <= whole.length; length += 1) {
          put(segmentName(0, 0), whole.subarray(0, length))
          const kept = ends.findLast(({ at }) => at <= length)
          const offset = kept?.at ?? before.length
          const entries = ["a", "b", "c", ...(kept?.entries ?? [])]
          assert.deepStrictEqual(
            yield* read(),
            {
              entries,
              nextSequence: entries.length,
              torn:
                length === offset
                  ? []
                  : [{ path: file(segmentName(0, 0)), offset, bytes: length - offset }],
            },
            `${length} bytes`,
          )
        }
      }),
  )

  it.live("takes each altered byte of the last group for a torn tail", () =>
    Effect.gen(function* () {
      const { put, read } = yield* setup
      const before = segment(0, [["a"]])
      const whole = segment(0, [["a"]], [["b"], ["c"]])
      const second = segment(0, [["a"]], [["b"]]).length
      for (let at = before.length; at < whole.length; at += 1) {
        put(segmentName(0, 0), flip(whole, at))
        const { entries, torn } = yield* read()
        assert.deepStrictEqual(entries, at < second ? ["a"] : ["a", "b"], `byte ${at}`)
        assert.strictEqual(torn.length, 1)
      }
    }),
  )

  // The pages of one write reach the disk in any order.
  it.live("cuts a torn frame together with the whole frames of its own group behind it", () =>
    Effect.gen(function* () {
      const { file, put, read } = yield* setup
      const before = segment(0, [["a"]])
      const whole = segment(0, [["a"]], [["b"], ["c"], ["d"]])
      whole.fill(0, before.length, before.length + 50)
      put(segmentName(0, 0), whole)
      assert.deepStrictEqual(yield* read(), {
        entries: ["a"],
        nextSequence: 1,
        torn: [
          {
            path: file(segmentName(0, 0)),
            offset: before.length,
            bytes: whole.length - before.length,
          },
        ],
      })
    }),
  )

  it.live("refuses a log whose acknowledged frame is altered at any byte", () =>
    Effect.gen(function* () {
      const { put, read } = yield* setup
      const acknowledged = segment(0, [["a"], ["b", "c"]])
      const whole = segment(0, [["a"], ["b", "c"]], [["d"]])
      for (let at = 0; at < acknowledged.length; at += 1) {
        put(segmentName(0, 0), flip(whole, at))
        const error = yield* Effect.flip(read())
        assert.strictEqual(error._tag, "TrailDamaged", `byte ${at}`)
        assert.include(error.message, "acknowledged frames follow it")
      }
    }),
  )

  it.live("refuses an acknowledged frame that is gone, leaving zeros", () =>
    Effect.gen(function* () {
      const { put, read } = yield* setup
      const first = segment(0, [["a"]])
      const whole = segment(0, [["a"]], [["b"]])
      whole.fill(0, 0, first.length)
      put(segmentName(0, 0), whole)
      assert.strictEqual((yield* Effect.flip(read()))._tag, "TrailDamaged")
    }),
  )

  it.live("lets a later segment replace what a given-up one holds beyond its start", () =>
    Effect.gen(function* () {
      const { put, read } = yield* setup
      put(segmentName(0, 0), segment(0, [["a"]], [["given up", "given up"]]))
      put(segmentName(1, 0), segment(1, [["given up again"]]))
      put(segmentName(1, 1), segment(1, [["b"], ["c"]]))
      assert.deepStrictEqual(yield* read(), {
        entries: ["a", "b", "c"],
        nextSequence: 3,
        torn: [],
      })
    }),
  )

  it.live("lets a later segment replace a torn group, cutting nothing", () =>
    Effect.gen(function* () {
      const { put, read } = yield* setup
      const torn = segment(0, [["a"]], [["given up"]])
      put(segmentName(0, 0), torn.subarray(0, torn.length - 1))
      put(segmentName(1, 0), segment(1, [["b"]]))
      assert.deepStrictEqual(yield* read(), { entries: ["a", "b"], nextSequence: 2, torn: [] })
    }),
  )

  it.live("lets a later segment without a whole frame replace nothing", () =>
    Effect.gen(function* () {
      const { file, put, read } = yield* setup
      const entries = ["a", "b", "c", "d"]
      put(segmentName(0, 0), segment(0, [["a"]], [["b", "c"]]))
      put(segmentName(3, 0), segment(3, [["d"]]))
      for (const name of [segmentName(1, 0), segmentName(1, 1), segmentName(3, 1)]) {
        put(name, Buffer.alloc(0))
      }
      assert.deepStrictEqual(yield* read(), { entries, nextSequence: 4, torn: [] })
      const begun = segment(3, [["torn"]])
      put(segmentName(3, 1), begun.subarray(0, begun.length - 1))
      assert.deepStrictEqual(yield* read(), {
        entries,
        nextSequence: 4,
        torn: [{ path: file(segmentName(3, 1)), offset: 0, bytes: begun.length - 1 }],
      })
    }),
  )

  it.live("begins after empty segments where one holds something, else with the last", () =>
    Effect.gen(function* () {
      const { put, read } = yield* setup
      for (const firstSequence of [2, 5]) put(segmentName(firstSequence, 0), Buffer.alloc(0))
      assert.deepStrictEqual(yield* read(), { entries: [], nextSequence: 5, torn: [] })
      put(segmentName(7, 0), segment(7, [["a"]]))
      assert.deepStrictEqual(yield* read(), { entries: ["a"], nextSequence: 8, torn: [] })
      put(segmentName(9, 0), Buffer.alloc(0))
      const { message } = yield* Effect.flip(read())
      assert.include(message, "begins at entry 9, but the log before it ends at 8")
    }),
  )

  it.live("refuses a segment whose first frame is broken and that others go on from", () =>
    Effect.gen(function* () {
      const { put, read } = yield* setup
      put(segmentName(0, 0), segment(0, [["a"]], [["given up"]]))
      put(segmentName(1, 0), flip(segment(1, [["b"]]), 20))
      put(segmentName(2, 0), segment(2, [["c"]]))
      const { message } = yield* Effect.flip(read())
      assert.include(message, "the frame at byte 0 (entry 1) is broken")
    }),
  )

  it.live("refuses a gap: a missing segment, a shortened one, one that does not fit its name", () =>
    Effect.gen(function* () {
      const { file, put, read } = yield* setup
      const expectDamage = Effect.fnUntraced(function* (detail: string) {
        const error = yield* Effect.flip(read())
        assert.strictEqual(error._tag, "TrailDamaged")
        assert.include(error.message, detail)
      })
      const first = segment(0, [["a"]], [["b"]])
      put(segmentName(0, 0), first)
      put(segmentName(3, 0), segment(3, [["d"]]))
      yield* expectDamage("begins at entry 3, but the log before it ends at 2")
      put(segmentName(2, 0), segment(2, [["c"]]))
      assert.deepStrictEqual((yield* read()).entries, ["a", "b", "c", "d"])
      put(segmentName(0, 0), first.subarray(0, first.length - 1))
      yield* expectDamage("begins at entry 2, but the log before it ends at 1")
      fs.unlinkSync(file(segmentName(0, 0)))
      put(segmentName(2, 0), segment(1, [["c"]]))
      yield* expectDamage("begins at entry 1, expected 2")
    }),
  )

  it.live("refuses a group that was written twice", () =>
    Effect.gen(function* () {
      const { put, read } = yield* setup
      const once = segment(0, [["a"]])
      put(segmentName(0, 0), Buffer.concat([once, once]))
      assert.include((yield* Effect.flip(read())).message, "begins at entry 0, expected 1")
    }),
  )

  it.live("hands on what its reader fails with", () =>
    Effect.gen(function* () {
      const { directory, put } = yield* setup
      put(segmentName(0, 0), segment(0, [["a"], ["b"]]))
      const seen: Array<number> = []
      const failed = yield* Effect.flip(
        Effect.flatMap(listSegments(directory), (segments) =>
          scan(directory, segments, ({ firstSequence }) => {
            seen.push(firstSequence)
            return Effect.fail("enough")
          }),
        ),
      ).pipe(Effect.provide(NodeDisk.layer))
      assert.strictEqual(failed, "enough")
      assert.deepStrictEqual(seen, [0])
    }),
  )
})

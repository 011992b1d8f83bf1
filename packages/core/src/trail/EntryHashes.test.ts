import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { entriesOf } from "../testing/TrailFixture.ts"
import * as EntryBundle from "./EntryBundle.ts"
import { inThisThread, inThread } from "./EntryHasher.ts"
import { type Entries, hashEntries } from "./EntryHashes.ts"
import { leafHash, TreeHead } from "./MerkleTree.ts"
import { tileWidth } from "./Tile.ts"

const encode = (entries: ReadonlyArray<string>): Buffer =>
  EntryBundle.encode(entries.map((entry) => Buffer.from(entry)))

/** Runs of so many entries each, in memory that threads share. */
const runsOf = (counts: ReadonlyArray<number>): ReadonlyArray<Entries> => {
  const entries = entriesOf(counts.reduce((sum, count) => sum + count, 0))
  let from = 0
  return counts.map((count) => {
    const payload = encode(entries.slice(from, from + count))
    from += count
    const bytes = Buffer.from(new SharedArrayBuffer(payload.length + 10))
    payload.copy(bytes)
    return { bytes, usedBytes: payload.length, count }
  })
}
const empty = { size: 0, frontier: [] }

describe("hashEntries", () => {
  it.prop(
    "computes what a tree computes that is given one leaf after the other",
    {
      counts: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 400 }))).check(
        Schema.isMaxLength(4),
      ),
    },
    ({ counts }) => {
      const entries = entriesOf(counts.reduce((sum, count) => sum + count, 0))
      const tileHashes: Array<{ level: number; hash: Uint8Array }> = []
      const head = new TreeHead((level, _index, buffer, offset) => {
        tileHashes.push({ level, hash: Uint8Array.from(buffer.subarray(offset, offset + 32)) })
      })
      const leaves = entries.map((entry) => Buffer.from(leafHash(Buffer.from(entry))))
      for (const leaf of leaves) head.append(leaf, 0)
      const hashes = hashEntries({ ...empty, runs: runsOf(counts) })
      assert.strictEqual(hashes.size, entries.length)
      assert.deepStrictEqual(hashes.frontier, head.frontier)
      assert.isTrue(Buffer.concat(leaves).equals(hashes.leaves))
      assert.deepStrictEqual(hashes.tileHashes, tileHashes)
    },
    { arbitrary: { runs: 25 } },
  )

  it("says where in each run a bundle ends", () => {
    const runs = runsOf([100, 500])
    const { bundleEnds } = hashEntries({ ...empty, runs })
    const first = encode(entriesOf(tileWidth).slice(100)).length
    const second = encode(entriesOf(2 * tileWidth).slice(100)).length
    assert.deepStrictEqual(bundleEnds, [[], [first, second]])
  })

  it("leaves the buffers as they were", () => {
    const runs = runsOf([300])
    const before = runs.map(({ bytes }) => Buffer.from(bytes))
    hashEntries({ ...empty, runs })
    assert.deepStrictEqual(
      runs.map(({ bytes }) => Buffer.from(bytes)),
      before,
    )
  })
})

describe("EntryHasher", () => {
  it.live("computes the same in a thread", () =>
    Effect.gen(function* () {
      const first = yield* inThread({ ...empty, runs: runsOf([700, 900]) })
      const runs = runsOf([1100])
      const job = { size: first.size, frontier: first.frontier, runs }
      const here = yield* inThisThread(job)
      const there = yield* inThread(job)
      assert.strictEqual(there.size, 2700)
      assert.isTrue(Buffer.from(here.leaves).equals(there.leaves))
      assert.deepStrictEqual(there.frontier, here.frontier)
      assert.deepStrictEqual(there.tileHashes, here.tileHashes)
      assert.deepStrictEqual(there.bundleEnds, here.bundleEnds)
    }),
  )

  it.live("lets this thread go on while the other one hashes", () =>
    Effect.gen(function* () {
      let turns = 0
      const turn = (): void => {
        turns += 1
        next = setImmediate(turn)
      }
      let next = setImmediate(turn)
      yield* inThread({ ...empty, runs: runsOf([20_000]) })
      clearImmediate(next)
      assert.isAbove(turns, 1)
    }),
  )
})

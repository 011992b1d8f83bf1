import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileDigest from "./FileDigest.ts"

const pieces = Array.from({ length: 40 }, (_, index) => Buffer.alloc(1 << 20, index))
const sha256 = (count: number): string => {
  const hash = createHash("sha256")
  for (const piece of pieces.slice(0, count)) hash.update(piece)
  return hash.digest("hex")
}

describe("the digest of a file", () => {
  it.live("is that of its bytes, and so far of those before", () =>
    Effect.gen(function* () {
      const digest = yield* FileDigest.make
      const seen: Array<string> = []
      const memory = Buffer.alloc(1 << 20)
      for (const piece of pieces) {
        // The reader's own memory, used again for each piece.
        memory.set(piece)
        digest.update(memory)
        digest.soFar((each) => seen.push(each))
        yield* digest.room
      }
      assert.deepStrictEqual(yield* digest.finish, { sha256: sha256(pieces.length) })
      assert.lengthOf(seen, pieces.length)
      for (const count of [1, 7, 40]) assert.strictEqual(seen[count - 1], sha256(count))
    }),
  )

  it.live("of no bytes is that of none", () =>
    Effect.gen(function* () {
      const digest = yield* FileDigest.make
      assert.deepStrictEqual(yield* digest.finish, { sha256: sha256(0) })
    }),
  )

  it.live("of several files at once is each one's own", () =>
    Effect.gen(function* () {
      const digests = yield* Effect.all([FileDigest.make, FileDigest.make])
      for (const piece of pieces.slice(0, 8)) for (const digest of digests) digest.update(piece)
      digests[1].update(pieces[8] ?? Buffer.alloc(0))
      const found = yield* Effect.all(
        digests.map((digest) => digest.finish),
        { concurrency: 2 },
      )
      assert.deepStrictEqual(found, [{ sha256: sha256(8) }, { sha256: sha256(9) }])
    }),
  )

  it.live("counts in place what a small file has, and again in the thread when it grows", () =>
    Effect.gen(function* () {
      const digest = yield* FileDigest.make
      const seen: Array<string> = []
      for (const piece of pieces.slice(0, 4)) {
        digest.update(piece)
        digest.soFar((each) => seen.push(each))
      }
      assert.deepStrictEqual(yield* digest.finish, { sha256: sha256(4) })
      assert.deepStrictEqual(seen, [1, 2, 3, 4].map(sha256))
    }),
  )
})

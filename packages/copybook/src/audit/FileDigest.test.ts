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
})

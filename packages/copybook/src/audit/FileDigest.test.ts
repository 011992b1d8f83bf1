import { spawnSync } from "node:child_process"
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

  it.live("lets the program end when whoever waits for room is interrupted and then finishes", () =>
    Effect.gen(function* () {
      const program = `
        import * as Effect from "effect/Effect"
        import * as FileDigest from ${JSON.stringify(new URL("./FileDigest.ts", import.meta.url).href)}
        const digest = Effect.runSync(FileDigest.make)
        for (let n = 0; n < 40; n++) digest.update(new Uint8Array(1 << 20))
        await Effect.runPromiseExit(Effect.timeout(digest.room, 0))
        console.log((await Effect.runPromise(digest.finish)).sha256)
      `
      const args = ["--conditions=@countersign/source", "--input-type=module", "-e", program]
      const { status, stdout } = spawnSync(process.execPath, args, { timeout: 20_000 })
      assert.strictEqual(status, 0)
      const zeros = createHash("sha256")
        .update(Buffer.alloc(40 << 20))
        .digest("hex")
      assert.strictEqual(stdout.toString(), `${zeros}\n`)
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

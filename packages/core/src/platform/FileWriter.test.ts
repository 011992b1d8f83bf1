import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FileWriter } from "./FileWriter.ts"

let directory = ""
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-writer-"))
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

const at = (name: string): string => path.join(directory, name)
const shared = (text: string): Buffer => {
  const bytes = Buffer.from(new SharedArrayBuffer(text.length))
  bytes.write(text, "latin1")
  return bytes
}

describe("FileWriter", () => {
  it.live("writes every file from all its chunks, shared memory or not", () =>
    Effect.gen(function* () {
      const writer = new FileWriter()
      const slab = shared("0123456789")
      yield* writer.write([
        { path: at("a"), chunks: [Buffer.from("head "), slab.subarray(2, 5)] },
        { path: at("b"), chunks: [] },
        { path: at("c"), chunks: [new Uint8Array(0), slab] },
      ])
      assert.strictEqual(fs.readFileSync(at("a"), "utf8"), "head 234")
      assert.strictEqual(fs.readFileSync(at("b"), "utf8"), "")
      assert.strictEqual(fs.readFileSync(at("c"), "utf8"), "0123456789")
    }),
  )

  it.live("says which file could not be written and why, and goes on with the next job", () =>
    Effect.gen(function* () {
      const writer = new FileWriter()
      const chunks = [Buffer.from("x")]
      const error = yield* Effect.flip(
        writer.write([
          { path: at("good"), chunks },
          { path: at("absent/bad"), chunks },
        ]),
      )
      assert.deepInclude(error, { call: "write", path: at("absent/bad"), errno: "ENOENT" })
      yield* writer.write([{ path: at("later"), chunks }])
      assert.isTrue(fs.existsSync(at("later")))
    }),
  )

  it.live("keeps the jobs of many callers apart", () =>
    Effect.gen(function* () {
      const writer = new FileWriter()
      yield* Effect.forEach(
        Array.from({ length: 50 }, (_, index) => index),
        (index) => writer.write([{ path: at(`f${index}`), chunks: [Buffer.from(`${index}`)] }]),
        { concurrency: "unbounded", discard: true },
      )
      for (let index = 0; index < 50; index += 1) {
        assert.strictEqual(fs.readFileSync(at(`f${index}`), "utf8"), `${index}`)
      }
    }),
  )

  it.live("fails what waits when its thread dies, and starts another", () =>
    Effect.gen(function* () {
      const writer = new FileWriter()
      const chunks = [Buffer.from("x")]
      yield* writer.write([{ path: at("before"), chunks }])
      // A job that is none: the thread's own defect, on which it ends.
      const broken = undefined as unknown as []
      const error = yield* Effect.flip(writer.write(broken))
      assert.strictEqual(error._tag, "ThreadEnded")
      yield* writer.write([{ path: at("after"), chunks }])
      assert.isTrue(fs.existsSync(at("after")))
    }),
  )
})

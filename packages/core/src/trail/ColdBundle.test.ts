import { gunzipSync, gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { compress, decompress } from "./ColdBundle.ts"
import * as EntryBundle from "./EntryBundle.ts"

const texts = Schema.Array(Schema.String.check(Schema.isMaxLength(20_000))).check(
  Schema.isMaxLength(256),
)
const bytesOf = (list: ReadonlyArray<string>): ReadonlyArray<Buffer> =>
  list.map((text) => Buffer.from(text, "utf8"))

describe("ColdBundle", () => {
  it.prop("compresses to a file that any gunzip reads", { texts }, ({ texts }) => {
    const bytes = EntryBundle.encode(bytesOf(texts))
    const file = compress(bytes)
    assert.deepStrictEqual(gunzipSync(file), bytes)
    assert.deepStrictEqual(decompress(file), bytes)
  })

  it("guards every bit of a compressed file, where plain gzip leaves some open", () => {
    const bytes = EntryBundle.encode(bytesOf(["one", "two", "three"]))
    const file = compress(bytes)
    for (let bit = 0; bit < file.length * 8; bit += 1) {
      const altered = Buffer.from(file)
      altered[bit >>> 3] = (altered[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      assert.isFalse(Buffer.isBuffer(decompress(altered)), `bit ${bit}`)
    }
    for (let length = 0; length < file.length; length += 1) {
      assert.isFalse(Buffer.isBuffer(decompress(file.subarray(0, length))))
    }
    assert.isFalse(Buffer.isBuffer(decompress(Buffer.concat([file, Buffer.from("x")]))))
    assert.isFalse(Buffer.isBuffer(decompress(gzipSync(bytes))))
  })

  it("stops at the announced size when it inflates", () => {
    const file = compress(Buffer.alloc(1_000_000))
    file.writeUInt32LE(1000, file.length - 4)
    assert.isFalse(Buffer.isBuffer(decompress(file)))
  })
})

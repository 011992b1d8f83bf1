import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { keyBytes, KeyedHash } from "./KeyedHash.ts"

// The reference implementation's vectors_hsip32: the text is the bytes 0, 1, 2, … of each
// length, the key the bytes 0 to 7, the hash in the order of its bytes.
const published = new Map([
  [0, "a9359f5b"],
  [1, "27475ab8"],
  [2, "fa62a603"],
  [3, "8afee704"],
  [4, "2a6e4689"],
  [5, "c5fab669"],
  [6, "5863fc23"],
  [7, "8bcf63c5"],
  [8, "d0b8848f"],
  [36, "e75cc6ec"],
])
const repeated = [0, 1, 2, 3, 4, 5, 6, 7]
const halfSipHashKey = Uint8Array.from([
  ...repeated,
  ...repeated,
  ...Array.from({ length: 16 }, () => 0),
])
const secretOf = (text: string): Uint8Array => createHash("sha256").update(text).digest()
const hexOf = (hash: number): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(hash)
  return bytes.toString("hex")
}
const bitsOf = (word: number): number => (word >>> 0).toString(2).replaceAll("0", "").length

describe("KeyedHash", () => {
  it("is HalfSipHash-2-4 under a key of its form", () => {
    const hash = new KeyedHash(halfSipHashKey)
    for (const [length, expected] of published) {
      const text = String.fromCharCode(...Array.from({ length }, (_, index) => index))
      assert.strictEqual(hexOf(hash.hash32(text)), expected, `${length} bytes`)
    }
  })

  it("gives another hash for every other bit of the secret", () => {
    const secret = secretOf("key")
    const id = "0193f5a2-7c11-7a5e-9d3c-4b1f0a2e6d70"
    const hash = new KeyedHash(secret).hash32(id)
    for (let bit = 0; bit < keyBytes * 8; bit++) {
      const other = Uint8Array.from(secret)
      other[bit >>> 3] = (other[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      assert.notStrictEqual(new KeyedHash(other).hash32(id), hash, `bit ${bit}`)
    }
  })

  it("changes about half of its bits with one character", () => {
    const hash = new KeyedHash(secretOf("avalanche"))
    let changed = 0
    const texts = 2000
    for (let index = 0; index < texts; index++) {
      const text = `0193f5a2-7c11-7a5e-9d3c-${index.toString(16).padStart(12, "0")}`
      changed += bitsOf(hash.hash32(text) ^ hash.hash32(`1${text.slice(1)}`))
    }
    assert.approximately(changed / texts, 16, 0.5)
  })

  it("hashes texts beyond Latin-1 and of any length", () => {
    const hash = new KeyedHash(secretOf("wide"))
    const texts = ["", "é", "日本", "日本語", "x".repeat(1000), "x".repeat(1001)]
    assert.strictEqual(new Set(texts.map((text) => hash.hash32(text))).size, texts.length)
  })

  it("refuses a secret of another length", () => {
    assert.throws(() => new KeyedHash(new Uint8Array(16)), RangeError)
  })
})

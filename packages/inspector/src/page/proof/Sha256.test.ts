import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { hashBehind } from "./Sha256.ts"

const expected = (...parts: ReadonlyArray<Uint8Array>): string =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex")
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

/** Bytes that repeat in no block. */
const bytesOf = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 167 + seed * 31 + (at >> 6)) & 0xff)

describe("SHA-256 of a byte and what is behind it", () => {
  it("is that of another implementation, at every length around the ends of blocks", () => {
    for (let length = 0; length <= 300; length += 1) {
      const bytes = bytesOf(length, length)
      assert.strictEqual(hex(hashBehind(0, bytes)), expected(Uint8Array.of(0), bytes), `${length}`)
    }
  })

  it("is that of another implementation for the largest entry, and for a small one after it", () => {
    for (const length of [65_535, 1_000_000, 12]) {
      const bytes = bytesOf(length, 5)
      assert.strictEqual(hex(hashBehind(0, bytes)), expected(Uint8Array.of(0), bytes), `${length}`)
    }
  })

  it("takes two parts as one behind the other", () => {
    const [left, right] = [bytesOf(32, 1), bytesOf(32, 2)]
    assert.strictEqual(hex(hashBehind(1, left, right)), expected(Uint8Array.of(1), left, right))
  })

  it("gives a hash of its own each time", () => {
    const first = hashBehind(0, bytesOf(20, 1))
    const before = hex(first)
    hashBehind(0, bytesOf(20, 2))
    assert.strictEqual(hex(first), before)
  })
})

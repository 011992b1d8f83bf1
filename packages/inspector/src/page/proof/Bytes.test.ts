import { assert, describe, it } from "@effect/vitest"
import { fromBase64, isSame, toBase64 } from "./Bytes.ts"

describe("base64 in its one form", () => {
  it("is read as it was written, at every length", () => {
    for (let length = 0; length < 40; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 73 + length * 19) & 0xff)
      const text = Buffer.from(bytes).toString("base64")
      assert.deepStrictEqual(fromBase64(text), bytes)
      assert.strictEqual(toBase64(bytes), text)
    }
  })

  it("is refused in any other form", () => {
    const others = ["A", "AA", "AAA", "AA=", "A===", "====", "AAA=AAAA", "AA==AAAA", "AB==", "AAB="]
    const strange = ["AA A", "AAA\n", "-_-_", "AAé=", "AAAA\u{1F600}==", "AAAAA AA"]
    for (const text of [...others, ...strange]) assert.isUndefined(fromBase64(text), text)
  })
})

describe("bytes", () => {
  it("are the same where each of them is, and there are as many", () => {
    assert.isTrue(isSame(Uint8Array.of(1, 2), Uint8Array.of(1, 2)))
    assert.isFalse(isSame(Uint8Array.of(1, 2), Uint8Array.of(1, 3)))
    assert.isFalse(isSame(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)))
  })
})

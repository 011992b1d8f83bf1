import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { binary, bytesOf, hexOf } from "../testing/Fields.ts"
import * as Binary from "./Binary.ts"

const write = (value: bigint, storage: ReturnType<typeof binary>, isFull = false): string => {
  const bytes = new Uint8Array(storage.bytes)
  return Binary.write(storage, isFull, value, bytes, 0) ?? hexOf(bytes)
}

describe("Binary", () => {
  // IBM, Enterprise COBOL Programming Guide, "Formats for numeric data": S9999 BINARY holds +1234
  // as 04 D2 and −1234 as FB 2E.
  it("reads and writes IBM's examples", () => {
    assert.strictEqual(Binary.toInteger(bytesOf("04D2"), 0, 2, true, true), 1234)
    assert.strictEqual(Binary.toInteger(bytesOf("FB2E"), 0, 2, true, true), -1234)
    assert.strictEqual(Binary.toInteger(bytesOf("FB2E"), 0, 2, true, false), 64302)
    assert.strictEqual(write(1234n, binary(2)), "04d2")
    assert.strictEqual(write(-1234n, binary(2)), "fb2e")
    assert.strictEqual(write(-1234n, binary(2, { endian: "little" })), "2efb")
  })

  it("keeps to the digits of the picture, or takes the full range", () => {
    assert.strictEqual(write(12_345n, binary(2)), "CPY-5002")
    assert.strictEqual(write(12_345n, binary(2), true), "3039")
    assert.strictEqual(write(32_768n, binary(2), true), "CPY-5002")
    assert.strictEqual(write(-32_768n, binary(2), true), "8000")
    assert.strictEqual(write(65_535n, binary(2, { isSigned: false }), true), "ffff")
    assert.strictEqual(write(-1n, binary(2, { isSigned: false }), true), "CPY-5004")
    assert.isTrue(Binary.fits(binary(2), 9999n))
    assert.isFalse(Binary.fits(binary(2), -10_000n))
  })

  it("says that a double can't hold a number rather than round it", () => {
    const bytes = bytesOf("0020000000000001")
    assert.isNaN(Binary.toInteger(bytes, 0, 8, true, true))
    assert.strictEqual(Binary.toBigInt(bytes, 0, 8, true, true), 2n ** 53n + 1n)
    assert.strictEqual(Binary.toInteger(bytesOf("001fffffffffffff"), 0, 8, true, true), 2 ** 53 - 1)
  })

  it.prop(
    "reads what is written, in every width, both ends first, by both paths",
    [Schema.Int, Schema.Boolean, Schema.Boolean],
    ([value, isBig, isSigned]) => {
      for (let bytes = 1; bytes <= 16; bytes++) {
        const bits = bytes * 8
        const kept = isSigned
          ? BigInt.asIntN(bits, BigInt(value))
          : BigInt.asUintN(bits, BigInt(value))
        const storage = binary(bytes, { isSigned, endian: isBig ? "big" : "little" })
        const written = bytesOf(write(kept, storage, true))
        assert.strictEqual(Binary.toBigInt(written, 0, bytes, isBig, isSigned), kept)
        if (bytes > 8) continue
        const fast = Binary.toInteger(written, 0, bytes, isBig, isSigned)
        assert.strictEqual(String(fast), Number.isSafeInteger(Number(kept)) ? String(kept) : "NaN")
      }
    },
  )
})

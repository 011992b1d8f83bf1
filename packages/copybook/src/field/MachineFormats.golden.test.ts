import { assert, describe, it } from "@effect/vitest"
import { bytesOf, hexOf, packed, zoned } from "../testing/Fields.ts"
import { Digits } from "./Digits.ts"
import * as Float from "./Float.ts"
import * as Packed from "./Packed.ts"
import * as Zoned from "./Zoned.ts"

const rules = { isEbcdic: true, signRule: "any", rule: "strict" } as const

// IBM System/370 Principles of Operation (GA22-7000), appendix A "Number Representation and
// Instruction-Use Examples", "Decimal Integers"; z/Architecture Principles of Operation
// (SA22-7832), chapter 8, has the same formats and codes.
describe("decimal integers of the machine", () => {
  it.each([
    ["123", "123c", "f1f2c3"],
    ["-4321", "04321d", "f4f3f2d1"],
  ])("%s is %s packed and %s zoned", (value, packedHex, zonedHex) => {
    const digits = new Digits()
    const count = value.replace("-", "").length
    const narrow = bytesOf(packedHex)
    const wide = bytesOf(zonedHex)
    const packedFormat = Packed.make(packed(count), narrow.length, rules)
    const zonedFormat = Zoned.make(zoned(count), wide.length, { ...rules, signs: "ebcdic" })
    assert.strictEqual(Packed.read(packedFormat, digits, narrow, 0), 0)
    assert.strictEqual(digits.toText(0, false), value)
    assert.strictEqual(Zoned.read(zonedFormat, digits, wide, 0), 0)
    assert.strictEqual(digits.toText(0, false), value)
    digits.set(BigInt(value), count)
    const again = new Uint8Array(narrow.length)
    Packed.write(packedFormat, digits, again, 0)
    assert.strictEqual(hexOf(again), packedHex)
    const zones = new Uint8Array(wide.length)
    Zoned.write(zonedFormat, digits, zones, 0)
    assert.strictEqual(hexOf(zones), zonedHex)
  })

  // The table of codes: 0 to 9 are no signs, 1010 to 1111 no digits.
  it("have sixteen codes, each a digit or a sign", () => {
    const digits = new Digits()
    const format = Packed.make(packed(1), 1, rules)
    for (let code = 0; code < 16; code++) {
      const asSign = Packed.read(format, digits, Uint8Array.of(0x10 | code), 0)
      assert.strictEqual(asSign, code < 10 ? "CPY-4004" : 0)
      const isMinus = code === 0x0b || code === 0x0d
      if (code >= 10) assert.strictEqual(digits.toText(0, false), isMinus ? "-1" : "1")
      const asDigit = Packed.read(format, digits, Uint8Array.of((code << 4) | 0x0c), 0)
      assert.strictEqual(asDigit, code < 10 ? 0 : "CPY-4003")
    }
  })
})

const read = (hex: string): number =>
  Float.read("ibm", bytesOf(hex), 0, hex.replaceAll(" ", "").length / 2, true)

const write = (value: number, length: number): string => {
  const bytes = new Uint8Array(length)
  return Float.write("ibm", value, bytes, 0, length, true) ?? hexOf(bytes)
}

// The same appendix, "Floating-Point Numbers": a sign, a characteristic in excess-64 notation, and
// a fraction below 1; normalized, it is 1/16 at least.
describe("hexadecimal floating-point numbers of the machine", () => {
  // 16^-65 ≤ M ≤ (1 − 16^-6) · 16^63, and (1 − 16^-14) · 16^63 in the long format.
  it("have the range of their formats", () => {
    for (const [hex, value] of [
      ["00100000", 16 ** -65],
      ["7fffffff", (1 - 16 ** -6) * 16 ** 63],
      ["ffffffff", -(1 - 16 ** -6) * 16 ** 63],
      ["0010000000000000", 16 ** -65],
      ["7ffffffffffffff8", (1 - 2 ** -53) * 16 ** 63],
    ] as const) {
      assert.strictEqual(read(hex), value)
      assert.strictEqual(write(value, hex.length / 2), hex)
    }
    assert.strictEqual(write(16 ** 63, 4), "CPY-5008")
    assert.strictEqual(write(read("7fffffffffffffff"), 8), "7fffffffffffffff")
  })

  it("have one value for every fraction that is shifted as its characteristic says", () => {
    for (const hex of ["41100000", "42010000", "43001000", "44000100", "45000010", "46000001"]) {
      assert.strictEqual(read(hex), 1)
    }
    assert.strictEqual(read("4e00000000000001"), 1)
    assert.strictEqual(write(1, 4), "41100000")
    // Below the least normalized number there are others.
    assert.strictEqual(read("00000001"), 16 ** -70)
    assert.strictEqual(write(16 ** -70, 4), "00000001")
  })

  it("have a true zero, and zeros with a sign or a characteristic", () => {
    for (const hex of ["00000000", "80000000", "41000000", "ff000000", "4000000000000000"]) {
      assert.isTrue(read(hex) === 0)
    }
    assert.strictEqual(write(0, 4), "00000000")
    assert.strictEqual(write(0, 8), "0000000000000000")
    assert.isTrue(Object.is(read("80000000"), -0))
    assert.strictEqual(write(-0, 4), "80000000")
  })
})

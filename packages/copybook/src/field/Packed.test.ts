import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { bytesOf, hexOf, packed } from "../testing/Fields.ts"
import { Digits } from "./Digits.ts"
import * as Packed from "./Packed.ts"

const any = { isEbcdic: true, signRule: "any", rule: "strict" } as const
const preferred = { ...any, signRule: "preferred" } as const
const relaxed = { ...any, rule: "relaxed" } as const

const read = (
  hex: string,
  count: number,
  more: Parameters<typeof packed>[1] = {},
  options: Parameters<typeof Packed.make>[2] = any,
) => {
  const bytes = bytesOf(hex)
  const digits = new Digits()
  const scale = Packed.read(
    Packed.make(packed(count, more), bytes.length, options),
    digits,
    bytes,
    0,
  )
  return typeof scale === "number" ? digits.toText(scale, true) : scale
}

const write = (value: bigint, count: number, more: Parameters<typeof packed>[1] = {}) => {
  const storage = packed(count, more)
  const bytes = new Uint8Array((count + (storage.hasSignNibble ? 2 : 1)) >> 1)
  const digits = new Digits()
  digits.set(value, count)
  return Packed.write(Packed.make(storage, bytes.length, any), digits, bytes, 0) ?? hexOf(bytes)
}

describe("Packed", () => {
  // IBM, Enterprise COBOL Programming Guide, "Examples: numeric data and internal
  // representation": S9999 COMP-3 holds +1234
  // as 01 23 4C and −1234 as 01 23 4D; 9999 COMP-3 holds 1234 as 01 23 4F.
  it("reads and writes IBM's examples", () => {
    assert.strictEqual(read("01234C", 4), "1234")
    assert.strictEqual(read("01234D", 4), "-1234")
    assert.strictEqual(read("01234F", 4, { isSigned: false }), "1234")
    assert.strictEqual(write(1234n, 4), "01234c")
    assert.strictEqual(write(-1234n, 4), "01234d")
    assert.strictEqual(write(1234n, 4, { isSigned: false }), "01234f")
  })

  it("reads and writes digits without a sign", () => {
    const unsigned = { isSigned: false, hasSignNibble: false }
    assert.strictEqual(read("1234", 4, unsigned), "1234")
    assert.strictEqual(read("0123", 3, unsigned), "123")
    assert.strictEqual(write(123n, 3, unsigned), "0123")
    assert.strictEqual(write(1234n, 4, unsigned), "1234")
  })

  it("takes every sign of the architecture, and only the preferred ones where asked", () => {
    for (const sign of "ACEF") assert.strictEqual(read(`12${sign}`.padStart(4, "0"), 3), "12")
    for (const sign of "BD") assert.strictEqual(read(`12${sign}`.padStart(4, "0"), 3), "-12")
    for (const sign of "ABEF") assert.strictEqual(read(`012${sign}`, 3, {}, preferred), "CPY-4004")
    assert.strictEqual(read("012C", 3, { isSigned: false }, preferred), "CPY-4004")
    assert.strictEqual(read("012C", 3, { isSigned: false }), "12")
  })

  it("holds 38 digits", () => {
    const nines = "9".repeat(38)
    assert.strictEqual(read(`0${nines}C`, 38), nines)
    assert.strictEqual(write(-BigInt(nines), 38), `0${nines}d`)
  })

  it("puts the point by the scale", () => {
    assert.strictEqual(read("00123D", 5, { scale: 2 }), "-1.23")
    assert.strictEqual(read("00123D", 5, { scale: 7 }), "-0.0000123")
    assert.strictEqual(read("00123C", 5, { scale: -2 }), "12300")
    assert.strictEqual(read("00000C", 5, { scale: -2 }), "0")
    assert.strictEqual(read("00000D", 5, { scale: 2 }), "-0.00")
  })

  it("names what is wrong", () => {
    assert.strictEqual(read("404040", 5), "CPY-4001")
    assert.strictEqual(read("000000", 5), "CPY-4002")
    assert.strictEqual(read("0A000C", 5), "CPY-4003")
    assert.strictEqual(read("000123", 5), "CPY-4004")
    assert.strictEqual(read("00123D", 5, { isSigned: false }), "CPY-4005")
    assert.strictEqual(read("11234C", 4), "CPY-4006")
    assert.strictEqual(write(-1n, 4, { isSigned: false }), "CPY-5004")
  })

  it("takes a digit where the picture leaves half a byte unused, only where it is relaxed", () => {
    const unsigned = { isSigned: false, hasSignNibble: false }
    assert.strictEqual(read("123456", 5, unsigned), "CPY-4006")
    assert.strictEqual(read("123456", 5, unsigned, relaxed), "123456")
    assert.strictEqual(read("11234C", 4, {}, relaxed), "11234")
    assert.strictEqual(read("A1234C", 4, {}, relaxed), "CPY-4003")
  })

  it("the fast path agrees with the exact one on every pair of bytes", () => {
    for (const [storage, options] of [
      [packed(3), any],
      [packed(2), any],
      [packed(2), relaxed],
      [packed(3, { isSigned: false }), preferred],
    ] as const) {
      const format = Packed.make(storage, 2, options)
      const digits = new Digits()
      for (let pair = 0; pair < 65_536; pair++) {
        const bytes = Uint8Array.of(pair >> 8, pair & 0xff)
        const exact = Packed.read(format, digits, bytes, 0)
        const fast = Packed.toInteger(bytes, 0, 2, format.signs, format.limit)
        const expected = typeof exact === "number" ? digits.toInteger() : Number.NaN
        if (!(fast === expected) && !Number.isNaN(fast + expected)) assert.fail(`${pair}`)
        if (Number.isNaN(fast) !== Number.isNaN(expected)) assert.fail(`${pair}: ${fast}`)
      }
    }
  })

  it.prop("what is written is read", [Schema.Int], ([value]) => {
    assert.strictEqual(read(write(BigInt(value), 18), 18), String(value))
  })
})

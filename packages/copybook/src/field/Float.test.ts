import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { bytesOf, hexOf } from "../testing/Fields.ts"
import * as Float from "./Float.ts"

const read = (format: Float.FloatFormat, hex: string, isBig = true): number =>
  Float.read(format, bytesOf(hex), 0, hex.replaceAll(" ", "").length / 2, isBig)

const write = (format: Float.FloatFormat, value: number, length: number, isBig = true): string => {
  const bytes = new Uint8Array(length)
  return Float.write(format, value, bytes, 0, length, isBig) ?? hexOf(bytes)
}

describe("Float", () => {
  // Worked out by the rules of IBM System/370 Principles of Operation (GA22-7000), appendix A,
  // "Floating-Point Numbers", and its least and greatest numbers of the short format.
  it.each([
    ["41100000", 1],
    ["40800000", 0.5],
    ["3f400000", 1 / 64],
    ["00000000", 0],
    ["c1f00000", -15],
    ["00100000", 16 ** -65],
    ["7fffffff", (1 - 16 ** -6) * 16 ** 63],
    ["c276a000", -118.625],
  ] as const)("the hexadecimal %s is %s", (hex, value) => {
    assert.strictEqual(read("ibm", hex), value)
    assert.strictEqual(write("ibm", value, 4), hex)
    assert.strictEqual(read("ibm", `${hex}00000000`), value)
    assert.strictEqual(write("ibm", value, 8), `${hex}00000000`)
  })

  it("reads unnormalised fractions, and either end first", () => {
    assert.strictEqual(read("ibm", "42010000"), 1)
    assert.strictEqual(read("ibm", "00001041", false), 1)
    assert.strictEqual(read("ibm", "0000000000001041", false), 1)
    assert.strictEqual(write("ibm", 0.1, 8, false), "9a99999999991940")
    assert.strictEqual(read("ieee", "000000000000f03f", false), 1)
    assert.strictEqual(write("ieee", 1, 8, false), "000000000000f03f")
  })

  it("rounds to the nearest, ties to even", () => {
    // 0.1 is 0.1999999999999A… in hexadecimal.
    assert.strictEqual(write("ibm", 0.1, 4), "4019999a")
    assert.strictEqual(write("ibm", 0.1, 8), "401999999999999a")
    assert.strictEqual(write("ibm", 1 + 2 ** -21, 4), "41100000")
    assert.strictEqual(write("ibm", 1 + 3 * 2 ** -21, 4), "41100002")
    // The fraction of all ones rounds up to the next power of sixteen.
    assert.strictEqual(write("ibm", 16 - 2 ** -30, 4), "42100000")
    // 56 bits of fraction into a double's 53: the last three are half, and stay even.
    assert.strictEqual(read("ibm", "4180000000000004"), 8)
    assert.strictEqual(read("ibm", "418000000000000c"), 8 + 2 ** -48)
  })

  it("writes the largest numbers that it reads", () => {
    // A double has no more than 16^63 for the last four.
    for (const isBig of [true, false]) {
      for (const hex of ["7fffffffffffffff", "ffffffffffffffff", "7ffffffffffffff8"]) {
        const bytes = isBig ? hex : Buffer.from(hex, "hex").reverse().toString("hex")
        assert.strictEqual(write("ibm", read("ibm", bytes, isBig), 8, isBig), bytes)
      }
    }
    assert.strictEqual(read("ibm", "7ffffffffffffffc"), 16 ** 63)
    assert.strictEqual(write("ibm", 16 ** 63, 4), "CPY-5008")
    assert.strictEqual(write("ibm", 16 ** 63 * (1 + 2 ** -52), 8), "CPY-5008")
  })

  it("refuses what the field can't hold", () => {
    assert.strictEqual(write("ibm", 1e76, 8), "CPY-5008")
    assert.strictEqual(write("ibm", -1e300, 4), "CPY-5008")
    assert.strictEqual(write("ieee", 1e39, 4), "CPY-5008")
    assert.strictEqual(write("ieee", Number.NaN, 8), "CPY-5008")
    assert.strictEqual(write("ibm", Number.POSITIVE_INFINITY, 8), "CPY-5008")
    assert.strictEqual(write("ibm", 1e-100, 4), "00000000")
    assert.strictEqual(write("ibm", -1e-300, 8), "8000000000000000")
  })

  it("shows the shortest text of a short number", () => {
    assert.strictEqual(Float.render("ieee", read("ieee", "3dcccccd"), 4), "0.1")
    assert.strictEqual(Float.render("ieee", read("ieee", "40490fda"), 4), "3.1415925")
    assert.strictEqual(Float.render("ieee", 0.1, 8), "0.1")
  })

  it.prop(
    "reads what is written, exactly where a double has it",
    [Schema.Int, Schema.Int],
    ([mantissa, power]) => {
      const value = mantissa * 2 ** (Math.abs(power) % 100)
      assert.strictEqual(read("ibm", write("ibm", value, 8)), value)
      assert.strictEqual(read("ieee", write("ieee", value, 8)), value)
      const short = Math.fround(value)
      assert.strictEqual(read("ieee", write("ieee", short, 4)), short)
      // A short hexadecimal fraction has at least 21 bits.
      const error = Math.abs(read("ibm", write("ibm", value, 4)) - value)
      assert.isAtMost(error, Math.abs(value) * 2 ** -21)
    },
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { bytesOf, hexOf, zoned } from "../testing/Fields.ts"
import { Digits } from "./Digits.ts"
import * as Zoned from "./Zoned.ts"

const ebcdic = { isEbcdic: true, signs: "ebcdic", signRule: "any", rule: "strict" } as const
const ascii = {
  isEbcdic: false,
  signs: "ascii-overpunch",
  signRule: "any",
  rule: "strict",
} as const
type Options = Parameters<typeof Zoned.make>[2]

const read = (hex: string, options: Options = ebcdic, more: Parameters<typeof zoned>[1] = {}) => {
  const bytes = bytesOf(hex)
  const separate = more.isSignSeparate === true && more.isSigned !== false ? 1 : 0
  const format = Zoned.make(zoned(bytes.length - separate, more), bytes.length, options)
  const digits = new Digits()
  const scale = Zoned.read(format, digits, bytes, 0)
  return typeof scale === "number" ? digits.toText(scale, true) : scale
}

const write = (
  value: bigint,
  count: number,
  options: Options = ebcdic,
  more: Parameters<typeof zoned>[1] = {},
) => {
  const length = count + (more.isSignSeparate === true ? 1 : 0)
  const bytes = new Uint8Array(length)
  const digits = new Digits()
  digits.set(value, count)
  const format = Zoned.make(zoned(count, more), length, options)
  return Zoned.write(format, digits, bytes, 0) ?? hexOf(bytes)
}

describe("Zoned", () => {
  // IBM, Enterprise COBOL Programming Guide, "Examples: numeric data and internal
  // representation": S9999 DISPLAY holds
  // +1234 as F1 F2 F3 C4 and −1234 as F1 F2 F3 D4; 9999 holds 1234 as F1 F2 F3 F4; LEADING,
  // SEPARATE and both as below.
  it("reads and writes IBM's examples", () => {
    assert.strictEqual(read("F1F2F3C4"), "1234")
    assert.strictEqual(read("F1F2F3D4"), "-1234")
    assert.strictEqual(read("F1F2F3F4", ebcdic, { isSigned: false }), "1234")
    assert.strictEqual(write(1234n, 4), "f1f2f3c4")
    assert.strictEqual(write(-1234n, 4), "f1f2f3d4")
    assert.strictEqual(write(1234n, 4, ebcdic, { isSigned: false }), "f1f2f3f4")
    const leading = { signPosition: "leading" } as const
    assert.strictEqual(read("C1F2F3F4", ebcdic, leading), "1234")
    assert.strictEqual(write(-1234n, 4, ebcdic, leading), "d1f2f3f4")
    const separate = { isSignSeparate: true } as const
    assert.strictEqual(read("F1F2F3F44E", ebcdic, separate), "1234")
    assert.strictEqual(write(-1234n, 4, ebcdic, separate), "f1f2f3f460")
    const both = { ...leading, ...separate }
    assert.strictEqual(read("60F1F2F3F4", ebcdic, both), "-1234")
    assert.strictEqual(write(1234n, 4, ebcdic, both), "4ef1f2f3f4")
  })

  // z/Architecture Principles of Operation, "Decimal-number formats": A, C, E, F plus; B, D minus.
  it("takes every sign of the architecture, and only the preferred ones where asked", () => {
    for (const zone of "ACEF") assert.strictEqual(read(`F1${zone}2`), "12")
    for (const zone of "BD") assert.strictEqual(read(`F1${zone}2`), "-12")
    const preferred = { ...ebcdic, signRule: "preferred" } as const
    assert.strictEqual(read("F1C2", preferred), "12")
    assert.strictEqual(read("F1D2", preferred), "-12")
    for (const zone of "ABEF") assert.strictEqual(read(`F1${zone}2`, preferred), "CPY-4004")
    assert.strictEqual(read("F1C2", preferred, { isSigned: false }), "CPY-4004")
  })

  it("keeps the sign of zero for those who ask", () => {
    assert.strictEqual(read("F0D0"), "-0")
  })

  it("reads both ways of signs in ASCII, and writes the chosen one", () => {
    assert.strictEqual(read("31327B", ascii), "120")
    assert.strictEqual(read("31327D", ascii), "-120")
    assert.strictEqual(read("313241", ascii), "121")
    assert.strictEqual(read("313252", ascii), "-129")
    assert.strictEqual(read("313279", ascii), "-129")
    assert.strictEqual(read("313239", ascii), "129")
    const zone = { ...ascii, signs: "ascii-zone" } as const
    assert.strictEqual(write(120n, 3, ascii), "31327b")
    assert.strictEqual(write(-120n, 3, ascii), "31327d")
    assert.strictEqual(write(-129n, 3, ascii), "313252")
    assert.strictEqual(write(129n, 3, zone), "313239")
    assert.strictEqual(write(-129n, 3, zone), "313279")
    assert.strictEqual(write(129n, 3, ascii, { isSigned: false }), "313239")
    assert.strictEqual(
      read("2D3132", ascii, { signPosition: "leading", isSignSeparate: true }),
      "-12",
    )
  })

  it.each([
    ["ascii-fujitsu", "313240", "313250", "313249", "313259"],
    ["ascii-realia", "313230", "313220", "313239", "313229"],
  ] as const)("reads %s alone, because it contradicts the others", (signs, ...texts) => {
    const own = { ...ascii, signs }
    assert.deepStrictEqual(
      texts.map((text) => read(text, own)),
      ["120", "-120", "129", "-129"],
    )
    assert.deepStrictEqual(
      [120n, -120n, 129n, -129n].map((value) => write(value, 3, own).toUpperCase()),
      texts,
    )
    assert.strictEqual(read("313239", own), "129")
    assert.strictEqual(read("31327D", own), "CPY-4003")
    assert.strictEqual(read("313279", own), "CPY-4003")
    assert.strictEqual(read(texts.at(-1) ?? "", own, { isSigned: false }), "CPY-4005")
  })

  it("names what is wrong", () => {
    assert.strictEqual(read("404040"), "CPY-4001")
    assert.strictEqual(read("000000"), "CPY-4002")
    assert.strictEqual(read("40F1F2"), "CPY-4003")
    assert.strictEqual(read("F1FAF2"), "CPY-4003")
    assert.strictEqual(read("F1F2CA"), "CPY-4003")
    assert.strictEqual(read("F1F292"), "CPY-4004")
    assert.strictEqual(read("F1F2D2", ebcdic, { isSigned: false }), "CPY-4005")
    assert.strictEqual(read("F1F2F3", ebcdic, { isSignSeparate: true }), "CPY-4004")
    assert.strictEqual(read("31327D", ascii, { isSigned: false }), "CPY-4005")
    assert.strictEqual(read("313220", ascii), "CPY-4003")
    assert.strictEqual(write(-1n, 2, ebcdic, { isSigned: false }), "CPY-5004")
  })

  it("takes blanks, written signs and points where it is relaxed", () => {
    const relaxed = { ...ebcdic, rule: "relaxed" } as const
    assert.strictEqual(read("40F1F240", relaxed), "12")
    assert.strictEqual(read("60F1F2", relaxed), "-12")
    assert.strictEqual(read("F1F24E", relaxed), "12")
    assert.strictEqual(read("F1F24BF5", relaxed, { scale: 2 }), "12.50")
    assert.strictEqual(read("F1F24BF5", relaxed), "CPY-4003")
    assert.strictEqual(read("F1F24BF5F0", relaxed, { scale: 1 }), "12.5")
    assert.strictEqual(read("F1F24BF5F1", relaxed, { scale: 1 }), "CPY-4006")
    assert.strictEqual(read("D1F2", relaxed), "-12")
    assert.strictEqual(read("60F1", relaxed, { isSigned: false }), "CPY-4005")
    assert.strictEqual(read("F1C2F3", relaxed), "CPY-4004")
    assert.strictEqual(read("4040", relaxed), "CPY-4001")
    assert.strictEqual(read("F3F300", relaxed), "33")
    assert.strictEqual(read("0040F3F3", relaxed), "33")
    assert.strictEqual(read("F300F3", relaxed), "CPY-4004")
    assert.strictEqual(read("0040", relaxed), "CPY-4001")
    assert.strictEqual(read("0000", relaxed), "CPY-4002")
    assert.strictEqual(read("4E40", relaxed), "CPY-4003")
    assert.strictEqual(read("F3F300"), "CPY-4004")
    const anyZone = { ...ebcdic, rule: "any-zone" } as const
    assert.strictEqual(read("F1D5C1", anyZone), "151")
    assert.strictEqual(read("F1C5D1", anyZone), "-151")
    assert.strictEqual(read("F1D5C1", anyZone, { isSigned: false }), "151")
  })

  it("takes no signs in zones where there are none", () => {
    const none = { ...ebcdic, signRule: "none" } as const
    assert.strictEqual(read("F1F2", none), "12")
    assert.strictEqual(read("F1C2", none), "CPY-4004")
  })

  it.prop(
    "the fast path agrees with the exact one on any bytes",
    [Schema.Array(Schema.Int), Schema.Boolean, Schema.Boolean],
    ([values, isEbcdic, isSigned]) => {
      const zone = isEbcdic ? 0xf0 : 0x30
      // Mostly digits, so that many are whole.
      const bytes = Uint8Array.from(values.slice(0, 15), (each) =>
        each % 7 === 0 ? each & 0xff : zone | (Math.abs(each) % 10),
      )
      if (bytes.length === 0) return
      const format = Zoned.make(
        zoned(bytes.length, { isSigned }),
        bytes.length,
        isEbcdic ? ebcdic : ascii,
      )
      const digits = new Digits()
      const exact = Zoned.read(format, digits, bytes, 0)
      const fast = Zoned.toInteger(bytes, 0, bytes.length, format.zone, format.table)
      assert.strictEqual(
        String(fast),
        typeof exact === "number" ? String(digits.toInteger()) : "NaN",
      )
    },
  )

  it("the fast path agrees with the exact one on every last byte", () => {
    const others = (["ascii-zone", "ascii-fujitsu", "ascii-realia"] as const).map((signs) => ({
      ...ascii,
      signs,
    }))
    for (const options of [ebcdic, ascii, ...others]) {
      for (const signRule of ["any", "preferred"] as const) {
        for (const isSigned of [true, false]) {
          const format = Zoned.make(zoned(2, { isSigned }), 2, { ...options, signRule })
          for (let byte = 0; byte < 256; byte++) {
            const bytes = Uint8Array.of(format.zone | 1, byte)
            const digits = new Digits()
            const exact = Zoned.read(format, digits, bytes, 0)
            const fast = Zoned.toInteger(bytes, 0, 2, format.zone, format.table)
            assert.strictEqual(
              String(fast),
              typeof exact === "number" ? String(digits.toInteger()) : "NaN",
            )
          }
        }
      }
    }
  })

  it.prop(
    "what is written is read",
    [
      Schema.Int,
      Schema.Boolean,
      Schema.Boolean,
      Schema.Literals(["ebcdic", "ascii-overpunch", "ascii-zone", "ascii-fujitsu", "ascii-realia"]),
    ],
    ([value, isLeading, isSignSeparate, signs]) => {
      const options = { ...ebcdic, isEbcdic: signs === "ebcdic", signs }
      const more = { signPosition: isLeading ? "leading" : "trailing", isSignSeparate } as const
      assert.strictEqual(
        read(write(BigInt(value), 17, options, more), options, more),
        String(value),
      )
    },
  )
})

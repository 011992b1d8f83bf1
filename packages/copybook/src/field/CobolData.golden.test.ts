import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import type { CodecOptions } from "../record/CodecOptions.ts"
import * as RecordCodec from "../record/RecordCodec.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { bytesOf, hexOf } from "../testing/Fields.ts"

const ebcdic = Result.getOrThrow(codePage("cp037"))
const ascii = Result.getOrThrow(codePage("ascii"))

const codecOf = (clauses: string, options: Partial<CodecOptions> = {}, dialect = "ibm") =>
  Result.getOrThrow(
    RecordCodec.make(layoutOfText(`01 R. 05 A ${clauses}.`, dialect === "ibm" ? {} : gnucobol), {
      codePage: ebcdic,
      ...options,
    }),
  )

const gnucobol = { dialect: "gnucobol" } as const

const read = (hex: string, clauses: string, options: Partial<CodecOptions> = {}): unknown => {
  const { faults, value } = codecOf(clauses, options).decoder.decode(bytesOf(hex))
  return faults[0]?.code ?? value["A"]
}

const write = (
  value: number | string,
  clauses: string,
  options: Partial<CodecOptions> = {},
): string => {
  const made = codecOf(clauses, options).encoder.encode({ A: value })
  return Result.isSuccess(made) ? hexOf(made.success) : (made.failure.faults[0]?.code ?? "")
}

// Enterprise COBOL for z/OS 6.4, Programming Guide, "Examples: numeric data and internal
// representation", table 1, all of its rows.
const table: ReadonlyArray<readonly [clauses: string, value: number, hex: string]> = [
  ["PIC S9999 DISPLAY", 1234, "F1F2F3C4"],
  ["PIC S9999 DISPLAY", -1234, "F1F2F3D4"],
  ["PIC 9999 DISPLAY", 1234, "F1F2F3F4"],
  ["PIC 9999 NATIONAL", 1234, "0031003200330034"],
  ["PIC S9999 DISPLAY SIGN LEADING", 1234, "C1F2F3F4"],
  ["PIC S9999 DISPLAY SIGN LEADING", -1234, "D1F2F3F4"],
  ["PIC S9999 DISPLAY SIGN LEADING SEPARATE", 1234, "4EF1F2F3F4"],
  ["PIC S9999 DISPLAY SIGN LEADING SEPARATE", -1234, "60F1F2F3F4"],
  ["PIC S9999 DISPLAY SIGN TRAILING SEPARATE", 1234, "F1F2F3F44E"],
  ["PIC S9999 DISPLAY SIGN TRAILING SEPARATE", -1234, "F1F2F3F460"],
  ["PIC S9999 NATIONAL SIGN LEADING SEPARATE", 1234, "002B0031003200330034"],
  ["PIC S9999 NATIONAL SIGN LEADING SEPARATE", -1234, "002D0031003200330034"],
  ["PIC S9999 NATIONAL SIGN TRAILING SEPARATE", 1234, "0031003200330034002B"],
  ["PIC S9999 NATIONAL SIGN TRAILING SEPARATE", -1234, "0031003200330034002D"],
  ["PIC S9999 BINARY", 1234, "04D2"],
  ["PIC S9999 COMP", -1234, "FB2E"],
  ["PIC S9999 COMP-4", -1234, "FB2E"],
  ["PIC S9999 COMP-5", 12_345, "3039"],
  ["PIC S9999 COMP-5", -12_345, "CFC7"],
  ["PIC 9999 BINARY", 1234, "04D2"],
  ["PIC 9999 COMP-5", 60_000, "EA60"],
  ["PIC S9999 PACKED-DECIMAL", 1234, "01234C"],
  ["PIC S9999 COMP-3", -1234, "01234D"],
  ["PIC 9999 COMP-3", 1234, "01234F"],
  ["COMP-1", 1234, "434D2000"],
  ["COMP-1", -1234, "C34D2000"],
  ["COMP-2", 1234, "434D200000000000"],
  ["COMP-2", -1234, "C34D200000000000"],
  ["PIC +9(2).9(2)E+99 DISPLAY", 1234, "4EF1F24BF3F4C54EF0F2"],
  ["PIC +9(2).9(2)E+99 DISPLAY", -1234, "60F1F24BF3F4C54EF0F2"],
]

describe("numeric data of Enterprise COBOL", () => {
  it.each(table)("%s holds %d as %s", (clauses, value, hex) => {
    assert.strictEqual(read(hex, clauses), value)
    assert.strictEqual(write(value, clauses), hex.toLowerCase())
  })

  // The same guide, "Sign representation of zoned and packed-decimal data": C, A, E and F are
  // positive, D and B negative; C, D and F (without sign) are preferred, and are generated.
  it("has preferred signs, and others that are taken", () => {
    for (const sign of "CAEF") {
      assert.strictEqual(read(`F1F2${sign}3`, "PIC S999"), 123)
      assert.strictEqual(read(`${sign}1F2F3`, "PIC S999 SIGN LEADING"), 123)
      assert.strictEqual(read(`123${sign}`, "PIC S999 COMP-3"), 123)
    }
    for (const sign of "DB") {
      assert.strictEqual(read(`F1F2${sign}3`, "PIC S999"), -123)
      assert.strictEqual(read(`123${sign}`, "PIC S999 COMP-3"), -123)
      assert.strictEqual(read(`F1F2${sign}3`, "PIC 999"), "CPY-4005")
      assert.strictEqual(read(`123${sign}`, "PIC 999 COMP-3"), "CPY-4005")
    }
    const preferred = { signRule: "preferred" } as const
    for (const sign of "ABEF") {
      assert.strictEqual(read(`F1F2${sign}3`, "PIC S999", preferred), "CPY-4004")
      assert.strictEqual(read(`123${sign}`, "PIC S999 COMP-3", preferred), "CPY-4004")
    }
    assert.strictEqual(read("F1F2F3", "PIC 999", preferred), 123)
    assert.strictEqual(read("123F", "PIC 999 COMP-3", preferred), 123)
  })

  it("has a zero with either sign, and writes the positive one", () => {
    for (const [clauses, minus, plus] of [
      ["PIC S99", "F0D0", "f0c0"],
      ["PIC S999 COMP-3", "000D", "000c"],
      ["PIC S99 SIGN LEADING SEPARATE", "60F0F0", "4ef0f0"],
    ] as const) {
      assert.strictEqual(read(minus, clauses), 0)
      assert.strictEqual(write(0, clauses), plus)
      const keeps = { keepsNegativeZero: true } as const
      assert.isTrue(Object.is(read(minus, clauses, keeps), -0))
      assert.strictEqual(write(-0, clauses, keeps), minus.toLowerCase())
    }
  })

  // The same guide, "TRUNC": STD keeps the digits of the PICTURE, BIN those of the halfword,
  // fullword or doubleword; COMP-5 is always as with BIN.
  it("keeps to the picture's digits or to the binary's bits", () => {
    const [std, bin] = [{ binaryRange: "digits" }, { binaryRange: "full" }] as const
    assert.strictEqual(read("2710", "PIC S9(4) COMP", std), "CPY-4006")
    assert.strictEqual(read("2710", "PIC S9(4) COMP", bin), 10_000)
    assert.strictEqual(read("2710", "PIC S9(4) COMP-5", std), 10_000)
    assert.strictEqual(write(10_000, "PIC S9(4) COMP", std), "CPY-5002")
    assert.strictEqual(write(10_000, "PIC S9(4) COMP", bin), "2710")
    assert.strictEqual(write(32_768, "PIC S9(4) COMP", bin), "CPY-5002")
    assert.strictEqual(write(-32_768, "PIC S9(4) COMP", bin), "8000")
    assert.strictEqual(write(65_535, "PIC 9(4) COMP", bin), "ffff")
    assert.strictEqual(write("9223372036854775807", "PIC S9(18) COMP", bin), "7fffffffffffffff")
    assert.strictEqual(read("7FFFFFFFFFFFFFFF", "PIC S9(18) COMP", bin), "9223372036854775807")
  })

  // COBOL for Linux on x86 1.2, Programming Guide, the topic of the same name, native data.
  it("has signs of ASCII where data is native", () => {
    const native = codecOf("PIC S9999", { codePage: ascii }, "gnucobol")
    const leading = codecOf("PIC S9999 SIGN LEADING", { codePage: ascii }, "gnucobol")
    for (const [codec, value, hex] of [
      [native, 1234, "31323334"],
      [native, -1234, "31323374"],
      [leading, 1234, "31323334"],
      [leading, -1234, "71323334"],
    ] as const) {
      assert.deepStrictEqual(codec.decoder.decode(bytesOf(hex)).value, { A: value })
      assert.strictEqual(hexOf(Result.getOrThrow(codec.encoder.encode({ A: value }))), hex)
    }
  })

  it("has values with every digit, whatever their number", () => {
    for (const count of [1, 15, 16, 18, 19, 31, 38]) {
      const nines = "9".repeat(count)
      const value = count <= 15 ? -Number(nines) : `-${nines}`
      const packed = `${nines}d`.padStart(count % 2 === 0 ? count + 2 : count + 1, "0")
      assert.strictEqual(read(packed, `PIC S9(${count}) COMP-3`), value)
      assert.strictEqual(write(value, `PIC S9(${count}) COMP-3`), packed)
      const zoned = `${"f9".repeat(count - 1)}d9`
      assert.strictEqual(read(zoned, `PIC S9(${count})`), value)
      assert.strictEqual(write(value, `PIC S9(${count})`), zoned)
      assert.strictEqual(write(`1${nines}`, `PIC S9(${count})`), "CPY-5002")
    }
    assert.strictEqual(read("F1F2F3", "PIC 9(3)P(2)"), 12_300)
    assert.strictEqual(write(12_300, "PIC 9(3)P(2)"), "f1f2f3")
    assert.strictEqual(write(12_345, "PIC 9(3)P(2)"), "CPY-5003")
    assert.strictEqual(read("F1F2", "PIC VP(3)9(2)"), 0.000_12)
    assert.strictEqual(write(0.000_12, "PIC VP(3)9(2)"), "f1f2")
  })
})

import { assert, describe, it } from "@effect/vitest"
import { picture } from "../testing/Fields.ts"
import { type Decimal, parse, render } from "./Decimal.ts"
import * as ExternalFloat from "./ExternalFloat.ts"

const formatOf = (text: string, comma = false): ExternalFloat.ExternalFloatFormat =>
  ExternalFloat.make(picture(text, "external-float", comma ? { decimalPoint: "," } : {})) ??
  assert.fail(text)

const read = (text: string, characters: string): string => {
  const value = ExternalFloat.read(formatOf(text), characters)
  return typeof value === "string" ? value : render(value)
}

const decimal = (text: string): Decimal => parse(text) ?? assert.fail(text)

describe("ExternalFloat", () => {
  // IBM, Enterprise COBOL Language Reference, "PICTURE clause", external floating-point items.
  it("reads mantissa and exponent", () => {
    assert.strictEqual(read("-9v9(9)E-99".toUpperCase(), " 1234567890E 01"), "12.34567890")
    assert.strictEqual(read("+9.9(5)E+99", "+1.50000E+02"), "150.000")
    assert.strictEqual(read("+9.9(5)E+99", "-1.50000E-02"), "-0.0150000")
    assert.strictEqual(read("+999.99E+99", "+000.00E+00"), "0.00")
  })

  it("refuses characters that the picture can't have made", () => {
    for (const text of [
      "1.50000E+02 ",
      " 1.50000E+02",
      "+1,50000E+02",
      "+1.50000F+02",
      "+1.5000 E+02",
    ]) {
      assert.strictEqual(read("+9.9(5)E+99", text), "CPY-4010")
    }
    assert.strictEqual(read("+9.9E+99", "        "), "CPY-4001")
    assert.strictEqual(read("+9.9E+99", "\0\0\0\0\0\0\0\0"), "CPY-4002")
  })

  it("writes the first digit first, and rounds what has no room", () => {
    const format = formatOf("+9.99E+99")
    assert.strictEqual(ExternalFloat.write(format, decimal("150")), "+1.50E+02")
    assert.strictEqual(ExternalFloat.write(format, decimal("-0.012345")), "-1.23E-02")
    assert.strictEqual(ExternalFloat.write(format, decimal("9999")), "+1.00E+04")
    assert.strictEqual(ExternalFloat.write(format, decimal("0")), "+0.00E+00")
    assert.isUndefined(ExternalFloat.write(format, decimal("1e150")))
    assert.strictEqual(ExternalFloat.write(formatOf("-9,9E-9", true), decimal("15")), " 1,5E 1")
  })

  it("is only made of pictures that are external floats", () => {
    assert.isUndefined(ExternalFloat.make(picture("ZZ9.99", "numeric-edited")))
  })
})

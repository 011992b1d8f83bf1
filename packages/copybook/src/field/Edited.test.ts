import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { picture } from "../testing/Fields.ts"
import { parse, unscaledAt } from "./Decimal.ts"
import { Digits } from "./Digits.ts"
import * as Edited from "./Edited.ts"
import * as EditedPicture from "./EditedPicture.ts"

const formatOf = (text: string, more: Partial<Edited.EditedFormat> & { comma?: true } = {}) => ({
  picture: EditedPicture.make(
    picture(text, "numeric-edited", more.comma === true ? { decimalPoint: "," } : {}),
  ),
  isBlankWhenZero: false,
  rule: "strict" as const,
  ...more,
})

const edited = (text: string, value: string, more: Parameters<typeof formatOf>[1] = {}): string => {
  const format = formatOf(text, more)
  const digits = new Digits()
  const unscaled = unscaledAt(parse(value) ?? assert.fail(value), format.picture.scale, "truncate")
  // A program that moves a larger number loses the digits in front; so do these examples.
  const kept = (unscaled ?? 0n) % 10n ** BigInt(format.picture.digits)
  assert.isTrue(digits.set(kept, format.picture.digits))
  return Edited.edit(format, digits)
}

const read = (text: string, characters: string, more: Parameters<typeof formatOf>[1] = {}) => {
  const digits = new Digits()
  const scale = Edited.read(formatOf(text, more), digits, characters)
  return typeof scale === "number" ? digits.toText(scale, true) : scale
}

/** IBM Enterprise COBOL for z/OS, Language Reference, "PICTURE clause editing": its examples, but for a DB printed where CR is meant. */
const examples: ReadonlyArray<readonly [picture: string, value: string, edited: string]> = [
  // Simple insertion
  ["99,99,99", "123456", "12,34,56"],
  ["99B99B99", "123456", "12 34 56"],
  ["99/99/99", "123456", "12/34/56"],
  ["0099", "12", "0012"],
  // Special insertion
  ["999.99", "1.234", "001.23"],
  ["999.99", "12.34", "012.34"],
  ["999.99", "123.45", "123.45"],
  ["999.99", "1234.5", "234.50"],
  // Fixed insertion
  ["999.99+", "6555.556", "555.55+"],
  ["+9999.99", "-6555.555", "-6555.55"],
  ["9999.99", "1234.56", "1234.56"],
  ["-$999.99", "-123.456", "-$123.45"],
  ["-$999.99", "123.456", " $123.45"],
  ["$9999.99CR", "123.45", "$0123.45  "],
  ["$9999.99CR", "-123.45", "$0123.45CR"],
  ["$9999.99DB", "-123.45", "$0123.45DB"],
  // Floating insertion
  ["$$$$.99", ".123", "   $.12"],
  ["$$$9.99", ".12", "  $0.12"],
  ["$,$$$,999.99", "1234.56", "   $1,234.56"],
  ["+,+++,999.99", "-123456.789", " -123,456.78"],
  ["$$,$$$,$$$.99CR", "-1234567", "$1,234,567.00CR"],
  ["++,+++,+++.+++", "0000.00", "              "],
  // Zero suppression and replacement
  ["****.**", "0000.00", "****.**"],
  ["ZZZZ.ZZ", "0000.00", "       "],
  ["ZZZZ.99", "0000.00", "    .00"],
  ["****.99", "0000.00", "****.00"],
  ["ZZ99.99", "0000.00", "  00.00"],
  ["Z,ZZZ.ZZ+", "123.456", "  123.45+"],
  ["*,***.**+", "-123.45", "**123.45-"],
  ["**,***,***.**+", "12345678.9", "12,345,678.90+"],
  ["$Z,ZZZ,ZZZ.ZZCR", "12345.67", "$   12,345.67  "],
  ["$B*,***,***.**BBDB", "-12345.67", "$ ***12,345.67  DB"],
]

describe("Edited", () => {
  it.each(examples)("%s shows %s as %j", (text, value, expected) => {
    assert.strictEqual(edited(text, value), expected)
  })

  it.each(examples)("%s is read back from what it shows of %s: %j", (text, value, expected) => {
    const format = formatOf(text)
    const decimal = parse(value) ?? assert.fail(value)
    const unscaled = unscaledAt(decimal, format.picture.scale, "truncate") ?? 0n
    const digits = new Digits()
    digits.set(unscaled % 10n ** BigInt(format.picture.digits), format.picture.digits)
    assert.strictEqual(read(text, expected), digits.toText(format.picture.scale, false))
  })

  it("is blank where it is blank when zero", () => {
    assert.strictEqual(edited("9,999.99-", "0", { isBlankWhenZero: true }), "         ")
    assert.strictEqual(read("9,999.99-", "         ", { isBlankWhenZero: true }), "0.00")
  })

  it("shows a minus in front of insertions that are suppressed", () => {
    assert.strictEqual(edited("---,--9", "-12"), "    -12")
    assert.strictEqual(edited("---,--9", "-123"), "   -123")
    assert.strictEqual(read("---,--9", "   -123"), "-123")
  })

  it("takes the comma as decimal point where the program says so", () => {
    assert.strictEqual(edited("Z.ZZ9,99", "1234.5", { comma: true }), "1.234,50")
    assert.strictEqual(read("Z.ZZ9,99", "   12,50", { comma: true }), "12.50")
  })

  it("refuses characters that the picture can't have made", () => {
    assert.strictEqual(read("ZZ9.99", "01 .00"), "CPY-4010")
    assert.strictEqual(read("ZZ9.99", "012.00"), "CPY-4010")
    assert.strictEqual(read("ZZ9.99", "12,00 "), "CPY-4010")
    assert.strictEqual(read("$$$9", "£££1"), "CPY-4010")
    assert.strictEqual(read("ZZ9.99", "      "), "CPY-4001")
    assert.strictEqual(read("ZZ9.99", "\0\0\0\0\0\0"), "CPY-4002")
  })

  it("takes any layout of a number where it is relaxed", () => {
    assert.strictEqual(read("ZZ9.99", "012.00", { rule: "relaxed" }), "12.00")
    assert.strictEqual(read("Z,ZZ9.99-", "-1,234.50", { rule: "relaxed" }), "-1234.50")
    assert.strictEqual(read("ZZZ9.99CR", "12.5 CR  ", { rule: "relaxed" }), "-12.5")
    assert.strictEqual(read("ZZ9.99", "1x2.00", { rule: "relaxed" }), "CPY-4010")
    assert.strictEqual(read("+99.99", "123.45", { rule: "relaxed" }), "CPY-4006")
  })

  it("takes a sign over a digit where the picture has S and it is relaxed", () => {
    const relaxed = { rule: "relaxed" } as const
    assert.strictEqual(read("S9(3).99", "305.0L", relaxed), "-305.03")
    assert.strictEqual(read("S9(3).99", "305.0}", relaxed), "-305.00")
    assert.strictEqual(read("S9(3).99", "78D.49", relaxed), "CPY-4010")
    assert.strictEqual(read("S9(3).99", "784.4I", relaxed), "784.49")
    assert.strictEqual(read("S9(3).99", "G84.49", relaxed), "784.49")
    assert.strictEqual(read("S9(3).99", "784.49", relaxed), "784.49")
    assert.strictEqual(read("S9(3).99", "-05.0L", relaxed), "CPY-4010")
    assert.strictEqual(read("9(3).99", "305.0L", relaxed), "CPY-4010")
    assert.strictEqual(read("S9(3).99", "305.0L"), "CPY-4010")
  })

  it.prop(
    "reads every number that it shows",
    [
      Schema.Literals(["-Z,ZZ9.99", "+++,+++.99", "$$,$$9.99CR", "**,**9.99-", "Z(5)9.9(2)DB"]),
      Schema.Int,
    ],
    ([text, value]) => {
      const format = formatOf(text)
      const digits = new Digits()
      digits.set(BigInt(value) % 10n ** BigInt(format.picture.digits), format.picture.digits)
      if (digits.isZero()) digits.isNegative = false
      const expected = digits.toText(2, false)
      assert.strictEqual(read(text, Edited.edit(format, digits)), expected)
    },
  )
})

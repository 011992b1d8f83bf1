import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Picture } from "./Picture.ts"
import { parsePicture } from "./PictureParser.ts"
import type { PictureOptions } from "./PictureSymbols.ts"

const pictureOf = (text: string, options?: PictureOptions): Picture => {
  const { faults, picture } = parsePicture(text, options)
  assert.isDefined(picture, `${text}: ${faults.map(({ message }) => message).join("; ")}`)
  return picture
}

/** Category, size, digits, scale and whether it is signed. */
const shape = (text: string, options?: PictureOptions): string => {
  const { category, digits, isSigned, scale, size } = pictureOf(text, options)
  return `${category} ${size} ${digits} ${scale}${isSigned ? " signed" : ""}`
}

const fault = (text: string, options?: PictureOptions): string => {
  const { faults, picture } = parsePicture(text, options)
  assert.isUndefined(picture, `${text} is taken`)
  const [first] = faults
  return `${first?.code} at ${first?.at}`
}

describe("a picture of characters", () => {
  const shapes: Readonly<Record<string, string>> = {
    X: "alphanumeric 1 0 0",
    "x(5)": "alphanumeric 5 0 0",
    "X(0005)": "alphanumeric 5 0 0",
    "XX(3)X": "alphanumeric 5 0 0",
    "A(3)": "alphabetic 3 0 0",
    "A(3)X": "alphanumeric 4 0 0",
    "9(3)X": "alphanumeric 4 0 0",
    "A(2)X(3)/9900BBB/": "alphanumeric-edited 14 0 0",
    XXBXX: "alphanumeric-edited 5 0 0",
    "A(3)B": "alphanumeric-edited 4 0 0",
    "N(4)": "national 4 0 0",
    "NN/NN": "national-edited 5 0 0",
    "G(4)": "dbcs 4 0 0",
    "G(2)BG": "dbcs 4 0 0",
  }
  for (const [text, expected] of Object.entries(shapes)) {
    it(`${text} is ${expected}`, () => assert.strictEqual(shape(text), expected))
  }
})

describe("a picture of a number", () => {
  const shapes: Readonly<Record<string, string>> = {
    "9": "numeric 1 1 0",
    "s9(7)v9(2)": "numeric 9 9 2 signed",
    "S9(5)V9(2)": "numeric 7 7 2 signed",
    "9(5)V99": "numeric 7 7 2",
    "9(4)V": "numeric 4 4 0",
    "V9(4)": "numeric 4 4 4",
    "SV9(4)": "numeric 4 4 4 signed",
    "9PPP": "numeric 1 1 -3",
    "999PP": "numeric 3 3 -2",
    "S9(3)P(2)": "numeric 3 3 -2 signed",
    S9PPPV: "numeric 1 1 -3 signed",
    PPP9: "numeric 1 1 4",
    PP99: "numeric 2 2 4",
    VPP99: "numeric 2 2 4",
    SVPP99: "numeric 2 2 4 signed",
    VPPP9: "numeric 1 1 4",
    "S9(5)9(9)": "numeric 14 14 0 signed",
    "9(38)": "numeric 38 38 0",
  }
  for (const [text, expected] of Object.entries(shapes)) {
    it(`${text} is ${expected}`, () => assert.strictEqual(shape(text), expected))
  }
})

describe("an edited picture", () => {
  const shapes: Readonly<Record<string, string>> = {
    ".99": "numeric-edited 3 2 2",
    "ZZ9.99": "numeric-edited 6 5 2",
    "Z(5)9.99-": "numeric-edited 10 8 2 signed",
    "ZZZ.ZZ": "numeric-edited 6 5 2",
    "ZZZ,ZZ9": "numeric-edited 7 6 0",
    "Z(3)VZZ-": "numeric-edited 6 5 2 signed",
    "$$,$$9.99CR": "numeric-edited 11 6 2 signed",
    "$9(5)DB": "numeric-edited 8 5 0 signed",
    "+++9": "numeric-edited 4 3 0 signed",
    "----.--": "numeric-edited 7 5 2 signed",
    "+9(3)": "numeric-edited 4 3 0 signed",
    "9(4)+": "numeric-edited 5 4 0 signed",
    "-9(3).9(2)": "numeric-edited 7 5 2 signed",
    "+$999": "numeric-edited 5 3 0 signed",
    "****999.99": "numeric-edited 10 9 2",
    "***": "numeric-edited 3 3 0",
    "$**,**9.99": "numeric-edited 10 7 2",
    "$$$9999/,99.999+": "numeric-edited 16 11 3 signed",
    "99/99/9999": "numeric-edited 10 8 0",
    "9B9B9": "numeric-edited 5 3 0",
    "9(3)0": "numeric-edited 4 3 0",
    PPP009999CR: "numeric-edited 8 4 7 signed",
    ZZ9PP: "numeric-edited 3 3 -2",
    "ZZ9.": "numeric-edited 4 3 0",
    "9999.99": "numeric-edited 7 6 2",
    "+99.99E-99": "external-float 10 4 2 signed",
    "-9(5)VE+99": "external-float 10 5 0 signed",
    "+.9(4)E+99": "external-float 10 4 4 signed",
  }
  for (const [text, expected] of Object.entries(shapes)) {
    it(`${text} is ${expected}`, () => assert.strictEqual(shape(text), expected))
  }

  it("with a decimal comma has its point at the comma", () => {
    const comma = { isDecimalComma: true }
    assert.strictEqual(shape("Z.ZZ9,99", comma), "numeric-edited 8 6 2")
    assert.strictEqual(pictureOf("Z.ZZ9,99", comma).decimalPoint, ",")
    assert.strictEqual(shape("Z,ZZ9.99"), "numeric-edited 8 6 2")
    assert.isUndefined(pictureOf("Z,ZZ9.99").decimalPoint)
    assert.strictEqual(fault("9.999.9,9,9", comma), "CPY-1304 at 9")
  })

  it("takes the currency symbols that were declared, and the room of what they stand for", () => {
    const euro = { currencySigns: [{ symbol: "E", sign: "EUR " }] }
    assert.strictEqual(shape("EEE9.99", euro), "numeric-edited 10 5 2")
    assert.strictEqual(pictureOf("E999", euro).currencySign, "EUR ")
    assert.strictEqual(shape("€999", { currencySigns: [{ symbol: "€" }] }), "numeric-edited 4 3 0")
    for (const sign of [{}, { sign: "€" }]) {
      const options = { currencySigns: [{ symbol: "€", ...sign }] }
      assert.isFalse("currencySign" in pictureOf("€999", options))
    }
    assert.strictEqual(fault("€999"), "CPY-1302 at 0")
  })

  it("with S and a point is taken, with a warning", () => {
    const { faults, picture } = parsePicture("S999.99")
    assert.deepStrictEqual(
      faults.map(({ code }) => code),
      ["CPY-1309"],
    )
    assert.strictEqual(picture?.size, 6)
    assert.strictEqual(picture?.scale, 2)
    assert.isTrue(picture?.isSigned)
  })
})

describe("a picture", () => {
  it("has its symbols in runs", () => {
    assert.deepStrictEqual(pictureOf("$$,$$9.99CR").symbols, [
      { symbol: "$", count: 2 },
      { symbol: ",", count: 1 },
      { symbol: "$", count: 2 },
      { symbol: "9", count: 1 },
      { symbol: ".", count: 1 },
      { symbol: "9", count: 2 },
      { symbol: "CR", count: 1 },
    ])
    assert.deepStrictEqual(pictureOf("s9(3)99v9").symbols, [
      { symbol: "S", count: 1 },
      { symbol: "9", count: 5 },
      { symbol: "V", count: 1 },
      { symbol: "9", count: 1 },
    ])
  })

  it("may repeat by a constant", () => {
    const constant = (name: string) => (name === "WIDTH" ? 12 : undefined)
    assert.strictEqual(shape("X(WIDTH)", { constant }), "alphanumeric 12 0 0")
    assert.strictEqual(fault("X(HEIGHT)", { constant }), "CPY-1303 at 1")
  })

  const faults: Readonly<Record<string, string>> = {
    "": "CPY-1301 at 0",
    Q: "CPY-1302 at 0",
    "X(5)Y": "CPY-1302 at 4",
    "X(5)V9": "CPY-1302 at 4",
    SX: "CPY-1302 at 0",
    "N(4)X": "CPY-1302 at 4",
    G9: "CPY-1302 at 1",
    "9C": "CPY-1302 at 1",
    "X(": "CPY-1303 at 1",
    "X()": "CPY-1303 at 1",
    "X(0)": "CPY-1303 at 1",
    "X(-1)": "CPY-1303 at 1",
    "(5)X": "CPY-1303 at 0",
    "X(5))": "CPY-1303 at 4",
    "9(4)S": "CPY-1304 at 4",
    SS9: "CPY-1304 at 0",
    "9V9V9": "CPY-1304 at 3",
    "9P9": "CPY-1304 at 1",
    PV9: "CPY-1304 at 1",
    "S9(4)COMP": "CPY-1302 at 5",
    "9.9.9": "CPY-1304 at 3",
    "9.9V9": "CPY-1304 at 3",
    "+9(8)+": "CPY-1304 at 5",
    "9+(8)": "CPY-1304 at 1",
    "+99-": "CPY-1304 at 3",
    "9+9": "CPY-1304 at 1",
    "99CR-": "CPY-1304 at 4",
    CR99: "CPY-1304 at 0",
    "9Z": "CPY-1304 at 1",
    "Z*9": "CPY-1304 at 1",
    "ZZ9.ZZ": "CPY-1304 at 4",
    "ZZ.Z9": "CPY-1304 at 4",
    Z$$9: "CPY-1304 at 1",
    $$Z9: "CPY-1304 at 2",
    "9$9": "CPY-1304 at 1",
    "++$$9": "CPY-1304 at 2",
    "P9.9": "CPY-1304 at 2",
    SZ9: "CPY-1304 at 0",
    "+9.9E+9": "CPY-1304 at 4",
    "9.9E+99": "CPY-1304 at 3",
    "+9(17)E+99": "CPY-1304 at 6",
    S: "CPY-1305 at 0",
    V: "CPY-1305 at 0",
    PPP: "CPY-1305 at 0",
    "B(5)": "CPY-1305 at 0",
    "+": "CPY-1305 at 0",
    "9(38)V9(19)": "CPY-1306 at 0",
    "9(39)": "CPY-1306 at 0",
    "9P(38)": "CPY-1306 at 0",
    "Z(39)": "CPY-1306 at 0",
    "1(8)": "CPY-1307 at 0",
    "U(8)": "CPY-1307 at 0",
    "X(999999999)": "CPY-1308 at 0",
    "X(99999999999999999999999)": "CPY-1308 at 0",
    ["X".repeat(501)]: "CPY-1308 at 0",
  }
  for (const [text, expected] of Object.entries(faults)) {
    it(`${text === "" ? "of nothing" : text} is refused: ${expected}`, () =>
      assert.strictEqual(fault(text), expected))
  }

  const symbol = Schema.Literals([
    "A",
    "B",
    "E",
    "G",
    "N",
    "P",
    "S",
    "U",
    "V",
    "X",
    "Z",
    "1",
    "9",
    "0",
    "/",
    ",",
    ".",
    "+",
    "-",
    "*",
    "$",
    "(",
    ")",
    "C",
    "D",
    "(2)",
    "CR",
    "9(3)",
    "é",
  ])
  it.prop(
    "of any symbols is either taken or has a fault inside its text",
    { symbols: Schema.Array(symbol) },
    ({ symbols }) => {
      const text = symbols.join("")
      const { faults, picture } = parsePicture(text)
      for (const { at, length } of faults) {
        assert.isAtMost(at + length, Math.max(1, text.length))
      }
      const hasError = faults.some(({ code }) => code !== "CPY-1309")
      assert.strictEqual(picture === undefined, hasError)
      if (picture === undefined) return
      assert.isAtLeast(picture.size, 1)
      assert.isAtMost(picture.digits, picture.size)
    },
  )

  it.prop(
    "means the same when its repetitions are written out",
    {
      before: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 19 })),
      behind: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 19 })),
    },
    ({ before, behind }) => {
      const short = pictureOf(`S9(${before})V9(${behind})`)
      const long = pictureOf(`S${"9".repeat(before)}V${"9".repeat(behind)}`)
      assert.deepStrictEqual({ ...long, text: short.text }, short)
      assert.strictEqual(short.digits, before + behind)
      assert.strictEqual(short.scale, behind)
    },
  )
})

import { assert, describe, it } from "@effect/vitest"
import { dataDivisionOf } from "./DataDivision.ts"
import { Findings } from "./Findings.ts"
import { lex } from "./Lexer.ts"
import { readSource } from "./SourceText.ts"

const division = (text: string) => {
  const { currencySigns, isDecimalComma, tokens } = dataDivisionOf(
    lex(readSource(text, { format: "free" }, new Findings()), 1_000),
  )
  return { currencySigns, isDecimalComma, text: tokens.map(({ text }) => text).join(" ") }
}

const program = (special: string): string => `
  IDENTIFICATION DIVISION. PROGRAM-ID. A. AUTHOR. O'HARA.
  ENVIRONMENT DIVISION. CONFIGURATION SECTION. SPECIAL-NAMES. ${special}
  DATA DIVISION. WORKING-STORAGE SECTION. 01 R PIC X.
  PROCEDURE DIVISION. STOP RUN.`

describe("the data division", () => {
  it("is all of a text without divisions", () => {
    assert.strictEqual(division("01 R PIC X.").text, "01 R PIC X .")
  })

  it("is what lies between the environment and the procedures of a program", () => {
    assert.strictEqual(
      division(program("")).text,
      "DATA DIVISION . WORKING-STORAGE SECTION . 01 R PIC X .",
    )
  })

  it("ends at the procedures where nothing lies before it", () => {
    assert.strictEqual(division("01 R PIC X. PROCEDURE DIVISION. A. B.").text, "01 R PIC X .")
  })

  it("is nothing in a program without one", () => {
    assert.strictEqual(division("ID DIVISION. PROGRAM-ID. A. PROCEDURE DIVISION. B.").text, "")
  })

  it("has the decimal comma that its program asks for", () => {
    assert.isTrue(division(program("DECIMAL-POINT IS COMMA.")).isDecimalComma)
    assert.isTrue(division(program("DECIMAL-POINT COMMA.")).isDecimalComma)
    assert.isFalse(division(program("")).isDecimalComma)
  })

  it("has the currency signs that its program asks for", () => {
    assert.deepStrictEqual(division(program("CURRENCY SIGN IS 'F'.")).currencySigns, [
      { symbol: "F" },
    ])
    assert.deepStrictEqual(
      division(program("CURRENCY SIGN IS 'EUR ' WITH PICTURE SYMBOL 'E'.")).currencySigns,
      [{ symbol: "E", sign: "EUR " }],
    )
    assert.deepStrictEqual(division(program("CURRENCY SIGN IS 'EUR'.")).currencySigns, [])
  })
})

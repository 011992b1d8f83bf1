import { assert, describe, it } from "@effect/vitest"
import { Findings } from "./Findings.ts"
import { lex } from "./Lexer.ts"
import { readSource } from "./SourceText.ts"
import type { Token } from "./Token.ts"

const tokens = (text: string): ReadonlyArray<Token> =>
  lex(readSource(text, { format: "free" }, new Findings()), 1_000)

const texts = (text: string): ReadonlyArray<string> => tokens(text).map(({ text }) => text)

describe("text words", () => {
  it("end at blanks, parentheses, and periods that a blank follows", () => {
    assert.deepStrictEqual(texts("05 A PIC S9(5)V99."), [
      "05",
      "A",
      "PIC",
      "S9",
      "(",
      "5",
      ")",
      "V99",
      ".",
    ])
    assert.deepStrictEqual(texts("05 A PIC ZZ9.99. 05"), ["05", "A", "PIC", "ZZ9.99", ".", "05"])
    assert.deepStrictEqual(texts("PIC ZZ9.."), ["PIC", "ZZ9.", "."])
  })

  it("know what nothing separates", () => {
    assert.deepStrictEqual(
      tokens("9(5) V").map(({ isAdjacent }) => isAdjacent),
      [false, true, true, true, false],
    )
    assert.deepStrictEqual(
      tokens("'A','B'").map(({ isAdjacent }) => isAdjacent),
      [false, false],
    )
  })

  it("do without commas and semicolons that a blank follows", () => {
    assert.deepStrictEqual(texts("A, B; C ,D"), ["A", "B", "C", ",D"])
    assert.deepStrictEqual(texts("'A','B',3"), ["'A'", "'B'", "3"])
    assert.deepStrictEqual(texts("$$,$$9.99"), ["$$,$$9.99"])
  })

  it("have literals whole, with their prefixes and doubled quotes", () => {
    assert.deepStrictEqual(texts(`X"0A" 'it''s' N'ab' nx'00' "a'b".`), [
      `X"0A"`,
      "'it''s'",
      "N'ab'",
      "nx'00'",
      `"a'b"`,
      ".",
    ])
    assert.deepStrictEqual(texts(`VALUE'A'THRU'B'`), ["VALUE", "'A'", "THRU", "'B'"])
  })

  it("have a literal that is not closed up to the end of its line", () => {
    const [, literal, next] = tokens("VALUE 'abc.\n05 B")
    assert.strictEqual(literal?.text, "'abc.")
    assert.isTrue(literal?.isUnclosed)
    assert.strictEqual(next?.text, "05")
    assert.isTrue(next?.isFirst)
  })

  it("have the delimiters of pseudo-text, colons and concatenation alone", () => {
    assert.deepStrictEqual(texts("==:TAG:==BY==X=="), [
      "==",
      ":",
      "TAG",
      ":",
      "==",
      "BY",
      "==",
      "X",
      "==",
    ])
    assert.deepStrictEqual(texts("'A'&'B'"), ["'A'", "&", "'B'"])
  })

  it("are at most one more than the limit", () => {
    const source = readSource("A ".repeat(100), { format: "free" }, new Findings())
    assert.lengthOf(lex(source, 10), 11)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Findings } from "./Findings.ts"
import { lex } from "./Lexer.ts"
import { readSource, type SourceOptions, type SourceText } from "./SourceText.ts"

const read = (text: string, options: SourceOptions = {}): [SourceText, Findings] => {
  const findings = new Findings()
  return [readSource(text, options, findings), findings]
}

/** The code of a text, its lines joined by `|`. */
const code = (text: string, options?: SourceOptions): string =>
  read(text, options)[0]
    .code.split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("|")

const codes = (text: string, options?: SourceOptions): ReadonlyArray<string> =>
  read(text, options)[1].all.map(({ code }) => code)

const texts = (text: string, options?: SourceOptions): ReadonlyArray<string> =>
  lex(read(text, options)[0], 1_000).map(({ text }) => text)

describe("fixed format", () => {
  it("reads columns 8 to 72", () => {
    const line = `000100 05 A PIC X.${" ".repeat(54)}IDENT001`
    assert.strictEqual(code(line), "05 A PIC X.")
    assert.deepStrictEqual(codes(line), [])
  })

  it("reads other columns, if the caller says so", () => {
    const columns = { indicator: 0, first: 3, last: 12 }
    assert.strictEqual(code("AB01 R PIC X.ZZ", { format: "fixed", columns }), "01 R PIC X")
  })

  it("passes over comments and pages", () => {
    const text = "      * one\n      / two\n000100* three\n       01 R.\n"
    assert.strictEqual(code(text), "01 R.")
  })

  it("passes over comments behind code", () => {
    assert.strictEqual(code("       01 R. *> a 'record'\n          05 A.*> x\n"), "01 R.|   05 A.")
    assert.strictEqual(code("       01 R VALUE '*>'.\n"), "01 R VALUE '*>'.")
  })

  it("passes over listing statements and compiler options", () => {
    const text = [
      "       PROCESS APOST",
      "       CBL LIB",
      "       01 R.",
      "       EJECT",
      "       SKIP1",
      "       SKIP3.",
      "       TITLE 'records'.",
      "          05 A PIC X.",
    ]
    assert.strictEqual(code(text.join("\n")), "01 R.|   05 A PIC X.")
  })

  it("knows a tab by the column that it leads to", () => {
    assert.strictEqual(
      code("\t01 R.\n\t\t05 A PIC X.\n"),
      "01 R.|        05 A PIC X.".replace(/ {8}/, " "),
    )
    const [source] = read("\t01 R.\n")
    assert.deepStrictEqual(lex(source, 10)[0]?.span, { line: 1, column: 2, offset: 1, length: 2 })
  })

  it("reads a line whose code begins in the indicator column, with one warning", () => {
    const text = "      01 R.\n      05 A PIC X.\n"
    assert.strictEqual(code(text), "01 R.|05 A PIC X.")
    assert.deepStrictEqual(codes(text), ["CPY-1005"])
  })

  it("warns once of lines that are too long", () => {
    const line = `       01 R.${" ".repeat(70)}X\n`
    assert.deepStrictEqual(codes(line + line), ["CPY-1006"])
    assert.deepStrictEqual(codes(`      * ${"x".repeat(90)}\n`), [])
  })

  it("takes debugging lines for code only if the caller says so", () => {
    const text = "       01 R.\n      D   05 A PIC X.\n"
    assert.strictEqual(code(text), "01 R.")
    assert.deepStrictEqual(codes(text), ["CPY-1009"])
    assert.strictEqual(code(text, { isDebugging: true }), "01 R.|   05 A PIC X.")
  })

  it("joins a continued word to what it continues", () => {
    const text = "       01 R PIC X(1\n      * between\n      -            00).\n"
    assert.deepStrictEqual(texts(text), ["01", "R", "PIC", "X", "(", "100", ")", "."])
  })

  it("joins a continued literal, with its blanks to the last column", () => {
    const text = `       01 R VALUE 'AB\n      -    'CD'.\n`
    const blanks = 72 - "       01 R VALUE 'AB".length
    assert.deepStrictEqual(texts(text).slice(3), [`'AB${" ".repeat(blanks)}CD'`, "."])
  })

  it("takes a quote in the last column and two on the next line for one quote", () => {
    const first = '       01 R VALUE "'.padEnd(71, "A")
    const text = `${first}"\n      -    ""B".\n`
    assert.deepStrictEqual(texts(text).at(-2)?.slice(-5), `A""B"`)
  })

  it("says where a continuation is wrong", () => {
    assert.deepStrictEqual(codes("      -    'x'.\n"), ["CPY-1004"])
    assert.deepStrictEqual(codes("       01 R VALUE 'AB\n      -    CD'.\n"), ["CPY-1004"])
  })
})

describe("free format", () => {
  const options = { format: "free" } as const

  it("reads all columns", () => {
    const long = `01 R PIC X${" ".repeat(90)}VALUE 'A'.`
    assert.strictEqual(code(long, options), long)
  })

  it("passes over comments", () => {
    assert.strictEqual(code("*> one\n* two\n  *three\n01 R. *> four\n", options), "01 R.")
  })

  it("does not take a picture for a comment", () => {
    assert.strictEqual(code("01 R PIC\n  **9.99.\n", options), "01 R PIC|**9.99.")
    assert.strictEqual(
      code("       01 R PIC\n           ***,**9.99CR.\n"),
      "01 R PIC|    ***,**9.99CR.",
    )
    assert.strictEqual(code("       01 R.\n          *** note\n"), "01 R.")
  })

  it("knows directives and debugging lines", () => {
    assert.strictEqual(code("01 R.\n>>D 05 A PIC X.\n", options), "01 R.")
    assert.deepStrictEqual(codes(">>SET X\n$IF A\n01 R.\n>>D 05 A.\n", options), [
      "CPY-1007",
      "CPY-1008",
      "CPY-1009",
    ])
  })
})

describe("a text of either format", () => {
  it("may change it by directive", () => {
    const text = "       01 R.\n       >>SOURCE FORMAT IS FREE\n05 A PIC X.\n"
    assert.strictEqual(code(text, { format: "fixed" }), "01 R.|05 A PIC X.")
    assert.deepStrictEqual(codes(text, { format: "fixed" }), [])
  })

  it("has lines that end in any way, and a byte order mark", () => {
    const text = "\uFEFF       01 R.\r\n          05 A.\r          05 B.\n"
    assert.strictEqual(code(text), "01 R.|   05 A.|   05 B.")
    const [source] = read(text)
    assert.deepStrictEqual(
      lex(source, 10)
        .map(({ span }) => [span.line, span.column, span.offset])
        .at(-1),
      [3, 15, 45],
    )
  })

  it("ends at an end-of-file mark", () => {
    assert.strictEqual(code("       01 R.\n\u001A rest"), "01 R.")
  })

  it("may include members in the way of library managers", () => {
    assert.strictEqual(code("       ++INCLUDE PART\n"), "COPY PART .")
    assert.strictEqual(code("-INC PART\n"), "COPY PART .")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { outlineOf, parsed } from "../testing/ParsedCopybook.ts"
import { formatDiagnostic } from "./CopybookInvalid.ts"
import { parseCopybook } from "./CopybookParser.ts"

describe("a program", () => {
  it("has the records of all its sections", () => {
    const text = `
       IDENTIFICATION DIVISION.
       PROGRAM-ID. A.
       AUTHOR. O'HARA.
       ENVIRONMENT DIVISION.
       SPECIAL-NAMES. DECIMAL-POINT IS COMMA CURRENCY SIGN IS 'F'.
       DATA DIVISION.
       FILE SECTION.
       FD  INPUT-FILE RECORDING MODE IS V
           RECORD CONTAINS 80 CHARACTERS.
       01  IN-RECORD PIC X(80).
       SD  SORT-FILE.
       01  SORT-RECORD PIC X(80).
       WORKING-STORAGE SECTION.
           EXEC SQL INCLUDE SQLCA END-EXEC.
       77  TOTAL PIC F.FF9,99.
       LOCAL-STORAGE SECTION.
       LINKAGE SECTION.
       01  AREA-IN PIC X.
       SCREEN SECTION.
       01  SCREEN-1 BLANK SCREEN.
       PROCEDURE DIVISION.
           DISPLAY 'DON''T'.`
    const { items, warnings } = parsed(text, { format: "fixed" })
    assert.strictEqual(outlineOf(items), "1 IN-RECORD, 1 SORT-RECORD, 77 TOTAL, 1 AREA-IN")
    assert.strictEqual(items[2]?.picture?.scale, 2)
    assert.deepStrictEqual(
      warnings.map(({ code }) => code),
      ["CPY-1114", "CPY-1114"],
    )
  })

  it("tells the format that it was read in, and why", () => {
    assert.deepStrictEqual(parsed("01 A PIC X.\n", {}).format, {
      format: "free",
      reason:
        "1 lines have code where fixed format has none, line 1 the first; 0 lines speak for fixed format",
    })
    assert.deepStrictEqual(parsed("01 A PIC X.\n").format, {
      format: "free",
      reason: "the caller says so",
    })
  })

  it("may continue pictures and literals over lines", () => {
    const text =
      "       01 A PIC 9(1\n      -    0)V99 VALUE 12\n      -    3.4.\n       01 B PIC X VALUE 'A\n      -    'B'.\n"
    const [first, second] = parsed(text, { format: "fixed" }).items
    assert.strictEqual(first?.picture?.size, 12)
    assert.deepStrictEqual(first?.value, { kind: "number", text: "123.4" })
    assert.match(second?.value?.kind === "text" ? second.value.text : "", /^A +B$/)
  })
})

describe("any text", () => {
  const words =
    "01 05 10 66 77 78 88 A B PIC X(5) 9. S9V9 . OCCURS TO TIMES DEPENDING ON VALUE 'A' ' \" THRU COMP-3 COPY REPLACING == BY REPLACE OFF EXEC END-EXEC DATA DIVISION SECTION FD USAGE IS REDEFINES RENAMES SIGN ( ) & ALL , INDEXED X' CONSTANT LEADING :T: \u00e9 \0"
  const word = Schema.Literals([...words.split(" "), "\n", "\t", "      -", "      *", ">>IF"])

  it.prop(
    "is parsed or refused, with findings inside it",
    { words: Schema.Array(word) },
    (given) => {
      const text = given.words.join(" ")
      const resolve = (name: string) => (name === "A" ? "05 C PIC X. COPY B." : undefined)
      const result = parseCopybook(text, { resolve })
      const found = Result.isFailure(result) ? result.failure.diagnostics : result.success.warnings
      for (const { span } of found) {
        if (span.member !== undefined) continue
        assert.isAtLeast(span.line, 1)
        assert.isAtLeast(span.column, 1)
        assert.isAtMost(span.offset, text.length)
      }
      assert.isTrue(Result.isSuccess(result) || found.some(({ severity }) => severity === "error"))
    },
  )

  it.prop(
    "has the same items in fixed and in free format",
    { words: Schema.Array(word) },
    (given) => {
      const words = given.words.filter((each) => !/^(?: +[-*]|\n|\t|>>IF)$/.test(each))
      const text = words.map((each) => `           ${each}`).join("\n")
      const shown = (format: "fixed" | "free"): ReadonlyArray<string> => {
        const result = parseCopybook(text, { format })
        return Result.isFailure(result)
          ? result.failure.diagnostics.map(formatDiagnostic)
          : [outlineOf(result.success.items), ...result.success.warnings.map(formatDiagnostic)]
      }
      assert.deepStrictEqual(shown("fixed"), shown("free"))
    },
  )
})

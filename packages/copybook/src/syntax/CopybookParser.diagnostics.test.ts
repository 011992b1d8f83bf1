import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type { Diagnostic } from "../source/Diagnostic.ts"
import { type DiagnosticCode, diagnosticCodes } from "../source/DiagnosticCode.ts"
import { type ParseOptions, parseCopybook } from "./CopybookParser.ts"

const diagnosticsOf = (text: string, options?: ParseOptions): ReadonlyArray<Diagnostic> => {
  const result = parseCopybook(text, options)
  return Result.isSuccess(result) ? result.success.warnings : result.failure.diagnostics
}

const fixed = (...lines: ReadonlyArray<string>): string =>
  lines.map((line) => `       ${line}\n`).join("")

/** A text that is given the code, and the line and column of the finding. */
interface Example {
  readonly text: string
  readonly at: readonly [line: number, column: number]
  readonly options?: ParseOptions
}

const item = (clauses: string): string => fixed("01 R.", `   05 A ${clauses}.`)
const members: ParseOptions = {
  resolve: (name) =>
    ({ A: "       COPY B.\n", B: "       COPY A.\n", C: "       05 X PIC X.\n" })[name],
}

const examples: Readonly<Record<DiagnosticCode, Example>> = {
  "CPY-1001": { text: item("PIC X"), at: [1, 1], options: { textMax: 10 } },
  // Each W becomes seven: what replacements make is bounded, too.
  "CPY-1002": {
    text: fixed("REPLACE ==W== BY ==W W W W W W W==.", "W ".repeat(20)),
    at: [2, 36],
    options: { wordsMax: 100 },
  },
  "CPY-1003": { text: item("PIC X VALUE 'abc"), at: [2, 28] },
  "CPY-1004": { text: "      -    'x'.\n", at: [1, 12] },
  "CPY-1005": { text: "      01 R PIC X.\n", at: [1, 7] },
  "CPY-1006": { text: `       01 R PIC X.${" ".repeat(60)}01 S PIC X.\n`, at: [1, 73] },
  "CPY-1007": { text: `       >>LISTING OFF\n${item("PIC X")}`, at: [1, 8] },
  "CPY-1008": { text: `       >>IF A = 1\n${item("PIC X")}`, at: [1, 8] },
  "CPY-1009": { text: `${item("PIC X")}      D    05 B PIC X.\n`, at: [3, 8] },
  "CPY-1020": { text: fixed("COPY C REPLACING ==A== ==B=="), at: [1, 31], options: members },
  "CPY-1021": { text: fixed("COPY NONE."), at: [1, 13], options: members },
  "CPY-1022": { text: fixed("COPY A."), at: [1, 13], options: members },
  "CPY-1023": {
    text: fixed("COPY C REPLACING ==Z== BY ==B==."),
    at: [1, 25],
    options: members,
  },
  "CPY-1024": { text: fixed("COPY C REPLACING ==A BY B."), at: [1, 25], options: members },
  "CPY-1025": { text: fixed("REPLACE .", "01 R PIC X."), at: [1, 16] },
  "CPY-1099": { text: fixed("x.").repeat(1_100), at: [1_001, 8] },
  "CPY-1101": { text: `${item("PIC X")}       FIELD PIC X.\n`, at: [3, 8] },
  "CPY-1102": { text: `${item("PIC X")}       50 B PIC X.\n`, at: [3, 8] },
  "CPY-1103": { text: fixed("01 R.", "   05 A PIC X", "   05 B PIC X."), at: [3, 11] },
  "CPY-1104": { text: fixed("01 R PIC X"), at: [1, 17] },
  "CPY-1105": { text: item("PIC X OCURS 3"), at: [2, 22] },
  "CPY-1106": { text: item("PIC X PIC 9"), at: [2, 22] },
  "CPY-1107": { text: item("PIC X OCCURS many TIMES"), at: [2, 29] },
  "CPY-1108": { text: item("TYPE T"), at: [2, 16] },
  "CPY-1109": { text: item("PIC 9(6) DATE FORMAT YYXXXX"), at: [2, 25] },
  "CPY-1110": { text: fixed("01 R%S PIC X."), at: [1, 11] },
  "CPY-1111": { text: fixed(`01 ${"N".repeat(31)} PIC X.`), at: [1, 11] },
  "CPY-1112": { text: fixed("01 :TAG:-R PIC X."), at: [1, 11] },
  "CPY-1113": { text: fixed("01 R.", "   05 DATE PIC X(8)."), at: [2, 14] },
  "CPY-1114": {
    text: fixed("01 R PIC X.", "REPORT SECTION.", "RD SUMMARY."),
    at: [2, 8],
  },
  "CPY-1201": { text: fixed("01 R.", "   05 A PIC X.", "   03 B PIC X."), at: [3, 14] },
  "CPY-1202": { text: fixed("01 R.", "   05 A PIC X.", "      10 B PIC X."), at: [2, 20] },
  "CPY-1203": { text: fixed("01 R.", "   05 A.", "   05 B PIC X."), at: [2, 14] },
  "CPY-1204": { text: fixed("88 C VALUE 1."), at: [1, 11] },
  "CPY-1205": { text: fixed("66 C RENAMES A."), at: [1, 11] },
  "CPY-1206": { text: fixed("01 R.", "   05 A PIC X."), at: [2, 11], options: { itemsMax: 1 } },
  "CPY-1207": { text: "      * nothing\n", at: [1, 1] },
  "CPY-1208": { text: item("PIC 9(4) COMP-1"), at: [2, 25] },
  "CPY-1209": { text: item("PIC X OCCURS 5 TO 2 DEPENDING ON N"), at: [2, 22] },
  "CPY-1210": { text: fixed("01 R PIC X OCCURS 5."), at: [1, 19] },
  "CPY-1301": { text: item("PIC "), at: [2, 20] },
  "CPY-1302": { text: item("PIC 9Q9"), at: [2, 21] },
  "CPY-1303": { text: item("PIC 9(0)"), at: [2, 21] },
  "CPY-1304": { text: item("PIC 9S9"), at: [2, 21] },
  "CPY-1305": { text: item("PIC SV"), at: [2, 20] },
  "CPY-1306": { text: item("PIC 9(39)"), at: [2, 20] },
  "CPY-1307": { text: item("PIC 1(8)"), at: [2, 20] },
  "CPY-1308": { text: item("PIC X(134217728)"), at: [2, 20] },
  "CPY-1309": { text: item("PIC S9.9"), at: [2, 20] },
  "CPY-1310": { text: item("PIC X(3)VALUE'ABC'"), at: [2, 24] },
}

describe("the findings of a copybook", () => {
  for (const [code, { at, options, text }] of Object.entries(examples)) {
    it(`have ${code} where one is to blame`, () => {
      const found = diagnosticsOf(text, options)
      const finding = found.find((each) => each.code === code)
      assert.isDefined(finding, `${code} is not among ${found.map((each) => each.code).join(", ")}`)
      assert.deepStrictEqual([finding?.span.line, finding?.span.column], [...at])
    })
  }

  it("say the severity and the hint of their table, where they have no better one", () => {
    const known = new Map<string, { readonly severity: string; readonly hint: string }>(
      Object.entries(diagnosticCodes),
    )
    for (const { options, text } of Object.values(examples)) {
      for (const { code, hint, message, severity } of diagnosticsOf(text, options)) {
        assert.strictEqual(severity, known.get(code)?.severity)
        assert.isNotEmpty(hint)
        assert.isNotEmpty(message)
      }
    }
  })

  it("refuse the text where one of them is an error, and only there", () => {
    for (const { options, text } of Object.values(examples)) {
      const result = parseCopybook(text, options)
      const hasErrors = diagnosticsOf(text, options).some(({ severity }) => severity === "error")
      assert.strictEqual(Result.isFailure(result), hasErrors)
    }
  })

  it("come all at once, in the order of the text", () => {
    const text = fixed(
      "01 R.",
      "   05 A PIC 9Q.",
      "   05 B PICTUR X.",
      "   05 C OCCURS 0.",
      "   05 D PIC X.",
      "   05 E USAGE COMP-33.",
    )
    assert.deepStrictEqual(
      diagnosticsOf(text).map(({ code, span }) => [code, span.line]),
      [
        ["CPY-1302", 2],
        ["CPY-1105", 3],
        ["CPY-1209", 4],
        ["CPY-1107", 6],
      ],
    )
  })

  it("guess the word that was meant", () => {
    const [finding] = diagnosticsOf(item("PIC X OCURS 3"))
    assert.strictEqual(finding?.hint, "Perhaps OCCURS was meant.")
    const [usage] = diagnosticsOf(item("PIC 9 USAGE COMP-33"))
    assert.strictEqual(usage?.hint, "Perhaps COMP-3 was meant.")
  })

  it("name the member that they lie in", () => {
    const resolve = () => "       05 A PIC Q.\n"
    const [finding] = diagnosticsOf(fixed("01 R.", "COPY PART."), { resolve })
    assert.deepStrictEqual(finding?.span, {
      line: 1,
      column: 17,
      offset: 16,
      length: 1,
      member: "PART",
    })
  })

  it("are told in one message, a line each", () => {
    const result = parseCopybook(item("PIC 9Q9"))
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) {
      assert.match(
        result.failure.message,
        /^AUD-5001: .*\n {2}2:21: error CPY-1302: Q is no symbol/,
      )
    }
  })
})

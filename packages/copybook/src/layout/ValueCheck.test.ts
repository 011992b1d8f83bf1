import { assert, describe, it } from "@effect/vitest"
import { layoutOfText } from "../testing/CopybookText.ts"

const codes = (clauses: string): ReadonlyArray<string> =>
  (layoutOfText(`01 F ${clauses}.`).warnings ?? []).map(({ code }) => code)

describe("VALUE is warned of", () => {
  it.each([
    ['PIC X(3) VALUE "ABCD"', "CPY-2050"],
    ['PIC N(3) VALUE "ABCD"', "CPY-2050"],
    ['PIC X(1) VALUE X"C1C2"', "CPY-2050"],
    ['PIC 9(3) VALUE "123"', "CPY-2051"],
    ['COMP-1 VALUE "1"', "CPY-2051"],
    ["PIC X(3) VALUE 123", "CPY-2051"],
    ["PIC 99 VALUE X'08'", "CPY-2051"],
    ["PIC 9(3) COMP-3 VALUE X'123F'", "CPY-2051"],
    ["PIC X. 88 YES VALUE 'YES'", "CPY-2050"],
    ["PIC 9. 88 LOW VALUE 0 THRU 10", "CPY-2052"],
    ["PIC 9. 88 ONE VALUE '1'", "CPY-2051"],
    ["PIC 9(3) VALUE 1234", "CPY-2052"],
    ["PIC 9(3)V9 VALUE 1.25", "CPY-2052"],
    ["PIC 9(3) COMP-3 VALUE -1", "CPY-2052"],
    ["PIC 9(4) COMP VALUE 65535", "CPY-2052"],
    ["PIC 9(4) COMP-5 VALUE 65536", "CPY-2052"],
    ["PIC S9(4) COMP-5 VALUE -32769", "CPY-2052"],
    ["PIC 9(4) COMP-5 VALUE 1.5", "CPY-2052"],
  ])("in %s", (clauses, code) => assert.deepStrictEqual(codes(clauses), [code]))
})

describe("VALUE is taken", () => {
  it.each([
    'PIC X(3) VALUE "ABC"',
    'PIC N(3) VALUE "ABC"',
    'PIC X(2) VALUE X"C1C2"',
    "PIC X COMP-X VALUE X'08'",
    "PIC X. 88 YES VALUE 'Y' 'J'. 88 NONE VALUE SPACE",
    "PIC 9(3) VALUE 0012",
    "PIC 9(3)V9 VALUE 1.50",
    "PIC S9(3) COMP VALUE -999",
    "PIC 9(3) VALUE -0",
    "PIC 9(4) COMP-5 VALUE 65535",
    "PIC S9(4) COMP-5 VALUE -32768",
    "PIC S9(2)V99 COMP-5 VALUE 327.67",
    "PIC X(3) VALUE SPACE",
    'PIC ZZ9 VALUE "  1"',
    "COMP-2 VALUE 1.5E3",
  ])("in %s", (clauses) => assert.deepStrictEqual(codes(clauses), []))
})

import { assert, describe, it } from "@effect/vitest"
import { layoutOfText } from "../testing/CopybookText.ts"
import type { LayoutOptions } from "./LayoutBuilder.ts"
import { everyField } from "./LayoutTree.ts"

const places = (text: string, options?: LayoutOptions): ReadonlyArray<string> =>
  everyField(layoutOfText(text, options)).map(
    ({ length, name, offset }) => `${name} ${offset} ${length}`,
  )

const codes = (text: string, options?: LayoutOptions): ReadonlyArray<string> =>
  (layoutOfText(text, options).warnings ?? []).map(({ code }) => code)

// The examples of Enterprise COBOL for z/OS, Language Reference, "Slack bytes within records".
describe("the Language Reference's examples of slack bytes", () => {
  it("leave a byte before an item", () => {
    assert.deepStrictEqual(
      places(`
        01 FIELD-A.
           05 FIELD-B PIC X(5).
           05 FIELD-C.
              10 FIELD-D PIC XX.
              10 FIELD-E COMP PIC S9(6) SYNC.`),
      ["FIELD-A 0 12", "FIELD-B 0 5", "FIELD-C 5 7", "FIELD-D 5 2", "FIELD-E 8 4"],
    )
  })

  it("leave it before the group when the item is its first", () => {
    assert.deepStrictEqual(
      places(`
        01 FIELD-L.
           05 FIELD-M PIC X(5).
           05 FIELD-N PIC XX.
           05 FIELD-O.
              10 FIELD-P COMP PIC S9(6) SYNC.`),
      ["FIELD-L 0 12", "FIELD-M 0 5", "FIELD-N 5 2", "FIELD-O 8 4", "FIELD-P 8 4"],
    )
  })

  it("leave them between occurrences, so that each is aligned as the first", () => {
    assert.deepStrictEqual(
      places(`
        01 WORK-RECORD.
           05 WORK-CODE PIC X.
           05 COMP-TABLE OCCURS 10.
              10 COMP-TYPE PIC X.
              10 COMP-PAY PIC S9(4)V99 COMP SYNC.
              10 COMP-HOURS PIC S9(3) COMP SYNC.
              10 COMP-NAME PIC X(5).`),
      [
        "WORK-RECORD 0 161",
        "WORK-CODE 0 1",
        "COMP-TABLE 1 16",
        "COMP-TYPE 1 1",
        "COMP-PAY 4 4",
        "COMP-HOURS 8 2",
        "COMP-NAME 10 5",
      ],
    )
  })
})

describe("SYNCHRONIZED", () => {
  it("leaves bytes in tables of tables, at each level by the largest alignment in it", () => {
    assert.deepStrictEqual(
      places(`
        01 WORK-RECORD.
           05 WORK-CODE PIC X.
           05 COMP-TABLE OCCURS 10.
              10 COMP-TYPE PIC X.
              10 COMP-PAY PIC S9(4)V99 COMP SYNC.
              10 COMP-HOURS OCCURS 3.
                 15 H PIC S9(3) COMP SYNC.
                 15 N PIC X.
              10 COMP-NAME PIC X(5).`).slice(2),
      [
        "COMP-TABLE 1 24",
        "COMP-TYPE 1 1",
        "COMP-PAY 4 4",
        "COMP-HOURS 8 4",
        "H 8 2",
        "N 10 1",
        "COMP-NAME 20 5",
      ],
    )
  })

  it.each([
    ["PIC 9(4) COMP", 2],
    ["PIC 9(5) COMP", 4],
    ["PIC 9(18) COMP", 4],
    ["PIC 9(4) COMP-5", 2],
    ["COMP-1", 4],
    ["COMP-2", 8],
    ["POINTER", 4],
    ["PROCEDURE-POINTER", 4],
    ["INDEX", 4],
    ["PIC 9(4)", 1],
    ["PIC 9(4) COMP-3", 1],
    ["PIC N(4)", 1],
  ])("of IBM aligns %s to %d", (clauses, offset) => {
    assert.strictEqual(
      places(`01 R. 05 A PIC X. 05 B ${clauses} SYNC.`)[2]?.split(" ")[1],
      `${offset}`,
    )
  })

  it("of GnuCOBOL aligns to the item's own size, inside its group", () => {
    assert.deepStrictEqual(
      places("01 R. 05 A PIC X. 05 G. 10 B PIC 9(18) COMP SYNC. 10 C PIC 9 COMP SYNC.", {
        dialect: "gnucobol",
      }),
      ["R 0 17", "A 0 1", "G 1 16", "B 8 8", "C 16 1"],
    )
  })

  it("of GnuCOBOL keeps occurrences aligned until another group begins", () => {
    // Figures of cobc 3.1, by its listing with symbols.
    const number = "A PIC S9(8) COMP SYNC."
    const of = (times: number, items: string) =>
      layoutOfText(`01 R. 05 T OCCURS ${times}. ${items}`, { dialect: "gnucobol" }).lengthMax
    assert.strictEqual(of(3, `10 ${number} 10 B PIC X.`), 24)
    assert.strictEqual(of(3, `10 ${number} 10 G. 15 B PIC X.`), 15)
    assert.strictEqual(of(3, `10 G. 15 ${number} 10 B PIC X.`), 24)
    assert.strictEqual(of(3, `10 G. 15 ${number} 15 H. 20 C PIC X. 10 B PIC X.`), 18)
    assert.strictEqual(of(1, `10 ${number} 10 B PIC X.`), 5)
  })

  it("of Micro Focus is a comment", () => {
    assert.deepStrictEqual(
      places("01 R. 05 A PIC X. 05 B PIC 9(9) COMP SYNC.", { dialect: "micro-focus" }),
      ["R 0 5", "A 0 1", "B 1 4"],
    )
  })

  it("on level 01 is for all items; elsewhere it is so too, with a warning", () => {
    const text = "R SYNC. 05 A PIC X. 05 B PIC 9(9) COMP."
    assert.deepStrictEqual(places(`01 ${text}`), ["R 0 8", "A 0 1", "B 4 4"])
    assert.deepStrictEqual(codes(`01 ${text}`), [])
    assert.deepStrictEqual(
      places("01 R SYNC. 05 A PIC X. 05 G. 10 B PIC 9(9) COMP.").at(-1),
      "B 4 4",
    )
    assert.deepStrictEqual(codes(`02 ${text}`), ["CPY-2012"])
  })

  it("moves no redefinition, which is warned of where it would", () => {
    const text = (size: number) =>
      `01 R. 05 A PIC X(${size}). 05 B PIC X(8). 05 C REDEFINES B. 10 D PIC 9(9) COMP SYNC.`
    assert.deepStrictEqual(places(text(1)).slice(3), ["C 1 4", "D 1 4"])
    assert.deepStrictEqual(codes(text(1)), ["CPY-2013"])
    assert.deepStrictEqual(codes(text(4)), [])
  })
})

describe("REDEFINES", () => {
  it("puts each view on the first of the chain, and what follows behind the longest", () => {
    const text = `
      01 R.
         05 A PIC X(4).
         05 B REDEFINES A.
            10 B1 PIC 99.
            10 B2 PIC 99.
            10 B3 REDEFINES B2 PIC XX.
         05 C REDEFINES B PIC X(6).
         05 D PIC X.`
    assert.deepStrictEqual(places(text), [
      "R 0 7",
      "A 0 4",
      "B 0 4",
      "B1 0 2",
      "B2 2 2",
      "B3 2 2",
      "C 0 6",
      "D 6 1",
    ])
    assert.deepStrictEqual(
      everyField(layoutOfText(text)).map(({ redefines }) => redefines),
      [undefined, undefined, "A", undefined, undefined, "B.B2", "A", undefined],
    )
    assert.deepStrictEqual(codes(text), ["CPY-2023"])
  })

  it("may itself be a table", () => {
    assert.deepStrictEqual(
      places("01 R. 05 A PIC X(6). 05 B REDEFINES A PIC XX OCCURS 3. 05 C PIC X."),
      ["R 0 7", "A 0 6", "B 0 2", "C 6 1"],
    )
  })
})

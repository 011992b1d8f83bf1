import { assert, describe, it } from "@effect/vitest"
import { layoutOfText, refusalOfText } from "../testing/CopybookText.ts"

const record = `
  01 R.
     05 G.
        10 A PIC X(2).
        10 B PIC X(3).
     05 H.
        10 A PIC X(4).
     05 T PIC X OCCURS 3.`

const codes = (entry: string): ReadonlyArray<string> =>
  refusalOfText(`${record} ${entry}`).diagnostics.map(({ code }) => code)

describe("RENAMES", () => {
  it("names one item, or all from one to another", () => {
    assert.deepStrictEqual(
      layoutOfText(`${record} 66 ONE RENAMES G. 66 RUN RENAMES B THRU A OF H.`).aliases,
      [
        { name: "ONE", offset: 0, length: 5, from: "G", through: "G" },
        { name: "RUN", offset: 2, length: 7, from: "G.B", through: "H.A" },
      ],
    )
  })

  it("keeps to the record that it follows", () => {
    const text = "01 P. 05 A PIC X(7). 01 R. 05 A PIC X(3). 66 AGAIN RENAMES A."
    const aliases = (record?: string) =>
      layoutOfText(
        text,
        record === undefined ? { records: "concatenate" } : { record },
      ).aliases.map(({ from, length, offset }) => [from, offset, length])
    assert.deepStrictEqual(aliases(), [["R.A", 7, 3]])
    assert.deepStrictEqual(aliases("R"), [["A", 0, 3]])
    assert.deepStrictEqual(aliases("P"), [])
  })

  it("is refused where the name fits none or several", () => {
    assert.deepStrictEqual(codes("66 N RENAMES Z."), ["CPY-2040"])
    assert.deepStrictEqual(codes("66 N RENAMES A."), ["CPY-2040"])
  })

  it("is refused where it ends before it begins", () => {
    assert.deepStrictEqual(codes("66 N RENAMES B THRU A OF G."), ["CPY-2041"])
    assert.deepStrictEqual(codes("66 N RENAMES G THRU A OF G."), ["CPY-2041"])
  })

  it("is refused where it ends with its first item, but for one item twice", () => {
    const views = "01 R. 05 A PIC X. 05 B PIC X(2). 05 C REDEFINES B PIC 99. 66 N RENAMES"
    const of = (text: string) => refusalOfText(text).diagnostics.map(({ code }) => code)
    assert.deepStrictEqual(of(`${views} B THRU C.`), ["CPY-2041"])
    assert.deepStrictEqual(of(`${views} A THRU A OF Z.`), ["CPY-2040"])
    assert.deepInclude(layoutOfText(`${views} A THRU C.`).aliases[0], { offset: 0, length: 3 })
    assert.deepInclude(layoutOfText(`${views} A THRU A.`).aliases[0], { offset: 0, length: 1 })
  })

  it("is refused over tables that depend on a counter", () => {
    const text = (entry: string) =>
      `01 R. 05 N PIC 9. 05 G. 10 T PIC X OCCURS 0 TO 5 DEPENDING ON N. 05 A PIC X.
       05 B PIC X OCCURS 2. 05 C PIC X. 66 L RENAMES ${entry}.`
    for (const entry of ["N THRU A", "G THRU A", "N THRU G"]) {
      assert.deepStrictEqual(
        refusalOfText(text(entry)).diagnostics.map(({ code }) => code),
        ["CPY-2042"],
        entry,
      )
    }
    assert.deepInclude(layoutOfText(text("A THRU C")).aliases[0], { length: 4 })
    assert.deepInclude(layoutOfText(text("G")).aliases[0], { offset: 1, length: 5 })
  })

  it("is refused in tables", () => {
    assert.deepStrictEqual(codes("66 N RENAMES B THRU T."), ["CPY-2042"])
  })
})

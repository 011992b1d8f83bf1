import { assert, describe, it } from "@effect/vitest"
import { layoutOfText, refusalOfText } from "../testing/CopybookText.ts"

const codes = (items: string): ReadonlyArray<string> =>
  refusalOfText(`01 R. ${items}`).diagnostics.map(({ code }) => code)

describe("REDEFINES is refused", () => {
  it("of what is not before it in the group", () => {
    assert.deepStrictEqual(codes("05 A PIC X. 05 B REDEFINES Z PIC X."), ["CPY-2020"])
    assert.deepStrictEqual(codes("05 B REDEFINES A PIC X. 05 A PIC X."), ["CPY-2020"])
    assert.deepStrictEqual(codes("05 G. 10 A PIC X. 05 B REDEFINES A PIC X."), ["CPY-2020"])
    assert.deepStrictEqual(codes("05 FILLER PIC X. 05 B REDEFINES FILLER PIC X."), ["CPY-2020"])
  })

  it("of what another item follows", () => {
    assert.deepStrictEqual(codes("05 A PIC X. 05 B PIC X. 05 C REDEFINES A PIC X."), ["CPY-2021"])
    assert.deepStrictEqual(
      codes("05 A PIC X. 05 B REDEFINES A PIC X. 05 C PIC X. 05 D REDEFINES B PIC X."),
      ["CPY-2021"],
    )
  })

  it("of a table, where the dialect has no such thing", () => {
    const items = "05 A PIC X OCCURS 3. 05 B REDEFINES A PIC X(3)."
    assert.deepStrictEqual(codes(items), ["CPY-2022"])
    assert.strictEqual(layoutOfText(`01 R. ${items}`, { dialect: "gnucobol" }).lengthMax, 3)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { layoutOfText, refusalOfText } from "../testing/CopybookText.ts"
import type { Layout } from "./Layout.ts"
import { everyField, fieldAt } from "./LayoutTree.ts"

const counterOf = (text: string, path = "T"): string | undefined =>
  fieldAt(layoutOfText(text), path)?.table?.counter

const codes = ({ warnings = [] }: Layout): ReadonlyArray<string> => warnings.map(({ code }) => code)

const errors = (text: string): ReadonlyArray<string> =>
  refusalOfText(text)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code }) => code)

const shifted = (text: string): ReadonlyArray<string> =>
  everyField(layoutOfText(text)).flatMap(({ isShifted, path }) => (isShifted ? [path] : []))

describe("a counter", () => {
  it("is found by its name", () => {
    assert.strictEqual(
      counterOf("01 R. 05 N PIC 99. 05 T PIC X OCCURS 1 TO 5 DEPENDING ON n."),
      "N",
    )
  })

  it("is found by its groups, where the name alone is not enough", () => {
    const text = (name: string) => `
      01 R.
         05 G.
            10 N PIC 99.
         05 H.
            10 N PIC 99.
         05 T PIC X OCCURS 1 TO 5 DEPENDING ON ${name}.`
    assert.strictEqual(counterOf(text("N OF G")), "G.N")
    assert.strictEqual(counterOf(text("N OF H OF R")), "H.N")
    assert.deepStrictEqual(errors(text("N OF Z")), ["CPY-2030"])
    assert.deepStrictEqual(errors(text("N OF R OF H")), ["CPY-2030"])
    assert.strictEqual(counterOf(text("N")), "H.N")
    assert.deepStrictEqual(codes(layoutOfText(text("N"))), ["CPY-2031"])
  })

  it("in the table's own group is nearer than one outside", () => {
    const text = `
      01 R.
         05 O OCCURS 3.
            10 N PIC 9.
            10 T PIC X OCCURS 0 TO 9 DEPENDING ON N.
         05 N PIC 9.`
    assert.strictEqual(counterOf(text, "O.T"), "O.N")
  })

  it("may be seen through a redefinition", () => {
    assert.strictEqual(
      counterOf(
        "01 R. 05 A PIC XX. 05 B REDEFINES A. 10 N PIC 99. 05 T PIC X OCCURS 0 TO 5 DEPENDING ON N.",
      ),
      "B.N",
    )
  })

  it("behind its table is warned of", () => {
    assert.deepStrictEqual(
      codes(layoutOfText("01 R. 05 T PIC X OCCURS 0 TO 5 DEPENDING ON N. 05 N PIC 9.")),
      ["CPY-2032"],
    )
  })

  it.each(["PIC 9(4) COMP", "PIC 9(4) COMP-3", "PIC Z9", "PIC X", "PIC 9 NATIONAL"])(
    "may be %s",
    (clauses) => {
      assert.strictEqual(
        counterOf(`01 R. 05 N ${clauses}. 05 T PIC X OCCURS 0 TO 5 DEPENDING ON N.`),
        "N",
      )
    },
  )

  it.each(["PIC 9V9", "COMP-1", "PIC G", "POINTER"])("may not be %s", (clauses) => {
    assert.deepStrictEqual(
      errors(`01 R. 05 N ${clauses}. 05 T PIC X OCCURS 0 TO 5 DEPENDING ON N.`),
      ["CPY-2033"],
    )
  })

  it("is one: not in its own table, not in another", () => {
    assert.deepStrictEqual(
      errors("01 R. 05 T OCCURS 0 TO 5 DEPENDING ON N. 10 N PIC 9. 10 A PIC X."),
      ["CPY-2034"],
    )
    assert.deepStrictEqual(
      errors("01 R. 05 G OCCURS 2. 10 N PIC 9. 05 T PIC X OCCURS 0 TO 5 DEPENDING ON N."),
      ["CPY-2034"],
    )
  })
})

describe("a counted table", () => {
  it("gives the record a shortest and a longest form", () => {
    const layout = layoutOfText(`
      01 R.
         05 N PIC 9.
         05 M PIC 9.
         05 T OCCURS 1 TO 3 DEPENDING ON N.
            10 A PIC X(2).
            10 B PIC X OCCURS 2 TO 4 DEPENDING ON M.
         05 Z PIC X.`)
    assert.deepStrictEqual([layout.lengthMin, layout.lengthMax], [2 + 4 + 1, 2 + 18 + 1])
    const table = fieldAt(layout, "T")
    assert.deepStrictEqual([table?.length, table?.lengthMin, table?.table?.stride], [6, 4, 6])
    assert.deepStrictEqual(table?.table?.min, 1)
    assert.strictEqual(fieldAt(layout, "Z")?.offset, 20)
  })

  it("shifts what follows it, and nothing before or in it", () => {
    assert.deepStrictEqual(
      shifted(`
        01 R.
           05 N PIC 9.
           05 T OCCURS 0 TO 3 DEPENDING ON N.
              10 A PIC X.
              10 B PIC X.
           05 C PIC X.
           05 G.
              10 D PIC X.`),
      ["C", "G", "G.D"],
    )
  })

  it("in a table shifts all of it, for its second occurrence has no fixed place", () => {
    assert.deepStrictEqual(
      shifted(`
        01 R.
           05 N PIC 9.
           05 O OCCURS 2.
              10 A PIC X.
              10 T PIC X OCCURS 0 TO 3 DEPENDING ON N.`),
      ["O", "O.A", "O.T"],
    )
  })

  it("in a view shifts what follows the views, but no view", () => {
    const text = `
      01 R.
         05 N PIC 9.
         05 A PIC X(3).
         05 B REDEFINES A.
            10 T PIC X OCCURS 1 TO 3 DEPENDING ON N.
         05 C REDEFINES A PIC X(3).
         05 D PIC X.`
    assert.deepStrictEqual(shifted(text), ["D"])
    assert.deepStrictEqual(codes(layoutOfText(text)), ["CPY-2024"])
    assert.strictEqual(layoutOfText(text).lengthMin, 5)
  })
})

describe("OCCURS", () => {
  it("at level 01 makes the record a table, with a warning", () => {
    const layout = layoutOfText("01 R OCCURS 3. 05 A PIC X(4).")
    assert.deepStrictEqual([layout.lengthMax, codes(layout)], [12, ["CPY-2035"]])
  })
})

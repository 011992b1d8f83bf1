import { assert, describe, it } from "@effect/vitest"
import { layoutOfText } from "../testing/CopybookText.ts"
import { elementaryFields, fieldAt, formatLayout, placesOf, tablesOf } from "./LayoutTree.ts"

const order = layoutOfText(`
  01 ORDER-RECORD.
     05 ORDER-ID PIC X(8).
     05 LINE-COUNT PIC 9(3) COMP-3.
     05 LINES OCCURS 1 TO 40 DEPENDING ON LINE-COUNT.
        10 PRICE PIC S9(7)V99 COMP-3.
        10 TAGS PIC X(2) OCCURS 3.
     05 TOTAL PIC S9(9)V99 LEADING SEPARATE.
     05 TOTAL-X REDEFINES TOTAL PIC X(12).
     05 SHOWN PIC Z(5)9.99-.
     05 RATE COMP-2.
     05 KEPT PIC 9(4) COMP-5.
     66 HEAD RENAMES ORDER-ID THRU LINE-COUNT.
     66 IDEM RENAMES ORDER-ID.`)

describe("formatLayout", () => {
  it("is a table of what lies where", () => {
    assert.strictEqual(
      formatLayout(order),
      `ORDER-RECORD: 53 to 482 bytes, ibm
offset  length  field            picture    stored as
     0  53-482  01 ORDER-RECORD
     0       8    05 ORDER-ID    X(8)       text
     8       2    05 LINE-COUNT  9(3)       packed 3
    10      11    05 LINES                  1 to 40 times, by LINE-COUNT
    10       5      10 PRICE     S9(7)V99   packed signed 9.2
    15       2      10 TAGS      X(2)       text; 3 times
  450+      12    05 TOTAL       S9(9)V99   zoned signed 11.2, sign leading, sign separate
  450+      12    05 TOTAL-X     X(12)      text; redefines TOTAL
  462+      10    05 SHOWN       Z(5)9.99-  edited number
  472+       8    05 RATE                   float, double
  480+       2    05 KEPT        9(4)       binary 4, full range
     0      10  66 HEAD                     renames ORDER-ID through LINE-COUNT
     0       8  66 IDEM                     renames ORDER-ID
`,
    )
  })

  it.each([
    ["PIC A(2)", "text, letters"],
    ["PIC N(2)", "national"],
    ["PIC 9(2) NATIONAL", "national number 2"],
    ["PIC G(2)", "double-byte text"],
    ["PIC X/X", "edited text"],
    ["PIC 9(3) COMP-6", "packed 3, no sign nibble"],
    ["PIC 9(3) COMP-9", "binary 3, little-endian"],
    ["COMP-1", "float, single"],
    ["POINTER", "bytes"],
  ])("says of %s that it is %s", (clauses, words) => {
    assert.isTrue(
      formatLayout(layoutOfText(`01 F ${clauses}.`))
        .trimEnd()
        .endsWith(words),
    )
  })
})

describe("ways through the fields", () => {
  it("are by path", () => {
    assert.strictEqual(fieldAt(order, "LINES.PRICE")?.offset, 10)
    assert.strictEqual(fieldAt(order, "ORDER-RECORD"), order.root)
    assert.strictEqual(fieldAt(order, "PRICE"), undefined)
    const same = layoutOfText("01 A. 05 A PIC X.")
    assert.strictEqual(fieldAt(same, "A")?.kind, "elementary")
  })

  it("are one after the other, without the groups", () => {
    assert.deepStrictEqual(
      elementaryFields(order).map(({ path }) => path),
      [
        "ORDER-ID",
        "LINE-COUNT",
        "LINES.PRICE",
        "LINES.TAGS",
        "TOTAL",
        "TOTAL-X",
        "SHOWN",
        "RATE",
        "KEPT",
      ],
    )
  })

  it("know the tables around a field, and how often it stands in a record", () => {
    const at = (path: string) => {
      const field = fieldAt(order, path)
      assert(field !== undefined)
      return [tablesOf(order, field).map(({ name }) => name), placesOf(order, field)]
    }
    assert.deepStrictEqual(at("LINES.TAGS"), [["LINES", "TAGS"], 120])
    assert.deepStrictEqual(at("LINES.PRICE"), [["LINES"], 40])
    assert.deepStrictEqual(at("TOTAL"), [[], 1])
  })
})

import { assert, describe, it } from "@effect/vitest"
import { codesOf, parsed, parsedItem } from "../testing/ParsedCopybook.ts"

describe("conditions and renamings", () => {
  const values = (text: string) =>
    parsedItem(`A PIC X. 88 C ${text}`).conditions[0]?.values.map(({ from, through }) =>
      [from, through].flatMap((literal) =>
        literal === undefined ? [] : "text" in literal ? [literal.text] : [literal.kind],
      ),
    )

  it("have values and ranges", () => {
    assert.deepStrictEqual(values("VALUE 'A'"), [["A"]])
    assert.deepStrictEqual(values("VALUES ARE 'A' 'B', 'C'"), [["A"], ["B"], ["C"]])
    assert.deepStrictEqual(values("VALUES 'A','B'"), [["A"], ["B"]])
    assert.deepStrictEqual(values("VALUES 1,2,-3"), [["1"], ["2"], ["-3"]])
    assert.deepStrictEqual(values("VALUE 1 THRU 5 7 THROUGH 9"), [
      ["1", "5"],
      ["7", "9"],
    ])
    assert.deepStrictEqual(values("VALUE 'A'THRU'C' SPACES"), [["A", "C"], ["figurative"]])
    assert.deepStrictEqual(values("VALUE 'Y' WHEN SET TO FALSE IS 'N'"), [["Y"]])
    assert.deepStrictEqual(values("VALUE 'Y' FALSE 'N'"), [["Y"]])
  })

  it("belong to the item before them", () => {
    const [record] = parsed("01 R. 88 C VALUE 1. 05 A PIC X. 88 D VALUE 1. 88 E VALUE 2.").items
    assert.deepStrictEqual(
      record?.conditions.map(({ name }) => name),
      ["C"],
    )
    assert.deepStrictEqual(
      record?.children[0]?.conditions.map(({ name }) => name),
      ["D", "E"],
    )
  })

  it("may run on without a period, which is told once", () => {
    assert.deepStrictEqual(codesOf("01 A PIC 9.\n 88 B VALUE 1\n 88 C VALUE 2."), ["CPY-1103"])
  })

  it("need a value", () => {
    assert.deepStrictEqual(codesOf("01 A PIC 9. 88 B."), ["CPY-1107"])
    assert.deepStrictEqual(codesOf("01 A PIC 9. 88 B VALUE 1 THRU."), ["CPY-1107"])
    assert.deepStrictEqual(codesOf("01 A PIC 9. 88 B VALUE 1 WHEN SET 2."), ["CPY-1107"])
  })

  it("rename runs of items of their record", () => {
    const text = "01 R. 05 A PIC X. 05 B PIC X. 66 N RENAMES A. 66 M RENAMES A OF R THRU B IN R."
    const [record] = parsed(text).items
    assert.deepStrictEqual(
      record?.renames.map(({ from, name, through }) => [name, from, through]),
      [
        ["N", ["A"], undefined],
        ["M", ["A", "R"], ["B", "R"]],
      ],
    )
    assert.deepStrictEqual(codesOf("01 A PIC X. 66 N A."), ["CPY-1107"])
    assert.deepStrictEqual(codesOf("01 A PIC X. 66 N RENAMES A THRU."), ["CPY-1107"])
  })
})

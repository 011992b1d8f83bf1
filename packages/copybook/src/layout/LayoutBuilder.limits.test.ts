import { assert, describe, it } from "@effect/vitest"
import { layoutOfText, refusalOfText } from "../testing/CopybookText.ts"
import type { LayoutOptions } from "./LayoutBuilder.ts"

const refused = (text: string, options?: LayoutOptions): ReadonlyArray<string> =>
  refusalOfText(text, options)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code }) => code)

describe("limits", () => {
  it("hold for the record's bytes", () => {
    const text = "01 R. 05 A OCCURS 1000. 10 B PIC X(100). 05 C PIC X."
    assert.deepStrictEqual(refused(text, { recordSizeMax: 100_000 }), ["CPY-2060"])
    assert.strictEqual(layoutOfText(text, { recordSizeMax: 100_001 }).lengthMax, 100_001)
  })

  it("hold for products that leave the exact integers", () => {
    const nested = [5, 10, 15, 20, 25, 30, 35, 40, 45].map(
      (level) => `${level} L${level} OCCURS 999999999.`,
    )
    assert.deepStrictEqual(refused(`01 R. ${nested.join(" ")} 49 A PIC X.`), [
      "CPY-2060",
      "CPY-2061",
    ])
  })

  it("hold for places", () => {
    const text = "01 R. 05 A OCCURS 10. 10 B PIC X OCCURS 10. 10 C PIC X."
    assert.deepStrictEqual(refused(text, { placesMax: 109 }), ["CPY-2061"])
    assert.strictEqual(layoutOfText(text, { placesMax: 110 }).lengthMax, 110)
    const million = "01 R. 05 N PIC 9(7). 05 T OCCURS 1 TO 1000000 DEPENDING ON N. 10 A PIC X."
    assert.strictEqual(layoutOfText(million).lengthMax, 1_000_007)
  })
})

describe("limits that are none", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
    "are refused: %d",
    (limit) => {
      assert.deepStrictEqual(refused("01 F PIC X.", { placesMax: limit }), ["CPY-2062"])
      assert.deepStrictEqual(refused("01 F PIC X.", { recordSizeMax: limit }), ["CPY-2062"])
    },
  )
})

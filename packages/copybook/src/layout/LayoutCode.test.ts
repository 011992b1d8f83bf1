import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { changed, copybookOf } from "../testing/CopybookText.ts"
import { layoutOf, type LayoutOptions } from "./LayoutBuilder.ts"
import { type LayoutCode, layoutCodes } from "./LayoutCode.ts"
import type { Copybook, Item } from "../syntax/Item.ts"

interface Example {
  readonly copybook: Copybook
  readonly options: LayoutOptions
}

const shaped = (copybook: Copybook, options: LayoutOptions = {}): Example => ({ copybook, options })

const withoutPicture = ({ picture: _, ...item }: Item): Item => item

/** The shortest copybook for each code; what the parser refuses first is made by hand. */
const examples: Readonly<Record<LayoutCode, string | Example>> = {
  "CPY-2001": shaped(changed("01 F PIC X.", withoutPicture)),
  "CPY-2002": "01 R JUST. 05 A PIC X.",
  "CPY-2003": "01 F PIC Z9 COMP-3.",
  "CPY-2004": shaped(changed("01 F PIC 9.", (item) => ({ ...item, usage: "float" }))),
  "CPY-2005": "01 R DISPLAY. 05 A PIC 9 COMP.",
  "CPY-2006": "01 F PIC X(20) COMP-6.",
  "CPY-2007": "01 F PIC 9(19) COMP.",
  "CPY-2008": "01 F PIC 9 LEADING.",
  "CPY-2009": "01 F PIC S9 NATIONAL.",
  "CPY-2010": "01 F PIC 9 JUST.",
  "CPY-2011": "01 F PIC S9 BLANK WHEN ZERO.",
  "CPY-2012": "05 R SYNC. 10 A PIC 9 COMP.",
  "CPY-2013": "01 R. 05 A PIC X. 05 B PIC X(4). 05 C REDEFINES B PIC 9(9) COMP SYNC.",
  "CPY-2014": "01 F PIC X COMP.",
  "CPY-2015": "01 F PIC 9 LEADING SEPARATE.",
  "CPY-2016": "01 R COMP-3. 05 A PIC X.",
  "CPY-2017": "01 R COMP-3. 05 A PIC 9 COMP.",
  "CPY-2020": "01 R. 05 A PIC X. 05 B REDEFINES Z PIC X.",
  "CPY-2021": "01 R. 05 A PIC X. 05 B PIC X. 05 C REDEFINES A PIC X.",
  "CPY-2022": "01 R. 05 A PIC X OCCURS 2. 05 B REDEFINES A PIC X(2).",
  "CPY-2023": "01 R. 05 A PIC X. 05 B REDEFINES A PIC X(2).",
  "CPY-2024":
    "01 R. 05 N PIC 9. 05 A PIC X. 05 B REDEFINES A. 10 T PIC X OCCURS 0 TO 1 DEPENDING ON N.",
  "CPY-2030": "01 R. 05 T PIC X OCCURS 0 TO 1 DEPENDING ON N.",
  "CPY-2031": "01 R. 05 G. 10 N PIC 9. 05 H. 10 N PIC 9. 05 T PIC X OCCURS 0 TO 1 DEPENDING ON N.",
  "CPY-2032": "01 R. 05 T PIC X OCCURS 0 TO 1 DEPENDING ON N. 05 N PIC 9.",
  "CPY-2033": "01 R. 05 N COMP-1. 05 T PIC X OCCURS 0 TO 1 DEPENDING ON N.",
  "CPY-2034": "01 R. 05 G OCCURS 2. 10 N PIC 9. 05 T PIC X OCCURS 0 TO 1 DEPENDING ON N.",
  "CPY-2035": "01 R OCCURS 2. 05 A PIC X.",
  "CPY-2036": shaped(
    changed("01 R. 05 A PIC X OCCURS 2.", ({ occurs, ...item }) =>
      occurs === undefined ? item : { ...item, occurs: { ...occurs, min: 0, max: 0 } },
    ),
  ),
  "CPY-2040": "01 R. 05 A PIC X. 66 B RENAMES Z.",
  "CPY-2041": "01 R. 05 A PIC X. 05 B PIC X. 66 C RENAMES B THRU A.",
  "CPY-2042": "01 R. 05 A PIC X OCCURS 2. 66 B RENAMES A.",
  "CPY-2050": '01 F PIC X VALUE "AB".',
  "CPY-2051": "01 F PIC X VALUE 1.",
  "CPY-2052": "01 F PIC 9 VALUE 10.",
  "CPY-2060": shaped(copybookOf("01 F PIC X(2)."), { recordSizeMax: 1 }),
  "CPY-2061": shaped(copybookOf("01 R. 05 A PIC X OCCURS 2."), { placesMax: 1 }),
  "CPY-2062": shaped(copybookOf("01 F PIC X."), { recordSizeMax: Number.NaN }),
  "CPY-2070": shaped({ items: [], warnings: [] }),
  "CPY-2071": shaped(copybookOf("01 R. 05 A PIC X."), { record: "Q" }),
  "CPY-2072": "01 A PIC X. 01 B PIC X.",
}

describe("every code", () => {
  for (const [code, example] of Object.entries(examples)) {
    it(`${code} has an example`, () => {
      const { copybook, options } =
        typeof example === "string" ? shaped(copybookOf(example)) : example
      const result = layoutOf(copybook, options)
      const findings = Result.isSuccess(result)
        ? (result.success.warnings ?? [])
        : result.failure.diagnostics
      assert.deepStrictEqual(
        findings.map((finding) => finding.code),
        [code],
      )
      const row = layoutCodes[code as LayoutCode]
      assert.strictEqual(findings[0]?.severity, row.severity)
      assert.strictEqual(Result.isFailure(result), row.severity === "error")
    })
  }
})

it("no module of the room uses a code that is not in the table", () => {
  const room = new URL(".", import.meta.url)
  const used = readdirSync(room)
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(new URL(file, room), "utf8").matchAll(/CPY-2\d+/g)])
    .map(([code]) => code)
  const known = new Set<string>(Object.keys(layoutCodes))
  assert.deepStrictEqual(
    used.filter((code) => !known.has(code)),
    [],
  )
  assert.deepStrictEqual(
    [...known].filter((code) => used.filter((other) => other === code).length < 3),
    [],
  )
})

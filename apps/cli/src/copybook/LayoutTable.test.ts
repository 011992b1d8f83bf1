import { planFile } from "@countersign/copybook/file/FilePlan"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { layoutTable } from "./LayoutTable.ts"

const same = (text: string): string => text
const paint = { bold: same, faint: same, good: same, bad: same, doubtful: same }

const { layout } = Result.getOrThrow(
  planFile(`
       01  ORDER-REC.
           05  KIND             PIC X.
               88  IS-OPEN      VALUE 'O' 'P'.
               88  IS-CLOSED    VALUE 'X' THRU 'Z'.
           05  CUSTOMER-NAME    PIC X(20).
           05  LINE-COUNT       PIC 9(2).
           05  ORDER-TOTAL      PIC S9(9)V99 COMP-3.
           05  TOTAL-BYTES REDEFINES ORDER-TOTAL PIC X(6).
           05  ORDER-LINES OCCURS 1 TO 9 DEPENDING ON LINE-COUNT.
               10  PRODUCT-CODE PIC X(8).
           05  LAST-FIELD       PIC X.
`),
)

describe("the table of a layout", () => {
  it("has levels, places, pictures, storages, tables, views, conditions and what is sensitive", () => {
    const lines = layoutTable(layout, undefined, paint)
    assert.include(lines[0], "ORDER-REC: 38 to 102 bytes, ibm, 1 sensitive field")
    for (const form of [
      /^ +0 +1 {4}05 KIND +X +text$/,
      /^ +88 IS-OPEN +'O', 'P'$/,
      /^ +88 IS-CLOSED +'X' to 'Z'$/,
      /^ +1 +20 {4}05 CUSTOMER-NAME +X\(20\) +text +PII: person's name$/,
      /^ +23 +6 {4}05 ORDER-TOTAL +S9\(9\)V99 +packed signed 11\.2$/,
      /05 TOTAL-BYTES +X\(6\) +text +redefines ORDER-TOTAL$/,
      /05 ORDER-LINES +occurs 1 to 9 by LINE-COUNT$/,
      /^ +29 +8 {6}10 PRODUCT-CODE/,
      /^ +101\+ +1 {4}05 LAST-FIELD/,
    ]) {
      assert.isTrue(
        lines.some((line) => form.test(line)),
        `${String(form)} in\n${lines.join("\n")}`,
      )
    }
  })

  it("stays within the columns of a terminal, and loses nothing", () => {
    const lines = layoutTable(layout, 60, paint)
    const [, , ...rows] = lines
    assert.isTrue(
      rows.every((line) => line.length <= 60),
      lines.join("\n"),
    )
    const words = (all: ReadonlyArray<string>) =>
      all.flatMap((line) => line.split(/[ ;]+/).filter((word) => word !== "")).toSorted()
    assert.deepStrictEqual(words(lines), words(layoutTable(layout, undefined, paint)))
  })
})

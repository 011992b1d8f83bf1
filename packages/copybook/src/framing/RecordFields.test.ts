import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { bytesOf, framedFile } from "../testing/FramedFile.ts"
import type { FieldReader, FramerOptions, Framing } from "./Framing.ts"
import { recordFields, type RecordFieldsOptions } from "./RecordFields.ts"
import { makeSegments } from "./Segments.ts"

const ebcdic = Result.getOrThrow(codePage("cp037"))

const fieldsOf = (text: string, options?: Partial<RecordFieldsOptions>): FieldReader =>
  recordFields(layoutOfText(text), { codePage: ebcdic, ...options })

const recordsOf = (
  fields: FieldReader,
  framing: Framing,
  hex: string,
  options: FramerOptions = {},
): ReadonlyArray<string> => {
  const byteByByte = framedFile({ framing, fields, options, bytes: bytesOf(hex), pieces: [1] })
  const framed = framedFile({ framing, fields, options, bytes: bytesOf(hex) })
  assert.deepStrictEqual(byteByByte.records, framed.records)
  assert.deepStrictEqual(
    framed.faults.map(({ message }) => message),
    [],
  )
  return framed.records
}

const header = `
  01 REC.
     05 ID PIC X(2).
     05 LEN PIC 9(3) COMP-3.
     05 REST PIC X(10).`

describe("the fields that framing depends on", () => {
  it("are lengths in any usage, under their name, their path, or with underscores", () => {
    const framing = { kind: "length-field", field: "rec.len" } as const
    const bytes = "C1C1 005F E7 C2C2 006F E7E7"
    assert.deepStrictEqual(recordsOf(fieldsOf(header), framing, bytes), [
      "C1C1005FE7",
      "C2C2006FE7E7",
    ])
    const dashes = fieldsOf("01 R. 05 REC-LEN PIC 9(2). 05 REST PIC X(3).")
    assert.deepStrictEqual(
      recordsOf(dashes, { kind: "length-field", field: "REC_LEN" }, "F0F3E7F0F2"),
      ["F0F3E7", "F0F2"],
    )
  })

  it("are read as the codec of records reads them, also a single one", () => {
    const text = "01 R. 05 LEN PIC 9(2). 05 REST PIC X(3)."
    const framing = { kind: "length-field", field: "LEN" } as const
    const latin = Result.getOrThrow(codePage("latin1"))
    for (const options of [{ codePage: latin }, { fields: { LEN: { codePage: latin } } }]) {
      assert.deepStrictEqual(recordsOf(fieldsOf(text, options), framing, "3033C1"), ["3033C1"])
    }
    const relaxed = fieldsOf(text, { digits: "relaxed" })
    assert.deepStrictEqual(recordsOf(relaxed, framing, "40F3C1"), ["40F3C1"])
    assert.deepStrictEqual(recordsOf(relaxed, framing, "F300C1"), ["F300C1"])
  })

  it("are found by a name only where there is one of that name", () => {
    const fields = fieldsOf("01 R. 05 A. 10 N PIC 9. 05 B. 10 N PIC 9.")
    assert.isUndefined(fields.numberOf("N"))
    assert.isUndefined(fields.textOf("NONE"))
    assert.isDefined(fields.numberOf("B.N"))
  })

  it("are keys of length maps, without the blanks around them", () => {
    const framing = { kind: "length-map", field: "ID", lengths: { A: 3, BB: 2 } } as const
    assert.deepStrictEqual(recordsOf(fieldsOf(header), framing, "C140E7 C2C2 40C1E7"), [
      "C140E7",
      "C2C2",
      "40C1E7",
    ])
    assert.deepStrictEqual(recordsOf(fieldsOf(header), framing, "C100E7 C2C2"), ["C100E7", "C2C2"])
  })

  it("are numbers as keys, without leading zeros", () => {
    const fields = fieldsOf("01 R. 05 T PIC 9(2). 05 REST PIC X(3).")
    const framing = { kind: "length-map", field: "T", lengths: { 1: 3, 12: 2 } } as const
    assert.deepStrictEqual(recordsOf(fields, framing, "F0F1E7 F1F2"), ["F0F1E7", "F1F2"])
  })

  it("lie behind tables that move them", () => {
    const fields = fieldsOf(`
      01 R.
         05 N PIC 9.
         05 T OCCURS 0 TO 3 DEPENDING ON N PIC X.
         05 LEN PIC 9.
         05 REST PIC X(3).`)
    const framing = { kind: "length-field", field: "LEN" } as const
    assert.deepStrictEqual(recordsOf(fields, framing, "F0F3E7 F2D5D5F5E7"), [
      "F0F3E7",
      "F2D5D5F5E7",
    ])
  })
})

const counters = { kind: "counters" } as const

describe("records as long as their counters make them", () => {
  it("hold tables in tables", () => {
    const fields = fieldsOf(`
      01 R.
         05 N PIC 9.
         05 G OCCURS 0 TO 3 DEPENDING ON N.
            10 M PIC 9.
            10 X OCCURS 1 TO 3 DEPENDING ON M PIC X(2).
         05 Z PIC X.`)
    assert.deepStrictEqual(recordsOf(fields, counters, "F2 F1E7E7 F2E7E7E7E7 E9 F0 E9"), [
      "F2F1E7E7F2E7E7E7E7E9",
      "F0E9",
    ])
  })

  it("hold counters in other views, and views of fixed length", () => {
    const fields = fieldsOf(`
      01 R.
         05 RAW PIC X(2).
         05 VIEW REDEFINES RAW.
            10 N PIC 9.
            10 K PIC 9.
         05 X OCCURS 0 TO 3 DEPENDING ON K PIC X.`)
    assert.deepStrictEqual(recordsOf(fields, counters, "C1F2E7E7 C1F0"), ["C1F2E7E7", "C1F0"])
  })

  it("have counters that are texts", () => {
    const fields = fieldsOf(
      `01 R. 05 K PIC X. 05 X OCCURS 0 TO 3 DEPENDING ON K PIC X. 05 Z PIC X.`,
      { counterValues: { X: { A: 1, B: 2 } } },
    )
    assert.deepStrictEqual(recordsOf(fields, counters, "C1E7E9 C2E7E7E9"), ["C1E7E9", "C2E7E7E9"])
  })

  it("are faults where a counter is out of its bounds, unless fewer are allowed", () => {
    const text = "01 R. 05 N PIC 9. 05 X OCCURS 1 TO 3 DEPENDING ON N PIC X. 05 Z PIC X."
    for (const bytes of ["F4E7E7E7E7E9", "F0E9", "40E9"]) {
      const { faults } = framedFile({
        framing: counters,
        fields: fieldsOf(text),
        bytes: bytesOf(bytes),
      })
      assert.strictEqual(faults[0]?.code, "CPY-3014")
    }
    assert.deepStrictEqual(recordsOf(fieldsOf(text, { allowsFewer: true }), counters, "F0E9"), [
      "F0E9",
    ])
  })

  it("are what the layout says where nothing is counted", () => {
    const fields = fieldsOf("01 R. 05 A PIC X. 05 B OCCURS 2 PIC X.")
    assert.deepStrictEqual(recordsOf(fields, counters, "C1C2C3C4C5C6"), ["C1C2C3", "C4C5C6"])
  })

  it("are the same numbers with zeros before them, where a map or segments name them", () => {
    const fields = fieldsOf("01 R. 05 KIND PIC 9(3). 05 CODE PIC X(2). 05 A PIC X(2).")
    const framing = { kind: "length-map", field: "KIND", lengths: { "001": 6, "2": 7 } } as const
    assert.deepStrictEqual(recordsOf(fields, framing, "F0F0F1F0F1C1 F0F0F2F0F1C1C2"), [
      "F0F0F1F0F1C1",
      "F0F0F2F0F1C1C2",
    ])
    const segments = Result.getOrThrow(
      makeSegments({ fields: ["KIND", "CODE"], views: { V: ["001|01", "X|1"] } }, fields),
    )
    assert.strictEqual(segments.idOf(bytesOf("F0F0F1F0F1"), 0, 5), "1|01")
    assert.strictEqual(segments.viewOf("1|01"), "V")
    assert.strictEqual(segments.viewOf("001|01"), "V")
    // Texts are as they are written.
    assert.isUndefined(segments.viewOf("1|1"))
    assert.strictEqual(segments.viewOf("X|1"), "V")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { layoutOfText } from "../testing/CopybookText.ts"
import { effectSchemaOf } from "./EffectSchema.ts"

const layout = layoutOfText(`
  01 R.
     05 ID PIC X(4).
     05 N PIC 9.
     05 AMOUNT PIC S9(3)V99 COMP-3.
     05 LARGE PIC S9(31) COMP-3.
     05 T PIC X(2) OCCURS 1 TO 3 DEPENDING ON N.
     05 P POINTER.
     05 G.
        10 D PIC X(4).
        10 E REDEFINES D PIC 9(4).`)

const takes = Schema.is(effectSchemaOf(layout))

const record = {
  ID: "AB",
  N: 2,
  AMOUNT: -12.34,
  LARGE: "1234567890123456789012345678901",
  T: ["A", "B"],
  P: "00000000",
  G: { D: "A", E: null },
}

describe("effectSchemaOf", () => {
  it("takes what the decoder gives", () => {
    assert.isTrue(takes(record))
    assert.isTrue(takes({ ...record, G: { E: 12 } }))
    assert.deepStrictEqual<unknown>(
      Schema.decodeUnknownSync(effectSchemaOf(layout))(record),
      record,
    )
  })

  it.each<[string, object]>([
    ["too long a text", { ID: "ABCDEFGHI" }],
    ["a number out of its picture", { N: 10 }],
    ["a fraction for an integer", { N: 1.5 }],
    ["a number for a text", { LARGE: 1 }],
    ["too many digits", { LARGE: "12345678901234567890123456789012" }],
    ["too few entries", { T: [] }],
    ["too many entries", { T: ["A", "B", "C", "D"] }],
    ["bytes that are too short", { P: "00" }],
    ["null where nothing is redefined", { ID: null }],
    ["a group that is none", { G: "A" }],
  ])("refuses %s", (_, change) => assert.isFalse(takes({ ...record, ...change })))

  it("refuses a record without a field", () => {
    const { ID: _, ...rest } = record
    assert.isFalse(takes(rest))
  })

  it("follows the decoder's options", () => {
    const isText = Schema.is(effectSchemaOf(layout, { numbers: "string", isNullable: true }))
    assert.isTrue(isText({ ...record, N: "2", AMOUNT: "-12.34", ID: null }))
    assert.isFalse(isText(record))
  })
})

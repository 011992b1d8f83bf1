import { assert, describe, it } from "@effect/vitest"
import { layoutOfText } from "../testing/CopybookText.ts"
import { jsonSchemaOf } from "./JsonSchema.ts"
import type { ShapeOptions } from "./RecordShape.ts"

/** The schema of one field, without the `x-` keywords. */
const fieldSchema = (clauses: string, options?: ShapeOptions): unknown => {
  const { properties } = jsonSchemaOf(layoutOfText(`01 R. 05 F ${clauses}.`), options)
  const { F: field } = properties as { readonly F: object }
  return Object.fromEntries(Object.entries(field).filter(([key]) => !key.startsWith("x-")))
}

describe("jsonSchemaOf", () => {
  it("describes a record with what COBOL says of it", () => {
    const layout = layoutOfText(`
      01 R.
         05 STATUS-CODE PIC X.
            88 IS-OPEN VALUE "O" "N".
            88 IS-LOW VALUE "A" THRU "F".
         05 N PIC 9.
         05 T OCCURS 1 TO 3 DEPENDING ON N.
            10 A PIC S9(3)V99 COMP-3.
         05 FILLER PIC X(3).
         05 D PIC X(4).
         05 E REDEFINES D PIC 9(4).`)
    assert.deepStrictEqual(jsonSchemaOf(layout), {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "R",
      type: "object",
      properties: {
        "STATUS-CODE": {
          type: "string",
          maxLength: 1,
          "x-path": "STATUS-CODE",
          "x-offset": 0,
          "x-length": 1,
          "x-storage": "text",
          "x-picture": "X",
          "x-conditions": { "IS-OPEN": ["O", "N"], "IS-LOW": [{ from: "A", through: "F" }] },
        },
        N: {
          type: "integer",
          minimum: 0,
          maximum: 9,
          "x-path": "N",
          "x-offset": 1,
          "x-length": 1,
          "x-storage": "zoned 1",
          "x-picture": "9",
        },
        T: {
          type: "array",
          minItems: 1,
          maxItems: 3,
          items: {
            type: "object",
            properties: {
              A: {
                type: "number",
                minimum: -999.99,
                maximum: 999.99,
                "x-path": "T.A",
                "x-offset": 2,
                "x-length": 3,
                "x-storage": "packed signed 5.2",
                "x-picture": "S9(3)V99",
              },
            },
            required: ["A"],
            additionalProperties: false,
          },
          "x-path": "T",
          "x-offset": 2,
          "x-length": 3,
          "x-counter": "N",
        },
        D: {
          type: ["string", "null"],
          maxLength: 4,
          "x-path": "D",
          "x-offset": 14,
          "x-length": 4,
          "x-storage": "text",
          "x-picture": "X(4)",
        },
        E: {
          type: ["integer", "null"],
          minimum: 0,
          maximum: 9999,
          "x-path": "E",
          "x-offset": 14,
          "x-length": 4,
          "x-storage": "zoned 4",
          "x-picture": "9(4)",
          "x-redefines": "D",
        },
      },
      required: ["STATUS-CODE", "N", "T"],
      additionalProperties: false,
      "x-layout": {
        fingerprint: layout.fingerprint,
        dialect: "ibm",
        lengthMin: 12,
        lengthMax: 18,
      },
    })
  })

  it.each<[string, ShapeOptions, unknown]>([
    ["PIC X(3)", {}, { type: "string", maxLength: 3 }],
    ["PIC N(3)", {}, { type: "string", maxLength: 3 }],
    ["PIC X(3)", { isNullable: true }, { type: ["string", "null"], maxLength: 3 }],
    ["PIC 9(15)", {}, { type: "integer", minimum: 0, maximum: 999999999999999 }],
    ["PIC 9(16)", {}, { type: "string", pattern: "^(?:0|[1-9][0-9]{0,15})$" }],
    [
      "PIC S9(3)V99",
      { numbers: "string" },
      { type: "string", pattern: "^-?(?:0|[1-9][0-9]{0,2})\\.[0-9]{2}$" },
    ],
    [
      "PIC VPP99",
      { numbers: "string" },
      { type: "string", pattern: "^(?:0|[1-9][0-9]{0,0})\\.[0-9]{4}$" },
    ],
    ["PIC 9PP", {}, { type: "integer", minimum: 0, maximum: 900 }],
    ["PIC S9(4) COMP", {}, { type: "integer", minimum: -32768, maximum: 32767 }],
    ["PIC 9(4)V9 COMP-5", {}, { type: "number", minimum: 0, maximum: 429496729.5 }],
    ["PIC S9(15) COMP", {}, { type: ["number", "string"] }],
    ["PIC S9(13)V99 COMP", {}, { type: ["number", "string"] }],
    ["PIC S9(18) COMP", {}, { type: "string", pattern: "^-?(?:0|[1-9][0-9]*)$" }],
    ["PIC ZZ9.99-", {}, { type: "number", minimum: -999.99, maximum: 999.99 }],
    ["PIC X/X", {}, { type: "string", maxLength: 3 }],
    ["COMP-2", {}, { type: "number" }],
    ["POINTER", {}, { type: "string", pattern: "^[0-9a-f]{8}$" }],
    ["POINTER", { bytes: "base64" }, { type: "string", contentEncoding: "base64" }],
  ])("says of %s with %j what its values are", (clauses, options, expected) => {
    assert.deepStrictEqual(fieldSchema(clauses, options), expected)
  })

  it("names fields as the decoder does", () => {
    const layout = layoutOfText("01 R. 05 A-B PIC X. 05 FILLER PIC X.")
    const names = (options: ShapeOptions) =>
      Object.keys(jsonSchemaOf(layout, options)["properties"] as object)
    assert.deepStrictEqual(names({}), ["A-B"])
    assert.deepStrictEqual(names({ names: "underscore", hasFillers: true }), ["A_B", "FILLER"])
  })

  it("takes a record without a group, or one that is a table, as its one member", () => {
    const members = (text: string) =>
      Object.keys(jsonSchemaOf(layoutOfText(text))["properties"] as object)
    assert.deepStrictEqual(members("01 R PIC X."), ["R"])
    assert.deepStrictEqual(members("05 R OCCURS 2. 10 A PIC X."), ["R"])
  })
})

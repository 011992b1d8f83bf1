import { assert, describe, it } from "@effect/vitest"
import { layoutOfText } from "../testing/CopybookText.ts"
import { arrowSchemaOf, type ArrowType } from "./ArrowSchema.ts"

const typeOf = (clauses: string): ArrowType | undefined =>
  arrowSchemaOf(layoutOfText(`01 R. 05 F ${clauses}.`)).fields[0]?.type

const int = (bits: 8 | 16 | 32 | 64, isSigned = true): ArrowType => ({
  kind: "int",
  bits,
  isSigned,
})

const decimal = (precision: number, scale: number): ArrowType => ({
  kind: "decimal128",
  precision,
  scale,
})

describe("the Arrow type", () => {
  it.each<[string, ArrowType]>([
    ["PIC X(3)", { kind: "utf8" }],
    ["PIC N(3)", { kind: "utf8" }],
    ["PIC G(3)", { kind: "utf8" }],
    ["PIC 9(9)", int(32)],
    ["PIC S9(9) COMP-3", int(32)],
    ["PIC 9(10)", int(64)],
    ["PIC S9(18) COMP-3", int(64)],
    ["PIC S9(19) COMP-3", decimal(19, 0)],
    ["PIC S9(7)V99 COMP-3", decimal(9, 2)],
    ["PIC VPP99", decimal(4, 4)],
    ["PIC 9(8)PP", int(64)],
    ["PIC 9(4) COMP", int(16, false)],
    ["PIC S9(9) COMP-5", int(32)],
    ["PIC 9(18) COMP", int(64, false)],
    ["PIC S9(7)V99 COMP", decimal(10, 2)],
    ["PIC X COMP-X", int(8, false)],
    ["PIC S9(38) COMP", decimal(38, 0)],
    ["PIC ZZ9.99-", decimal(5, 2)],
    ["PIC 9(4) NATIONAL", int(32)],
    ["PIC X/X", { kind: "utf8" }],
    ["COMP-1", { kind: "float", bits: 32 }],
    ["COMP-2", { kind: "float", bits: 64 }],
    ["POINTER", { kind: "binary", width: 4 }],
  ])("of %s holds every value of it", (clauses, expected) => {
    assert.deepStrictEqual(typeOf(clauses), expected)
  })

  it("of groups is a struct, of tables a list", () => {
    const schema = arrowSchemaOf(
      layoutOfText(`
        01 R.
           05 N-N PIC 9(4) COMP-3.
           05 T OCCURS 0 TO 3 DEPENDING ON N-N.
              10 A PIC X OCCURS 2.
           05 FILLER PIC X.`),
      { names: "underscore" },
    )
    const [count, table, view] = schema.fields
    assert.deepStrictEqual(
      [count?.name, count?.isNullable, count?.metadata["cobol.picture"]],
      ["N_N", true, "9(4)"],
    )
    assert.deepStrictEqual(table?.metadata, {
      "cobol.path": "T",
      "cobol.offset": "3",
      "cobol.length": "2",
      "cobol.counter": "N-N",
    })
    assert.deepStrictEqual(table?.type, {
      kind: "list",
      min: 0,
      max: 3,
      item: {
        name: "item",
        isNullable: false,
        metadata: {},
        type: {
          kind: "struct",
          fields: [
            {
              name: "A",
              isNullable: false,
              metadata: {
                "cobol.path": "T.A",
                "cobol.offset": "3",
                "cobol.length": "1",
                "cobol.storage": "text",
                "cobol.picture": "X",
              },
              type: {
                kind: "list",
                min: 2,
                max: 2,
                item: { name: "item", isNullable: true, metadata: {}, type: { kind: "utf8" } },
              },
            },
          ],
        },
      },
    })
    assert.strictEqual(view, undefined)
    assert.strictEqual(schema.metadata["cobol.record"], "R")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { codePage } from "../charset/CodePages.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import * as ObjectCode from "./ObjectCode.ts"
import * as RecordDecoder from "./RecordDecoder.ts"

const ebcdic = Result.getOrThrow(codePage("cp037"))

const text = `
  01 R.
     05 A PIC X(3).
     05 B PIC S9(15).
     05 C PIC 9.
     05 D PIC S9(12)V9(3).
     05 E PIC S9(15) COMP-3.
     05 F PIC S9(2)V9 COMP-3.
     05 G PIC 9(4) COMP-3.
     05 H PIC S9(4) COMP.
     05 I PIC 9(9) COMP.
     05 J PIC S9(2)V99 COMP-5.
     05 K.
        10 L PIC X(2).
        10 M PIC ZZ9.
        10 T OCCURS 2.
           15 N PIC 9(2).
           15 O PIC X OCCURS 2.
     05 P PIC X(4).
     05 Q REDEFINES P PIC S9(7) COMP-3.`

const decoderOf = (options: Partial<CodecOptions>, copybook = text) =>
  Result.getOrThrow(RecordDecoder.make(layoutOfText(copybook), { codePage: ebcdic, ...options }))

/** Bytes that are often digits, signs and blanks, and sometimes anything. */
const bytesFrom = (values: ReadonlyArray<number>, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => {
    const value = Math.abs(values[index % Math.max(values.length, 1)] ?? 0) + index * 7
    const kinds = [0xf0 | (value % 10), 0xf0 | (value % 10), (value * 16 + 0x0c) & 0xff, 0x40]
    return value % 13 === 0 ? value & 0xff : (kinds[value % 4] ?? 0)
  })

describe("ObjectCode", () => {
  it.prop(
    "gives what the steps give, values and faults, for any bytes",
    [
      Schema.Array(Schema.Int),
      Schema.Literals(["none", "left", "both"]),
      Schema.Boolean,
      Schema.Boolean,
    ],
    ([values, trim, isShort, trimsControls]) => {
      // Without the views, so that the whole record is code; and with them, so that groups are.
      for (const copybook of [text, text.slice(0, text.indexOf("05 P"))]) {
        const options = { trim, trimsControls, policies: { blank: "zero" } } as const
        const plain = decoderOf(options, copybook)
        const made = decoderOf({ ...options, generatesCode: true }, copybook)
        const bytes = bytesFrom(values, plain.plan.layout.lengthMax - (isShort ? 9 : 0))
        assert.deepStrictEqual(made.decode(bytes), plain.decode(bytes))
        assert.deepStrictEqual([...made.counts], [...plain.counts])
      }
    },
  )

  it("makes code of groups whose keys are always the same, and of no other", () => {
    const builderOf = (copybook: string) =>
      ObjectCode.make(decoderOf({}, copybook).plan.root) === undefined
    assert.isFalse(builderOf("01 R. 05 A PIC X. 05 B. 10 C PIC 9."))
    assert.isTrue(builderOf("01 R. 05 A PIC X. 05 B REDEFINES A PIC 9."))
    assert.isTrue(builderOf("01 R. 05 N PIC 9. 05 T PIC X OCCURS 0 TO 3 DEPENDING ON N."))
  })

  it("moves what follows a table as its counter says, where the table's bounds are one number", () => {
    const copybook = `01 R. 05 N PIC 9. 05 T OCCURS 2 TO 2 DEPENDING ON N PIC X(2).
      05 P PIC 9(5). 05 G. 10 A PIC X(3). 10 B PIC 9(2).`
    // Two entries, then one: A stands where the record before had digits.
    const records = ["f2c1c1c2c2 f0f0f0f0f7 c3c3c3 f4f2", "f1c1c1 f0f0f0f0f8 c4c4c4 f4f3"]
    for (const select of [undefined, ["P", "G"]]) {
      for (const generatesCode of [false, true]) {
        const options = { allowsFewer: true, generatesCode, ...(select && { select }) }
        const decoder = decoderOf(options, copybook)
        const values = records.map((hex) => {
          const { P, G } = decoder.decode(Buffer.from(hex.replaceAll(" ", ""), "hex")).value
          return { P, G }
        })
        assert.deepStrictEqual(values, [
          { P: 7, G: { A: "CCC", B: 42 } },
          { P: 8, G: { A: "DDD", B: 43 } },
        ])
      }
    }
  })

  it("takes names as they are, whatever they hold", () => {
    const layout = layoutOfText("01 R. 05 A PIC X. 05 B PIC X.")
    const root = layout.root.kind === "group" ? layout.root : assert.fail()
    const names = ['"];throw 1;["', "__proto__"]
    const fields = root.fields.map((field, index) => ({ ...field, name: names[index] ?? "" }))
    const hostile = { ...layout, root: { ...root, fields } }
    for (const generatesCode of [false, true]) {
      const made = RecordDecoder.make(hostile, { codePage: ebcdic, generatesCode })
      const { value } = Result.getOrThrow(made).decode(Uint8Array.of(0xc1, 0xc2))
      assert.deepStrictEqual(Object.entries(value), [
        ['"];throw 1;["', "A"],
        ["__proto___", "B"],
      ])
    }
  })
})

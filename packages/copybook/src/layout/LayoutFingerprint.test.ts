import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { layoutOfText } from "../testing/CopybookText.ts"
import { describeLayout } from "./LayoutDescription.ts"

const text = `
  01 R.
     05 N PIC 9.
     05 A PIC X(4) VALUE "ABCD".
        88 IS-A VALUE "A".
     05 B REDEFINES A PIC S9(4).
     05 T OCCURS 0 TO 3 DEPENDING ON N.
        10 C PIC ZZ9.
     66 X RENAMES N THRU A.`

const fingerprint = (of: string): string => layoutOfText(of).fingerprint

describe("the fingerprint", () => {
  it("is the digest of the description", () => {
    const layout = layoutOfText(text)
    assert.strictEqual(
      describeLayout(layout),
      `["countersign-layout",1,"ibm"]
["group","R",false,0,14,5,null,null]
["elementary","N",false,0,1,1,null,null,["zoned",1,0,false,"trailing",false],false,false]
["elementary","A",false,1,4,4,null,null,["text",false],false,false]
["elementary","B",false,1,4,4,null,"A",["zoned",4,0,true,"trailing",false],false,false]
["group","T",false,5,3,3,[0,3,3,"N"],null]
["elementary","T.C",false,5,3,3,null,null,["edited",true,"numeric-edited",[["Z",2],["9",1]],3,0,false,".",null],false,false]
["alias","X",0,5]
`,
    )
    assert.strictEqual(
      layout.fingerprint,
      createHash("sha256").update(describeLayout(layout)).digest("hex"),
    )
  })

  it.prop(
    "stays when only spacing changes",
    [Schema.Array(Schema.Literals([" ", "\n", "   ", "\n\n"]))],
    ([spaces]) => {
      let index = 0
      const spaced = text.replaceAll(/\s+/g, () => spaces[index++] ?? " ")
      assert.strictEqual(fingerprint(spaced), fingerprint(text))
    },
  )

  it.each([
    ["level numbers", "05 ", "03 "],
    ["a value", "ABCD", "EFGH"],
    ["a condition", '88 IS-A VALUE "A".', ""],
    ["how a picture is written", "PIC ZZ9", "PIC Z(2)9"],
  ])("stays when %s change", (_, from, to) => {
    assert.include(text, from)
    assert.strictEqual(fingerprint(text.replaceAll(from, to)), fingerprint(text))
  })

  it.each([
    ["a name", "C PIC", "D PIC"],
    ["a length", "X(4)", "X(5)"],
    ["a sign", "PIC S9(4)", "PIC 9(4)"],
    ["a storage", "PIC S9(4)", "PIC S9(7) COMP-3"],
    ["a table's bound", "0 TO 3", "1 TO 3"],
    ["an edited picture", "PIC ZZ9", "PIC **9"],
    ["an alias", "N THRU A", "A"],
    ["a redefinition", "B REDEFINES A PIC S9(4)", "B PIC S9(4)"],
  ])("changes with %s", (_, from, to) => {
    assert.include(text, from)
    assert.notStrictEqual(fingerprint(text.replace(from, to)), fingerprint(text))
  })

  it("changes with the dialect, whose signs and byte orders are others", () => {
    const item = "01 F PIC S9(4)."
    assert.notStrictEqual(
      layoutOfText(item).fingerprint,
      layoutOfText(item, { dialect: "gnucobol" }).fingerprint,
    )
  })
})

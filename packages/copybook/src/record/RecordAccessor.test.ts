import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import * as RecordAccessor from "./RecordAccessor.ts"

const ascii = Result.getOrThrow(codePage("ascii"))

const accessorOf = (text: string, data: string, options: Partial<CodecOptions> = {}) => {
  const made = RecordAccessor.make(layoutOfText(text), { codePage: ascii, ...options })
  return Result.getOrThrow(made).on(Buffer.from(`..${data}.`), 2, data.length)
}

const nested = `
  01 R.
     05 N PIC 9.
     05 G OCCURS 0 TO 3 DEPENDING ON N.
        10 M PIC 9.
        10 C PIC X OCCURS 0 TO 4 DEPENDING ON M.
        10 D PIC X.
     05 Z PIC 9.
     05 V PIC X(2).
     05 W REDEFINES V.
        10 W-1 PIC 9.
        10 W-2 PIC 9.`

describe("RecordAccessor", () => {
  it("finds fields behind and inside tables that depend on counters", () => {
    const record = accessorOf(nested, "31ax2bcy0z978")
    assert.strictEqual(record.get("N"), 3)
    assert.strictEqual(record.get("G.M", 1), 2)
    assert.strictEqual(record.get("G.C", 0, 0), "a")
    assert.strictEqual(record.get("G.C", 1, 1), "c")
    assert.strictEqual(record.get("G.D", 2), "z")
    assert.strictEqual(record.get("Z"), 9)
    assert.strictEqual(record.get("W.W-2"), 8)
    assert.strictEqual(record.get("V"), "78")
    assert.strictEqual(record.count("G"), 3)
    assert.strictEqual(record.count("G.C", 1), 2)
    assert.strictEqual(Buffer.from(record.bytes("G", 1) ?? []).toString(), "2bcy")
    assert.strictEqual(Buffer.from(record.bytes("W") ?? []).toString(), "78")
  })

  it("knows what is not there", () => {
    const record = accessorOf(nested, "11ax978")
    assert.isUndefined(record.get("G.M", 1))
    assert.isUndefined(record.get("G.M", -1))
    assert.isUndefined(record.get("G.C", 0, 1))
    assert.isUndefined(record.get("NO"))
    assert.isUndefined(record.get("G"))
    assert.isUndefined(record.count("Z"))
    assert.isUndefined(record.bytes("NO"))
  })

  it("says what was wrong, and keeps to the policies", () => {
    const record = accessorOf(
      "01 R. 05 A PIC 9(2). 05 B PIC 9(2). 05 C PIC 9(2). 05 D PIC 99.",
      "!1  121",
      {
        policies: { blank: "zero", short: "raw" },
      },
    )
    assert.isNull(record.get("A"))
    assert.strictEqual(record.fault, "CPY-4003")
    assert.strictEqual(record.get("B"), 0)
    assert.strictEqual(record.fault, "CPY-4001")
    assert.strictEqual(record.get("C"), 12)
    assert.isUndefined(record.fault)
    assert.strictEqual(record.get("D"), "31")
    assert.strictEqual(record.fault, "CPY-4013")
  })
})

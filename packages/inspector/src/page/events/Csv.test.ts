import { assert, describe, it } from "@effect/vitest"
import { csvField, csvLine } from "./Csv.ts"

describe("Csv", () => {
  it("quotes what would end a field", () => {
    assert.strictEqual(csvLine(["a", 'b "c"', "d,e", "f\ng"]), 'a,"b ""c""","d,e","f\ng"\r\n')
  })

  it.each(["=1+1", "+1", "@SUM(A1)", "-2+3", "\t=1", " =cmd|'/c calc'!A1"])(
    "makes no formula of %j",
    (text) => assert.isTrue(csvField(text).startsWith(`"'`)),
  )

  it("leaves numbers as they are", () => {
    assert.strictEqual(csvField("-12.5"), "-12.5")
    assert.strictEqual(csvField("42"), "42")
  })
})

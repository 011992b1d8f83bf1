import { assert, describe, it } from "@effect/vitest"
import { totalWidth } from "../table/TableColumns.ts"
import { columnOf, readColumns, usualColumns, writeColumns } from "./EventColumns.ts"

describe("EventColumns", () => {
  it("has columns for members that are called as what every object has", () => {
    const columns = ["constructor", "__proto__", "toString"].map((id) => columnOf(id))
    assert.isTrue(Number.isFinite(totalWidth(columns)))
    assert.deepStrictEqual(readColumns(writeColumns(columns)), columns)
  })

  it("shows what can't be seen in a name", () => {
    assert.strictEqual(columnOf('data."a\u202eb"').title, 'data."a\\u{202E}b"')
  })

  it("takes the usual ones in place of what can't be read", () => {
    for (const text of [undefined, "rubbish", "[]", '[["a b",100]]', '[["type",-1]]'])
      assert.deepStrictEqual(readColumns(text), usualColumns)
  })
})

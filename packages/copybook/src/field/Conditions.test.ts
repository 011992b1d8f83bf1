import { assert, describe, it } from "@effect/vitest"
import type { Literal } from "../syntax/Item.ts"
import { field, zoned } from "../testing/Fields.ts"
import { holding } from "./Conditions.ts"

const span = { line: 1, column: 1, offset: 0, length: 1 }
const number = (text: string): Literal => ({ kind: "number", text })
const words = (text: string): Literal => ({ kind: "text", text, isAll: false })

const named = (
  values: ReadonlyArray<{ readonly from: Literal; readonly through?: Literal }>,
  value: unknown,
  isNumeric = true,
) => holding(field(zoned(3), { conditions: [{ name: "C", values, span }] }), value, isNumeric)

describe("Conditions", () => {
  it("hold for numbers as numbers, and in ranges", () => {
    const values = [{ from: number("1.50") }, { from: number("10"), through: number("20") }]
    assert.deepStrictEqual(named(values, 1.5), ["C"])
    assert.deepStrictEqual(named(values, "10.00"), ["C"])
    assert.deepStrictEqual(named(values, { unscaled: 200n, scale: 1 }), ["C"])
    assert.deepStrictEqual(named(values, 20.1), [])
    assert.deepStrictEqual(named(values, -1n), [])
    assert.deepStrictEqual(named([{ from: { kind: "figurative", name: "zero" } }], 0), ["C"])
  })

  it("hold for texts without the blanks behind them", () => {
    const values = [{ from: words("AB ") }, { from: words("M"), through: words("P") }]
    assert.deepStrictEqual(named(values, "AB", false), ["C"])
    assert.deepStrictEqual(named(values, "O", false), ["C"])
    assert.deepStrictEqual(named(values, "Q", false), [])
    assert.deepStrictEqual(named([{ from: { kind: "figurative", name: "space" } }], "", false), [
      "C",
    ])
  })

  it("are not judged where they are about bytes", () => {
    assert.isUndefined(named([{ from: { kind: "figurative", name: "high-value" } }], "x", false))
    assert.isUndefined(named([{ from: { kind: "hex", bytes: Uint8Array.of(1) } }], "x", false))
    assert.isUndefined(named([{ from: number("1") }], null))
  })
})

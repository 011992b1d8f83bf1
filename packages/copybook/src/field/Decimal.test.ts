import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { parse, render, unscaledAt } from "./Decimal.ts"
import { Digits, isNative, valueOf } from "./Digits.ts"

const shown = (text: string, scale: number, form: Parameters<typeof valueOf>[2]) => {
  const digits = new Digits()
  const unscaled = unscaledAt(parse(text) ?? assert.fail(text), scale, "error")
  digits.set(unscaled ?? assert.fail(text), 38)
  return valueOf(digits, scale, form, false)
}

describe("Decimal", () => {
  it("has one text for each number at a scale", () => {
    assert.strictEqual(render({ unscaled: -5n, scale: 3 }), "-0.005")
    assert.strictEqual(render({ unscaled: 500n, scale: 2 }), "5.00")
    assert.strictEqual(render({ unscaled: 0n, scale: 2 }), "0.00")
    assert.strictEqual(render({ unscaled: 12n, scale: -3 }), "12000")
    assert.strictEqual(render({ unscaled: 0n, scale: -3 }), "0")
  })

  it("reads texts of numbers and nothing else", () => {
    assert.deepStrictEqual(parse("-12.50"), { unscaled: -1250n, scale: 2 })
    assert.deepStrictEqual(parse("1.5E3"), { unscaled: 15n, scale: -2 })
    assert.deepStrictEqual(parse("+.5"), { unscaled: 5n, scale: 1 })
    for (const text of ["", ".", "-", "1 2", "0x1", "1e99999", "NaN", "1".repeat(501)]) {
      assert.isUndefined(parse(text))
    }
  })

  it("loses decimals only where that is allowed", () => {
    const value = parse("-1.25") ?? assert.fail()
    assert.isUndefined(unscaledAt(value, 1, "error"))
    assert.strictEqual(unscaledAt(value, 1, "truncate"), -12n)
    assert.strictEqual(unscaledAt(value, 1, "round"), -13n)
    assert.strictEqual(unscaledAt(parse("1.24") ?? assert.fail(), 1, "round"), 12n)
    assert.strictEqual(unscaledAt(parse("1.20") ?? assert.fail(), 1, "error"), 12n)
    assert.isUndefined(unscaledAt(parse("150") ?? assert.fail(), -2, "error"))
  })

  it("shows numbers that a double holds, and texts of the others", () => {
    assert.isTrue(isNative(15, 2))
    assert.isFalse(isNative(16, 2))
    assert.isFalse(isNative(14, -2))
    assert.strictEqual(shown("0.07", 2, "native"), 0.07)
    assert.strictEqual(shown("12300", -2, "native"), 12_300)
    assert.strictEqual(shown("1234567890123456.78", 2, "native"), "1234567890123456.78")
    assert.strictEqual(shown("7", 2, "string"), "7.00")
    assert.deepStrictEqual(shown("-7", 2, "decimal"), { unscaled: -700n, scale: 2 })
  })

  it.prop("gives back what was parsed", [Schema.Int, Schema.Int], ([unscaled, at]) => {
    const scale = Math.abs(at) % 30
    assert.deepStrictEqual(parse(render({ unscaled: BigInt(unscaled), scale })), {
      unscaled: BigInt(unscaled),
      scale,
    })
  })

  it.prop(
    "a native number's shortest text is the decimal",
    [Schema.Int, Schema.Int],
    ([value, at]) => {
      const unscaled = BigInt(value % 10 ** 15)
      const scale = Math.abs(at) % 16
      const digits = new Digits()
      digits.set(unscaled, 15)
      // Fifteen digits are always a number.
      const text = `${valueOf(digits, scale, "native", false) as number}`
      const back = parse(text) ?? assert.fail(text)
      assert.strictEqual(unscaledAt(back, scale, "error"), unscaled)
    },
  )
})

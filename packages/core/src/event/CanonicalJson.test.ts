import { assert, describe, it } from "@effect/vitest"
import canonicalizeIndependent from "canonicalize"
import * as Schema from "effect/Schema"
import { canonicalizeUnsafe, CanonicalWriter } from "./CanonicalJson.ts"
import { Refusal } from "./InvalidEvent.ts"

const refusalOf = (value: unknown): Refusal => {
  try {
    canonicalizeUnsafe(value)
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal
    throw refusal
  }
  throw new Error("was accepted")
}

const numberOf = (bits: string): number => Buffer.from(bits, "hex").readDoubleBE()

describe("CanonicalJson", () => {
  it("writes the example of RFC 8785, section 3.2.2 to 3.2.4", () => {
    const text = canonicalizeUnsafe(
      JSON.parse(
        String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
        (_key, value: unknown) => (value === 1e30 ? "1e+30" : value),
      ),
    )
    assert.strictEqual(
      text,
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,"1e+30",4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it("sorts keys by UTF-16 code units, as RFC 8785 section 3.2.3 shows", () => {
    const names = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"]
    const text = canonicalizeUnsafe(Object.fromEntries(names.map((name) => [name, 0])))
    const order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"]
    assert.deepStrictEqual(Object.keys(JSON.parse(text) as object).toSorted(), order.toSorted())
    assert.strictEqual(text, `{${order.map((name) => `${JSON.stringify(name)}:0`).join(",")}}`)
  })

  it("sorts keys that look like integers as texts", () => {
    assert.strictEqual(canonicalizeUnsafe({ 2: "b", 10: "a", a: 1 }), '{"10":"a","2":"b","a":1}')
  })

  // RFC 8785, appendix B: bits of a double, and the text it must become.
  it.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["4340000000000000", undefined],
    ["433fffffffffffff", "9007199254740991"],
    ["7fefffffffffffff", undefined],
    ["7fffffffffffffff", undefined],
    ["7ff0000000000000", undefined],
    ["444b1ae4d6e2ef4e", undefined],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the double %s as RFC 8785 appendix B does, or refuses it", (bits, text) => {
    const value = numberOf(bits)
    if (text === undefined) assert.isNotEmpty(refusalOf(value).problem)
    else assert.strictEqual(canonicalizeUnsafe(value), text)
  })

  it.prop("agrees with an independent implementation", { value: Schema.Json }, ({ value }) => {
    let ours: string
    try {
      ours = canonicalizeUnsafe(value)
    } catch (refusal) {
      // What I-JSON forbids is refused here and not there.
      assert.instanceOf(refusal, Refusal)
      return
    }
    assert.strictEqual(ours, canonicalizeIndependent(value))
  })

  it.each([
    ["a lone surrogate", { a: ["x", "\ud800"] }, "a[1]"],
    ["a lone surrogate in a key", { "\udc00": 1 }, "\udc00"],
    ["an integer beyond 2^53", { a: { b: 2 ** 53 } }, "a.b"],
    ["NaN", [Number.NaN], "[0]"],
    ["a bigint", { n: 1n }, "n"],
    ["undefined in a list", { list: [1, undefined] }, "list[1]"],
    ["a function", { f: () => 1 }, "f"],
    ["a date", { at: new Date(0) }, "at"],
    ["a map", { m: new Map() }, "m"],
  ])("refuses %s and names the place", (_what, value, path) => {
    assert.strictEqual(refusalOf(value).path, path)
  })

  it("treats an undefined member as absent, as every JSON writer does", () => {
    assert.strictEqual(canonicalizeUnsafe({ a: undefined, b: 1 }), '{"b":1}')
  })

  it("writes a member named __proto__ like any other", () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true},"a":1}')
    assert.strictEqual(canonicalizeUnsafe(value), '{"__proto__":{"admin":true},"a":1}')
  })

  it("bounds depth, keys and key length", () => {
    const limits = { depthMax: 2, keysMax: 3, keyLengthMax: 4 }
    const over = (value: unknown) => () => new CanonicalWriter(limits).value(value, 1)
    assert.strictEqual(over({ a: { b: 1 } })(), '{"a":{"b":1}}')
    assert.throws(over({ a: { b: [] } }))
    assert.throws(over({ a: 1, b: 2, c: { d: 1 } }))
    assert.throws(over({ abcde: 1 }))
  })

  it("bounds the keys of a name that was seen under looser limits", () => {
    canonicalizeUnsafe({ longkey: 1 })
    assert.throws(() =>
      new CanonicalWriter({ depthMax: 2, keysMax: 3, keyLengthMax: 4 }).value({ longkey: 1 }, 1),
    )
  })
})

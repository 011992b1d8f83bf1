import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { codePage } from "../charset/CodePages.ts"
import { faultClasses } from "../field/FaultCode.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { bytesOf, hexOf } from "../testing/Fields.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import * as RecordCodec from "./RecordCodec.ts"
import type { RecordObject } from "./RecordDecoder.ts"

const ebcdic = Result.getOrThrow(codePage("cp037"))
const mixed = Result.getOrThrow(codePage("cp930"))
const ascii = Result.getOrThrow(codePage("ascii"))

const codecOf = (text: string, options: Partial<CodecOptions> = {}) =>
  Result.getOrThrow(RecordCodec.make(layoutOfText(text), { codePage: ascii, ...options }))

const encode = (text: string, value: RecordObject, options: Partial<CodecOptions> = {}) =>
  codecOf(text, options).encoder.encode(value)

const textOf = (text: string, value: RecordObject, options: Partial<CodecOptions> = {}) =>
  Buffer.from(Result.getOrThrow(encode(text, value, options))).toString("latin1")

const codes = (text: string, value: RecordObject, options: Partial<CodecOptions> = {}) => {
  const made = encode(text, value, options)
  return Result.isFailure(made)
    ? made.failure.faults.map(({ code, path }) => `${code} ${path}`)
    : []
}

describe("RecordEncoder", () => {
  it("writes every storage of EBCDIC records", () => {
    const text = `
      01 R.
         05 A PIC X(3).
         05 B PIC S9(3).
         05 C PIC S9(5)V99 COMP-3.
         05 D PIC S9(4) COMP.
         05 E PIC S9(18) COMP-3.
         05 F COMP-1.
         05 G PIC ZZ9.99-.
         05 H PIC N(2).
         05 I PIC XX JUST.
         05 J PIC XXBXX.`
    const value = {
      A: "AB",
      B: -123,
      C: "12345.67",
      D: -1234n as unknown as number, // its type has no bigint; callers in JavaScript give one
      E: "-123456789012345678",
      F: 1,
      G: -12.5,
      H: "A",
      I: "X",
      J: "ABCD",
    }
    const made = Result.getOrThrow(encode(text, value, { codePage: ebcdic }))
    assert.strictEqual(
      hexOf(made),
      "c1c240f1f2d31234567cfb2e0123456789012345678d4110000040f1f24bf5f0600041002040e7c1c240c3c4",
    )
  })

  it("names every value that has no place, and why", () => {
    const text = `
      01 R.
         05 A PIC X(3).
         05 B PIC 9(2)V9.
         05 C COMP-1.
         05 G.
            10 D PIC X.
         05 T PIC 9 OCCURS 2.
         05 E PIC XX/XX.`
    const well = { A: "a", B: 1, C: 1, G: { D: "d" }, T: [1, 2], E: "1234" }
    const without = (key: string) =>
      Object.fromEntries(Object.entries(well).filter(([name]) => name !== key))
    assert.deepStrictEqual(codes(text, well), [])
    assert.deepStrictEqual(codes(text, { ...well, B: "x" }), ["CPY-5001 B"])
    assert.deepStrictEqual(codes(text, { ...well, B: 100 }), ["CPY-5002 B"])
    assert.deepStrictEqual(codes(text, { ...well, B: 1.25 }), ["CPY-5003 B"])
    assert.deepStrictEqual(codes(text, { ...well, B: -1 }), ["CPY-5004 B"])
    assert.deepStrictEqual(codes(text, { ...well, A: 1 }), ["CPY-5005 A"])
    assert.deepStrictEqual(codes(text, { ...well, A: "abcd" }), ["CPY-5006 A"])
    assert.deepStrictEqual(codes(text, { ...well, A: "\u20AC" }), ["CPY-5007 A"])
    assert.deepStrictEqual(codes(text, { ...well, C: 1e99 }), ["CPY-5008 C"])
    assert.deepStrictEqual(codes(text, { ...well, E: "12345" }), ["CPY-5009 E"])
    assert.deepStrictEqual(codes(text, without("A")), ["CPY-5010 A"])
    assert.deepStrictEqual(codes(text, without("G")), ["CPY-5010 G"])
    assert.deepStrictEqual(codes(text, { ...well, G: "d" }), ["CPY-5011 G"])
    assert.deepStrictEqual(codes(text, { ...well, T: [1] }), ["CPY-5012 T"])
    assert.deepStrictEqual(codes(text, { ...well, T: 1 }), ["CPY-5011 T"])
    assert.deepStrictEqual(codes(text, { ...well, toString: "x" }), ["CPY-5015 toString"])
    assert.deepStrictEqual(codes(text, { ...well, X: 1 }, { unknown: "ignore" }), [])
    assert.deepStrictEqual(codes("01 R. 05 P POINTER.", { P: "0g" }), ["CPY-5016 P"])
    const made = encode(text, { ...well, B: 100, A: 1 })
    assert.isTrue(Result.isFailure(made) && made.failure.message.includes("AUD-5032"))
  })

  it("takes bytes in hex where the policy raw shows faulty ones like that", () => {
    const text = "01 R. 05 A PIC S9(7) COMP-3. 05 B PIC 9(4) COMP. 05 C PIC X(2)."
    const codec = codecOf(text, {
      codePage: Result.getOrThrow(codePage("cp300")),
      binaryRange: "digits",
      policies: { "low-values": "raw", sign: "raw", overflow: "raw", character: "raw" },
    })
    const again = (bytes: string): string => {
      const { isRejected, value } = codec.decoder.decode(bytesOf(bytes))
      assert.isFalse(isRejected)
      return hexOf(Result.getOrThrow(codec.encoder.encode(value)))
    }
    // Low-values, a sign that is none, five digits for four, half a character: all look like digits.
    assert.strictEqual(again("00000000 2710 4040"), "0000000027104040")
    assert.strictEqual(again("00001234 270f 4040"), "00001234270f4040")
    const made = Result.getOrThrow(codec.encoder.encode({ A: "1234", B: 2710, C: "" }))
    assert.strictEqual(hexOf(made), "0001234c0a964040")
  })

  it("takes only values that level 88 names where asked", () => {
    const text = "01 R. 05 A PIC 9(3) OCCURS 2. 88 OK VALUE 200. 88 LOST VALUE 404."
    const checked = { checksConditions: true } as const
    assert.strictEqual(textOf(text, { A: [200, 404] }, checked), "200404")
    assert.deepStrictEqual(codes(text, { A: [200, 405] }, checked), ["CPY-5017 A[1]"])
    assert.strictEqual(textOf(text, { A: [200, 405] }), "200405")
  })

  it("rounds and cuts where it may", () => {
    const text = "01 R. 05 A PIC 9V9. 05 B PIC X(2)."
    const value = { A: 1.25, B: "abc" }
    assert.strictEqual(textOf(text, value, { rounding: "truncate", longTexts: "truncate" }), "12ab")
    assert.strictEqual(textOf(text, value, { rounding: "round", longTexts: "truncate" }), "13ab")
  })

  it("gives missing values their initial ones where asked", () => {
    const text = `
      01 R.
         05 A PIC 9(2) VALUE 7.
         05 B PIC X(3) VALUE "ab".
         05 C PIC 9(2).
         05 FILLER PIC X VALUE "-".
         05 D PIC X(2) VALUE SPACE.
         05 E PIC X(2) VALUE ZERO.
         05 F PIC X VALUE HIGH-VALUE.
         05 T PIC 9 OCCURS 2.
         05 FILLER PIC X.`
    const spaces = text.replace("SPACE", "space").replace("ZERO", "zero")
    const made = textOf(spaces.replace("HIGH-VALUE", "high-value"), {}, { missing: "initial" })
    assert.strictEqual(made, "07ab 00-  00\u00FF00 ")
  })

  it("sets counters, and checks those that are given", () => {
    const text = `
      01 R.
         05 N PIC 9.
         05 T PIC X OCCURS 0 TO 3 DEPENDING ON N.
         05 Z PIC X.`
    assert.strictEqual(textOf(text, { T: ["a", "b"], Z: "z" }), "2abz")
    assert.strictEqual(textOf(text, { N: 2, T: ["a", "b"], Z: "z" }), "2abz")
    assert.strictEqual(textOf(text, { Z: "z" }), "0z")
    const maximum = textOf(text, { T: ["a"], Z: "z" }, { physicalSize: "maximum" })
    assert.strictEqual(maximum, "1a  z")
    const padded = textOf(text, { T: ["a"], Z: "z" }, { physicalSize: "actual-padded" })
    assert.strictEqual(padded, "1az  ")
    assert.deepStrictEqual(codes(text, { N: 3, T: ["a"], Z: "z" }), ["CPY-5013 T"])
    assert.deepStrictEqual(codes(text, { T: ["a", "b", "c", "d"], Z: "z" }), ["CPY-5012 T"])
    const mapped = text.replace("PIC 9", "PIC X")
    const options = { counterValues: { T: { A: 1, B: 2 } } }
    assert.strictEqual(textOf(mapped, { T: ["x", "y"], Z: "z" }, options), "Bxyz")
    assert.deepStrictEqual(codes(mapped, { T: [], Z: "z" }, options), ["CPY-5013 N"])
  })

  it("takes one view of redefined bytes, or several that say the same", () => {
    const text = `
      01 R.
         05 A PIC X(4).
         05 B REDEFINES A.
            10 B-1 PIC 9(2).
            10 FILLER PIC XX.
         05 Z PIC X.`
    assert.strictEqual(textOf(text, { A: "abcd", Z: "z" }), "abcdz")
    assert.strictEqual(textOf(text, { B: { "B-1": 7 }, Z: "z" }), "07  z")
    assert.strictEqual(textOf(text, { B: { "B-1": 12 }, A: "12cd", Z: "z" }), "12cdz")
    assert.strictEqual(textOf(text, { B: { "B-1": null }, A: "abcd", Z: "z" }), "abcdz")
    assert.deepStrictEqual(codes(text, { B: { "B-1": 13 }, A: "12cd", Z: "z" }), ["CPY-5014 A"])
    // Each shows bytes that the other does not.
    const halves = `01 R. 05 A. 10 A-1 PIC X. 10 FILLER PIC X.
      05 B REDEFINES A. 10 FILLER PIC X. 10 B-1 PIC X.`
    assert.strictEqual(textOf(halves, { A: { "A-1": "1" }, B: { "B-1": "2" } }), "12")
    assert.deepStrictEqual(codes(text, { Z: "z" }), ["CPY-5010 A"])
    const last = text.replace("05 Z PIC X.", "").replace("10 FILLER PIC XX.", "")
    assert.strictEqual(textOf(last, { B: { "B-1": 7 } }, { cutsLastView: true }), "07")
  })
})

describe("decode, then encode", () => {
  const text = `
    01 R.
       05 A PIC X(4).
       05 B PIC S9(3).
       05 FILLER PIC X.
       05 C PIC S9(5)V99 COMP-3.
       05 D PIC S9(4) COMP SYNC.
       05 N PIC 9.
       05 T OCCURS 0 TO 3 DEPENDING ON N.
          10 E PIC S9(3) COMP-3.
          10 F PIC ZZ9.9-.
       05 G PIC X(3).
       05 H REDEFINES G.
          10 H-1 PIC 9(3).`

  it.prop(
    "gives canonical records back byte for byte",
    [Schema.Array(Schema.Int), Schema.Boolean, Schema.Literals(["native", "string", "decimal"])],
    ([values, isEbcdic, numbers]) => {
      const at = (index: number, modulus: number): number =>
        Math.abs(values[index % Math.max(values.length, 1)] ?? 0) % modulus
      const sign = at(0, 2) === 0 ? 1 : -1
      const value = {
        A: `a${at(1, 1000)}`,
        B: sign * at(2, 1000),
        C: (sign * at(3, 10_000_000)) / 100,
        D: sign * at(4, 10_000),
        T: Array.from({ length: at(5, 4) }, (_, index) => ({
          E: sign * at(6 + index, 1000),
          F: (sign * at(7 + index, 10_000)) / 10,
        })),
        H: { "H-1": at(8, 1000) },
      }
      const codec = codecOf(text, { codePage: isEbcdic ? ebcdic : ascii, numbers })
      const bytes = Result.getOrThrow(codec.encoder.encode(value))
      const decoded = codec.decoder.decode(bytes)
      assert.deepStrictEqual(decoded.faults, [])
      const again = Result.getOrThrow(codec.encoder.encode(decoded.value))
      assert.strictEqual(hexOf(again), hexOf(bytes))
    },
  )

  it.prop(
    "gives any record back byte for byte with its metadata",
    [Schema.Array(Schema.Int), Schema.Int],
    ([noise, seed]) => {
      const codec = codecOf(text, {
        codePage: ebcdic,
        metadata: true,
        policies: {
          blank: "null",
          "low-values": "zero",
          digit: "raw",
          sign: "null",
          overflow: "null",
          edited: "null",
          counter: "raw",
          short: "null",
          long: "null",
          character: "null",
        },
      })
      const count = Math.abs(seed) % 3
      const good = bytesOf(
        `C1C24040 F1F2D3 00 1234567C 04D2 F${count}${"123C40F1F24BF560".repeat(count)} F1F2F3`,
      )
      const bytes = Uint8Array.from(good)
      for (const each of noise.slice(0, 4)) {
        const place = Math.abs(each) % bytes.length
        bytes[place] = (each >> 5) & 0xff
      }
      const { metadata, value } = codec.decoder.decode(bytes)
      assert.isDefined(metadata)
      const kept = structuredClone({ metadata, value })
      const again = Result.getOrThrow(codec.encoder.encode(kept.value, kept.metadata))
      assert.strictEqual(hexOf(again), hexOf(bytes))
    },
  )

  it.prop(
    "gives records of any length back with their metadata, counters inside tables damaged or not",
    [
      Schema.Array(Schema.Literals([0x00, 0x0c, 0x0e, 0x0f, 0x1d, 0x40, 0xc1, 0xf1, 0xf2, 0xff])),
      Schema.Literals(["null", "zero", "raw"]),
      Schema.Literals(["actual", "maximum", "actual-padded"]),
    ],
    ([noise, policy, physicalSize]) => {
      const policies = Object.fromEntries(faultClasses.map((kind) => [kind, policy]))
      const codec = codecOf(
        `01 R.
            05 N PIC 9.
            05 T OCCURS 0 TO 3 DEPENDING ON N.
               10 M PIC 9 COMP-3.
               10 U OCCURS 1 TO 2 DEPENDING ON M PIC S9(3) COMP-3.
               10 V PIC X.
               10 W REDEFINES V PIC 9.
            05 X PIC ZZ9.
            05 FILLER PIC X.
            05 Z PIC X(3).`,
        { codePage: mixed, metadata: true, policies, physicalSize },
      )
      const bytes = Uint8Array.from([0xf0 + (noise.length % 4), ...noise])
      const kept = structuredClone(codec.decoder.decode(bytes))
      const again = Result.getOrThrow(codec.encoder.encode(kept.value, kept.metadata))
      assert.strictEqual(hexOf(again), hexOf(bytes))
    },
  )

  it("gives back what was not selected, with its metadata", () => {
    const selected = `
      01 R.
         05 FILLER PIC XX.
         05 N PIC 9.
         05 T OCCURS 0 TO 3 DEPENDING ON N.
            10 A PIC S9(3) COMP-3.
            10 B PIC X.
         05 C PIC 9(2).
         05 D REDEFINES C PIC XX.
         05 E OCCURS 2 PIC 9.`
    for (const select of [["T.A"], ["N", "E"], ["C"], ["D"], ["T"]]) {
      const codec = codecOf(selected, {
        codePage: ebcdic,
        metadata: true,
        select,
        policies: { digit: "null", sign: "null" },
      })
      // No preferred sign, no canonical digit.
      const bytes = bytesOf("C1C2 F2 123F C1 456A C2 F1B2 FFF1")
      const { metadata, value } = codec.decoder.decode(bytes)
      const again = Result.getOrThrow(codec.encoder.encode(value, metadata))
      assert.strictEqual(hexOf(again), hexOf(bytes), select.join())
    }
    const codec = codecOf(selected, { codePage: ebcdic, metadata: true, select: ["E"] })
    const { metadata } = codec.decoder.decode(bytesOf("C1C2 F0 F1F2 F1F2"))
    const changed = Result.getOrThrow(codec.encoder.encode({ E: [7, 8] }, metadata))
    assert.strictEqual(hexOf(changed), "c1c2f0f1f2f7f8")
    assert.isTrue(Result.isFailure(codec.encoder.encode({ E: [7, 8] })))
  })

  it("gives records back whose damaged views contradict each other", () => {
    const policies = { digit: "zero", "low-values": "zero", sign: "zero" } as const
    const text = `01 R. 05 A PIC 9(4). 05 B REDEFINES A. 10 C PIC X. 10 FILLER PIC X(3).
      05 D PIC X(2).`
    const codec = codecOf(text, { codePage: ebcdic, metadata: true, policies })
    // A is zero, since it is damaged; so C alone says what is there.
    const bytes = bytesOf("C140F1FF C2C3")
    const { metadata, value } = codec.decoder.decode(bytes)
    assert.deepStrictEqual(value, { A: 0, B: { C: "A" }, D: "BC" })
    const again = codec.encoder.encode(structuredClone(value), structuredClone(metadata))
    assert.strictEqual(hexOf(Result.getOrThrow(again)), hexOf(bytes))
  })

  it("puts what follows views of different lengths behind the longest that is given", () => {
    const text = `01 R. 05 N PIC 9. 05 A PIC X. 05 B REDEFINES A.
      10 C PIC X. 10 T PIC X OCCURS 0 TO 3 DEPENDING ON N. 05 Z PIC X.`
    const value = { A: "a", B: { C: "a", T: ["b", "c"] }, Z: "z" }
    assert.strictEqual(textOf(text, { N: 2, ...value }), "2abcz")
    const codec = codecOf(text)
    assert.deepStrictEqual(codec.decoder.decode(Buffer.from("2abcz")).value, { N: 2, ...value })
    const maximum = codecOf(text, { physicalSize: "maximum", redefines: "first" })
    const decoded = maximum.decoder.decode(Buffer.from("2abc z"))
    assert.deepStrictEqual(decoded.value, { N: 2, A: "a", Z: "z" })
  })

  it("gives records back that were read as if blanks followed", () => {
    const short = codecOf("01 R. 05 A PIC 9(3). 05 B PIC X(3). 05 C PIC 9(2).", {
      codePage: ebcdic,
      metadata: true,
      padsShort: true,
      policies: { blank: "zero", digit: "null", sign: "null" },
    })
    for (const hex of ["", "f1", "f1f2f3c1", "f1f2f3c1c2c3f1"]) {
      const { metadata, value } = short.decoder.decode(bytesOf(hex))
      assert.strictEqual(hexOf(Result.getOrThrow(short.encoder.encode(value, metadata))), hex)
    }
  })

  it("finds fields behind a damaged counter where the record has them", () => {
    const codec = codecOf(
      "01 R. 05 N PIC 9. 05 T PIC XX OCCURS 1 TO 2 DEPENDING ON N. 05 Z PIC 9(4) COMP.",
      { codePage: ebcdic, metadata: true, policies: { counter: "zero", digit: "zero" } },
    )
    // No digit in the counter, so one entry is taken; and more than four digits behind it.
    const bytes = bytesOf("FF C1C2 7FFF")
    const { metadata, value } = codec.decoder.decode(bytes)
    assert.deepStrictEqual(value, { N: 0, T: [], Z: 32_767 })
    const again = Result.getOrThrow(codec.encoder.encode(value, metadata))
    assert.strictEqual(hexOf(again), hexOf(bytes))
  })

  it("holds views inside views to what they say", () => {
    const nested = `
      01 R.
         05 A PIC X(4).
         05 B REDEFINES A.
            10 C PIC XX.
            10 D PIC XX.
            10 E REDEFINES D PIC 99.`
    const of = (e: number) => ({ A: "ab12", B: { C: "ab", D: "12", E: e } })
    assert.strictEqual(textOf(nested, of(12)), "ab12")
    assert.deepStrictEqual(codes(nested, of(13)), ["CPY-5014 A"])
  })

  it("refuses what is no object, whatever it is", () => {
    for (const value of [null, undefined, "x", 1, []]) {
      // What comes from outside may be no object, and no type says so there.
      assert.deepStrictEqual(codes("01 R. 05 A PIC X.", value as unknown as RecordObject), [
        "CPY-5011 R",
      ])
    }
  })

  it("misses what a short record had not where it gets longer", () => {
    const codec = codecOf(
      "01 R. 05 N PIC 9. 05 T PIC X OCCURS 0 TO 3 DEPENDING ON N. 05 Z PIC 9(3).",
      { metadata: true, policies: { short: "null" } },
    )
    const { metadata, value } = codec.decoder.decode(Buffer.from("2ab"))
    assert.deepStrictEqual(value, { N: 2, T: ["a", "b"], Z: null })
    const again = Result.getOrThrow(codec.encoder.encode(value, metadata))
    assert.strictEqual(Buffer.from(again).toString(), "2ab")
    const longer = { N: 3, T: ["a", "b", "c"], Z: null }
    const refused = Result.getOrThrow(Result.flip(codec.encoder.encode(longer, metadata)))
    assert.deepStrictEqual(
      refused.faults.map(({ code, path }) => `${code} ${path}`),
      ["CPY-5010 Z"],
    )
  })

  it("encodes a changed value afresh, and keeps the bytes of the others", () => {
    const codec = codecOf("01 R. 05 A PIC S9(2). 05 FILLER PIC X. 05 B PIC S9(2).", {
      codePage: ebcdic,
      metadata: true,
    })
    // An F sign, a filler with a byte of its own, and an A sign.
    const { metadata, value } = codec.decoder.decode(bytesOf("F1F2 77 F3A4"))
    assert.deepStrictEqual(value, { A: 12, B: 34 })
    assert.deepStrictEqual(metadata?.patches.length, 3)
    const changed = Result.getOrThrow(codec.encoder.encode({ ...value, A: 15 }, metadata))
    assert.strictEqual(hexOf(changed), "f1c577f3a4")
  })

  it("leaves bytes at their old places out where the record has another length", () => {
    const codec = codecOf(
      "01 R. 05 N PIC 9. 05 T PIC X OCCURS 0 TO 3 DEPENDING ON N. 05 FILLER PIC X.",
      { metadata: true, policies: { long: "null" } },
    )
    const { metadata, value } = codec.decoder.decode(Buffer.from("2ab!??"))
    const again = Result.getOrThrow(codec.encoder.encode(value, metadata))
    assert.strictEqual(Buffer.from(again).toString(), "2ab!??")
    const changed = Result.getOrThrow(codec.encoder.encode({ T: ["a"] }, metadata))
    assert.strictEqual(Buffer.from(changed).toString(), "1a!")
  })
})

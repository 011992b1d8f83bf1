import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { bytesOf } from "../testing/Fields.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import * as RecordDecoder from "./RecordDecoder.ts"

const ebcdic = Result.getOrThrow(codePage("cp037"))
const ascii = Result.getOrThrow(codePage("ascii"))

const decoderOf = (text: string, options: Partial<CodecOptions> = {}) =>
  Result.getOrThrow(RecordDecoder.make(layoutOfText(text), { codePage: ascii, ...options }))

/** An ASCII text, or EBCDIC and other bytes in hex. */
const decode = (text: string, data: string | Uint8Array, options: Partial<CodecOptions> = {}) =>
  decoderOf(text, options).decode(typeof data === "string" ? Buffer.from(data, "latin1") : data)

const valueOf = (text: string, data: string | Uint8Array, options: Partial<CodecOptions> = {}) => {
  const decoded = decode(text, data, options)
  assert.deepStrictEqual(
    decoded.faults.map(({ message }) => message),
    [],
  )
  return decoded.value
}

const codes = (text: string, data: string | Uint8Array, options: Partial<CodecOptions> = {}) =>
  decode(text, data, options).faults.map(({ code, path }) => `${code} ${path}`)

describe("RecordDecoder", () => {
  it("gives a plain object with nested groups and tables", () => {
    const text = `
      01 ORDER.
         05 ID PIC 9(3).
         05 CUSTOMER.
            10 NAME PIC X(5).
            10 FILLER PIC X.
            10 LEVEL-1 PIC S9V9.
         05 LINES OCCURS 2.
            10 SKU PIC XX.
            10 COUNTS PIC 9 OCCURS 2.`
    assert.deepStrictEqual(valueOf(text, "007ANN   1BAA12BB34"), {
      ID: 7,
      CUSTOMER: { NAME: "ANN", "LEVEL-1": 1.2 },
      LINES: [
        { SKU: "AA", COUNTS: [1, 2] },
        { SKU: "BB", COUNTS: [3, 4] },
      ],
    })
  })

  it("reads every storage of EBCDIC records", () => {
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
         05 I PIC S9(9)V9(9) COMP.`
    const bytes = bytesOf(
      "C1C240 F1F2D3 1234567C FB2E 0123456789012345678D 41100000 40F1F24BF5F060 00410020 FFFFFFFFFFFFFFFF",
    )
    assert.deepStrictEqual(valueOf(text, bytes, { codePage: ebcdic }), {
      A: "AB",
      B: -123,
      C: 12_345.67,
      D: -1234,
      E: "-123456789012345678",
      F: 1,
      G: -12.5,
      H: "A",
      I: "-0.000000001",
    })
  })

  it("shows numbers as texts or decimals where asked", () => {
    const text = "01 R. 05 A PIC S9(3)V99 COMP-3. 05 B PIC 9(4) COMP."
    const bytes = bytesOf("00700D 0007")
    assert.deepStrictEqual(valueOf(text, bytes, { numbers: "string" }), { A: "-7.00", B: "7" })
    assert.deepStrictEqual(valueOf(text, bytes, { numbers: "decimal" }), {
      A: { unscaled: -700n, scale: 2 },
      B: { unscaled: 7n, scale: 0 },
    })
    const zero = bytesOf("00000D 0000")
    assert.deepStrictEqual(valueOf(text, zero, { numbers: "string" }), { A: "0.00", B: "0" })
    const kept = { numbers: "string", keepsNegativeZero: true } as const
    assert.deepStrictEqual(valueOf(text, zero, kept), { A: "-0.00", B: "0" })
  })

  it("trims as it is told", () => {
    const text = "01 R. 05 A PIC X(6)."
    const of = (trim: CodecOptions["trim"]) =>
      valueOf(text, " ab   ", trim === undefined ? {} : { trim })["A"]
    assert.deepStrictEqual(
      [of("none"), of("right"), of("left"), of("both"), of(undefined)],
      [" ab   ", " ab", "ab   ", "ab", " ab"],
    )
    const padded = { trim: "both", trimsControls: true } as const
    assert.deepStrictEqual(valueOf(text, " \0ab\0 ", padded), { A: "ab" })
    assert.deepStrictEqual(valueOf(text, "ab\0\0\0\0"), { A: "ab\0\0\0\0" })
    const national = { ...padded, codePage: ebcdic } as const
    assert.deepStrictEqual(valueOf("01 R. 05 A PIC N(2).", bytesOf("00410000"), national), {
      A: "A",
    })
  })

  it("names every fault with code, path, offset and bytes, and the others stay", () => {
    const text = "01 R. 05 A PIC 9(3). 05 T OCCURS 2. 10 B PIC S9(3) COMP-3. 05 C PIC X."
    const decoded = decoderOf(text, { codePage: ebcdic }).decode(
      bytesOf("00 404040 012C 0AFC C1 00"),
      1,
      8,
      5,
      1000,
    )
    assert.isTrue(decoded.isRejected)
    assert.deepStrictEqual(decoded.value, { A: null, T: [{ B: 12 }, { B: null }], C: "A" })
    const [first, second] = decoded.faults
    assert.deepInclude(first, {
      code: "CPY-4001",
      class: "blank",
      record: 5,
      path: "A",
      offset: 0,
      fileOffset: 1000,
    })
    assert.deepInclude(second, { code: "CPY-4003", path: "T[1].B", offset: 5, fileOffset: 1005 })
    assert.deepStrictEqual([...(second?.bytes ?? [])], [0x0a, 0xfc])
    assert.include(second?.message, "X'0AFC'")
    assert.include(first?.message, "null")
  })

  it("makes of faults what the policies say, and counts them", () => {
    const text = "01 R. 05 A PIC 9(3). 05 B PIC 9V9. 05 C PIC S9(3) COMP-3."
    const policies = { blank: "null", digit: "zero", "low-values": "raw" } as const
    const decoder = decoderOf(text, { policies })
    const decoded = decoder.decode(bytesOf("202020 3121 0000"))
    assert.deepStrictEqual(decoded.value, { A: null, B: 0, C: "0000" })
    assert.isFalse(decoded.isRejected)
    assert.deepStrictEqual([...decoder.counts].slice(0, 4), [1, 1, 1, 0])
    const one = { policies, fields: { A: { policies: { blank: "error" } } } } as const
    assert.deepStrictEqual(codes(text, bytesOf("202020 3121 0000"), one), ["CPY-4001 A"])
  })

  it("says where a record is too short or too long", () => {
    const text = "01 R. 05 A PIC X(3). 05 B PIC 9(3). 05 C PIC 9."
    assert.deepStrictEqual(codes(text, "abc12"), ["CPY-4013 B"])
    assert.deepStrictEqual(codes(text, "ab"), ["CPY-4013 A"])
    assert.deepStrictEqual(codes(text, "abc12345"), ["CPY-4014 R"])
    assert.deepStrictEqual(valueOf(text, "ab", { policies: { short: "null" } }), {
      A: "ab",
      B: null,
      C: null,
    })
    assert.deepStrictEqual(valueOf(text, "abc12345", { policies: { long: "null" } })["C"], 4)
    assert.deepStrictEqual(
      valueOf("01 R. 05 A PIC X(3). 05 B PIC X(3).", "ab", { padsShort: true }),
      { A: "ab", B: "" },
    )
  })

  it("leaves a text in an edited numeric field no place", () => {
    assert.deepStrictEqual(codes("01 R. 05 A PIC ZZ9.", "abc"), ["CPY-4010 A"])
    assert.deepStrictEqual(codes("01 R. 05 A COMP-1.", bytesOf("7F800000"), { floats: "ieee" }), [
      "CPY-4009 A",
    ])
    assert.deepStrictEqual(
      codes("01 R. 05 A PIC 9(4) COMP.", bytesOf("FFFF"), { binaryRange: "digits" }),
      ["CPY-4006 A"],
    )
    assert.deepStrictEqual(codes("01 R. 05 A PIC N.", bytesOf("D800")), ["CPY-4007 A"])
    const double = { name: "double", toUnicode: () => 0x3000, fromUnicode: () => 0x4040 }
    const mixed = { ...ebcdic, double }
    assert.deepStrictEqual(
      codes("01 R. 05 A PIC X(4).", bytesOf("0E444040"), { codePage: mixed }),
      ["CPY-4008 A"],
    )
  })
})

describe("tables that depend on a counter", () => {
  const text = `
    01 R.
       05 N PIC 9.
       05 T PIC X OCCURS 1 TO 3 DEPENDING ON N.
       05 Z PIC XX.`

  it("end where the counter says, and what follows moves up", () => {
    assert.deepStrictEqual(valueOf(text, "2abZZ"), { N: 2, T: ["a", "b"], Z: "ZZ" })
    assert.deepStrictEqual(valueOf(text, "2ab.ZZ", { physicalSize: "maximum" })["Z"], "ZZ")
    assert.deepStrictEqual(valueOf(text, "2abZZ.", { physicalSize: "actual-padded" })["Z"], "ZZ")
    assert.deepStrictEqual(codes(text, "2abZZ."), ["CPY-4014 R"])
  })

  it("stay inside their bounds", () => {
    assert.deepStrictEqual(codes(text, "4abcZZ"), ["CPY-4011 T"])
    assert.deepStrictEqual(codes(text, "0ZZ"), ["CPY-4011 T"])
    assert.deepStrictEqual(valueOf(text, "0ZZ", { allowsFewer: true })["T"], [])
    assert.deepStrictEqual(codes(text, "!aZZ"), ["CPY-4003 N", "CPY-4012 T"])
  })

  it("may have counters that are texts", () => {
    const mapped = text.replace("PIC 9", "PIC X")
    const options = { counterValues: { T: { A: 1, B: 2 } } }
    assert.deepStrictEqual(valueOf(mapped, "BabZZ", options), { N: "B", T: ["a", "b"], Z: "ZZ" })
    assert.deepStrictEqual(codes(mapped, "CaZZ", options), ["CPY-4012 T"])
    assert.deepStrictEqual(valueOf(mapped, "2abZZ")["T"], ["a", "b"])
  })

  it("may be nested, and lie before anything", () => {
    const nested = `
      01 R.
         05 N PIC 9.
         05 G OCCURS 0 TO 3 DEPENDING ON N.
            10 M PIC 9.
            10 C PIC X OCCURS 0 TO 4 DEPENDING ON M.
            10 D PIC X.
         05 Z PIC 9.`
    assert.deepStrictEqual(valueOf(nested, "31ax2bcy0z9"), {
      N: 3,
      G: [
        { M: 1, C: ["a"], D: "x" },
        { M: 2, C: ["b", "c"], D: "y" },
        { M: 0, C: [], D: "z" },
      ],
      Z: 9,
    })
    const selected = valueOf(nested, "31ax2bcy0z9", { select: ["Z"] })
    assert.deepStrictEqual(selected, { Z: 9 })
    assert.deepStrictEqual(codes(nested, "22abx!X"), [
      "CPY-4003 G[1].M",
      "CPY-4012 G[1].C",
      "CPY-4013 Z",
    ])
  })
})

describe("views of redefined bytes", () => {
  const text = `
    01 R.
       05 K PIC X.
       05 A PIC X(4).
       05 B REDEFINES A.
          10 B-1 PIC 9(2).
          10 B-2 PIC S9(3) COMP-3.
       05 Z PIC X.`

  it("are all given, and one that does not fit is no fault while another does", () => {
    const decoder = decoderOf(text)
    assert.deepStrictEqual(decoder.decode(Buffer.from("1abcdZ")), {
      value: { K: "1", A: "abcd", B: { "B-1": null, "B-2": null }, Z: "Z" },
      faults: [],
      isRejected: false,
    })
    assert.strictEqual(decoder.misfits, 1)
    assert.deepStrictEqual(codes(text, "1abcdZ", { redefines: "all" }), [
      "CPY-4003 B.B-1",
      "CPY-4004 B.B-2",
    ])
    const numbers = "01 R. 05 A PIC 9(2). 05 B REDEFINES A PIC 9V9."
    assert.deepStrictEqual(codes(numbers, "!1"), ["CPY-4003 A"])
  })

  it("are given up to the first that fits where asked", () => {
    const one = "01 R. 05 A PIC 9(2). 05 B REDEFINES A PIC X(2). 05 C REDEFINES A PIC XX."
    assert.deepStrictEqual(valueOf(one, "12", { redefines: "first" }), { A: 12 })
    assert.deepStrictEqual(valueOf(one, "x!", { redefines: "first" }), { B: "x!" })
  })

  it("are chosen by rules, or by name", () => {
    const viewRules = [
      { view: "A", when: { field: "K", in: ["1", null] } },
      {
        view: "B",
        when: { or: [{ field: "K", equals: 2 }, { not: { field: "K", equals: "1" } }] },
      },
    ] as const
    assert.deepStrictEqual(valueOf(text, "1abcdZ", { viewRules }), { K: "1", A: "abcd", Z: "Z" })
    const bytes = Buffer.concat([Buffer.from("212"), bytesOf("345C"), Buffer.from("Z")])
    assert.deepStrictEqual(valueOf(text, bytes, { viewRules }), {
      K: "2",
      B: { "B-1": 12, "B-2": 345 },
      Z: "Z",
    })
    assert.deepStrictEqual(Object.keys(valueOf(text, bytes, { views: ["B"] })), ["K", "B", "Z"])
  })
})

describe("names and what is shown", () => {
  const text = `
    01 R.
       05 A-B PIC X.
       05 FILLER PIC X.
       05 G.
          10 A-B PIC X.
       05 FILLER.
          10 C PIC X.`

  it("may lose groups, gain fillers and have other names", () => {
    assert.deepStrictEqual(valueOf(text, "1234"), {
      "A-B": "1",
      G: { "A-B": "3" },
      FILLER_2: { C: "4" },
    })
    assert.deepStrictEqual(valueOf(text, "1234", { groups: "flat", names: "underscore" }), {
      A_B: "1",
      A_B_2: "3",
      C: "4",
    })
    assert.deepStrictEqual(valueOf(text, "1234", { hasFillers: true, fillerGroups: "dissolve" }), {
      "A-B": "1",
      FILLER: "2",
      G: { "A-B": "3" },
      C: "4",
    })
    assert.deepStrictEqual(valueOf(text, "1234", { fillerGroups: "drop" }), {
      "A-B": "1",
      G: { "A-B": "3" },
    })
    assert.deepStrictEqual(valueOf(text, "1234", { select: ["G"], rawFields: "hex" }), {
      G: { "A-B": "3", "A-B_raw": "33" },
    })
  })

  it("may differ for one field", () => {
    const fields = { A: { as: "hex" }, B: { codePage: ebcdic }, C: { as: "text" } } as const
    assert.deepStrictEqual(
      valueOf("01 R. 05 A PIC 9. 05 B PIC X. 05 C PIC 9(3).", bytesOf("31 C1 303037"), { fields }),
      { A: "31", B: "A", C: "007" },
    )
  })

  it("refuses options that name what is not there", () => {
    const made = RecordDecoder.make(layoutOfText(text), {
      codePage: ascii,
      select: ["NO"],
      viewRules: [{ view: "G", when: { field: "G", equals: 1 } }],
      counterValues: { G: { A: -1 } },
      // Where it was meant for the fields in the group, it would be passed over.
      fields: { G: { trim: "none" } },
    })
    assert.isTrue(Result.isFailure(made))
    if (Result.isFailure(made)) {
      assert.strictEqual(made.failure.code, "AUD-5030")
      assert.strictEqual(made.failure.problems.length, 4)
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "@countersign/copybook/charset/CodePages"
import { fieldVectorFindings } from "./FieldVectors.ts"

const pages = {
  ebcdic: Result.getOrThrow(codePage("cp037")),
  ascii: Result.getOrThrow(codePage("latin1")),
}

const of = (
  name: string,
  hex: string,
  args: ReadonlyArray<string>,
  expect: string | null | { "#": string },
  more = {},
) => fieldVectorFindings([{ function: name, data_hex: hex, args, expect, ...more }], pages)

const signed = ["isUnsigned = false", "allowSignOverpunch = true", "relaxedOverpunch = false"]
const unsigned = ["isUnsigned = true", ...signed.slice(1)]

describe("vectors of fields", () => {
  it.each([
    ["decodeEbcdicNumber", "f1f2d3", signed, "-123"],
    ["decodeEbcdicNumber", "f1f2d3", ["isUnsigned = true", ...signed.slice(1)], null],
    ["decodeEbcdicNumber", "f1c3", ["isUnsigned = false", "allowSignOverpunch = false"], null],
    ["decodeAsciiNumber", "202d31322e3530", signed, "-12.5"],
    ["decodeAsciiInt", "31322e35", unsigned, null],
    ["decodeAsciiInt", "31303030303030303030", unsigned, null],
    ["decodeAsciiLong", "31303030303030303030", unsigned, { "#": "1000000000" }],
    ["decodeEbcdicBigNumber", "4ef1f2", [...signed, "1", "0"], "1.2"],
    ["decodeEbcdicBigNumber", "4ef1f2", [...signed, "3", "0"], null],
    ["decodeEbcdicBigNumber", "4ef1f2", [...signed, "0", "-1"], "0.012"],
    ["decodeEbcdicBigNumber", "4ef1f2", [...signed, "5", "2"], "1200"],
    ["decodeEbcdicBigNumber", "4040", [...signed, "improvedNullDetection = false"], "0"],
    ["decodeEbcdicBigNumber", "4040", [...signed, "improvedNullDetection = true"], null],
    ["decodeBigBCDNumber", "123d", ["scale = 1", "mandatorySignNibble = true"], "-12.3"],
    ["decodeBigBCDNumber", "123d", ["mandatorySignNibble = false"], null],
    ["decodeBCDIntegralNumber", "", ["mandatorySignNibble = true"], null],
    ["decodeBinaryNumber", "feff", ["bigEndian = false", "signed = true", "1"], "-0.2"],
    ["decodeIeee754SingleLittleEndian", "0000c03f", [], { "#": "1.5" }],
    ["decodeIbmDoubleBigEndian", "4118000000000000", [], { "#": "1.5" }],
  ] as const)("%s of %s with %j gives %j", (name, hex, args, expect) => {
    assert.deepStrictEqual(of(name, hex, args, expect), { different: [], explained: [] })
  })

  it("tell what differs, also of functions that are not known", () => {
    assert.deepStrictEqual(of("decodeEbcdicNumber", "f1", signed, "2").different, [
      "vector 0, decodeEbcdicNumber of f1: expected 2, is 1",
    ])
    assert.lengthOf(
      of("decodeIeee754SingleBigEndian", "40490fda", [], { "#": "3.141" }).different,
      0,
    )
    assert.lengthOf(
      of("decodeIeee754SingleBigEndian", "40490fda", [], { "#": "3.13" }).different,
      1,
    )
    assert.lengthOf(of("decodeOther", "f1", [], null).different, 1)
  })

  it("are only told where they are marked", () => {
    const { different, explained } = of("decodeEbcdicNumber", "f1", signed, "2", {
      suspect: "a misprint",
    })
    assert.lengthOf(different, 0)
    assert.match(explained[0] ?? "", /is 1; marked: a misprint/)
  })
})

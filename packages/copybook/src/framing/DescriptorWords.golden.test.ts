import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { framedFile } from "../testing/FramedFile.ts"
import { bytesOf, hexOf } from "../testing/Fields.ts"
import { makeFrameWriter } from "./FrameWriter.ts"
import type { Framing } from "./Framing.ts"

/**
 * Vectors made after z/OS DFSMS Using Data Sets (SC23-6855), part "Non-VSAM Access to Data Sets",
 * chapter "Selecting Record Formats for Non-VSAM Data Sets"; each test names its topic.
 */
const blocked: Framing = { kind: "rdw", block: {} }
const spanned: Framing = { kind: "rdw", block: {}, isSpanned: true }

const framed = (framing: Framing, hex: string, pieces: ReadonlyArray<number> = [1000]) => {
  const { faults, records } = framedFile({
    framing,
    bytes: bytesOf(hex.replaceAll(/\s/g, "")),
    pieces,
  })
  return { records, codes: faults.map(({ code }) => code) }
}

const written = (framing: Framing, records: ReadonlyArray<Uint8Array>, blockBytesMax = 32_760) => {
  const writer = Result.getOrThrow(makeFrameWriter(framing, { blockBytesMax }))
  for (const record of records) Result.getOrThrow(writer.write(record))
  return hexOf(writer.finish())
}

describe("descriptor words of z/OS", () => {
  // "Record Descriptor Word (RDW)": LL counts the word, the other two bytes are zero.
  it("have a length that counts the record's word", () => {
    const hex = "0006 0000 C1C2 0004 0000 0005 0000 C3"
    assert.deepStrictEqual(framed({ kind: "rdw" }, hex).records, ["C1C2", "", "C3"])
    const records = [bytesOf("C1C2"), bytesOf(""), bytesOf("C3")]
    assert.strictEqual(written({ kind: "rdw" }, records), "00060000c1c20004000000050000c3")
  })

  // "Block Descriptor Word (BDW)": bit 0 zero, 15 bits of length, 16 of zeros.
  it("have a block's length that counts both words", () => {
    const hex = "000E 0000 0006 0000 C1C2 0004 0000 0009 0000 0005 0000 C3"
    assert.deepStrictEqual(framed(blocked, hex).records, ["C1C2", "", "C3"])
    assert.strictEqual(written(blocked, [bytesOf("C1C2")]), "000a000000060000c1c2")
    assert.deepStrictEqual(framed(blocked, "000A 0001 0006 0000 C1C2").codes, ["CPY-3009"])
  })

  // "Block Descriptor Word (BDW)": bit 0 one, 31 bits of length.
  it("have an extended form for blocks, for any length", () => {
    const hex = "8000 000A 0006 0000 C1C2 8000 0009 0005 0000 C3"
    assert.deepStrictEqual(framed(blocked, hex).records, ["C1C2", "C3"])
    const body = "0006 0000 C1C2".repeat(11_000)
    const size = (4 + 6 * 11_000).toString(16).padStart(7, "0")
    assert.strictEqual(framed(blocked, `8${size} ${body}`, [9999]).records.length, 11_000)
  })

  // The same: a nonextended length is 8 to 32,760, and QSAM writes extended words beyond that alone.
  it("are written in the extended form beyond 32,760 bytes alone", () => {
    const records = (last: number) => [new Uint8Array(32_000), new Uint8Array(last)]
    assert.strictEqual(written(blocked, records(748), 40_000).slice(0, 8), "7ff80000")
    assert.strictEqual(written(blocked, records(749), 40_000).slice(0, 8), "80007ff9")
  })

  // "Segment Descriptor Word", table "Segment control codes": 00 complete, 01 first, 10 last, 11
  // neither; LL counts the word.
  it("have control codes for segments", () => {
    const hex = `000F 0000 0005 0000 C1 0006 0100 C2C3
      000A 0000 0006 0300 C4C5 000E 0000 0005 0200 C6 0005 0000 C7`
    for (const pieces of [[1000], [1], [7]]) {
      const { codes, records } = framed(spanned, hex, pieces)
      assert.deepStrictEqual(records, ["C1", "C2C3C4C5C6", "C7"])
      assert.deepStrictEqual(codes, [])
    }
    const record = new Uint8Array(130).fill(0xc1)
    const [first, middle, last] = ["c1".repeat(56), "c1".repeat(56), "c1".repeat(18)]
    assert.strictEqual(
      written(spanned, [record], 64),
      `00400000003c0100${first}00400000003c0300${middle}001a000000160200${last}`,
    )
    // The other bits of the third byte are reserved, and zero.
    assert.deepStrictEqual(framed(spanned, "0009 0000 0005 0400 C1").codes, ["CPY-3013"])
  })

  // "Null Segments": bit 0 of the word is one; it and the rest of the block are zeros then, and it
  // ends no record.
  it("may say that a block has no more segments", () => {
    const hex = `0014 0000 0006 0100 C1C2 8000 0000 0000 0000 0000
      000A 0000 0006 0200 C3C4 0008 0000 8000 0000 0009 0000 0005 0000 C5`
    for (const pieces of [[1000], [1], [5]]) {
      const { codes, records } = framed(spanned, hex, pieces)
      assert.deepStrictEqual(records, ["C1C2C3C4", "C5"])
      assert.deepStrictEqual(codes, [])
    }
    const stray = framed(spanned, "0010 0000 0005 0000 C1 8000 0000 0000 01 0009 0000 0005 0000 C2")
    assert.deepStrictEqual(stray, { records: ["C1"], codes: ["CPY-3010"] })
  })
})

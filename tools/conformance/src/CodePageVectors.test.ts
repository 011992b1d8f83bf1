import { assert, describe, it } from "@effect/vitest"
import { tableFindings, textVectorFindings } from "./CodePageVectors.ts"

describe("texts by code page", () => {
  const of = (expect: string, hex: string, page = "cp037") =>
    textVectorFindings([{ code_page: page, data_hex: hex, expect, encodes_back: true }])

  it("are equal where every character is", () => {
    assert.deepStrictEqual(of("A B", "c140c2"), { different: [], explained: [] })
    assert.lengthOf(of("A C", "c140c2").different, 1)
    assert.lengthOf(of("A", "c1", "none").different, 1)
  })

  it("are explained where control characters differ alone", () => {
    const { different, explained } = of("A\t", "c10d")
    assert.lengthOf(different, 0)
    assert.lengthOf(explained, 1)
  })
})

describe("tables of code pages", () => {
  // ISO 8859-1: every byte is the character of its number.
  const latin = Array.from({ length: 256 }, (_, byte) => ({ "#": String(byte) }))
  const put = (byte: number, character: number) => ({
    "ISO-8859-1": latin.map((each, index) => (index === byte ? { "#": String(character) } : each)),
  })

  it("are compared byte by byte", () => {
    assert.deepStrictEqual(tableFindings({ "ISO-8859-1": latin }, ""), {
      different: [],
      explained: [],
    })
    assert.deepStrictEqual(tableFindings(put(0x41, 0x42), "").different, [
      "ISO-8859-1 0x41: expected U+0042, is U+0041",
    ])
    assert.lengthOf(tableFindings({ "windows-1252": [] }, "").different, 0)
    assert.lengthOf(tableFindings({ none: [] }, "").different, 1)
  })

  it("differ where notes name the byte, and only as they say", () => {
    const notes = "IBM000 0x41 (U+0042 vs U+0041). Treat 0x15/0x25 separately when comparing."
    assert.lengthOf(tableFindings(put(0x41, 0x42), notes).explained, 1)
    assert.lengthOf(tableFindings(put(0x41, 0x43), notes).different, 1)
    assert.lengthOf(tableFindings(put(0x25, 0x85), notes).explained, 1)
    assert.lengthOf(tableFindings(put(0x26, 0x85), notes).different, 1)
  })
})

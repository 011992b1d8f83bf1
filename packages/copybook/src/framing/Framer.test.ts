import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { asciiFields, bytesOf, type Framed, framedFile } from "../testing/FramedFile.ts"
import { makeFramer } from "./Framer.ts"

const ascii = (text: string): Uint8Array => Buffer.from(text, "latin1")
const hexOf = (...texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  texts.map((text) => Buffer.from(text, "latin1").toString("hex").toUpperCase())
const recordsOf = (framed: Framed): ReadonlyArray<string> => {
  const { faults, records } = framedFile(framed)
  assert.deepStrictEqual(faults, [])
  return records
}

describe("fixed records", () => {
  it("lie one behind the other", () => {
    const framed = framedFile({ framing: { kind: "fixed", length: 3 }, bytes: ascii("abcdef") })
    assert.deepStrictEqual(framed.records, hexOf("abc", "def"))
    assert.deepStrictEqual(framed.offsets, [0, 3])
    assert.deepStrictEqual(framed.numbers, [0, 1])
    assert.deepStrictEqual(framed.faults, [])
  })

  it("lie in blocks whose rest is filler", () => {
    const blocking = { kind: "bytes", bytes: 7 } as const
    const bytes = ascii("abcdef.ghi")
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "fixed", length: 3, blocking }, bytes, pieces: [1] }),
      hexOf("abc", "def", "ghi"),
    )
  })

  it("lie in blocks of so many records as without blocks", () => {
    const blocking = { kind: "records", records: 2 } as const
    const bytes = ascii("abcdefghi")
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "fixed", length: 3, blocking }, bytes }),
      hexOf("abc", "def", "ghi"),
    )
  })

  it("lie in blocks behind block descriptor words", () => {
    const blocking = { kind: "header" } as const
    const bytes = bytesOf("000A0000 C1C2C3 C4C5C6 00070000 C7C8C9")
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "fixed", length: 3, blocking }, bytes, pieces: [2, 3] }),
      ["C1C2C3", "C4C5C6", "C7C8C9"],
    )
  })

  it("have bytes of the file before and behind them, and their own prefix and suffix", () => {
    const { faults, framer, offsets, records } = framedFile({
      framing: { kind: "fixed", length: 5 },
      options: { fileHeaderBytes: 4, fileTrailerBytes: 3, prefixBytes: 1, suffixBytes: 2 },
      bytes: ascii("HEAD<ab..<cd..END"),
      pieces: [3, 8],
    })
    assert.deepStrictEqual(faults, [])
    assert.deepStrictEqual(records, hexOf("ab", "cd"))
    assert.deepStrictEqual(offsets, [5, 10])
    assert.deepStrictEqual(Buffer.from(framer.fileHeader()).toString(), "HEAD")
    assert.deepStrictEqual(Buffer.from(framer.fileTrailer()).toString(), "END")
  })

  it("may end with a part of a record, where that is asked for", () => {
    const framing = { kind: "fixed", length: 3 } as const
    const bytes = ascii("abcde")
    assert.deepStrictEqual(
      recordsOf({ framing, options: { partial: "record" }, bytes, pieces: [2] }),
      hexOf("abc", "de"),
    )
  })
})

// z/OS DFSMS Using Data Sets (SC23-6855), chapter "Selecting record formats for non-VSAM data
// sets": the RDW's first two bytes are the length with the RDW, its other two are zero; the BDW's
// first two the length with the BDW, or, with its first bit set, 31 bits of all four.
describe("records behind descriptor words", () => {
  const three = ["C1C2", "", "C3"]

  it("have lengths that count the word", () => {
    const framed = framedFile({
      framing: { kind: "rdw" },
      bytes: bytesOf("00060000 C1C2 00040000 00050000 C3"),
    })
    assert.deepStrictEqual(framed.records, three)
    assert.deepStrictEqual(framed.offsets, [4, 10, 14])
  })

  it("have lengths that don't count it, with the low byte first behind two zeros", () => {
    assert.deepStrictEqual(
      recordsOf({
        framing: { kind: "rdw", header: { endian: "little", includesHeader: false } },
        bytes: bytesOf("00000200 C1C2 00000100 C3"),
      }),
      ["C1C2", "C3"],
    )
  })

  it("lie in blocks, of the short form and of the extended", () => {
    const bytes = bytesOf("000E0000 00060000 C1C2 00040000 80000009 00050000 C3")
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "rdw", block: {} }, bytes, pieces: [3, 1] }),
      three,
    )
  })

  it("lie in blocks whose words are little-endian and don't count themselves", () => {
    const word = { endian: "little", includesHeader: false } as const
    const bytes = bytesOf("00000600 00000200 C1C2 05000080 00000100 C3")
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "rdw", header: word, block: word }, bytes }),
      ["C1C2", "C3"],
    )
  })

  it("have headers of any size, with lengths of any width, place and adjustment", () => {
    const header = { bytes: 5, at: 1, width: 3, includesHeader: false, adjustment: -1 }
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "rdw", header }, bytes: bytesOf("AA000003BB C1C2") }),
      ["C1C2"],
    )
  })

  it("have headers that say whether they are records", () => {
    const header = { bytes: 3, includesHeader: false, validity: { at: 2, values: [1, 2] } }
    const bytes = bytesOf("000101 C1 000300 D1D2D3 000102 C2")
    const framed = framedFile({ framing: { kind: "rdw", header }, bytes, pieces: [4] })
    assert.deepStrictEqual(framed.records, ["C1", "C2"])
    assert.strictEqual(framed.framer.skipped(), 1)
  })

  it("may have anything in their reserved bytes, where that is said", () => {
    const header = { isReservedZero: false }
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "rdw", header }, bytes: bytesOf("0005F1F2 C3") }),
      ["C3"],
    )
  })

  it("may have zeros between them, where those are filler", () => {
    assert.deepStrictEqual(
      recordsOf({
        framing: { kind: "rdw", block: {} },
        options: { zeros: "filler" },
        bytes: bytesOf("000F0000 00050000 C1 00000000 0000 00000000 00090000 00050000 C3"),
      }),
      ["C1", "C3"],
    )
  })

  it("are handed on as they lie, without a copy", () => {
    const bytes = bytesOf("00060000 C1C2 00050000 C3")
    const framer = Result.getOrThrow(makeFramer({ kind: "rdw" }))
    const batches = framer.push(bytes, true)
    assert.strictEqual(batches.length, 1)
    assert.strictEqual(batches[0]?.bytes, bytes)
  })
})

// z/OS DFSMS Using Data Sets (SC23-6855), "Segment Descriptor Word": the control code in the third
// byte is 0 for a whole record, 1 for a first segment, 2 for a last, 3 for one between.
describe("spanned records", () => {
  it("are joined of their segments", () => {
    const framed = framedFile({
      framing: { kind: "rdw", block: {}, isSpanned: true },
      bytes: bytesOf(
        "000F0000 00050000 C1 00060100 C2C3 000A0000 00060300 C4C5 000E0000 00050200 C6 00050000 C7",
      ),
      pieces: [5, 1],
    })
    assert.deepStrictEqual(framed.faults, [])
    assert.deepStrictEqual(framed.records, ["C1", "C2C3C4C5C6", "C7"])
    assert.deepStrictEqual(framed.offsets, [8, 13, 38])
  })

  it("are joined of segments that came in other pieces, and keep their places without a prefix", () => {
    const { offsets, records } = framedFile({
      framing: { kind: "rdw", isSpanned: true },
      options: { prefixBytes: 1 },
      bytes: bytesOf("00060100 C2C3 00060300 C4C5 00050200 C6 00060000 C7C8"),
      pieces: [6],
    })
    assert.deepStrictEqual(records, ["C3C4C5C6", "C8"])
    assert.deepStrictEqual(offsets, [5, 22])
  })
})

describe("records with a length in them", () => {
  it("have it in a field", () => {
    const framing = { kind: "length-field", field: "LEN", adjustment: 2 } as const
    assert.deepStrictEqual(
      recordsOf({ framing, fields: asciiFields, bytes: ascii("01a03bcd"), pieces: [1] }),
      hexOf("01a", "03bcd"),
    )
  })

  it("have it in an expression", () => {
    const framing = { kind: "length-expression", expression: "LEN * 2 + 2" } as const
    assert.deepStrictEqual(
      recordsOf({ framing, fields: asciiFields, bytes: ascii("01aa02bbbb") }),
      hexOf("01aa", "02bbbb"),
    )
  })

  it("have it by the value of a field, or another for all other values", () => {
    const framing = { kind: "length-map", field: "ID", lengths: { A: 4 }, otherwise: 3 } as const
    assert.deepStrictEqual(
      recordsOf({ framing, fields: asciiFields, bytes: ascii("..A1..B..A2") }),
      hexOf("..A1", "..B", "..A2"),
    )
  })

  it("have it by their counters, with prefixes and suffixes on top", () => {
    assert.deepStrictEqual(
      recordsOf({
        framing: { kind: "counters" },
        options: { prefixBytes: 1, suffixBytes: 1 },
        fields: asciiFields,
        bytes: ascii("<01a><00>"),
        pieces: [2],
      }),
      hexOf("01a", "00"),
    )
  })
})

describe("lines", () => {
  it("end with a line feed, with or without a carriage return; the last needs none", () => {
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "lines" }, bytes: ascii("ab\r\ncd\ne"), pieces: [3] }),
      hexOf("ab", "cd", "e"),
    )
  })

  it("end with nothing but what is asked for", () => {
    const bytes = ascii("a\nb\r\nc\rd")
    const linesOf = (end: "lf" | "crlf" | "cr"): ReadonlyArray<string> =>
      recordsOf({ framing: { kind: "lines", end }, bytes, pieces: [1] })
    assert.deepStrictEqual(linesOf("lf"), hexOf("a", "b\r", "c\rd"))
    assert.deepStrictEqual(linesOf("crlf"), hexOf("a\nb", "c\rd"))
    assert.deepStrictEqual(linesOf("cr"), hexOf("a\nb", "\nc", "d"))
  })

  it("end with EBCDIC's new line or line feed", () => {
    const bytes = bytesOf("C1 15 C2 25 C3")
    const linesOf = (end: "ebcdic" | "nel" | "ebcdic-lf"): ReadonlyArray<string> =>
      recordsOf({ framing: { kind: "lines", end }, bytes })
    assert.deepStrictEqual(linesOf("ebcdic"), ["C1", "C2", "C3"])
    assert.deepStrictEqual(linesOf("nel"), ["C1", "C225C3"])
    assert.deepStrictEqual(linesOf("ebcdic-lf"), ["C115C2", "C3"])
  })

  it("are passed over when empty and counted, or are records", () => {
    const bytes = ascii("a\n\n  \nb \n")
    const skipped = framedFile({ framing: { kind: "lines" }, bytes })
    assert.deepStrictEqual(skipped.records, hexOf("a", "  ", "b "))
    assert.strictEqual(skipped.framer.skipped(), 1)
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "lines", empty: "record" }, bytes }),
      hexOf("a", "", "  ", "b "),
    )
  })

  it("lose the blanks at their end where that is asked for", () => {
    const bytes = ascii("a\n\n  \nb \n")
    const trimmed = framedFile({ framing: { kind: "lines", isTrimmed: true }, bytes })
    assert.deepStrictEqual(trimmed.records, hexOf("a", "b"))
    assert.strictEqual(trimmed.framer.skipped(), 2)
  })

  it("are several records where they are longer than those", () => {
    const framing = { kind: "lines", splitBytes: 2 } as const
    for (const pieces of [[1], [2], [3], [100]]) {
      assert.deepStrictEqual(
        recordsOf({ framing, bytes: ascii("AABBCC\r\nDD\nE\nFFG"), pieces }),
        hexOf("AA", "BB", "CC", "DD", "E", "FF", "G"),
      )
    }
  })
})

describe("a single record", () => {
  it("is the whole file", () => {
    assert.deepStrictEqual(
      recordsOf({ framing: { kind: "single" }, bytes: ascii("ab\ncd"), pieces: [2] }),
      hexOf("ab\ncd"),
    )
    assert.deepStrictEqual(recordsOf({ framing: { kind: "single" }, bytes: ascii("") }), [])
  })
})

describe("a framer", () => {
  it("gives batches of so many records, numbered on", () => {
    const options = { batchRecordsMax: 2 }
    const framer = Result.getOrThrow(makeFramer({ kind: "fixed", length: 1 }, options))
    const batches = framer.push(ascii("abcde"), false)
    assert.deepStrictEqual(
      batches.map(({ count, firstRecord }) => [firstRecord, count]),
      [
        [0, 2],
        [2, 2],
        [4, 1],
      ],
    )
    assert.strictEqual(framer.records(), 5)
  })

  it("gives back the bytes that wait, to be given again", () => {
    const framer = Result.getOrThrow(makeFramer({ kind: "fixed", length: 3 }))
    assert.strictEqual(framer.push(ascii("abcd"), false).length, 1)
    assert.strictEqual(framer.release(), 1)
    const [batch] = framer.push(ascii("def"), true)
    assert.strictEqual(batch?.fileOffset, 3)
    assert.strictEqual(batch?.firstRecord, 1)
  })

  it("passes over records outside the bounds where that is asked for", () => {
    const { framer, records } = framedFile({
      framing: { kind: "lines" },
      options: { lengthMin: 2, lengthMax: 3, outside: "skip" },
      bytes: ascii("a\nbb\nccc\ndddd\n"),
    })
    assert.deepStrictEqual(records, hexOf("bb", "ccc"))
    assert.strictEqual(framer.skipped(), 2)
  })

  it.each([
    ["length", { kind: "fixed", length: 0 }],
    ["blocking.bytes", { kind: "fixed", length: 5, blocking: { kind: "bytes", bytes: 4 } }],
    ["header.width", { kind: "rdw", header: { width: 5 } }],
    ["header.at", { kind: "rdw", header: { at: 3 } }],
    ["header.bytes", { kind: "rdw", header: { bytes: 65 } }],
    ["splitBytes", { kind: "lines", splitBytes: 0 }],
    ["field", { kind: "length-field", field: "NONE" }],
    ["field", { kind: "length-map", field: "NONE", lengths: {} }],
    ["lengths", { kind: "length-map", field: "ID", lengths: { A: 0 } }],
    ["expression", { kind: "length-expression", expression: "NONE + 1" }],
    ["expression", { kind: "length-expression", expression: "LEN +" }],
  ] as const)("refuses a wrong %s", (option, framing) => {
    const made = makeFramer(framing, {}, asciiFields)
    assert.strictEqual(Result.isFailure(made) ? made.failure.option : "", option)
  })

  it("refuses options that can't be, and lengths of fields without fields", () => {
    const bad = makeFramer({ kind: "single" }, { prefixBytes: -1 })
    assert.match(Result.isFailure(bad) ? bad.failure.message : "", /AUD-5050.*prefixBytes is -1/)
    assert.isTrue(Result.isFailure(makeFramer({ kind: "counters" })))
  })
})

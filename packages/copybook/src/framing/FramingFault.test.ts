import { assert, describe, it } from "@effect/vitest"
import { asciiFields, bytesOf, type Framed, framedFile } from "../testing/FramedFile.ts"
import { type FramingCode, framingCodes, hex } from "./FramingFault.ts"

const ascii = (text: string): Uint8Array => Buffer.from(text, "latin1")

interface Case extends Framed {
  readonly code: FramingCode
  readonly what: string
  /** Of the fault: number of its record, place and length in the file. */
  readonly place: readonly [number, number, number]
  readonly message: RegExp
  /** In hex: what a lenient framer finds. */
  readonly found?: ReadonlyArray<string>
  readonly hint?: RegExp
}

const vb = { kind: "rdw", block: {} } as const
const vbs = { kind: "rdw", isSpanned: true } as const

const cases: ReadonlyArray<Case> = [
  {
    code: "CPY-3001",
    what: "a file that ends inside a record",
    framing: { kind: "fixed", length: 3 },
    bytes: ascii("abcde"),
    place: [1, 3, 2],
    message: /2 bytes are left/,
    found: ["616263"],
  },
  {
    code: "CPY-3001",
    what: "text that is read as records with headers",
    framing: { kind: "rdw", header: { isReservedZero: false } },
    bytes: bytesOf("F1F2C1C2C3"),
    place: [0, 0, 5],
    message: /5 bytes/,
    hint: /EBCDIC text: is the file fixed/,
  },
  {
    code: "CPY-3001",
    what: "a file that ends between two records of a block",
    framing: vb,
    bytes: bytesOf("000E0000 00050000 C1"),
    place: [1, 9, 0],
    message: /its last block has 5 bytes more/,
    found: ["C1"],
  },
  {
    code: "CPY-3001",
    what: "a file that ends between two spanned records of a block",
    framing: { ...vbs, block: {} },
    bytes: bytesOf("000E0000 00050000 C1"),
    place: [1, 9, 0],
    message: /its last block has 5 bytes more/,
    found: ["C1"],
  },
  {
    code: "CPY-3001",
    what: "a file that ends between two fixed records of a block",
    framing: { kind: "fixed", length: 1, blocking: { kind: "header" } },
    bytes: bytesOf("00060000 C1"),
    place: [1, 5, 0],
    message: /its last block has 1 bytes more/,
    found: ["C1"],
  },
  {
    code: "CPY-3002",
    what: "a file shorter than its header and trailer",
    framing: { kind: "fixed", length: 3 },
    options: { fileHeaderBytes: 2, fileTrailerBytes: 4 },
    bytes: ascii("abcde"),
    place: [0, 2, 0],
    message: /1 bytes are missing/,
  },
  {
    code: "CPY-3003",
    what: "a header of length zero",
    framing: { kind: "rdw" },
    bytes: bytesOf("00050000 C1 00000000 00"),
    place: [1, 5, 4],
    message: /0x00000000/,
    found: ["C1"],
  },
  {
    code: "CPY-3003",
    what: "a payload of length zero",
    framing: { kind: "rdw", header: { includesHeader: false } },
    bytes: bytesOf("00010000 C1 00000000 00010000 C2"),
    place: [1, 5, 4],
    message: /0x00000000/,
    found: ["C1"],
  },
  {
    code: "CPY-3004",
    what: "a header with less than itself",
    framing: { kind: "rdw" },
    bytes: bytesOf("00030000"),
    place: [0, 0, 4],
    message: /0x00030000: 3, and the least is 4/,
    hint: /payload only/,
  },
  {
    code: "CPY-3005",
    what: "a record beyond the limit",
    framing: { kind: "rdw" },
    options: { recordBytesMax: 10 },
    bytes: bytesOf("00FF0000 C1"),
    place: [0, 0, 4],
    message: /251 bytes, and the limit is 10/,
  },
  {
    code: "CPY-3005",
    what: "a line beyond the limit",
    framing: { kind: "lines" },
    options: { recordBytesMax: 3 },
    bytes: ascii("ab\ncdefg\nhi"),
    place: [1, 3, 5],
    message: /a line of 5 bytes, and the limit is 3/,
    found: ["6162", "6869"],
  },
  {
    code: "CPY-3005",
    what: "a single record beyond the limit",
    framing: { kind: "single" },
    options: { recordBytesMax: 3 },
    bytes: ascii("abcd"),
    place: [0, 0, 0],
    message: /more than 3/,
  },
  {
    code: "CPY-3005",
    what: "a field that says more than the limit",
    framing: { kind: "length-field", field: "LEN" },
    fields: asciiFields,
    options: { recordBytesMax: 20 },
    bytes: ascii("21"),
    place: [0, 0, 0],
    message: /21 bytes/,
  },
  {
    code: "CPY-3006",
    what: "a header that looks like text",
    framing: { kind: "rdw" },
    bytes: bytesOf("F1F2F3F4 C1"),
    place: [0, 0, 4],
    message: /0xF1F2F3F4: 61938/,
    hint: /EBCDIC text/,
  },
  {
    code: "CPY-3007",
    what: "reserved bytes that are not zero",
    framing: { kind: "rdw" },
    bytes: bytesOf("00050001 C1 00050000 C2"),
    place: [0, 0, 4],
    message: /0x00050001/,
    found: ["C1", "C2"],
  },
  {
    code: "CPY-3007",
    what: "any reserved byte of a longer header",
    framing: { kind: "rdw", header: { bytes: 6, isReservedZero: true } },
    bytes: bytesOf("000700000001 C1"),
    place: [0, 0, 6],
    message: /0x000700000001/,
    found: ["C1"],
  },
  {
    code: "CPY-3007",
    what: "lengths that don't count their header",
    framing: { kind: "rdw" },
    bytes: bytesOf("00080000 0102030405060108 00060000 010203040506"),
    place: [1, 8, 4],
    message: /0x05060108/,
    found: ["01020304"],
    hint: /payload only/,
  },
  {
    code: "CPY-3008",
    what: "a record that is longer than its block",
    framing: vb,
    bytes: bytesOf("000D0000 00050000 C1 00060000 00090000 00050000 C2"),
    place: [1, 9, 4],
    message: /0x00060000: 2 bytes, and its block has 0/,
    found: ["C1", "C2"],
  },
  {
    code: "CPY-3009",
    what: "a block header that can't be",
    framing: vb,
    bytes: bytesOf("00050001 C1"),
    place: [0, 0, 4],
    message: /0x00050001: bytes 3 and 4/,
  },
  {
    code: "CPY-3010",
    what: "a block with a part of a header at its end",
    framing: vb,
    bytes: bytesOf("000B0000 00050000 C1 0005 00090000 00050000 C2"),
    place: [1, 9, 2],
    message: /2 bytes, 0x0005/,
    found: ["C1", "C2"],
  },
  {
    code: "CPY-3010",
    what: "a block with a part of a fixed record at its end",
    framing: { kind: "fixed", length: 2, blocking: { kind: "header" } },
    bytes: bytesOf("00070000 C1C1C2 00060000 C3C3"),
    place: [1, 6, 1],
    message: /1 bytes, 0xC2/,
    found: ["C1C1", "C3C3"],
  },
  {
    code: "CPY-3011",
    what: "a last segment without a first",
    framing: vbs,
    bytes: bytesOf("00050200 C1 00050000 C2"),
    place: [0, 0, 5],
    message: /control code 2/,
    found: ["C2"],
  },
  {
    code: "CPY-3012",
    what: "a first segment without a last",
    framing: vbs,
    bytes: bytesOf("00060100 C1C1 00050000 C2"),
    place: [0, 4, 2],
    message: /2 bytes in 1 segments, and then another record begins/,
    found: ["C2"],
  },
  {
    code: "CPY-3012",
    what: "a chain beyond the limit",
    framing: vbs,
    options: { recordBytesMax: 2 },
    bytes: bytesOf("00060100 C1C1 00050300 C2 00050000 C3"),
    place: [0, 4, 3],
    message: /3 bytes in 2 segments, and that is more than 2 bytes/,
    found: ["C3"],
  },
  {
    code: "CPY-3012",
    what: "a chain that the file ends in",
    framing: vbs,
    bytes: bytesOf("00050000 C1 00050100 C2 00050300 C3"),
    place: [1, 9, 2],
    message: /2 segments, and then the file ends/,
    found: ["C1"],
  },
  {
    code: "CPY-3013",
    what: "a control code that is none",
    framing: vbs,
    bytes: bytesOf("00050400 C1 00050000 C2"),
    place: [0, 0, 5],
    message: /0x00050400/,
    found: ["C2"],
  },
  {
    code: "CPY-3014",
    what: "a length field without a number",
    framing: { kind: "length-field", field: "LEN" },
    fields: asciiFields,
    bytes: ascii("03axx"),
    place: [1, 3, 0],
    message: /LEN is NaN; it begins 0x7878/,
    found: ["303361"],
  },
  {
    code: "CPY-3014",
    what: "an expression below zero",
    framing: { kind: "length-expression", expression: "LEN - 9" },
    fields: asciiFields,
    bytes: ascii("03a"),
    place: [0, 0, 0],
    message: /LEN - 9, where LEN is 3/,
  },
  {
    code: "CPY-3014",
    what: "a key that can't be read",
    framing: { kind: "length-map", field: "ID", lengths: { A: 3 } },
    fields: asciiFields,
    bytes: ascii("..?"),
    place: [0, 0, 0],
    message: /ID can't be read/,
  },
  {
    code: "CPY-3014",
    what: "a counter that is none",
    framing: { kind: "counters" },
    fields: asciiFields,
    bytes: ascii("xx"),
    place: [0, 0, 0],
    message: /a counter is no number/,
  },
  {
    code: "CPY-3015",
    what: "a key without a length",
    framing: { kind: "length-map", field: "ID", lengths: { A: 3 } },
    fields: asciiFields,
    bytes: ascii("..A..B"),
    place: [1, 3, 0],
    message: /ID is "B"/,
    found: ["2E2E41"],
  },
  {
    code: "CPY-3016",
    what: "a record outside the bounds",
    framing: { kind: "lines" },
    options: { lengthMax: 2 },
    bytes: ascii("ab\ncde\nf"),
    place: [1, 3, 3],
    message: /3 bytes/,
    found: ["6162", "66"],
  },
  {
    code: "CPY-3016",
    what: "a joined record outside the bounds",
    framing: vbs,
    options: { lengthMax: 1 },
    bytes: bytesOf("00050100 C1 00050200 C2 00050000 C3"),
    place: [0, 4, 2],
    message: /2 bytes/,
    found: ["C3"],
  },
  {
    code: "CPY-3017",
    what: "an empty line",
    framing: { kind: "lines", empty: "fault" },
    bytes: ascii("ab\n\nf"),
    place: [1, 3, 0],
    message: /byte 3/,
    found: ["6162", "66"],
  },
  {
    code: "CPY-3018",
    what: "a record shorter than its prefix and suffix",
    framing: { kind: "rdw" },
    options: { prefixBytes: 1, suffixBytes: 1 },
    bytes: bytesOf("00050000 C1 00070000 C1C2C3"),
    place: [0, 4, 1],
    message: /1 bytes/,
    found: ["C2"],
  },
  {
    code: "CPY-3024",
    what: "a file without the header of a Micro Focus file",
    framing: { kind: "micro-focus" },
    bytes: Uint8Array.from({ length: 130 }, (_, index) => 0x40 + (index % 16)),
    place: [0, 0, 128],
    message: /does not begin with a system record/,
  },
]

describe("framing faults", () => {
  for (const each of cases) {
    it(`${each.code}: ${each.what}`, () => {
      for (const pieces of [[], [1], [3, 2]]) {
        const lenient = framedFile({
          ...each,
          pieces,
          options: { ...each.options, mode: "lenient" },
        })
        const [fault = assert.fail("no fault"), ...others] = lenient.faults
        assert.strictEqual(fault.code, each.code)
        assert.deepStrictEqual([fault.record, fault.fileOffset, fault.length], each.place)
        assert.match(fault.message, each.message)
        assert.deepStrictEqual(lenient.records, each.found ?? [])
        assert.deepStrictEqual(
          others.map(({ code }) => code),
          fault.isFatal && each.code !== "CPY-3002" ? ["CPY-3019"] : [],
        )
      }
      const whole = framedFile(each)
      assert.strictEqual(whole.faults.length, 1, "a strict framer stops at the first")
      assert.isTrue(whole.framer.isStopped())
      if (each.hint !== undefined) assert.match(whole.faults[0]?.hint ?? "", each.hint)
      const { bytes, code, fileOffset } = whole.faults[0] ?? assert.fail("no fault")
      assert.strictEqual(code, each.code)
      if (!/joined|segment|chain/.test(each.what)) {
        assert.isTrue(hex(each.bytes.subarray(fileOffset)).startsWith(hex(bytes)))
      }
    })
  }

  it("CPY-3019: a rest that nothing says how to read", () => {
    const { faults } = framedFile({
      framing: { kind: "rdw" },
      options: { mode: "lenient" },
      bytes: bytesOf("00050000 C1 00000000 C2C3C4"),
      pieces: [6],
    })
    assert.deepStrictEqual(
      faults.map(({ code, fileOffset, length }) => [code, fileOffset, length]),
      [
        ["CPY-3003", 5, 4],
        ["CPY-3019", 5, 7],
      ],
    )
  })

  it("CPY-3020: more faults than are kept", () => {
    const { faults, records } = framedFile({
      framing: { kind: "lines", empty: "fault" },
      options: { mode: "lenient" },
      bytes: ascii(`${"\n".repeat(1500)}a`),
    })
    assert.strictEqual(faults.length, 1001)
    assert.strictEqual(faults.at(-1)?.code, "CPY-3020")
    assert.match(faults.at(-1)?.message ?? "", /500 more/)
    assert.deepStrictEqual(records, ["61"])
  })

  it("are all shown by a case", () => {
    // Those of segments are in the tests of ParentChild.
    const elsewhere = ["CPY-3019", "CPY-3020", "CPY-3021", "CPY-3022", "CPY-3023"]
    const shown = new Set<string>([...cases.map(({ code }) => code), ...elsewhere])
    assert.deepStrictEqual([...shown].sort(), Object.keys(framingCodes).sort())
  })
})

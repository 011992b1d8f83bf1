import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { asciiFields, bytesOf, framedFile } from "../testing/FramedFile.ts"
import type { Framing } from "./Framing.ts"
import { hex } from "./FramingFault.ts"
import { type FrameWriterOptions, makeFrameWriter } from "./FrameWriter.ts"

const written = (
  framing: Framing,
  records: ReadonlyArray<Uint8Array>,
  options?: FrameWriterOptions,
): Buffer => {
  const writer = Result.getOrThrow(makeFrameWriter(framing, options, asciiFields))
  const parts: Array<Uint8Array> = []
  for (const record of records) {
    Result.getOrThrow(writer.write(record))
    parts.push(writer.take())
  }
  return Buffer.concat([...parts, writer.finish()])
}

const between = (minimum: number, maximum: number): Schema.Int =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** How records are made that a framing can hold. */
type Make = (bytes: Uint8Array) => Uint8Array

const asIs: Make = (bytes) => bytes
const nonEmpty: Make = (bytes) => Uint8Array.of(1, ...bytes)
const fixed: Make = (bytes) => Uint8Array.from({ length: 7 }, (_, index) => bytes[index] ?? 9)
const line: Make = (bytes) => bytes.filter((byte) => ![0x0a, 0x0d, 0x15, 0x25].includes(byte))
const fullLine: Make = (bytes) => Uint8Array.of(0x41, ...line(bytes))
const counted: Make = (bytes) => Buffer.concat([Buffer.from(`${10 + bytes.length}`), bytes])
const keyed: Make = (bytes) => Buffer.from(bytes.length % 2 === 0 ? "..A1" : "..B12")
const doubled: Make = (bytes) =>
  Buffer.concat([Buffer.from(`${10 + bytes.length}`), Buffer.alloc(2 * bytes.length + 18)])

const little = { endian: "little", includesHeader: false } as const

const framings: ReadonlyArray<readonly [string, Framing, Make]> = [
  ["fixed", { kind: "fixed", length: 7 }, fixed],
  ["FB by bytes", { kind: "fixed", length: 7, blocking: { kind: "bytes", bytes: 30 } }, fixed],
  ["FB by records", { kind: "fixed", length: 7, blocking: { kind: "records", records: 3 } }, fixed],
  ["FB with words", { kind: "fixed", length: 7, blocking: { kind: "header" } }, fixed],
  ["V", { kind: "rdw" }, asIs],
  ["V, payload only, little-endian", { kind: "rdw", header: little }, nonEmpty],
  [
    "V, own header",
    {
      kind: "rdw",
      header: { bytes: 7, at: 2, width: 4, adjustment: 3, validity: { at: 0, values: [7] } },
    },
    asIs,
  ],
  ["V, one byte", { kind: "rdw", header: { bytes: 1, width: 1, includesHeader: false } }, nonEmpty],
  ["VB", { kind: "rdw", block: {} }, asIs],
  ["VB, little-endian", { kind: "rdw", header: little, block: little }, nonEmpty],
  ["VS", { kind: "rdw", isSpanned: true }, asIs],
  ["VBS", { kind: "rdw", isSpanned: true, block: {} }, asIs],
  ["VBS, little-endian", { kind: "rdw", isSpanned: true, header: little, block: little }, nonEmpty],
  ["length field", { kind: "length-field", field: "LEN", adjustment: -8 }, counted],
  ["length expression", { kind: "length-expression", expression: "LEN * 2" }, doubled],
  ["length map", { kind: "length-map", field: "ID", lengths: { A: 4, B: 5 } }, keyed],
  ["GnuCOBOL 1", { kind: "rdw", header: { width: 4, includesHeader: false } }, nonEmpty],
  ["GnuCOBOL 2", { kind: "rdw", header: { ...little, width: 4 } }, nonEmpty],
  ["GnuCOBOL 3", { kind: "rdw", header: { bytes: 2, includesHeader: false } }, nonEmpty],
  ["Micro Focus", { kind: "micro-focus", lengthMin: 0 }, asIs],
  ["Micro Focus, long records", { kind: "micro-focus", lengthMax: 5000, lengthMin: 0 }, asIs],
  ["lines", { kind: "lines" }, fullLine],
  ["lines, empty ones too", { kind: "lines", empty: "record" }, line],
  ["lines with both", { kind: "lines", end: "crlf" }, fullLine],
  ["lines of EBCDIC", { kind: "lines", end: "ebcdic" }, fullLine],
  ["lines of 0x25", { kind: "lines", end: "ebcdic-lf" }, fullLine],
]

describe("a frame writer", () => {
  for (const [name, framing, make] of framings) {
    it.prop(
      `is read back by the framer, however the file is cut: ${name}`,
      {
        bodies: Schema.Array(Schema.Array(between(0, 255)).check(Schema.isMaxLength(80))).check(
          Schema.isMaxLength(12),
        ),
        pieces: Schema.Array(between(1, 40)).check(Schema.isMaxLength(4)),
        batchRecordsMax: between(1, 5),
        head: between(0, 3),
        trail: between(0, 5),
        around: between(0, 2),
      },
      ({ around, batchRecordsMax, bodies, head, pieces, trail }) => {
        // Prefix and suffix lie within the length of fixed records.
        const sides = framing.kind === "fixed" ? 0 : around
        const records = bodies.map((body) => make(Uint8Array.from(body)))
        const bytes = written(framing, records, {
          fileHeader: new Uint8Array(head).fill(1),
          fileTrailer: new Uint8Array(trail).fill(2),
          prefix: new Uint8Array(sides).fill(3),
          suffix: new Uint8Array(sides).fill(4),
          blockBytesMax: 120,
        })
        const read = framedFile({
          framing,
          fields: asciiFields,
          bytes,
          pieces,
          options: {
            fileHeaderBytes: head,
            fileTrailerBytes: trail,
            prefixBytes: sides,
            suffixBytes: sides,
            batchRecordsMax,
          },
        })
        assert.deepStrictEqual(read.faults, [])
        assert.deepStrictEqual(
          read.records,
          records.map((record) => hex(record)),
        )
        assert.strictEqual(read.framer.fileTrailer().length, trail)
        for (const [index, offset] of read.offsets.entries()) {
          const record = records[index] ?? assert.fail("too many records")
          if (framing.kind !== "rdw" || framing.isSpanned !== true) {
            assert.strictEqual(hex(bytes.subarray(offset, offset + record.length)), hex(record))
          }
        }
      },
      { arbitrary: { runs: 60 } },
    )
  }

  it("fills blocks of spanned records, as QSAM does", () => {
    const framing = { kind: "rdw", isSpanned: true, block: {} } as const
    const record = new Uint8Array(100).fill(0xc1)
    const bytes = written(framing, [record], { blockBytesMax: 64 })
    assert.strictEqual(hex(bytes.subarray(0, 8)), "00400000003C0100")
    assert.strictEqual(hex(bytes.subarray(64, 72)), "0034000000300200")
  })

  it("writes extended block words where blocks are longer than 32,767 bytes", () => {
    const bytes = written({ kind: "rdw", block: {} }, [new Uint8Array(40_000)], {
      blockBytesMax: 100_000,
    })
    assert.strictEqual(hex(bytes.subarray(0, 8)), "80009C489C440000")
  })

  it.each([
    ["another length", { kind: "fixed", length: 3 }, "C1", /1 bytes, and not 3/],
    [
      "another length in a block",
      { kind: "fixed", length: 3, blocking: { kind: "header" } },
      "C1",
      /not 3/,
    ],
    ["an end of line", { kind: "lines" }, "610A62", /end of a line/],
    ["half an end of line", { kind: "lines" }, "610D", /carriage return/],
    ["an empty line", { kind: "lines" }, "", /empty/],
    ["blanks that would go", { kind: "lines", isTrimmed: true }, "2020", /empty/],
    ["a long line", { kind: "lines", splitBytes: 1 }, "6161", /longer than the 1/],
    [
      "a wrong length in it",
      { kind: "length-field", field: "LEN" },
      "303361 61",
      /4 bytes, and would be read as 3/,
    ],
    ["an empty single record", { kind: "single" }, "", /without a record/],
    ["nothing at all", { kind: "rdw", header: { includesHeader: false } }, "", /nothing is there/],
  ] as const)("refuses a record with %s", (_, framing, record, message) => {
    const writer = Result.getOrThrow(makeFrameWriter(framing, {}, asciiFields))
    const result = writer.write(bytesOf(record))
    assert.match(Result.isFailure(result) ? result.failure.message : "", message)
    assert.strictEqual(writer.finish().length, 0)
  })

  it("refuses a record that is longer than a header or a block can say", () => {
    const refusal = (framing: Framing, length: number): string => {
      const writer = Result.getOrThrow(makeFrameWriter(framing))
      const result = writer.write(new Uint8Array(length))
      return Result.isFailure(result) ? result.failure.message : ""
    }
    assert.match(refusal({ kind: "rdw" }, 65_532), /would be 65536/)
    assert.match(refusal({ kind: "rdw", block: {} }, 32_753), /room for 32752/)
  })

  it("refuses a second record where the file is one, and blocks too small to be", () => {
    const writer = Result.getOrThrow(makeFrameWriter({ kind: "single" }))
    Result.getOrThrow(writer.write(bytesOf("C1")))
    assert.isTrue(Result.isFailure(writer.write(bytesOf("C2"))))
    assert.isTrue(Result.isFailure(makeFrameWriter({ kind: "single" }, { blockBytesMax: 63 })))
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { asciiFields, type FramedFile, framedFile } from "../testing/FramedFile.ts"
import type { Framing } from "./Framing.ts"
import { makeFrameWriter } from "./FrameWriter.ts"

const between = (minimum: number, maximum: number): Schema.Int =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const little = { endian: "little", includesHeader: false } as const

const framings: ReadonlyArray<Framing> = [
  { kind: "fixed", length: 9 },
  { kind: "fixed", length: 9, blocking: { kind: "bytes", bytes: 31 } },
  { kind: "fixed", length: 9, blocking: { kind: "header" } },
  { kind: "rdw" },
  { kind: "rdw", header: little },
  { kind: "rdw", header: { bytes: 5, width: 3, validity: { at: 4, values: [1, 2] } } },
  { kind: "rdw", block: {} },
  { kind: "rdw", isSpanned: true },
  { kind: "rdw", isSpanned: true, block: {} },
  { kind: "length-field", field: "LEN" },
  { kind: "length-map", field: "ID", lengths: { A: 9, B: 4 } },
  { kind: "counters" },
  { kind: "lines" },
  { kind: "lines", end: "crlf", empty: "fault" },
  { kind: "lines", end: "ebcdic", isTrimmed: true },
  { kind: "lines", splitBytes: 5 },
  { kind: "micro-focus" },
  { kind: "single" },
]

/** Nine bytes that every framing can hold, a length field and an id of a map among them. */
const record = Buffer.from("09AXYZ.--")

const damaged = (
  framing: Framing,
  damages: ReadonlyArray<{ at: number; byte: number; kind: "set" | "cut" | "add" }>,
): Uint8Array => {
  const writer = Result.getOrThrow(makeFrameWriter(framing, { blockBytesMax: 64 }, asciiFields))
  for (let count = 0; count < 12; count += 1) writer.write(record)
  const bytes = [...writer.finish()]
  for (const { at, byte, kind } of damages) {
    const place = at % Math.max(1, bytes.length)
    if (kind === "set") bytes[place] = byte
    else if (kind === "cut") bytes.splice(place, 1 + (byte % 8))
    else bytes.splice(place, 0, byte)
  }
  return Uint8Array.from(bytes)
}

const outcome = ({ faults, framer, offsets, records }: FramedFile): unknown => ({
  records,
  offsets,
  faults: faults.map(({ code, fileOffset, isFatal, length, record: number }) => ({
    code,
    fileOffset,
    isFatal,
    length,
    number,
  })),
  // Where a fault ends it, it may have looked further than the fault.
  skipped: framer.isStopped() ? 0 : framer.skipped(),
})

describe("a damaged file", () => {
  it.prop(
    "is told the same way however it is cut into pieces, and ends",
    {
      framing: between(0, framings.length - 1),
      damages: Schema.Array(
        Schema.Struct({
          at: between(0, 300),
          byte: between(0, 255),
          kind: Schema.Literals(["set", "cut", "add"]),
        }),
      ).check(Schema.isMaxLength(5)),
      pieces: Schema.Array(between(1, 50)).check(Schema.isMaxLength(5)),
      mode: Schema.Literals(["strict", "lenient"]),
      partial: Schema.Literals(["fault", "record"]),
      zeros: Schema.Literals(["fault", "filler"]),
      recordBytesMax: Schema.Literals([8, 20, 1000]),
      lengthMax: Schema.Literals([5, 1000]),
    },
    ({ damages, framing: index, pieces, ...options }) => {
      const framing = framings[index] ?? assert.fail("no framing")
      const bytes = damaged(framing, damages)
      const framed = { framing, options, fields: asciiFields, bytes }
      const whole = framedFile(framed)
      assert.deepStrictEqual(outcome(framedFile({ ...framed, pieces })), outcome(whole))
      assert.deepStrictEqual(
        outcome(framedFile({ ...framed, pieces, options: { ...options, batchRecordsMax: 2 } })),
        outcome(whole),
      )
    },
    { arbitrary: { runs: 1500 } },
  )

  it.prop(
    "loses no byte of records with headers: each is in a record, a header, or a fault",
    {
      damages: Schema.Array(
        Schema.Struct({
          at: between(0, 300),
          byte: between(0, 255),
          kind: Schema.Literals(["set", "cut", "add"]),
        }),
      ).check(Schema.isMaxLength(5)),
    },
    ({ damages }) => {
      const bytes = damaged({ kind: "rdw" }, damages)
      const { faults, records } = framedFile({
        framing: { kind: "rdw" },
        options: { mode: "lenient" },
        bytes,
      })
      const inRecords = records.reduce((sum, text) => sum + 4 + text.length / 2, 0)
      const rest = faults.find(({ code }) => code === "CPY-3019" || code === "CPY-3001")
      assert.strictEqual(inRecords + (rest?.length ?? 0), bytes.length)
    },
    { arbitrary: { runs: 500 } },
  )
})

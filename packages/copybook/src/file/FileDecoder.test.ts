import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makeFramer } from "../framing/Framer.ts"
import * as FileDecoder from "./FileDecoder.ts"
import * as FileEncoder from "./FileEncoder.ts"
import { planFile } from "./FilePlan.ts"
import type { FileSettings } from "./FileSettings.ts"
import * as RecordLines from "./RecordLines.ts"

const copybook = `
       01  ACCOUNT.
           05  KIND          PIC X.
           05  HEADER-PART.
               10  RUN-DATE  PIC 9(8).
               10  FILLER    PIC X(10).
           05  DETAIL-PART REDEFINES HEADER-PART.
               10  NAME      PIC X(10).
               10  BALANCE   PIC S9(9)V99 COMP-3.
               10  FILLER    PIC X(2).
`

const segments = { fields: ["kind"], views: { header_part: ["H"], "DETAIL-PART": ["D"] } }
const segmented: FileSettings = { framing: { kind: "rdw" }, segments }

const header = { KIND: "H", "HEADER-PART": { "RUN-DATE": 20260131 } }
const detail = (name: string, balance: number) => ({
  KIND: "D",
  "DETAIL-PART": { NAME: name, BALANCE: balance },
})

const planOf = (settings: FileSettings) => Result.getOrThrow(planFile(copybook, settings))

const encoded = (settings: FileSettings, values: ReadonlyArray<unknown>): Uint8Array => {
  const encoder = Result.getOrThrow(FileEncoder.make(planOf(settings)))
  for (const value of values) Result.getOrThrow(encoder.write(value))
  return encoder.finish()
}

/** The records, and what they are as lines. */
const decoded = (settings: FileSettings, bytes: Uint8Array) => {
  const plan = planOf(settings)
  const decoder = Result.getOrThrow(FileDecoder.make(plan))
  const lines = Result.getOrThrow(RecordLines.make(plan))
  const framer = Result.getOrThrow(makeFramer(plan.framing, plan.framer, plan.fields))
  const records = framer.push(bytes, true).flatMap((batch) => decoder.decode(batch))
  const text = lines.add(records) + lines.finish()
  const values: ReadonlyArray<unknown> = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))
  return { records, values, orphans: lines.takeRejects() }
}

describe("a file's records", () => {
  const bytes = encoded(segmented, [header, detail("MILLER", -12.5), detail("SMITH", 3)])

  it("are read each by the view of its segment, and by no other", () => {
    assert.deepStrictEqual(decoded(segmented, bytes).values, [
      header,
      detail("MILLER", -12.5),
      detail("SMITH", 3),
    ])
  })

  it("have text that begins before the text of another view", () => {
    const { values } = decoded({ framing: { kind: "rdw" } }, bytes)
    assert.deepNestedInclude(values[1], { "DETAIL-PART.NAME": "MILLER" })
  })

  it("carry number, segment and ids of levels where that is asked for", () => {
    const settings: FileSettings = {
      ...segmented,
      segments: { ...segments, levels: [["H"], ["D"]], prefix: "A" },
      output: { record: "_n", segment: "_kind" },
    }
    assert.deepStrictEqual(decoded(settings, bytes).values[2], {
      _n: 2,
      _kind: "D",
      _levels: ["A_0_0", "A_0_0_L1_2"],
      ...detail("SMITH", 3),
    })
  })

  it("carry where they begin, their length and their bytes where that is asked for, and go back without", () => {
    const settings: FileSettings = {
      ...segmented,
      output: { offset: "_at", length: "_length", bytes: "_bytes" },
    }
    const { values } = decoded(settings, bytes)
    const [first] = values
    assert.deepStrictEqual(first, {
      _at: 4,
      _length: 19,
      _bytes: Buffer.from(bytes.subarray(4, 23)).toString("hex"),
      ...header,
    })
    assert.deepNestedInclude(values[1], { _at: 27, _length: 19 })
    assert.deepStrictEqual(encoded(settings, values), bytes)
  })

  it("are told by a number that is written with zeros before it", () => {
    const numbered = `
       01  R.
           05  KIND      PIC 9(2).
           05  ONE.
               10  A     PIC X.
           05  TWO REDEFINES ONE.
               10  B     PIC X.`
    const settings: FileSettings = {
      segments: { fields: ["KIND"], views: { ONE: ["01"], TWO: ["02"] }, levels: [["01"], ["02"]] },
    }
    const plan = Result.getOrThrow(planFile(numbered, settings))
    const decoder = Result.getOrThrow(FileDecoder.make(plan))
    const lines = Result.getOrThrow(RecordLines.make(plan))
    const framer = Result.getOrThrow(makeFramer(plan.framing, plan.framer, plan.fields))
    const batches = framer.push(Buffer.from("F0F1C1F0F2C2", "hex"), true)
    assert.deepStrictEqual(
      lines
        .add(batches.flatMap((batch) => decoder.decode(batch)))
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
      [
        { _levels: ["ID_0_0", null], KIND: 1, ONE: { A: "A" } },
        { _levels: ["ID_0_0", "ID_0_0_L1_1"], KIND: 2, TWO: { B: "B" } },
      ],
    )
  })

  it("are children in their parent, and go back to the same bytes", () => {
    const settings: FileSettings = {
      ...segmented,
      segments: { ...segments, children: { "header-part": ["DETAIL-PART"] } },
    }
    const { values } = decoded(settings, bytes)
    assert.deepStrictEqual(values, [
      { ...header, "DETAIL-PART": [detail("MILLER", -12.5), detail("SMITH", 3)] },
    ])
    assert.deepStrictEqual(encoded(settings, values), bytes)
  })

  it("without a good parent are rejected with their place and bytes, and come under no other", () => {
    const settings: FileSettings = {
      ...segmented,
      segments: { ...segments, children: { "header-part": ["DETAIL-PART"] } },
    }
    const file = encoded(segmented, [detail("MILLER", 1), header, header, detail("SMITH", 2)])
    // The second header's date is no number.
    file[47 + 4 + 3] = 0x40
    const { orphans, records, values } = decoded(settings, file)
    assert.deepStrictEqual(values, [{ ...header, "DETAIL-PART": [] }])
    assert.strictEqual(records[2]?.reject?.faults[0]?.code, "CPY-4003")
    assert.deepStrictEqual(
      orphans.map(({ bytes: raw, faults, fileOffset, record }) => [
        record,
        fileOffset,
        faults[0]?.code,
        Buffer.from(raw),
      ]),
      [
        [0, 4, "CPY-3022", Buffer.from(file.subarray(4, 23))],
        [3, 73, "CPY-3022", Buffer.from(file.subarray(73, 92))],
      ],
    )
  })

  it("of an unknown segment have no view, are skipped or rejected, as is asked", () => {
    const other = encoded({ framing: { kind: "rdw" } }, [{ ...header, KIND: "X" }])
    const withUnknown = (unknown: "keep" | "skip" | "fault"): FileSettings => ({
      ...segmented,
      segments: { ...segments, unknown },
    })
    assert.deepStrictEqual(decoded(withUnknown("keep"), other).values, [{ KIND: "X" }])
    assert.deepStrictEqual(decoded(withUnknown("skip"), other).records, [])
    const [record] = decoded(withUnknown("fault"), other).records
    assert.strictEqual(record?.reject?.faults[0]?.code, "CPY-3021")
    assert.strictEqual(record?.reject?.bytes.length, 19)
  })

  it("are only those of the segments that are selected", () => {
    const settings: FileSettings = {
      ...segmented,
      segments: { ...segments, select: ["D"] },
    }
    assert.deepStrictEqual(
      decoded(settings, bytes).records.map(({ record }) => record),
      [1, 2],
    )
  })

  it("with faults have no line, or one with their faults where that is asked for", () => {
    const damaged = Uint8Array.from(bytes)
    damaged[23 + 4 + 11 + 5] = 0x29
    const { records, values } = decoded(segmented, damaged)
    assert.strictEqual(values.length, 2)
    assert.strictEqual(records[1]?.reject?.record, 1)
    const kept = decoded({ ...segmented, output: { faults: "_faults" } }, damaged)
    assert.deepNestedInclude(kept.values[1], { "_faults[0].path": "DETAIL-PART.BALANCE" })
  })

  it("give the very same bytes again by their metadata", () => {
    const strange = Uint8Array.from(bytes)
    strange.set([0xc1, 0xc2], 13)
    const settings: FileSettings = { ...segmented, codec: { metadata: true } }
    const { values } = decoded(settings, strange)
    assert.deepStrictEqual(encoded(settings, values), strange)
    assert.notDeepEqual(encoded(segmented, decoded(segmented, strange).values), strange)
  })
})

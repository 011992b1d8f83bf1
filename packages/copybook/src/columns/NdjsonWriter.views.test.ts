import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { CodecOptions } from "../record/CodecOptions.ts"
import { RecordDecoder } from "../record/RecordDecoder.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { bothKernels } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import { NdjsonWriter } from "./NdjsonWriter.ts"

interface Case {
  readonly head: string
  /** Bodies of the views A, B and so on, each with its length. */
  readonly views: ReadonlyArray<readonly [string, number]>
  readonly tail: string
}

const cases: Readonly<Record<string, Case>> = {
  equal: {
    head: "05 KIND PIC X.",
    views: [
      ["10 A1 PIC X(6). 10 A2 PIC S9(5)V99 COMP-3. 10 A3 PIC 9(6).", 16],
      ["10 B1 PIC S9(9) COMP-3 OCCURS 2. 10 B2 PIC S9(4) SIGN TRAILING SEPARATE. 10 B3 PIC X.", 16],
      ["10 C1 PIC S9(7) COMP. 10 C2. 15 C21 PIC 9(4). 15 C22 PIC X(8).", 16],
    ],
    tail: "05 AFTER PIC X(3). 05 SUM-1 PIC S9(5) COMP-3.",
  },
  last: {
    head: "05 N PIC 9(2). 05 KIND PIC X.",
    views: [
      ["10 A1 PIC X(30). 10 A2 PIC 9(4).", 34],
      ["10 B1 PIC 9(5).", 5],
      ["10 C1 PIC S9(7)V99 COMP-3. 10 C2 PIC X(3) OCCURS 3.", 14],
    ],
    tail: "",
  },
  first: {
    head: "",
    views: [
      ["10 KIND PIC X. 10 A1 PIC 9(5).", 6],
      ["10 KIND-B PIC X. 10 B1 PIC S9(9) COMP-3.", 6],
    ],
    tail: "05 AFTER PIC 9(3).",
  },
  nested: {
    head: "05 KIND PIC X.",
    views: [
      ["10 A1 PIC X(2). 10 A2 PIC 9(6). 10 A3 REDEFINES A2. 15 A31 PIC 9(3). 15 A32 PIC X(3).", 8],
      ["10 B1 PIC S9(7) COMP-3. 10 B2 REDEFINES B1 PIC X(4). 10 B3 PIC 9(4).", 8],
    ],
    tail: "05 ROW OCCURS 2. 10 CELL PIC 9(4). 10 TEXT-1 REDEFINES CELL PIC X(4).",
  },
  moving: {
    head: "05 KIND PIC X. 05 N PIC 9(2).",
    views: [
      ["10 A1 PIC X(4). 10 A2 PIC 9(3) OCCURS 0 TO 4 DEPENDING ON N.", 16],
      ["10 B1 PIC 9(5).", 5],
    ],
    tail: "05 AFTER PIC X(2).",
  },
  dissolved: {
    head: "05 FILLER. 10 KIND PIC X.",
    views: [
      ["10 A1 PIC 9(4).", 4],
      ["10 B1 PIC S9(7) COMP-3.", 4],
    ],
    tail: "05 AFTER PIC 9(2).",
  },
}

const letter = (index: number): string => String.fromCharCode(0x41 + index)

const copybookOf = ({ head, tail, views }: Case): string =>
  `01 R. ${head} ${views
    .map(([body], index) => `05 ${letter(index)} ${index === 0 ? "" : "REDEFINES A"}. ${body}`)
    .join(" ")} ${tail}`

/** Records of every view in turn, with the view's letter in them. */
const batchOf = (
  given: Case,
  seed: number,
  options: { cuts?: boolean; faultOneIn?: number },
): RecordBatch => {
  const longest = Math.max(...given.views.map(([, length]) => length))
  const numbers = new Numbers(seed)
  const bytes: Array<number> = []
  const starts: Array<number> = []
  const lengths: Array<number> = []
  const made = given.views.map(([body, length], index) => {
    const isCut = options.cuts === true || length === longest
    const rest = isCut ? "" : `05 REST PIC X(${longest - length}).`
    const layout = layoutOfText(`01 R. ${given.head} 05 V. ${body} ${rest} ${given.tail}`)
    const kind = given.head.includes("PIC 9(2). 05 KIND") ? 2 : 0
    return { kind, index, batch: randomBatch(layout, numbers, 80, options) }
  })
  for (let record = 0; record < 80; record++) {
    for (const { batch, index, kind } of made) {
      const start = batch.starts[record] ?? 0
      const own = batch.bytes.slice(start, start + (batch.lengths[record] ?? 0))
      own[kind] = 0xc1 + index
      starts.push(bytes.length)
      lengths.push(own.length)
      bytes.push(...own)
    }
  }
  return {
    bytes: Uint8Array.from(bytes),
    starts: Int32Array.from(starts),
    lengths: Int32Array.from(lengths),
    count: starts.length,
    firstRecord: 0,
    fileOffset: 0,
  }
}

const planOf = (
  given: Case,
  more: Partial<CodecOptions>,
  page = "cp037",
): RecordPlan.RecordPlan => {
  const options = { codePage: Result.getOrThrow(codePage(page)), ...more }
  return Result.getOrThrow(RecordPlan.make(layoutOfText(copybookOf(given)), options))
}

/** Answers with how many records the kernels left to the decoder. */
const assertLines = (plan: RecordPlan.RecordPlan, batch: RecordBatch): number => {
  const decoder = new RecordDecoder(plan)
  const lines: Array<string> = []
  const rejected: Array<number> = []
  for (let index = 0; index < batch.count; index++) {
    const decoded = decoder.decode(batch.bytes, batch.starts[index], batch.lengths[index])
    if (decoded.isRejected) rejected.push(index)
    else lines.push(JSON.stringify(decoded.value))
  }
  const left = bothKernels().map((kernels) => {
    const writer = new NdjsonWriter(plan, kernels)
    assert.isTrue(writer.isCompiled)
    const chunks: Array<Uint8Array> = []
    const report = writer.write(batch, (bytes) => chunks.push(bytes.slice()))
    const own = Buffer.concat(chunks).toString().split("\n")
    lines.forEach((line, index) => assert.strictEqual(own[index], line, kernels.kind))
    assert.strictEqual(own.length, lines.length + 1)
    assert.deepStrictEqual(
      report.rejected.map(({ record }) => record),
      rejected,
    )
    return report.decoded - rejected.length
  })
  assert.strictEqual(left[0], left[1], "the twin leaves the same records")
  return left[0] ?? 0
}

const rulesOf = (given: Case): Pick<CodecOptions, "viewRules"> => {
  const field = copybookOf(given).includes("10 KIND PIC X. 10 A1") ? "A.KIND" : "KIND"
  return {
    viewRules: given.views.map((_, index) => ({
      view: letter(index),
      when: {
        field: planOf(given, {}).chains.has(field) ? field : "FILLER.KIND",
        equals: letter(index),
      },
    })),
  }
}

describe("NDJSON of views of the same bytes is what JSON.stringify makes of decoded records", () => {
  for (const [name, given] of Object.entries(cases)) {
    for (const redefines of ["fitting", "first", "all"] as const) {
      for (const numbers of ["native", "string"] as const) {
        for (const isRuled of [false, true]) {
          it(`"${name}", ${redefines}, ${numbers} numbers${isRuled ? ", by rules" : ""}`, () => {
            const more = isRuled ? rulesOf(given) : {}
            const plan = planOf(given, { redefines, numbers, ...more })
            for (const cuts of [false, true]) {
              const left = assertLines(plan, batchOf(given, 5, { cuts }))
              // What moves is only plain where the record's length is explained.
              if (name !== "moving" && redefines !== "all") assert.strictEqual(left, 0)
              assertLines(plan, batchOf(given, 6, { cuts, faultOneIn: 15 }))
            }
          })
        }
      }
    }

    it(`"${name}", of one view alone`, () => {
      const batch = batchOf(given, 7, { cuts: true, faultOneIn: 20 })
      assertLines(planOf(given, { views: ["B"] }), batch)
      assertLines(planOf(given, { select: ["B"] }), batch)
    })

    it(`"${name}", flat and with policies`, () => {
      const batch = batchOf(given, 8, { cuts: true, faultOneIn: 20 })
      for (const policies of [
        { digit: "null" },
        { digit: "zero", sign: "raw" },
        { short: "null" },
        { blank: "null", digit: "null", sign: "null", short: "zero" },
      ] as const) {
        for (const redefines of ["fitting", "first"] as const) {
          assertLines(planOf(given, { policies, redefines, groups: "flat" }), batch)
          assertLines(planOf(given, { policies, redefines, ...rulesOf(given) }), batch)
        }
      }
    })

    it(`"${name}", with other rules for digits, and pages of which not every byte is a character`, () => {
      const batch = batchOf(given, 9, { faultOneIn: 10 })
      for (const digits of ["relaxed", "any-zone"] as const) {
        assertLines(planOf(given, { digits, binaryRange: "digits" }), batch)
      }
      for (const page of ["cp424", "cp930"]) assertLines(planOf(given, {}, page), batch)
    })
  }

  it("with rules of several fields, of numbers and of what is not there", () => {
    const given = cases["last"]
    if (given === undefined) throw new Error("there is a case")
    const viewRules = [
      {
        view: "A",
        when: {
          or: [{ field: "KIND", in: ["A", null] }, { not: { field: "N", equals: 7 } }],
        },
      },
      {
        view: "B",
        when: {
          and: [
            { field: "KIND", equals: "B" },
            { field: "N", in: [1, 2, "07"] },
          ],
        },
      },
      { view: "C", when: { field: "C.C1", equals: 5 } },
    ]
    const batch = batchOf(given, 10, { cuts: true, faultOneIn: 20 })
    const lengths = batch.lengths.map((length, index) => (index % 9 === 0 ? index % 4 : length))
    for (const redefines of ["fitting", "first", "all"] as const) {
      assertLines(planOf(given, { viewRules, redefines }), { ...batch, lengths })
    }
  })
})

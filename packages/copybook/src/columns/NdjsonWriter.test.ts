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
import { randomBatch, type RandomRecordOptions } from "../testing/RandomRecords.ts"
import { NdjsonWriter } from "./NdjsonWriter.ts"

const cp037 = Result.getOrThrow(codePage("cp037"))

const copybooks = {
  flat: `
    01 R.
      05 NAME-1 PIC X(20). 05 SMALL PIC X(3). 05 FILLER PIC X(2).
      05 Z1 PIC 9(5). 05 Z2 PIC S9(9)V99. 05 Z3 PIC S9(7)V9(3) SIGN LEADING SEPARATE.
      05 Z4 PIC S9(4) SIGN LEADING. 05 Z5 PIC S9(18). 05 Z6 PIC S9(6) SIGN TRAILING SEPARATE.
      05 P1 PIC S9(9)V99 COMP-3. 05 P2 PIC 9(4) COMP-3. 05 P3 PIC S9(17)V9 COMP-3. 05 P4 PIC S9 COMP-3.
      05 B1 PIC S9(4) COMP. 05 B2 PIC S9(9) COMP. 05 B3 PIC S9(18) COMP. 05 B4 PIC 9(4)V99 COMP-5.
      05 W1 PIC S9(31) COMP-3. 05 W2 PIC S9(21)V9(10).
      05 S1 PIC SV9(4) COMP-3. 05 S2 PIC 9(3)PP. 05 S3 PIC VPP99.`,
  tables: `
    01 R.
      05 ID PIC 9(4).
      05 ROW OCCURS 3. 10 CODE-1 PIC X(4). 10 CELL PIC S9(5) COMP-3 OCCURS 2. 10 NOTES PIC X(2) OCCURS 2.
      05 TAIL PIC X(3).`,
  counted: `
    01 R.
      05 N PIC 9(2). 05 M PIC S9(4) COMP.
      05 ROW OCCURS 0 TO 5 DEPENDING ON N. 10 K PIC 9 COMP-3. 10 CELL PIC X(3) OCCURS 1 TO 4 DEPENDING ON K.
      05 AFTER PIC X(6).
      05 LIST PIC S9(3) COMP-3 OCCURS 1 TO 6 DEPENDING ON M.
      05 LAST-ONE PIC 9(3).`,
  views: `
    01 R.
      05 A PIC X(8). 05 B REDEFINES A. 10 B1 PIC X(4). 10 B2 PIC X(4). 05 C PIC 9(3). 05 D PIC X(2).`,
  others: `
    01 R.
      05 A PIC X(5). 05 F COMP-2. 05 E PIC ZZ9.99. 05 G COMP-1. 05 B PIC 9(3).`,
} as const

const batchOf = (
  name: keyof typeof copybooks,
  more: RandomRecordOptions,
  seed: number,
): RecordBatch => randomBatch(layoutOfText(copybooks[name]), new Numbers(seed), 300, more)

const planOf = (name: keyof typeof copybooks, more: Partial<CodecOptions>): RecordPlan.RecordPlan =>
  Result.getOrThrow(RecordPlan.make(layoutOfText(copybooks[name]), { codePage: cp037, ...more }))

/** What the record decoder and `JSON.stringify` make of it. */
const expected = (plan: RecordPlan.RecordPlan, batch: RecordBatch): string => {
  const decoder = new RecordDecoder(plan)
  let lines = ""
  for (let index = 0; index < batch.count; index++) {
    const decoded = decoder.decode(batch.bytes, batch.starts[index], batch.lengths[index])
    if (!decoded.isRejected) lines += `${JSON.stringify(decoded.value)}\n`
  }
  return lines
}

const written = (writer: NdjsonWriter, batch: RecordBatch): string => {
  const chunks: Array<Uint8Array> = []
  writer.write(batch, (bytes) => chunks.push(bytes.slice()))
  return Buffer.concat(chunks).toString()
}

const assertLines = (
  plan: RecordPlan.RecordPlan,
  batch: RecordBatch,
  decodedMost: number = batch.count,
): string => {
  const lines = expected(plan, batch)
  for (const kernels of bothKernels()) {
    const writer = new NdjsonWriter(plan, kernels)
    assert.isTrue(writer.isCompiled)
    assert.isAtMost(writer.write(batch, () => {}).decoded, decodedMost, kernels.kind)
    const own = written(writer, batch).split("\n")
    lines.split("\n").forEach((line, index) => assert.strictEqual(own[index], line, kernels.kind))
  }
  return lines
}

describe("NDJSON is what JSON.stringify makes of decoded records", () => {
  const variants: ReadonlyArray<Partial<CodecOptions>> = [
    {},
    { numbers: "string" },
    { trim: "none", numbers: "string" },
    { trim: "both", names: "underscore", hasFillers: true },
    { trim: "left", binaryRange: "digits" },
    { signRule: "preferred", groups: "flat" },
    { policies: { digit: "null", sign: "zero", blank: "raw" } },
  ]
  for (const name of Object.keys(copybooks) as ReadonlyArray<keyof typeof copybooks>) {
    variants.forEach((options, index) => {
      it(`of the copybook "${name}", with ${JSON.stringify(options)}`, () => {
        const plan = planOf(name, options)
        const isExact = options.binaryRange === "digits"
        const lines = assertLines(plan, batchOf(name, {}, index), isExact ? 300 : 0)
        assert.isAbove(lines.length, 0)
        assertLines(plan, batchOf(name, { faultOneIn: 40 }, index + 100))
      })
    })
  }

  it("with decimals as texts, by the kernel and by the decoder alike", () => {
    for (const name of ["flat", "tables"] as const) {
      const batch = batchOf(name, { faultOneIn: 200 }, 3)
      const [texts, decimals] = (["string", "decimal"] as const).map((numbers) => {
        const plan = planOf(name, { numbers, digits: "relaxed", policies: { blank: "zero" } })
        return bothKernels().map((kernels) => written(new NdjsonWriter(plan, kernels), batch))
      })
      assert.deepStrictEqual(decimals, texts)
      assert.include(texts?.[0], '":"')
    }
  })

  it("with tables at their maximum, and with records padded to it", () => {
    for (const physicalSize of ["maximum", "actual-padded"] as const) {
      const isActual = physicalSize === "actual-padded"
      const batch = batchOf("counted", { isActual }, 7)
      const { lengthMax } = layoutOfText(copybooks.counted)
      const bytes = new Uint8Array(batch.count * lengthMax).fill(0x40)
      for (let index = 0; index < batch.count; index++) {
        const start = batch.starts[index] ?? 0
        const end = start + (batch.lengths[index] ?? 0)
        bytes.set(batch.bytes.subarray(start, end), index * lengthMax)
      }
      const starts = Int32Array.from({ length: batch.count }, (_, index) => index * lengthMax)
      const lengths = new Int32Array(batch.count).fill(lengthMax)
      const plan = planOf("counted", { physicalSize })
      const lines = assertLines(plan, { ...batch, bytes, starts, lengths }, 0)
      assert.strictEqual(lines.split("\n").length, 301)
    }
  })

  it("with tables at their maximum in views, behind which nothing moves", () => {
    const layout = layoutOfText(`01 R. 05 N PIC 9. 05 A PIC X. 05 B REDEFINES A.
      10 C PIC X. 10 T PIC X OCCURS 0 TO 3 DEPENDING ON N. 05 Z PIC X.`)
    const bytes = Uint8Array.from({ length: 24 }, (_, at) =>
      at % 6 === 0 ? 0xf0 + at / 6 : 0xc1 + (at % 6),
    )
    const starts = Int32Array.of(0, 6, 12, 18)
    const lengths = new Int32Array(4).fill(6)
    const batch = { bytes, starts, lengths, count: 4, firstRecord: 0, fileOffset: 0 }
    for (const more of [{}, { views: ["A"] }, { redefines: "first" }] as const) {
      const options = { codePage: cp037, physicalSize: "maximum", ...more } as const
      const lines = assertLines(Result.getOrThrow(RecordPlan.make(layout, options)), batch)
      assert.strictEqual(lines.split('"Z":"F"').length, 5)
    }
  })

  it("of the fields that are selected, and those of tables whose counters are not", () => {
    const select = ["ROW.CELL", "LAST-ONE"]
    const lines = assertLines(planOf("counted", { select }), batchOf("counted", {}, 9), 0)
    assert.notInclude(lines, "AFTER")
    assert.include(lines, "LAST-ONE")
  })

  it("when records are too short or too long", () => {
    const batch = batchOf("flat", {}, 11)
    const lengths = batch.lengths.map((length, index) =>
      index % 3 === 0 ? length - 1 - (index % 50) : length,
    )
    for (const policies of [{}, { short: "null" }, { short: "zero" }] as const) {
      assertLines(planOf("flat", { policies }), { ...batch, lengths })
    }
  })
})

describe("an NDJSON writer", () => {
  it("names the records that it has rejected, with their faults", () => {
    const plan = planOf("flat", {})
    const batch = { ...batchOf("flat", {}, 3), firstRecord: 1000, fileOffset: 5000 }
    const offset = plan.chains.get("P1")?.at(-1)?.offset ?? 0
    batch.bytes[(batch.starts[7] ?? 0) + offset] = 0xab
    for (const kernels of bothKernels()) {
      const report = new NdjsonWriter(plan, kernels).write(batch, () => {})
      assert.strictEqual(report.written, 299)
      assert.deepStrictEqual(
        report.rejected.map(({ faults, record }) => [
          record,
          faults[0]?.path,
          faults[0]?.fileOffset,
        ]),
        [[1007, "P1", 5000 + (batch.starts[7] ?? 0) + offset]],
      )
    }
  })

  it("writes what the kernel can't express by the record decoder", () => {
    const plan = planOf("counted", { counterValues: { LIST: { "1": 1 } } })
    const batch = batchOf("counted", {}, 5)
    for (const kernels of bothKernels()) {
      const writer = new NdjsonWriter(plan, kernels)
      assert.isFalse(writer.isCompiled)
      assert.strictEqual(written(writer, batch), expected(plan, batch))
    }
  })

  it("tells numbers and places in the file of records that were joined or filtered", () => {
    const plan = planOf("flat", {})
    const whole = batchOf("flat", {}, 9)
    const offset = plan.chains.get("P1")?.at(-1)?.offset ?? 0
    whole.bytes[(whole.starts[1] ?? 0) + offset] = 0xaa
    const batch = {
      ...whole,
      count: 2,
      numbers: Float64Array.of(4, 70),
      offsets: Float64Array.of(90, 8000),
    }
    for (const kernels of bothKernels()) {
      const { rejected } = new NdjsonWriter(plan, kernels).write(batch, () => {})
      assert.strictEqual(rejected[0]?.record, 70)
      assert.deepInclude(rejected[0]?.faults[0], { record: 70, fileOffset: 8000 + offset })
    }
  })

  it("trims control characters where that is asked for", () => {
    const layout = layoutOfText("01 R. 05 A PIC X(4). 05 B PIC X(3) OCCURS 2.")
    const bytes = Uint8Array.of(0xc1, 0x05, 0x40, 0x05, 0xc2, 0x40, 0, 0, 0, 0)
    const [starts, lengths] = [Int32Array.of(0), Int32Array.of(10)]
    const batch = { bytes, starts, lengths, count: 1, firstRecord: 0, fileOffset: 0 }
    const line = (trim: "none" | "right"): ReadonlyArray<string> => {
      const options = { codePage: cp037, trimsControls: true, trim }
      const plan = Result.getOrThrow(RecordPlan.make(layout, options))
      return bothKernels().map((kernels) => written(new NdjsonWriter(plan, kernels), batch))
    }
    for (const one of line("right")) assert.strictEqual(one, '{"A":"A","B":["B",""]}\n')
    for (const one of line("none")) {
      assert.deepStrictEqual(JSON.parse(one), { A: "A\t \t", B: ["B \0", "\0\0\0"] })
    }
  })
})

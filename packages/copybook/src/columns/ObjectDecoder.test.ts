import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { codePage } from "../charset/CodePages.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { CodecOptions } from "../record/CodecOptions.ts"
import * as RecordCodec from "../record/RecordCodec.ts"
import { type Decoded, RecordDecoder } from "../record/RecordDecoder.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { bothKernels } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import { ObjectDecoder } from "./ObjectDecoder.ts"

const copybooks = {
  flat: `
    01 R.
      05 NAME-1 PIC X(20). 05 SMALL PIC X(3). 05 FILLER PIC X(2).
      05 Z1 PIC 9(5). 05 Z2 PIC S9(9)V99. 05 Z3 PIC S9(7)V9(3) SIGN LEADING SEPARATE.
      05 Z4 PIC S9(4) SIGN LEADING. 05 Z5 PIC S9(18). 05 Z6 PIC S9(15).
      05 P1 PIC S9(9)V99 COMP-3. 05 P2 PIC 9(4) COMP-3. 05 P3 PIC S9(12)V9(3) COMP-3.
      05 B1 PIC S9(4) COMP. 05 B2 PIC 9(9) COMP. 05 B3 PIC S9(18) COMP. 05 B4 PIC 9(4)V99 COMP-5.
      05 W1 PIC S9(31) COMP-3. 05 S1 PIC SV9(4) COMP-3. 05 S2 PIC 9(3)PP.
      05 NAME-2 PIC X(40). 05 F COMP-2. 05 E PIC ZZ9.99. 05 BZ PIC 9(3) BLANK WHEN ZERO.`,
  tables: `
    01 R.
      05 ID PIC 9(4).
      05 ROW OCCURS 3. 10 CODE-1 PIC X(4). 10 CELL PIC S9(5) COMP-3 OCCURS 2. 10 NOTES PIC X(2) OCCURS 2.
      05 G. 10 A PIC X(3). 10 H. 15 B PIC S9(4)V9 COMP-3. 15 E PIC ZZ9 OCCURS 2.
      05 TAIL PIC X(3).`,
  views: `
    01 R.
      05 A PIC X(8). 05 B REDEFINES A. 10 B1 PIC X(4). 10 B2 PIC X(4). 05 C PIC 9(3). 05 D PIC X(2).`,
  misfits: "01 R. 05 A PIC X(4). 05 B REDEFINES A PIC S9(7) COMP-3. 05 C PIC 9(3).",
  counted: "01 R. 05 N PIC 9(2). 05 T PIC X(3) OCCURS 0 TO 5 DEPENDING ON N. 05 Z PIC X(6).",
} as const

const planOf = (
  name: keyof typeof copybooks,
  page: string,
  more: Partial<CodecOptions>,
): RecordPlan.RecordPlan =>
  Result.getOrThrow(
    RecordPlan.make(layoutOfText(copybooks[name]), {
      codePage: Result.getOrThrow(codePage(page)),
      ...more,
    }),
  )

/** Some of the records as they would be cut off, or with bytes behind their end. */
const withLengths = (batch: RecordBatch, numbers: Numbers): RecordBatch => ({
  ...batch,
  lengths: batch.lengths.map((length, index) => {
    if (index === batch.count - 1 || numbers.below(9) > 0) return length
    return Math.max(length + numbers.below(4) - 3, 0)
  }),
})

const decodedOf = (decoder: ObjectDecoder, batch: RecordBatch): ReadonlyArray<Decoded> => {
  const all: Array<Decoded> = []
  decoder.decode(batch, (decoded, index) => {
    assert.strictEqual(index, all.length)
    all.push(decoded)
  })
  return all
}

const keysOf = ({ value }: Decoded): ReadonlyArray<string> => Object.keys(value)

/** What the record decoder gives, and the order of keys too. */
const assertSame = (plan: RecordPlan.RecordPlan, batch: RecordBatch): void => {
  const records = new RecordDecoder(plan)
  const expected = Array.from({ length: batch.count }, (_, index) =>
    records.decode(batch.bytes, batch.starts[index], batch.lengths[index], index),
  )
  for (const kernels of bothKernels()) {
    const decoder = new ObjectDecoder(plan, kernels)
    const own = decodedOf(decoder, batch)
    assert.deepStrictEqual(own, expected)
    assert.deepStrictEqual(own.map(keysOf), expected.map(keysOf))
    assert.deepStrictEqual([...decoder.records.counts], [...records.counts])
    assert.strictEqual(decoder.records.misfits, records.misfits)
  }
}

const names = Object.keys(copybooks) as ReadonlyArray<keyof typeof copybooks>

describe("ObjectDecoder", () => {
  it.prop(
    "gives what the record decoder gives of any records, values, keys in order and faults",
    [
      Schema.Literals(["flat", "tables", "views", "misfits", "counted"]),
      Schema.Struct({
        trim: Schema.Literals(["none", "left", "right", "both"]),
        numbers: Schema.Literals(["native", "string", "decimal"]),
        redefines: Schema.Literals(["fitting", "first", "all"]),
        groups: Schema.Literals(["nested", "flat"]),
        trimsControls: Schema.Boolean,
        generatesCode: Schema.Boolean,
      }),
      Schema.Literals(["cp037", "cp1140"]),
      Schema.Literals([1, 20, 100_000]),
      Schema.Int,
    ],
    ([name, options, page, faultOneIn, seed]) => {
      const plan = planOf(name, page, { ...options, policies: { blank: "zero" } })
      const numbers = new Numbers(Math.abs(seed) % 1_000_000)
      assertSame(plan, withLengths(randomBatch(plan.layout, numbers, 90, { faultOneIn }), numbers))
    },
  )

  it.each(names)("decodes a batch at once where nothing depends on the record: %s", (name) => {
    const [kernels] = bothKernels()
    if (kernels === undefined) return assert.fail()
    assert.strictEqual(
      new ObjectDecoder(planOf(name, "cp037", {}), kernels).isCompiled,
      name !== "counted",
    )
  })

  it("leaves records without a doubt to the kernels alone", () => {
    const plan = planOf("tables", "cp037", {})
    const batch = randomBatch(plan.layout, new Numbers(5), 600)
    for (const kernels of bothKernels()) {
      const records = new RecordDecoder(plan)
      records.decode = () => assert.fail("by the record decoder")
      assert.lengthOf(decodedOf(new ObjectDecoder(plan, kernels, records), batch), 600)
    }
  })

  it("keeps the metadata of a codec's decoder", () => {
    const { options, layout } = planOf("tables", "cp037", { metadata: true })
    const { decoder, encoder } = Result.getOrThrow(RecordCodec.make(layout, options))
    const batch = randomBatch(layout, new Numbers(6), 3)
    const [kernels] = bothKernels()
    if (kernels === undefined) return assert.fail()
    for (const { metadata } of decodedOf(
      new ObjectDecoder(decoder.plan, kernels, decoder),
      batch,
    )) {
      assert.isDefined(metadata)
    }
    assert.isDefined(encoder)
  })
})

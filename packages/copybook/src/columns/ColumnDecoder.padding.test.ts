import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { RecordDecoder } from "../record/RecordDecoder.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { bothKernels } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import { ColumnDecoder } from "./ColumnDecoder.ts"

describe("columns of short records that are padded", () => {
  const layout = layoutOfText(
    "01 R. 05 A PIC X(3). 05 N PIC 9(3). 05 B PIC X(4) OCCURS 2. 05 C PIC X.",
  )
  const whole = randomBatch(layout, new Numbers(4), 200)
  const lengths = whole.lengths.map((length, index) => length - (index % 12))
  const batch = { ...whole, lengths, firstRecord: 50, fileOffset: 7000 }

  it("hold what the decoder makes of them, and its faults", () => {
    for (const page of ["cp037", "iso-8859-1"]) {
      const codePages = { codePage: Result.getOrThrow(codePage(page)) }
      const policies = { digit: "null", sign: "null" } as const
      const options = { ...codePages, policies, padsShort: true }
      const plan = Result.getOrThrow(RecordPlan.make(layout, options))
      const decoder = new RecordDecoder(plan)
      const truths = Array.from({ length: batch.count }, (_, index) => {
        const start = batch.starts[index] ?? 0
        return decoder.decode(batch.bytes, start, lengths[index], 50 + index, 7000 + start)
      })
      for (const kernels of bothKernels()) {
        const { columns, faults, rejected } = new ColumnDecoder(plan, kernels).decode(batch)
        assert.deepStrictEqual(
          faults,
          truths.flatMap((truth) => truth.faults),
        )
        assert.lengthOf(rejected, truths.filter(({ isRejected }) => isRejected).length)
        for (const column of columns) {
          if (column.kind !== "text") continue
          truths.forEach(({ isRejected, value }, index) => {
            if (isRejected) return
            const own = Array.from({ length: column.places }, (_, place) => {
              const at = index * column.places + place
              const { bytes, offsets } = column
              assert.strictEqual(column.valid[at], 1, `${column.field.path} ${index}`)
              return Buffer.from(bytes.subarray(offsets?.[at], offsets?.[at + 1])).toString()
            })
            assert.deepStrictEqual(own, [value[column.field.name]].flat())
          })
        }
      }
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import type { Kernels } from "../kernels/Kernels.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { bothKernels } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import { ColumnDecoder } from "./ColumnDecoder.ts"
import { ColumnEncoder } from "./ColumnEncoder.ts"

const cp037 = Result.getOrThrow(codePage("cp037"))

const layout = layoutOfText(`
  01 R.
    05 NAME-1 PIC X(20). 05 SMALL PIC X(3).
    05 Z1 PIC 9(5). 05 Z2 PIC S9(9)V99. 05 Z3 PIC S9(7)V9(3) SIGN LEADING SEPARATE.
    05 Z4 PIC S9(4) SIGN LEADING. 05 Z5 PIC S9(18). 05 Z6 PIC S9(6) SIGN TRAILING SEPARATE.
    05 P1 PIC S9(9)V99 COMP-3. 05 P2 PIC 9(4) COMP-3. 05 P3 PIC S9(17)V9 COMP-3. 05 P4 PIC S9 COMP-3.
    05 B1 PIC S9(4) COMP. 05 B2 PIC 9(9) COMP. 05 B4 PIC 9(4)V99 COMP-5.`)

/** Their memory belongs to one who uses it. */
const fresh = (kind: Kernels["kind"]): Kernels => {
  const own = bothKernels().find((each) => each.kind === kind)
  if (own === undefined) throw new Error("there are kernels of both kinds")
  return own
}

describe("a column encoder", () => {
  for (const trim of ["none", "right"] as const) {
    it(`gives the records again that the columns come from, texts trimmed: ${trim}`, () => {
      const plan = Result.getOrThrow(
        RecordPlan.make(layout, { codePage: cp037, trim, binaryRange: "full" }),
      )
      const batch = randomBatch(layout, new Numbers(1), 200)
      for (const kernels of bothKernels()) {
        const { columns } = new ColumnDecoder(plan, kernels).decode(batch)
        const copies = columns.map((column) =>
          column.kind === "integer"
            ? { ...column, values: column.values.slice(), valid: column.valid.slice() }
            : column.kind === "text"
              ? { ...column, bytes: column.bytes.slice(), valid: column.valid.slice() }
              : column,
        )
        const own = fresh(kernels.kind)
        const encoder = new ColumnEncoder(plan, own)
        assert.isTrue(encoder.isCompiled)
        const { bytes, misfits } = encoder.encode(copies, batch.count)
        assert.deepStrictEqual(misfits, [])
        for (let index = 0; index < batch.count; index++) {
          const start = batch.starts[index] ?? 0
          const { lengthMax } = layout
          const [was, is] = [
            batch.bytes.subarray(start, start + lengthMax),
            bytes.subarray(index * lengthMax, (index + 1) * lengthMax),
          ].map((each) => Buffer.from(each).toString("hex"))
          // Minus zero is zero in a column.
          if (was !== is) {
            const decoder = new ColumnDecoder(plan, fresh(kernels.kind))
            const again = { ...batch, starts: Int32Array.of(start), count: 1 }
            const known = decoder
              .decode(again)
              .columns.map((column) => (column.kind === "integer" ? String(column.values[0]) : ""))
            assert.include(known, "0", `record ${index}`)
          }
        }
      }
    })
  }

  it("says which fields have values that do not fit", () => {
    const plan = Result.getOrThrow(RecordPlan.make(layout, { codePage: cp037, trim: "none" }))
    for (const kernels of bothKernels()) {
      const { columns } = new ColumnDecoder(plan, kernels).decode(
        randomBatch(layout, new Numbers(2), 10),
      )
      const changed = columns.map((column) => {
        if (column.kind !== "integer" || column.field.name !== "P1") return column
        const values = column.values.slice()
        values[3] = 10n ** 11n
        const valid = column.valid.slice()
        valid[5] = 0
        return { ...column, values, valid }
      })
      const own = fresh(kernels.kind)
      const { misfits } = new ColumnEncoder(plan, own).encode(changed, 10)
      assert.deepInclude(misfits, { path: "P1", count: 2 })
    }
  })
})

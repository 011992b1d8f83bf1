import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { render } from "../field/Decimal.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { CodecOptions } from "../record/CodecOptions.ts"
import { RecordDecoder } from "../record/RecordDecoder.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { bothKernels } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import type { Column } from "./Column.ts"
import { ColumnDecoder } from "./ColumnDecoder.ts"

const cp037 = Result.getOrThrow(codePage("cp037"))

const flat = `
  01 R.
    05 NAME-1 PIC X(20). 05 SMALL PIC X(3).
    05 Z1 PIC 9(5). 05 Z2 PIC S9(9)V99. 05 Z3 PIC S9(7)V9(3) SIGN LEADING SEPARATE.
    05 Z4 PIC S9(4) SIGN LEADING. 05 Z5 PIC S9(18). 05 Z6 PIC S9(6) SIGN TRAILING SEPARATE.
    05 P1 PIC S9(9)V99 COMP-3. 05 P2 PIC 9(4) COMP-3. 05 P3 PIC S9(17)V9 COMP-3. 05 P4 PIC S9 COMP-3.
    05 B1 PIC S9(4) COMP. 05 B2 PIC 9(9) COMP. 05 B3 PIC 9(18) COMP. 05 B4 PIC 9(4)V99 COMP-5.
    05 W1 PIC S9(31) COMP-3. 05 W2 PIC S9(21)V9(10).
    05 F1 COMP-2. 05 E1 PIC ZZ9.99. 05 BZ PIC 9(3) BLANK WHEN ZERO. 05 JR PIC X(5) JUST.`

const tables = `
  01 R.
    05 ID PIC 9(4).
    05 ROW OCCURS 3. 10 KEY-1 PIC X(4). 10 CELL PIC S9(5) COMP-3 OCCURS 2. 10 NOTES PIC X(2) OCCURS 2.
    05 LAST-1 PIC X(3).`

const counted = `
  01 R.
    05 N PIC 9(2). 05 M PIC S9(4) COMP.
    05 ROW OCCURS 0 TO 5 DEPENDING ON N. 10 K PIC 9 COMP-3. 10 CELL PIC X(3) OCCURS 1 TO 4 DEPENDING ON K.
    05 AFTER PIC X(6).
    05 LIST PIC S9(3) COMP-3 OCCURS 1 TO 6 DEPENDING ON M.`

const texts = (bytes: Uint8Array, from: number, until: number): string =>
  Buffer.from(bytes.subarray(from, until)).toString("utf8")

/** A column's value in the words of the record decoder. */
const valueAt = (column: Column, index: number): unknown => {
  if (column.valid[index] !== 1) return null
  switch (column.kind) {
    case "text": {
      const { bytes, offsets, width = 0 } = column
      return offsets === undefined
        ? Buffer.from(bytes.subarray(index * width, (index + 1) * width)).toString("latin1")
        : texts(bytes, offsets[index] ?? 0, offsets[index + 1] ?? 0)
    }
    case "integer":
      return render({ unscaled: column.values[index] ?? 0n, scale: column.scale })
    case "decimal": {
      const low = column.values[index * 2] ?? 0n
      const high = BigInt.asIntN(64, column.values[index * 2 + 1] ?? 0n)
      return render({ unscaled: (high << 64n) | low, scale: column.scale })
    }
    case "float":
      return column.values[index]
    case "bytes":
      return column.bytes.slice(index * column.width, (index + 1) * column.width)
  }
}

/** Arrays of what the record decoder gives, as flat as a column is. */
const flattened = (value: unknown): ReadonlyArray<unknown> =>
  Array.isArray(value) ? value.flatMap(flattened) : [value]

const pick = (value: unknown, path: ReadonlyArray<string>): unknown => {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (Array.isArray(value)) return value.map((each) => pick(each, path))
  // Objects of the record decoder.
  return pick((value as Readonly<Record<string, unknown>>)[name], rest)
}

const assertColumns = (text: string, options: Partial<CodecOptions>, batch: RecordBatch): void => {
  const plan = Result.getOrThrow(
    RecordPlan.make(layoutOfText(text), { codePage: cp037, numbers: "string", ...options }),
  )
  const reference = new RecordDecoder(plan)
  const decoded = Array.from({ length: batch.count }, (_, index) =>
    reference.decode(batch.bytes, batch.starts[index], batch.lengths[index], index),
  )
  for (const kernels of bothKernels()) {
    const result = new ColumnDecoder(plan, kernels).decode(batch)
    assert.strictEqual(result.count, batch.count)
    assert.deepStrictEqual(
      result.rejected,
      decoded.flatMap(({ isRejected }, index) => (isRejected ? [index] : [])),
    )
    assert.deepStrictEqual(
      result.faults.map(({ code, path, record }) => [code, path, record]),
      decoded.flatMap(({ faults }) => faults.map(({ code, path, record }) => [code, path, record])),
    )
    for (const column of result.columns) {
      decoded.forEach(({ value }, record) => {
        const known = flattened(pick(value, column.field.path.split(".")))
        const own = Array.from({ length: column.places }, (_, place) =>
          valueAt(column, record * column.places + place),
        )
        const isTable = column.places > 1
        const kept = isTable ? own.filter((each) => each !== null) : own
        const expected = isTable ? known.filter((each) => each !== null) : known
        const isFloat = column.kind === "float"
        const shown = expected.map((each) => (isFloat && each !== null ? Number(each) : each))
        assert.deepStrictEqual(kept, shown, `${kernels.kind} ${column.field.path} ${record}`)
      })
    }
  }
}

describe("columns hold what the record decoder gives", () => {
  const variants: ReadonlyArray<Partial<CodecOptions>> = [
    {},
    { trim: "none" },
    { trim: "both", binaryRange: "digits" },
    { digits: "relaxed" },
    { policies: { digit: "zero", sign: "null", short: "null" } },
  ]
  variants.forEach((options, index) => {
    for (const [name, text] of Object.entries({ flat, tables, counted })) {
      it(`of the copybook "${name}", with ${JSON.stringify(options)}`, () => {
        const layout = layoutOfText(text)
        assertColumns(text, options, randomBatch(layout, new Numbers(index), 100))
        const faulty = randomBatch(layout, new Numbers(index + 50), 100, { faultOneIn: 30 })
        assertColumns(text, options, faulty)
      })
    }
  })

  it("when records are too short", () => {
    const batch = randomBatch(layoutOfText(flat), new Numbers(3), 60)
    const lengths = batch.lengths.map((length, index) => (index % 2 ? length - index : length))
    assertColumns(flat, {}, { ...batch, lengths })
  })

  it("when blanks stand for zero, and batches grow and shrink", () => {
    const batch = randomBatch(layoutOfText(flat), new Numbers(4), 40)
    const end = batch.lengths[0] ?? 0
    for (const start of batch.starts.subarray(0, 40)) {
      batch.bytes.fill(0x40, start + end - 3, start + end)
    }
    assertColumns(flat, {}, batch)
    const plan = Result.getOrThrow(RecordPlan.make(layoutOfText(flat), { codePage: cp037 }))
    for (const kernels of bothKernels()) {
      const decoder = new ColumnDecoder(plan, kernels)
      for (const count of [3, 40, 0, 7]) {
        const { columns, rejected } = decoder.decode({ ...batch, count })
        assert.deepStrictEqual(rejected, [])
        assert.deepStrictEqual(
          [...(columns.at(-1)?.valid ?? [])],
          Array.from({ length: count }, () => 1),
        )
      }
    }
  })

  it("and faults have the numbers and places of records that were joined or filtered", () => {
    const layout = layoutOfText("01 R. 05 A PIC X(2). 05 P PIC S9(3) COMP-3.")
    const plan = Result.getOrThrow(RecordPlan.make(layout, { codePage: cp037 }))
    const batch = {
      bytes: Uint8Array.of(0xc1, 0xc2, 0x12, 0x3c, 0xc1, 0xc2, 0x12, 0x33),
      starts: Int32Array.of(0, 4),
      lengths: Int32Array.of(4, 4),
      count: 2,
      firstRecord: 4,
      fileOffset: 90,
      numbers: Float64Array.of(4, 70),
      offsets: Float64Array.of(90, 8000),
    }
    for (const kernels of bothKernels()) {
      const [fault] = new ColumnDecoder(plan, kernels).decode(batch).faults
      assert.deepInclude(fault, { record: 70, fileOffset: 8002 })
    }
  })

  it("whatever the kernels' memory held before", () => {
    const layout = layoutOfText("01 R. 05 A PIC X(4). 05 N PIC N(3) USAGE NATIONAL.")
    const plan = Result.getOrThrow(RecordPlan.make(layout, { codePage: cp037 }))
    const batch = randomBatch(layout, new Numbers(4), 30, {})
    for (const kernels of bothKernels()) {
      kernels.reserve(1 << 20)
      new Uint8Array(kernels.memory.buffer).fill(0x41)
      const { columns } = new ColumnDecoder(plan, kernels).decode(batch)
      assert.deepStrictEqual(
        columns.map(({ length }) => length),
        [30, 30],
      )
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { RecordDecoder } from "../record/RecordDecoder.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { bothKernels } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { ColumnDecoder } from "./ColumnDecoder.ts"
import { NdjsonWriter } from "./NdjsonWriter.ts"

const layout = layoutOfText("01 R. 05 A PIC X(9). 05 B PIC X(40). 05 C PIC X.")
const page = Result.getOrThrow(codePage("utf-8"))
const count = 3000

/** Characters of every length, and now and then a byte that makes of them none. */
const textBytes = (numbers: Numbers): Uint8Array => {
  const bytes = new Uint8Array(50).fill(0x20)
  let at = 0
  while (at < 50) {
    const character = numbers.pick([
      "a",
      "b",
      " ",
      " ",
      '"',
      "\\",
      "\n",
      "ä",
      "ß",
      "߿",
      "ࠀ",
      "漢",
      "\u2028",
      "\ud7ff",
      "",
      "😀",
      "\u{10ffff}",
    ])
    const own = new TextEncoder().encode(character)
    // Some are cut by the end of their field, as most programs do it.
    const ends = [9, 49, 50].find((end) => end > at) ?? 50
    if (at + own.length > ends && numbers.below(4) > 0) {
      at = ends
      continue
    }
    bytes.set(own.subarray(0, 50 - at), at)
    at += own.length
  }
  if (numbers.below(6) === 0) bytes[numbers.below(50)] = numbers.below(256)
  return bytes
}

const bytes = new Uint8Array(count * 50)
const numbers = new Numbers(11)
for (let record = 0; record < count; record++) bytes.set(textBytes(numbers), record * 50)
const batch = {
  bytes,
  starts: Int32Array.from({ length: count }, (_, record) => record * 50),
  lengths: new Int32Array(count).fill(50),
  count,
  firstRecord: 0,
  fileOffset: 0,
}

describe("text in UTF-8", () => {
  for (const trim of ["none", "right", "left", "both"] as const) {
    const plan = Result.getOrThrow(RecordPlan.make(layout, { codePage: page, trim }))
    const decoder = new RecordDecoder(plan)
    const truths = Array.from({ length: count }, (_, record) =>
      decoder.decode(bytes, record * 50, 50),
    )
    const good = truths.filter(({ isRejected }) => !isRejected)

    it(`is in lines what JSON.stringify makes of it, trimmed: ${trim}`, () => {
      assert.isAbove(good.length, count / 4)
      assert.isAbove(count - good.length, count / 50)
      for (const kernels of bothKernels()) {
        const chunks: Array<Uint8Array> = []
        const report = new NdjsonWriter(plan, kernels).write(batch, (own) =>
          chunks.push(own.slice()),
        )
        const lines = good.map(({ value }) => `${JSON.stringify(value)}\n`)
        assert.strictEqual(Buffer.concat(chunks).toString(), lines.join(""))
        assert.strictEqual(report.decoded, report.rejected.length)
      }
    })

    it(`is in columns what the decoder makes of it, trimmed: ${trim}`, () => {
      for (const kernels of bothKernels()) {
        const { columns, rejected } = new ColumnDecoder(plan, kernels).decode(batch)
        assert.strictEqual(rejected.length, count - good.length)
        for (const column of columns) {
          if (column.kind !== "text") throw new Error("a text")
          const { offsets = new Int32Array(0), valid } = column
          truths.forEach(({ value }, record) => {
            const own = Buffer.from(column.bytes.subarray(offsets[record], offsets[record + 1]))
            const truth = value[column.field.name]
            assert.strictEqual(valid[record] === 1 ? own.toString() : null, truth)
          })
        }
      }
    })
  }
})

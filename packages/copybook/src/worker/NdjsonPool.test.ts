import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { codePage } from "../charset/CodePages.ts"
import { NdjsonWriter } from "../columns/NdjsonWriter.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { bothKernels, kernelModule } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import type { DecoderSetting } from "./DecoderJob.ts"
import * as NdjsonPool from "./NdjsonPool.ts"

const layout = layoutOfText(`
  01 R.
    05 N PIC 9(2). 05 NAME-1 PIC X(20). 05 P PIC S9(9)V99 COMP-3.
    05 ROW OCCURS 0 TO 5 DEPENDING ON N. 10 CELL PIC X(3).`)

const setting: DecoderSetting = {
  layout,
  codePage: "cp037",
  options: { numbers: "string" },
  module: kernelModule(),
}

const batches: ReadonlyArray<RecordBatch> = Array.from({ length: 12 }, (_, index) => ({
  ...randomBatch(layout, new Numbers(index), 1 + ((index * 37) % 200), { faultOneIn: 90 }),
  firstRecord: index * 1000,
  fileOffset: index * 100_000,
}))

/** On this thread, one after the other. */
const expected = (): { readonly text: string; readonly rejected: ReadonlyArray<unknown> } => {
  const page = Result.getOrThrow(codePage("cp037"))
  const plan = Result.getOrThrow(RecordPlan.make(layout, { ...setting.options, codePage: page }))
  const [kernels] = bothKernels()
  if (kernels === undefined) throw new Error("there are kernels")
  const writer = new NdjsonWriter(plan, kernels)
  let text = ""
  const rejected = batches.flatMap((batch) => {
    const report = writer.write(batch, (bytes) => {
      text += Buffer.from(bytes).toString("utf8")
    })
    return report.rejected.map(({ faults, record }) => ({ record, faults: [...faults] }))
  })
  return { text, rejected }
}

describe("a pool of threads", () => {
  for (const workers of [1, 2, 3]) {
    it.live(`of ${workers} writes what one thread writes, in order`, () =>
      Effect.gen(function* () {
        const pool = yield* NdjsonPool.make(setting, workers)
        const lines = yield* Stream.runCollect(pool.lines(Stream.fromIterable(batches)))
        const truth = expected()
        const text = lines.map(({ bytes }) => Buffer.from(bytes).toString("utf8")).join("")
        assert.strictEqual(text, truth.text)
        assert.isNotEmpty(truth.rejected)
        assert.deepStrictEqual(
          lines.flatMap(({ rejected }) => rejected).map(({ record }) => record),
          truth.rejected.map((each) => (each as { readonly record: number }).record),
        )
      }),
    )
  }

  it.live("tells numbers and places in the file of records that were joined or filtered", () =>
    Effect.gen(function* () {
      const pool = yield* NdjsonPool.make(setting, 1)
      const whole = randomBatch(layout, new Numbers(3), 2, {})
      whole.bytes[whole.starts[1] ?? 0] = 0
      const numbers = Float64Array.of(4, 70)
      const offsets = Float64Array.of(90, 8000)
      const batch = { ...whole, numbers, offsets }
      const [lines] = yield* Stream.runCollect(pool.lines(Stream.make(batch)))
      assert.deepInclude(lines?.rejected[0]?.faults[0], { record: 70, fileOffset: 8000, path: "N" })
    }),
  )

  it.live("uses the kernels in TypeScript where there is no module", () =>
    Effect.gen(function* () {
      const { module: _, ...without } = setting
      const pool = yield* NdjsonPool.make(without, 2)
      const lines = yield* Stream.runCollect(pool.lines(Stream.fromIterable(batches)))
      const text = lines.map(({ bytes }) => Buffer.from(bytes).toString("utf8")).join("")
      assert.strictEqual(text, expected().text)
    }),
  )

  it.live("that cannot start says why", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(NdjsonPool.make({ ...setting, codePage: "cp999" }, 2))
      assert.strictEqual(error._tag, "WorkerFailed")
      assert.include(error.message, "could not be started")
    }),
  )

  it.live("names the batch in which a thread failed, and hands on what came before", () =>
    Effect.gen(function* () {
      const pool = yield* NdjsonPool.make(setting, 2)
      const first = batches[2]
      if (first === undefined) throw new Error("there are batches")
      // A start far outside of the bytes: the thread can't read there.
      const starts = first.starts.map((start, index) => (index === 5 ? 2_000_000_000 : start))
      const broken = { ...first, firstRecord: 77, starts }
      let before = 0
      const error = yield* pool.lines(Stream.fromIterable([first, broken])).pipe(
        Stream.runForEach(() => Effect.sync(() => (before += 1))),
        Effect.flip,
      )
      assert.strictEqual(error.firstRecord, 77)
      assert.strictEqual(before, 1)
    }),
  )
})

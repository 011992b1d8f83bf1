import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { Worker } from "node:worker_threads"
import type { Column } from "../columns/Column.ts"
import { type ColumnBatch, ColumnDecoder } from "../columns/ColumnDecoder.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import { bothKernels, kernelModule } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import * as ColumnPool from "./ColumnPool.ts"
import type { DecoderSetting } from "./DecoderJob.ts"
import * as NdjsonPool from "./NdjsonPool.ts"
import * as SettingPlan from "./SettingPlan.ts"
import type { WorkerFailed } from "./WorkerFailed.ts"

const layout = layoutOfText(`
  01 R.
    05 NAME-1 PIC X(20). 05 P PIC S9(9)V99 COMP-3. 05 W PIC S9(25) COMP-3. 05 F COMP-2.
    05 B PIC S9(9) COMP. 05 CELL PIC X(3) OCCURS 4. 05 Z PIC S9(7)V99.`)

const settingOf = (trim: "none" | "right"): DecoderSetting => ({
  layout,
  codePage: "cp037",
  options: { trim },
  module: kernelModule(),
})

/** Some larger than the pieces that threads decode them in. */
const batches: ReadonlyArray<RecordBatch> = Array.from({ length: 9 }, (_, index) => ({
  ...randomBatch(layout, new Numbers(index), 1 + ((index * 977) % 5000), { faultOneIn: 900 }),
  firstRecord: index * 10_000,
  fileOffset: index * 1_000_000,
}))

const bytesOf = (array: ArrayBufferView): Buffer =>
  Buffer.from(Buffer.from(array.buffer, array.byteOffset, array.byteLength))

const copyOf = (column: Column): unknown => ({
  path: column.field.path,
  kind: column.kind,
  length: column.length,
  places: column.places,
  scale: "scale" in column ? column.scale : undefined,
  width: "width" in column ? column.width : undefined,
  values: bytesOf("values" in column ? column.values : column.bytes),
  valid: bytesOf(column.valid),
  offsets: column.kind === "text" && column.offsets ? bytesOf(column.offsets) : undefined,
})

const copyOfBatch = ({ columns, count, faults, rejected }: ColumnBatch): unknown => ({
  columns: columns.map(copyOf),
  count,
  faults,
  rejected,
})

/** On this thread, one after the other. */
const expected = (setting: DecoderSetting): ReadonlyArray<unknown> => {
  const [kernels] = bothKernels()
  if (kernels === undefined) throw new Error("there are kernels")
  const decoder = new ColumnDecoder(Result.getOrThrow(SettingPlan.make(setting)), kernels)
  return batches.map((batch) => copyOfBatch(decoder.decode(batch)))
}

const shared = (batch: RecordBatch): RecordBatch => {
  const bytes = new Uint8Array(new SharedArrayBuffer(batch.bytes.length))
  bytes.set(batch.bytes)
  return { ...batch, bytes }
}

const copied = (columns: ColumnBatch): Effect.Effect<unknown> =>
  Effect.sync(() => copyOfBatch(columns))

/** The threads that are started meanwhile. */
const started = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<readonly [A, ReadonlyArray<Worker>], E, R> =>
  Effect.suspend(() => {
    const workers: Array<Worker> = []
    const note = (worker: Worker): void => void workers.push(worker)
    process.on("worker", note)
    return effect.pipe(
      Effect.map((value) => [value, workers] as const),
      Effect.ensuring(Effect.sync(() => process.off("worker", note))),
    )
  })

describe("a pool of threads that fill columns", () => {
  for (const trim of ["none", "right"] as const) {
    const truth = expected(settingOf(trim))
    for (const workers of [1, 2, 3]) {
      it.live(`of ${workers}, texts trimmed: ${trim}, gives what one thread gives, in order`, () =>
        Effect.gen(function* () {
          const pool = yield* ColumnPool.make(settingOf(trim), workers)
          for (const given of [batches, batches.map(shared)]) {
            const own = yield* Stream.runCollect(pool.using(Stream.fromIterable(given), copied))
            assert.deepStrictEqual([...own], truth)
          }
        }),
      )
    }
  }

  it.live("keeps columns until their user is done, however long that takes", () =>
    Effect.gen(function* () {
      const pool = yield* ColumnPool.make(settingOf("none"), 2)
      const own = yield* Stream.runCollect(
        pool.using(Stream.fromIterable(batches), (columns) =>
          Effect.andThen(
            // The threads have time to write where they must not.
            Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5))),
            copied(columns),
          ),
        ),
      )
      assert.deepStrictEqual([...own], expected(settingOf("none")))
    }),
  )

  it.live("is as good as new after a stream that was left early", () =>
    Effect.gen(function* () {
      const pool = yield* ColumnPool.make(settingOf("none"), 2)
      for (let time = 0; time < 6; time++) {
        yield* Stream.runDrain(Stream.take(pool.using(Stream.fromIterable(batches), copied), 1))
      }
      const own = yield* Stream.runCollect(pool.using(Stream.fromIterable(batches), copied))
      assert.deepStrictEqual([...own], expected(settingOf("none")))
    }),
  )

  it.live("takes no more batches than it has memory for, while nobody takes their columns", () =>
    Effect.gen(function* () {
      const pool = yield* ColumnPool.make(settingOf("none"), 2)
      let pulled = 0
      const many = Stream.fromIterable([...batches, ...batches, ...batches]).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => (pulled += 1))),
      )
      const seen: Array<number> = []
      yield* Stream.runDrain(
        pool.using(many, () =>
          Effect.promise(async () => {
            // Two slots a thread, and what waits for one of them.
            for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
            seen.push(pulled - seen.length)
          }),
        ),
      )
      assert.lengthOf(seen, batches.length * 3)
      assert.isAtMost(Math.max(...seen), 7)
    }),
  )

  it.live("is as good as new after its user failed, or was interrupted in the middle", () =>
    Effect.gen(function* () {
      const pool = yield* ColumnPool.make(settingOf("none"), 2)
      for (let time = 0; time < 4; time++) {
        let left = time
        const error = yield* pool
          .using(Stream.fromIterable(batches), () =>
            left-- > 0 ? Effect.void : Effect.fail("full" as const),
          )
          .pipe(Stream.runDrain, Effect.flip)
        assert.strictEqual(error, "full")
        const reached = yield* Deferred.make<void>()
        const fiber = yield* Effect.forkChild(
          Stream.runDrain(
            pool.using(Stream.fromIterable(batches), () =>
              Effect.andThen(Deferred.succeed(reached, undefined), Effect.never),
            ),
          ),
        )
        yield* Deferred.await(reached)
        yield* Fiber.interrupt(fiber)
      }
      const own = yield* Stream.runCollect(pool.using(Stream.fromIterable(batches), copied))
      assert.deepStrictEqual([...own], expected(settingOf("none")))
    }),
  )

  it.live("serves two streams at once, each in its order", () =>
    Effect.gen(function* () {
      const pool = yield* ColumnPool.make(settingOf("none"), 2)
      const run = Stream.runCollect(pool.using(Stream.fromIterable(batches), copied))
      const both = yield* Effect.all([run, run], { concurrency: 2 })
      const truth = expected(settingOf("none"))
      for (const own of both) assert.deepStrictEqual([...own], truth)
    }),
  )

  it.live("ends its threads with its scope, in the middle of a batch too", () =>
    Effect.gen(function* () {
      const [, workers] = yield* Effect.scoped(
        started(
          Effect.flatMap(ColumnPool.make(settingOf("none"), 2), (pool) =>
            pool
              .using(Stream.fromIterable(batches), () => Effect.fail("enough"))
              .pipe(Stream.runDrain, Effect.flip),
          ),
        ),
      )
      assert.lengthOf(workers, 2)
      // A thread that has ended has no number any more.
      assert.deepStrictEqual(
        workers.map(({ threadId }) => threadId),
        [-1, -1],
      )
    }),
  )

  it.live("puts pieces of any size beside each other, and hands on any number of faults", () =>
    Effect.gen(function* () {
      const many = layoutOfText("01 R. 05 A PIC 9(2). 05 B PIC X(5).")
      const setting = { ...settingOf("none"), layout: many }
      const pool = yield* ColumnPool.make(setting, 1)
      const plan = Result.getOrThrow(SettingPlan.make(setting))
      const [kernels] = bothKernels()
      if (kernels === undefined) throw new Error("there are kernels")
      const decoder = new ColumnDecoder(plan, kernels)
      // By a quotient of records, the second and third of several pieces would begin a byte early.
      const counts = [1, 18_724, 19_795, 56_191, 150_000]
      const given = counts.map((count, index): RecordBatch => {
        // The last batch has a fault in each record.
        const first = index < 4 ? 0xf1 : 0xc1
        const bytes = new Uint8Array(count * 7).map((_, at) => first + (at % 9))
        const starts = Int32Array.from({ length: count }, (_, at) => at * 7)
        const lengths = new Int32Array(count).fill(7)
        return { bytes, starts, lengths, count, firstRecord: 0, fileOffset: 0 }
      })
      const short = (batch: ColumnBatch): unknown => ({
        columns: batch.columns.map(copyOf),
        faults: batch.faults.length,
        rejected: batch.rejected,
      })
      const own = yield* Stream.runCollect(
        pool.using(Stream.fromIterable(given), (columns) => Effect.sync(() => short(columns))),
      )
      for (const [index, batch] of given.entries()) {
        assert.deepStrictEqual(own[index], short(decoder.decode(batch)))
      }
    }),
  )

  it.live("has nothing but columns that come before a thread's end, and names where it was", () =>
    Effect.gen(function* () {
      const [pool, workers] = yield* started(ColumnPool.make(settingOf("none"), 2))
      assert.lengthOf(workers, 2)
      const own: Array<unknown> = []
      const error = yield* pool
        .using(Stream.fromIterable([...batches, ...batches, ...batches]), (columns) =>
          Effect.promise(async () => {
            own.push(copyOfBatch(columns))
            if (own.length === 2) await workers[0]?.terminate()
          }),
        )
        .pipe(Stream.runDrain, Effect.flip)
      assert.strictEqual(error._tag, "WorkerFailed")
      assert.isBelow(own.length, batches.length * 3)
      assert.strictEqual(error.firstRecord, batches[own.length % batches.length]?.firstRecord)
      const truth = expected(settingOf("none"))
      assert.deepStrictEqual(own, [...truth, ...truth, ...truth].slice(0, own.length))
    }),
  )

  const endsBetween = (
    run: (given: ReadonlyArray<RecordBatch>) => Effect.Effect<void, WorkerFailed>,
    workers: ReadonlyArray<Worker>,
  ): Effect.Effect<void> =>
    Effect.gen(function* () {
      yield* run(batches)
      yield* Effect.promise(async () => workers[1]?.terminate())
      const error = yield* Effect.flip(run(batches.slice(3)))
      assert.strictEqual(error.firstRecord, batches[3]?.firstRecord)
    }).pipe(Effect.orDie)

  it.live("fails with the next batch when a thread ended between two", () =>
    Effect.gen(function* () {
      const [pool, workers] = yield* started(ColumnPool.make(settingOf("none"), 2))
      yield* endsBetween(
        (given) => Stream.runDrain(pool.using(Stream.fromIterable(given), () => Effect.void)),
        workers,
      )
    }),
  )

  it.live("fails so when it writes lines, too", () =>
    Effect.gen(function* () {
      const [pool, workers] = yield* started(NdjsonPool.make(settingOf("none"), 2))
      yield* endsBetween(
        (given) => Stream.runDrain(pool.lines(Stream.fromIterable(given))),
        workers,
      )
    }),
  )

  it.live("that cannot start says why", () =>
    Effect.gen(function* () {
      const setting = { ...settingOf("none"), codePage: "cp999" }
      const error = yield* Effect.flip(ColumnPool.make(setting, 2))
      assert.strictEqual(error._tag, "WorkerFailed")
      assert.include(error.message, "could not be started")
    }),
  )
})

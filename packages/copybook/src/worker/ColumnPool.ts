/**
 * Threads that decode batches into columns, in the order of the batches: the same bytes for any
 * number of threads.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { ColumnBatch } from "../columns/ColumnDecoder.ts"
import * as ColumnPlan from "../columns/ColumnPlan.ts"
import { columnOf } from "../columns/ColumnView.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { DecoderReport, DecoderSetting } from "./DecoderJob.ts"
import * as DecoderThreads from "./DecoderThreads.ts"
import * as SettingPlan from "./SettingPlan.ts"
import { WorkerFailed } from "./WorkerFailed.ts"

/**
 * A batch's bytes are copied into memory that a thread shares, unless they are shared already: then
 * they hold until the batch's columns come.
 *
 * @category models
 * @since 0.1.0
 */
export interface ColumnPool {
  /**
   * What `use` makes of the columns of each batch, in their order, one at a time. The columns lie in
   * shared memory, and hold until `use` ends: they are copied, or written, before.
   */
  readonly using: <A, E, R, E2, R2>(
    batches: Stream.Stream<RecordBatch, E, R>,
    use: (columns: ColumnBatch) => Effect.Effect<A, E2, R2>,
  ) => Stream.Stream<A, E | E2 | WorkerFailed, R | R2>
}

const batchOf = (
  sources: ReadonlyArray<ColumnPlan.ColumnSource>,
  report: DecoderReport,
  output: SharedArrayBuffer,
): ColumnBatch => {
  if (report.kind !== "columns") throw new Error(`${report.kind} from a thread that fills columns`)
  const { columns, count, faults, rejected } = report
  return {
    columns: sources.map((source, index) => {
      const at = columns[index]
      if (at === undefined) throw new Error(`no column ${source.field.path}`)
      return columnOf(source, output, at, count * source.offsets.length)
    }),
    count,
    faults,
    rejected,
  }
}

/**
 * Starts the threads; they end with the scope.
 *
 * @param workers how many threads. Range: 1 to 64
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  setting: DecoderSetting,
  workers: number,
): Effect.Effect<ColumnPool, WorkerFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const plan = yield* Effect.fromResult(SettingPlan.make(setting)).pipe(
      Effect.mapError(({ message }) => new WorkerFailed({ firstRecord: -1, detail: message })),
    )
    const sources = ColumnPlan.make(plan)
    const threads = yield* DecoderThreads.make({ ...setting, kind: "columns" }, workers)
    return {
      using: (batches, use) =>
        threads.run(batches, (report, output) => use(batchOf(sources, report, output))),
    }
  })

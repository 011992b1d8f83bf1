/**
 * Threads that write NDJSON, and the lines of batches in the order of the batches: the same bytes
 * for any number of threads.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { DecoderReport, DecoderSetting, LinesReport } from "./DecoderJob.ts"
import * as DecoderThreads from "./DecoderThreads.ts"
import type { WorkerFailed } from "./WorkerFailed.ts"

/**
 * The lines of a batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface NdjsonLines extends Omit<LinesReport, "kind" | "length"> {
  readonly bytes: Uint8Array
}

/**
 * A batch's bytes are copied into memory that a thread shares, unless they are shared already: then
 * they hold until the batch's lines come.
 *
 * @category models
 * @since 0.1.0
 */
export interface NdjsonPool {
  /**
   * The lines of batches, in their order, each with bytes of its own: new memory for every batch,
   * which takes longer than writing the lines. Where they are only looked through, or written:
   * `using`.
   */
  readonly lines: <E, R>(
    batches: Stream.Stream<RecordBatch, E, R>,
  ) => Stream.Stream<NdjsonLines, E | WorkerFailed, R>
  /**
   * What `use` makes of the lines of each batch, in their order, one at a time. The bytes lie in
   * shared memory, and hold until `use` ends: they are copied, or written, before.
   */
  readonly using: <A, E, R, E2, R2>(
    batches: Stream.Stream<RecordBatch, E, R>,
    use: (lines: NdjsonLines) => Effect.Effect<A, E2, R2>,
  ) => Stream.Stream<A, E | E2 | WorkerFailed, R | R2>
}

const linesOf = (report: DecoderReport, output: SharedArrayBuffer): NdjsonLines => {
  if (report.kind !== "ndjson") throw new Error(`${report.kind} from a thread that writes lines`)
  const { length, rejected, written } = report
  return { bytes: new Uint8Array(output, 0, length), written, rejected }
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
): Effect.Effect<NdjsonPool, WorkerFailed, Scope.Scope> =>
  Effect.map(DecoderThreads.make({ ...setting, kind: "ndjson" }, workers), (threads) => {
    const using: NdjsonPool["using"] = (batches, use) =>
      threads.run(batches, (report, output) => use(linesOf(report, output)))
    return {
      using,
      lines: (batches) =>
        using(batches, (lines) => Effect.sync(() => ({ ...lines, bytes: lines.bytes.slice() }))),
    }
  })

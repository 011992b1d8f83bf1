/**
 * Threads that write NDJSON: one framer feeds them all, and their lines come in its order.
 *
 * A batch's bytes are copied once, into memory that its thread shares; its lines are handed over
 * without a copy. As many batches are under way as there are threads, so memory is bounded.
 *
 * @since 0.1.0
 */
import { extname } from "node:path"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { NdjsonAnswer, NdjsonJob, NdjsonLines, NdjsonSetting } from "./NdjsonJob.ts"
import { WorkerFailed } from "./WorkerFailed.ts"

// The same name runs from source and from the compiled package.
const extension = extname(import.meta.url)
const workerUrl = new URL(`./NdjsonThread${extension}`, import.meta.url)
const execArgv = extension === ".ts" ? ["--conditions=@countersign/source"] : []

/** A thread, and the memory that it shares. */
interface Thread {
  readonly worker: Worker
  shared: SharedArrayBuffer
  /** Why it will answer nothing any more. */
  end: string | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface NdjsonPool {
  /** The lines of batches, in their order. */
  readonly lines: <E, R>(
    batches: Stream.Stream<RecordBatch, E, R>,
  ) => Stream.Stream<NdjsonLines, E | WorkerFailed, R>
}

/** Waits for the next answer. A thread that ends before gives an error. */
const answerOf = (
  thread: Thread,
  firstRecord: number,
  send: () => void,
): Effect.Effect<NdjsonAnswer, WorkerFailed> =>
  Effect.callback<NdjsonAnswer, WorkerFailed>((resume) => {
    const { worker } = thread
    const fail = (detail: string): void => {
      stop()
      thread.end = detail
      resume(Effect.fail(new WorkerFailed({ firstRecord, detail })))
    }
    const onMessage = (answer: NdjsonAnswer): void => {
      stop()
      resume(
        answer._tag === "Failed"
          ? Effect.fail(new WorkerFailed({ firstRecord, detail: answer.detail }))
          : Effect.succeed(answer),
      )
    }
    const onError = (cause: unknown): void => fail(String(cause))
    const onExit = (code: number): void => fail(thread.end ?? `it ended with code ${code}`)
    const stop = (): void => {
      worker.off("message", onMessage)
      worker.off("error", onError)
      worker.off("exit", onExit)
    }
    worker.on("message", onMessage)
    worker.on("error", onError)
    worker.on("exit", onExit)
    if (thread.end === undefined) send()
    else fail(thread.end)
    return Effect.sync(stop)
  })

/** Copies a batch into a thread's memory. */
const jobOf = (thread: Thread, batch: RecordBatch): NdjsonJob => {
  const { count, fileOffset, firstRecord, numbers, offsets } = batch
  const last = count - 1
  const from = batch.starts[0] ?? 0
  const until = count === 0 ? from : (batch.starts[last] ?? 0) + (batch.lengths[last] ?? 0)
  const length = until - from
  if (thread.shared.byteLength < length) {
    thread.shared = new SharedArrayBuffer(Math.max(length, thread.shared.byteLength * 2))
  }
  const bytes = new Uint8Array(thread.shared, 0, length)
  bytes.set(batch.bytes.subarray(from, until))
  return {
    bytes,
    starts: batch.starts.slice(0, count).map((start) => start - from),
    lengths: batch.lengths.slice(0, count),
    count,
    firstRecord,
    fileOffset: fileOffset + from,
    ...(offsets === undefined ? {} : { offsets: offsets.slice(0, count) }),
    ...(numbers === undefined ? {} : { numbers: numbers.slice(0, count) }),
  }
}

const start = (setting: NdjsonSetting): Effect.Effect<Thread, WorkerFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const thread = yield* Effect.acquireRelease(
      Effect.try({
        try: (): Thread => {
          // None of the program's own flags: with `--eval` the thread would run the program.
          const worker = new Worker(workerUrl, { workerData: setting, execArgv })
          return { worker, shared: new SharedArrayBuffer(1_048_576), end: undefined }
        },
        catch: (cause) => new WorkerFailed({ firstRecord: -1, detail: String(cause) }),
      }),
      ({ worker }) => Effect.promise(() => worker.terminate()),
    )
    // Without a listener an error between two batches would end the process.
    thread.worker.on("error", (cause) => {
      thread.end ??= String(cause)
    })
    thread.worker.on("exit", (code) => {
      thread.end ??= `it ended with code ${code}`
    })
    yield* answerOf(thread, -1, () => {})
    return thread
  })

/**
 * Starts the threads; they end with the scope.
 *
 * @param workers how many threads. Range: 1 to 64
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  setting: NdjsonSetting,
  workers: number,
): Effect.Effect<NdjsonPool, WorkerFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const count = Math.min(64, Math.max(1, Math.floor(workers)))
    const threads = yield* Effect.forEach(
      Array.from({ length: count }, () => setting),
      start,
      { concurrency: "unbounded" },
    )
    const free = [...threads]
    const run = (batch: RecordBatch): Effect.Effect<NdjsonLines, WorkerFailed> =>
      Effect.suspend(() => {
        // As many run at once as there are threads, so one is free.
        const thread = free.pop()
        if (thread === undefined) return Effect.die("more batches than threads")
        return answerOf(thread, batch.firstRecord, () =>
          thread.worker.postMessage(jobOf(thread, batch)),
        ).pipe(
          Effect.flatMap((answer) =>
            answer._tag === "Lines"
              ? Effect.succeed(answer.lines)
              : Effect.die(`an answer ${answer._tag} to a batch`),
          ),
          Effect.ensuring(Effect.sync(() => free.push(thread))),
        )
      })
    return {
      // A failure waits for its turn: else it would take batches with it that come before.
      lines: (batches) =>
        Stream.mapEffect(batches, (batch) => Effect.exit(run(batch)), {
          concurrency: count,
        }).pipe(Stream.mapEffect((exit) => exit)),
    }
  })

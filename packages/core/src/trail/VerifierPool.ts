/**
 * Threads that verify runs of bundles at the same time.
 *
 * @since 0.1.0
 */
import { extname } from "node:path"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Disk, DiskError } from "../platform/Disk.ts"
import { readFileOf, tryReading } from "./TrailReader.ts"
import { type ShardJob, type ShardReport, VerifierShard } from "./VerifierShard.ts"
import type { WorkerAnswer } from "./VerifierWorker.ts"

/**
 * Verifies one run of bundles.
 *
 * @category models
 * @since 0.1.0
 */
export type RunShard = (job: ShardJob) => Effect.Effect<ShardReport, DiskError>

// The same name runs from source and from the compiled package.
const workerUrl = new URL(`./VerifierWorker${extname(import.meta.url)}`, import.meta.url)

const ask = (worker: Worker, job: ShardJob): Effect.Effect<ShardReport, DiskError> =>
  Effect.callback<ShardReport, DiskError>((resume) => {
    const stop = () => {
      worker.off("message", onMessage)
      worker.off("error", onError)
      worker.off("exit", onExit)
    }
    const onMessage = (answer: WorkerAnswer) => {
      stop()
      resume(
        "report" in answer
          ? Effect.succeed(answer.report)
          : Effect.fail(new DiskError({ call: "read", ...answer.fault })),
      )
    }
    const onError = (cause: unknown) => {
      stop()
      resume(Effect.die(cause))
    }
    const onExit = (code: number) => {
      stop()
      resume(Effect.die(new Error(`a verifier's thread ended with code ${code}`)))
    }
    worker.on("message", onMessage)
    worker.on("error", onError)
    worker.on("exit", onExit)
    worker.postMessage(job)
    return Effect.sync(stop)
  })

/**
 * Runs jobs in threads, at most one at a time in each. The threads end with the scope.
 *
 * @param threads how many, at least 1; the caller has at most so many jobs under way
 * @category running
 * @since 0.1.0
 */
export const inThreads = (
  directory: string,
  threads: number,
): Effect.Effect<RunShard, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        Array.from(
          { length: threads },
          () => new Worker(workerUrl, { workerData: directory, execArgv: [] }),
        ),
      ),
      (workers) => Effect.promise(() => Promise.all(workers.map((worker) => worker.terminate()))),
    ),
    (workers) => {
      const free = [...workers]
      return (job) =>
        Effect.suspend(() => {
          const worker = free.pop()
          if (worker === undefined) return Effect.die(new Error("more jobs than threads"))
          return Effect.tap(ask(worker, job), () => Effect.sync(() => free.push(worker)))
        })
    },
  )

/**
 * Runs jobs in this thread, and lets others run in between.
 *
 * @category running
 * @since 0.1.0
 */
export const inThisThread = (directory: string): Effect.Effect<RunShard, never, Disk> =>
  Effect.map(Disk, (disk) => {
    const shard = new VerifierShard(readFileOf(disk, directory))
    return (job) =>
      Effect.andThen(
        Effect.yieldNow,
        tryReading(() => shard.run(job)),
      )
  })

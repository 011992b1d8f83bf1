/**
 * A thread that verifies runs of bundles for the verifier.
 *
 * It reads through the real disk: a scripted one lives in the thread that made it.
 *
 * @since 0.1.0
 */
import { parentPort, workerData } from "node:worker_threads"
import * as Effect from "effect/Effect"
import { Disk, DiskError } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { readFileOf } from "./TrailReader.ts"
import { type ShardJob, type ShardReport, VerifierShard } from "./VerifierShard.ts"

/**
 * What comes back for a job.
 *
 * @category models
 * @since 0.1.0
 */
export type WorkerAnswer =
  | { readonly report: ShardReport }
  | {
      readonly error: {
        readonly call: string
        readonly path: string
        readonly errno: string
        readonly detail: string
      }
    }

const directory = String(workerData)
const disk = Effect.runSync(Effect.provide(Effect.service(Disk), NodeDisk.layer))
const shard = new VerifierShard(readFileOf(disk, directory))

const answer = (job: ShardJob): WorkerAnswer => {
  try {
    return { report: shard.run(job) }
  } catch (cause) {
    if (!(cause instanceof DiskError)) throw cause
    const { call, detail, errno, path } = cause
    return { error: { call, path, errno, detail } }
  }
}

parentPort?.on("message", (job: ShardJob) => {
  parentPort?.postMessage(answer(job))
})

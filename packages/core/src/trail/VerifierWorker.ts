/**
 * A thread that verifies runs of bundles for the verifier.
 *
 * It reads with Node's own calls, not through the disk service: a scripted disk lives in the
 * thread that made it, and loading Effect would cost each thread 45 MB and a tenth of a second.
 *
 * @since 0.1.0
 */
import { readFileSync } from "node:fs"
import * as path from "node:path"
import { parentPort, workerData } from "node:worker_threads"
import { type ShardJob, type ShardReport, VerifierShard } from "./VerifierShard.ts"

/**
 * What comes back for a job.
 *
 * @category models
 * @since 0.1.0
 */
export type WorkerAnswer = { readonly report: ShardReport } | { readonly fault: WorkerFault }

/**
 * A read that failed, as a `DiskError` will say it.
 *
 * @category models
 * @since 0.1.0
 */
export interface WorkerFault {
  readonly path: string
  readonly errno: string
  readonly detail: string
}

class ReadFault extends Error {
  readonly fault: WorkerFault

  constructor(fault: WorkerFault) {
    super(fault.detail)
    this.fault = fault
  }
}

const directory = String(workerData)

const read = (name: string): Buffer | undefined => {
  const file = path.join(directory, name)
  try {
    return readFileSync(file)
  } catch (cause) {
    const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "UNKNOWN"
    if (errno === "ENOENT") return undefined
    throw new ReadFault({ path: file, errno, detail: String(cause) })
  }
}

const shard = new VerifierShard(read)

const answer = (job: ShardJob): WorkerAnswer => {
  try {
    return { report: shard.run(job) }
  } catch (cause) {
    if (cause instanceof ReadFault) return { fault: cause.fault }
    throw cause
  }
}

parentPort?.on("message", (job: ShardJob) => {
  parentPort?.postMessage(answer(job))
})

import { Worker } from "node:worker_threads"
import type { ThreadJob } from "./FuzzThread.ts"
import { findingsMax, type Finding, type Outcome } from "./Fuzzer.ts"
import { InputSlot } from "./InputSlot.ts"

const pollMillis = 250
const startMillis = 60_000

export interface WatchedJob extends Omit<ThreadJob, "memory"> {
  /** A reader that needs longer for one input will not return. */
  readonly hangMillis: number
}

/** A thread's end: its outcome, or the input that it did not survive. */
const runThread = (job: WatchedJob): Promise<Outcome> =>
  new Promise((resolve) => {
    const slot = new InputSlot()
    const workerData: ThreadJob = { ...job, memory: slot.memory }
    const thread = new Worker(new URL("./FuzzThread.ts", import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: job.mebibytesMax },
    })
    let count = 0
    let sinceMillis = performance.now()
    const end = (outcome: Outcome): void => {
      clearInterval(timer)
      resolve(outcome)
      void thread.terminate()
    }
    const found = (stack: string): void => {
      const finding: Finding = { target: job.target, input: slot.get(), stack }
      end({ tried: slot.count, accepted: 0, findings: [finding] })
    }
    const timer = setInterval(() => {
      const now = performance.now()
      if (slot.count !== count) {
        count = slot.count
        sinceMillis = now
      } else if (now - sinceMillis > (count === 0 ? startMillis : job.hangMillis)) {
        found(`did not return within ${job.hangMillis} ms`)
      }
    }, pollMillis)
    thread.on("message", (outcome: Outcome) => {
      const findings = outcome.findings.map((one) => ({ ...one, input: Buffer.from(one.input) }))
      end({ ...outcome, findings })
    })
    thread.on("error", (error) => found(`ended its thread: ${String(error)}`))
    thread.on("exit", () => found("ended its thread"))
  })

/** Fuzzes for so long, in as many threads one after the other as inputs bring down. */
export const fuzzWatched = async (job: WatchedJob): Promise<Outcome> => {
  const end = performance.now() + job.seconds * 1000
  const findings: Array<Finding> = []
  let tried = 0
  let accepted = 0
  for (let again = 0; findings.length < findingsMax; again += 1) {
    const seconds = (end - performance.now()) / 1000
    if (seconds <= 0) break
    const outcome = await runThread({ ...job, seconds, seed: job.seed + again })
    tried += outcome.tried
    accepted += outcome.accepted
    findings.push(...outcome.findings)
  }
  return { tried, accepted, findings }
}

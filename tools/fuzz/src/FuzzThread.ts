/** The thread that fuzzes one target; `Watchdog` ends it where a reader does not return. */
import { parentPort, workerData } from "node:worker_threads"
import { fuzz, type Outcome, type Target } from "./Fuzzer.ts"
import { InputSlot } from "./InputSlot.ts"

export interface ThreadJob {
  /** A module that exports `targets`. */
  readonly module: string
  readonly target: string
  readonly seconds: number
  readonly seed: number
  /** Of its heap, and of its buffers. */
  readonly mebibytesMax: number
  readonly memory: SharedArrayBuffer
}

// Only `Watchdog` starts this module.
const job = workerData as ThreadJob
const { targets } = (await import(job.module)) as { readonly targets: ReadonlyArray<Target> }
const target = targets.find(({ name }) => name === job.target)
if (target === undefined) throw new Error(`no target ${job.target} in ${job.module}`)
const slot = new InputSlot(job.memory)
const end = performance.now() + job.seconds * 1000
const outcome: Outcome = await fuzz(
  target,
  job.seed,
  () => performance.now() < end,
  (input) => slot.put(input),
  job.mebibytesMax * 2 ** 20,
)
parentPort?.postMessage(outcome)

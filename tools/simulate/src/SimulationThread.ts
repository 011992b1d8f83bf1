/** Seeds in threads of their own: a simulation keeps a processor busy. */
import { once } from "node:events"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { campaign, type Campaign, together } from "@countersign/core/simulation/Campaign"
import { canaries } from "@countersign/core/simulation/Canaries"

export interface Share {
  readonly from: number
  readonly seeds: number
  /** The name of a bug to be found; the first seed that shows it ends the share. */
  readonly canary?: string | undefined
}

const inThread = async (share: Share): Promise<Campaign> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: share })
  const [done]: Array<Campaign> = await once(worker, "message")
  if (done === undefined) throw new Error("a thread has ended without an answer")
  return done
}

/** Runs all shares, so many at once. */
export const inThreads = async (
  shares: ReadonlyArray<Share>,
  jobs: number,
  finished: (share: Share) => void,
): Promise<Campaign> => {
  const rest = [...shares]
  const done: Array<Campaign> = []
  const work = async (): Promise<void> => {
    for (let share = rest.shift(); share !== undefined; share = rest.shift()) {
      done.push(await inThread(share))
      finished(share)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return together(done)
}

if (!isMainThread) {
  // What `inThread` gives.
  const { canary, from, seeds } = workerData as Share
  const bug = canary === undefined ? undefined : canaries[canary]
  parentPort?.postMessage(
    await campaign({
      from,
      seeds,
      ...(bug === undefined ? {} : { canary: bug, untilFoundBy: bug.foundBy }),
    }),
  )
}

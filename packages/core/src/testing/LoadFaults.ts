/**
 * What a load process does to itself while it loads a trail.
 *
 * @since 0.1.0
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { Worker } from "node:worker_threads"

/**
 * The clock jumps an hour ahead, an hour back and stands still; the event loop is blocked for two
 * seconds; the engine's threads are ended while they work.
 *
 * @category models
 * @since 0.1.0
 */
export type LoadFault = "clock" | "block" | "threads"

type Say = (line: string) => void

const hourMillis = 3_600_000
const phaseMillis = 200
const blockMillis = 2_000
// A thread that died before its first answer is not started again for half a minute.
const jobKilled = 3

const jumpClock = async (say: Say): Promise<void> => {
  const now = Date.now
  const phases = [
    ["forward", () => now() + hourMillis],
    ["back", () => now() - hourMillis],
    [
      "frozen",
      (
        (frozen) => () =>
          frozen
      )(now()),
    ],
  ] as const
  for (const [name, clock] of phases) {
    Date.now = clock
    say(`fault clock-${name}`)
    await sleep(phaseMillis)
  }
  Date.now = now
}

const block = (say: Say): void => {
  const from = performance.now()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMillis)
  say(`fault blocked ${Math.round(performance.now() - from)}`)
}

const kindOf = (message: unknown): string => {
  const body = typeof message === "object" && message !== null && "body" in message && message.body
  return Array.isArray(body) ? "writer" : "hasher"
}

/** Ends each of the two kinds once, with a job in its hands. */
const endThreads = (say: Say): Promise<void> =>
  new Promise((resolve) => {
    const ended = new Set<string>()
    process.on("worker", (worker: Worker) => {
      const post = worker.postMessage.bind(worker)
      let jobs = 0
      worker.postMessage = (message: unknown, ...rest) => {
        post(message, ...rest)
        jobs += 1
        const kind = kindOf(message)
        if (jobs < jobKilled || ended.has(kind)) return
        ended.add(kind)
        worker.once("exit", () => {
          say(`fault thread-${kind}`)
          if (ended.size === 2) resolve()
        })
        void worker.terminate()
      }
    })
  })

/**
 * Does it, and says each step as `fault <step>`, at last `fault over`.
 *
 * @category running
 * @since 0.1.0
 */
export const befall = async (fault: LoadFault, say: Say): Promise<void> => {
  if (fault === "threads") await endThreads(say)
  else {
    await sleep(phaseMillis)
    if (fault === "clock") await jumpClock(say)
    else block(say)
  }
  say("fault over")
}

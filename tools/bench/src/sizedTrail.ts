/**
 * A process that makes a trail or opens it again, says how long the opening took, and ends by
 * closing it or by being killed: who opens a trail after a crash has just been started.
 */
import type { Settings } from "./Line.ts"
import { openEngine } from "./engine.ts"
import { prepare } from "./events.ts"
import { feed } from "./feed.ts"

export interface SizedTrailOrder {
  readonly scratch: Settings["work"]
  /** Records to add. */
  readonly count: number
  readonly end: "close" | "kill"
}

export interface SizedTrailAnswer {
  /** From the call to an engine that takes events. */
  readonly openSeconds: number
  /** Records in the trail. */
  readonly size: number
}

// Compressed bundles would give one size of trail fewer bytes an entry than another.
const archive = { compress: false, afterBundles: 1024, bundlesPerSecondMax: 10 }

const obey = async ({ count, end, scratch }: SizedTrailOrder): Promise<void> => {
  const from = performance.now()
  const engine = await openEngine(scratch, { archive })
  const openSeconds = (performance.now() - from) / 1000
  if (count > 0) {
    await feed(engine, prepare(Math.min(count, 20_000)), (accepted) => accepted >= count)
    await engine.flush()
    await engine.publish()
  }
  const answer: SizedTrailAnswer = { openSeconds, size: engine.status().durableSize }
  if (end === "close") await engine.close()
  process.send?.(answer, () => process.kill(process.pid, "SIGKILL"))
}

process.on("disconnect", () => process.exit(1))
process.on("message", (order: SizedTrailOrder) => void obey(order))

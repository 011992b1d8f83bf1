/**
 * Memory at 10,000 events a second. The process first makes the same events without an engine,
 * then with one whose sinks are all dead; garbage is collected before each sample, so what grows is held by someone.
 */
import { deadSinks, openEngine } from "../engine.ts"
import { eventAt } from "../events.ts"
import { feedOne } from "../feed.ts"
import type { Line, Measurement, Round } from "../Line.ts"
import { openLoop } from "../openLoop.ts"
import { makeScratch, emptyScratch, requireSpace } from "../scratch.ts"
import { median } from "../statistics.ts"

const perSecond = 10_000
const mebibyte = 1024 * 1024
// V8's young generation grows with what survives a collection, soon or late, and keeps its size
// under load. Here it has its full size from the start, as in an application that has been up for a while.
const youngMebibytes = 16

interface Sample extends Round {
  readonly resident: number
  readonly held: number
}

const sample = (): Sample => {
  globalThis.gc?.()
  const { external, heapUsed, rss } = process.memoryUsage()
  return { resident: rss / mebibyte, held: (heapUsed + external) / mebibyte }
}

/** Runs the load for so many seconds, with a sample after each. */
const load = async (seconds: number, send: (index: number) => void): Promise<Array<Sample>> => {
  const samples: Array<Sample> = []
  for (let second = 0; second < seconds; second++) {
    await openLoop({ perSecond, seconds: 1, send: (index) => send(second * perSecond + index) })
    samples.push(sample())
  }
  return samples
}

const growthOf = (samples: ReadonlyArray<Sample>, key: "resident" | "held"): number => {
  const values = samples.map((at) => at[key])
  return Math.max(...values) - Math.min(...values)
}

export const memory: Measurement = {
  name: "memory",
  flags: [`--min-semi-space-size=${youngMebibytes}`, `--max-semi-space-size=${youngMebibytes}`],
  run: async ({ quick, seconds: asked, work }) => {
    // Ten times what is sustained elsewhere: ten minutes, unless it is shortened.
    const seconds = quick ? 4 : Math.ceil(asked * 10)
    const secondsBefore = quick ? 2 : 10
    requireSpace(work, seconds * perSecond * 1500)
    let bytes = 0
    const makeOnly = (index: number): void => {
      bytes += eventAt(index).type.length
    }
    await load(secondsBefore, makeOnly)
    const without = await load(secondsBefore, makeOnly)
    const scratch = makeScratch(work)
    const engine = await openEngine(scratch, { sinks: deadSinks })
    const record = (index: number): void => feedOne(engine, eventAt(index))
    await load(secondsBefore, record)
    const samples = await load(seconds, record)
    await engine.flush()
    const { durableSize } = engine.status()
    await engine.close()
    emptyScratch(scratch)
    if (bytes === 0 || durableSize < (seconds + secondsBefore) * perSecond) {
      throw new Error("not every event became durable")
    }

    const extra = Math.max(...samples.map((at) => at.resident)) - residentOf(without)
    const growth = Math.max(growthOf(samples, "resident"), growthOf(samples, "held"))
    const notes = [
      `${seconds} s after ${secondsBefore} s of warming up; heap and external grew by ${growthOf(samples, "held").toFixed(1)} MiB, resident memory by ${growthOf(samples, "resident").toFixed(1)} MiB`,
      `V8's young generation has its full size, ${youngMebibytes} MiB a half, from the start`,
      "two sinks: one fails at once each time, the other never answers",
    ]
    const line = (name: string, title: string, value: number): Line => ({
      name,
      title,
      ours: { value, unit: "MiB" },
      judged: value,
      goal: { direction: "atMost", least: 50, unit: "MiB" },
      rounds: samples,
      notes,
    })
    return [
      line("memory-growth", "10,000/s, dead sinks: growth of memory", growth),
      line("memory-extra", "10,000/s, dead sinks: memory beyond the same without an engine", extra),
    ]
  },
}

const residentOf = (samples: ReadonlyArray<Sample>): number =>
  median(samples.map((at) => at.resident))

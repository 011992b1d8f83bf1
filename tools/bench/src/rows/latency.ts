/**
 * How long an event takes to be durable, and to be published, at 10,000 a second that come
 * whatever the engine does. Each wait counts from when its event was due, not from when a
 * late generator sent it.
 */
import * as fs from "node:fs/promises"
import { openEngine } from "../engine.ts"
import { eventAt } from "../events.ts"
import type { Measurement, Round, Settings } from "../Line.ts"
import { openLoop } from "../openLoop.ts"
import { makeScratch, emptyScratch } from "../scratch.ts"
import { Samples } from "../statistics.ts"
import { waitsOf, waitsText } from "../waits.ts"

const perSecond = 10_000

/** What the disk alone takes for a batch of this load: appends of 8 KiB, each with fdatasync. */
const syncFloor = async (work: string, count: number): Promise<Round> => {
  const scratch = makeScratch(work)
  const file = await fs.open(`${scratch}/floor`, "w")
  const bytes = Buffer.alloc(8192, 1)
  const samples = new Samples(count)
  for (let index = 0; index < count; index++) {
    const from = performance.now()
    await file.write(bytes)
    await file.datasync()
    samples.add(performance.now() - from)
  }
  await file.close()
  emptyScratch(scratch)
  return waitsOf(samples)
}

const run = async (
  { quick, seconds: asked, work }: Settings,
  level: "durable" | "published",
  checkpointMillis: number,
) => {
  const seconds = quick ? Math.min(asked, 3) : asked
  const slices = quick ? 3 : 6
  const scratch = makeScratch(work)
  const engine = await openEngine(scratch, { checkpoint: { intervalMillis: checkpointMillis } })
  const whole = new Samples(perSecond * seconds)
  const sliced = Array.from({ length: slices }, () => new Samples(perSecond * seconds))
  let waiting = 0
  let failed = 0
  const sendTo = (into: Samples | undefined) => (index: number, intended: number) => {
    waiting += 1
    engine.recordUntil(eventAt(index), level, (isReached) => {
      waiting -= 1
      if (!isReached) failed += 1
      if (into === undefined) return
      const millis = performance.now() - intended
      into.add(millis)
      sliced[Math.floor((index * slices) / (perSecond * seconds))]?.add(millis)
    })
  }
  await openLoop({ perSecond, seconds: quick ? 1 : 3, send: sendTo(undefined) })
  await engine.flush()
  globalThis.gc?.()
  const { lateMillisMax } = await openLoop({ perSecond, seconds, send: sendTo(whole) })
  await engine.publish()
  const status = engine.status()
  await engine.close()
  emptyScratch(scratch)
  if (failed > 0 || waiting > 0) {
    throw new Error(`${failed} events failed and ${waiting} were never answered: ${status.detail}`)
  }
  return { whole: waitsOf(whole), rounds: sliced.map(waitsOf), lateMillisMax, seconds }
}

export const durableLatency: Measurement = {
  name: "latency-durable",
  run: async (settings) => {
    const probes = settings.quick ? 100 : 500
    const before = await syncFloor(settings.work, probes)
    const { lateMillisMax, rounds, seconds, whole } = await run(settings, "durable", 1000)
    const after = await syncFloor(settings.work, probes)
    const floor = Math.min(before["p99"] ?? Number.NaN, after["p99"] ?? Number.NaN)
    const p99 = whole["p99"] ?? Number.NaN
    return [
      {
        name: "latency-durable",
        title: "10,000/s, open loop: record → durable, p99",
        ours: { value: p99, unit: "ms" },
        peer: { name: "fdatasync alone", value: floor, unit: "ms" },
        judged: p99,
        goal: { direction: "atMost", least: 25, aim: 5, unit: "ms" },
        rounds: [whole, ...rounds, before, after],
        notes: [
          `${seconds} s: ${waitsText(whole, 1)} ms; the generator was late by ${lateMillisMax.toFixed(1)} ms at most, and the waits hold that`,
          `fdatasync alone, before and after: ${waitsText(before, 1)} and ${waitsText(after, 1)} ms`,
        ],
      },
    ]
  },
}

export const publishedLatency: Measurement = {
  name: "latency-published",
  run: async (settings) => {
    const { lateMillisMax, rounds, seconds, whole } = await run(settings, "published", 50)
    const mean = whole["mean"] ?? Number.NaN
    return [
      {
        name: "latency-published",
        title: "10,000/s, open loop: record → published, mean",
        ours: { value: mean, unit: "ms" },
        judged: mean,
        goal: { direction: "atMost", least: 100, unit: "ms" },
        rounds: [whole, ...rounds],
        notes: [
          `${seconds} s, a checkpoint each 50 ms: ${waitsText(whole, 1)} ms; the generator was late by ${lateMillisMax.toFixed(1)} ms at most`,
        ],
      },
    ]
  },
}

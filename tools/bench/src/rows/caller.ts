/**
 * What one call of `recordUnsafe` costs its caller, at 10,000 events a second. In each tick the
 * same number of fresh events goes through `JSON.stringify`: the control shows what this
 * machine makes of a call that does less.
 */
import { type OpenEngine, openEngine } from "../engine.ts"
import { eventAt } from "../events.ts"
import { feedOne } from "../feed.ts"
import type { Line, Measurement } from "../Line.ts"
import { openLoop } from "../openLoop.ts"
import { makeScratch, emptyScratch } from "../scratch.ts"
import { median, quantileOfSorted, Samples, spreadOf } from "../statistics.ts"

const perSecond = 10_000
const clockReadings = 1_000_000

const summary = (samples: Samples) => {
  const sorted = samples.sorted()
  return {
    median: quantileOfSorted(sorted, 0.5),
    p90: quantileOfSorted(sorted, 0.9),
    p99: quantileOfSorted(sorted, 0.99),
    p999: quantileOfSorted(sorted, 0.999),
    max: quantileOfSorted(sorted, 1),
  }
}

/** What reading the clock twice adds to every sample. Units: microseconds. */
const timeClock = () => {
  const samples = new Samples(clockReadings)
  for (let index = 0; index < clockReadings; index++) {
    const from = performance.now()
    samples.add((performance.now() - from) * 1000)
  }
  return summary(samples)
}

const runRound = async (engine: OpenEngine, seconds: number) => {
  const clock = timeClock()
  const ours = new Samples(perSecond * seconds)
  const control = new Samples(perSecond * seconds)
  const timeControl = (event: object): void => {
    const from = performance.now()
    const text = JSON.stringify(event)
    const micros = (performance.now() - from) * 1000
    if (text.length > 0) control.add(Math.max(0, micros - clock.median))
  }
  let isControlFirst = true
  await openLoop({
    perSecond,
    seconds,
    send: (index) => {
      const event = eventAt(index)
      const other = eventAt(index + 1)
      if (isControlFirst) timeControl(other)
      const from = performance.now()
      const verdict = engine.recordUnsafe(event)
      const micros = (performance.now() - from) * 1000
      ours.add(Math.max(0, micros - clock.median))
      // Says why, if that was a passing condition; the sample stays.
      if (verdict._tag !== "Accepted") feedOne(engine, event)
      if (!isControlFirst) timeControl(other)
    },
    ticked: () => {
      isControlFirst = !isControlFirst
    },
  })
  const call = summary(ours)
  const stringify = summary(control)
  return {
    calls: ours.count,
    median: call.median,
    p90: call.p90,
    p99: call.p99,
    p999: call.p999,
    max: call.max,
    controlMedian: stringify.median,
    controlP999: stringify.p999,
    clockMedian: clock.median,
    clockP999: clock.p999,
  }
}

type RoundOfCalls = Awaited<ReturnType<typeof runRound>>

const lineOf = (
  rounds: ReadonlyArray<RoundOfCalls>,
  which: "median" | "p999",
  shown: string,
  goal: readonly [least: number, aim: number],
): Line => {
  const middle = (key: keyof RoundOfCalls): number => median(rounds.map((round) => round[key]))
  const { high, low } = spreadOf(rounds.map((round) => round[which]))
  return {
    name: `caller-${which}`,
    title: `recordUnsafe's cost to the caller, ${shown}`,
    ours: { value: middle(which), unit: "µs" },
    peer: {
      name: "JSON.stringify",
      value: middle(which === "median" ? "controlMedian" : "controlP999"),
      unit: "µs",
    },
    judged: middle(which),
    goal: { direction: "atMost", least: goal[0], aim: goal[1], unit: "µs" },
    rounds,
    notes: [
      `${rounds.length} rounds between ${low.toFixed(2)} and ${high.toFixed(2)} µs; p90 ${middle("p90").toFixed(2)} µs, p99 ${middle("p99").toFixed(2)} µs`,
      `reading the clock costs ${middle("clockMedian").toFixed(3)} µs, taken off each sample; its p99.9 is ${middle("clockP999").toFixed(2)} µs`,
    ],
  }
}

export const caller: Measurement = {
  name: "caller",
  run: async ({ quick, seconds, work }) => {
    const scratch = makeScratch(work)
    const engine = await openEngine(scratch)
    const secondsEach = quick ? 1 : Math.max(2, Math.ceil(seconds / 6))
    await runRound(engine, secondsEach)
    const rounds: Array<RoundOfCalls> = []
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      rounds.push(await runRound(engine, secondsEach))
    }
    await engine.close()
    emptyScratch(scratch)
    return [lineOf(rounds, "median", "median", [2, 1]), lineOf(rounds, "p999", "p99.9", [25, 10])]
  },
}

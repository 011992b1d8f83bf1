/** How many numbers an application may count in a second, on one thread. */
import { Counter, Recorder } from "@countersign/monitor/metric/Recorder"
import type { Line, Measurement } from "../Line.ts"
import { median, spreadOf } from "../statistics.ts"
import { paceOf, startLap } from "../stopwatch.ts"

/** Times between 10 µs and 100 ms, in an order that no processor can guess. */
const valuesOf = (count: number): Float64Array => {
  let state = 2_463_534_242
  return Float64Array.from({ length: count }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return 1e-5 * 10 ** (4 * ((state >>> 0) / 2 ** 32))
  })
}

const values = valuesOf(65_536)

const runRound = (count: number) => {
  const counter = new Counter()
  const counting = startLap()
  for (let index = 0; index < count; index++) counter.add(index & 3)
  const counted = paceOf(counting(), count)

  const recorder = new Recorder("seconds", 0)
  const recording = startLap()
  for (let index = 0; index < count; index++) recorder.record(values[index & 0xffff] ?? 0)
  const recorded = paceOf(recording(), count)

  const from = performance.now()
  const { count: seen } = recorder.summary(60_000)
  const readMicros = (performance.now() - from) * 1000
  if (seen !== count || counter.value === 0) throw new Error("an update was lost")
  return { counter: counted.perSecond, histogram: recorded.perSecond, readMicros }
}

type RoundOfUpdates = ReturnType<typeof runRound>

export const metricUpdates: Measurement = {
  name: "metric-updates",
  table: "monitor",
  run: async ({ quick }) => {
    const count = quick ? 1_000_000 : 20_000_000
    runRound(count / 4)
    const rounds = Array.from({ length: quick ? 3 : 11 }, () => runRound(count))
    const middle = (key: keyof RoundOfUpdates): number => median(rounds.map((round) => round[key]))
    const { high, low } = spreadOf(rounds.map(({ histogram }) => histogram))
    const million = (value: number): string => `${(value / 1e6).toFixed(1)} million`
    const line: Line = {
      name: "metric-updates",
      title: "metric updates, into a histogram",
      ours: { value: middle("histogram"), unit: "/s" },
      peer: { name: "into a counter", value: middle("counter"), unit: "/s" },
      // Whoever counts a request records its time too; the slower of the two is judged.
      judged: Math.min(middle("histogram"), middle("counter")),
      goal: { direction: "atLeast", least: 1e6, aim: 1e7, unit: "/s" },
      rounds,
      notes: [
        `${rounds.length} rounds of ${million(count)}, between ${million(low)} and ${million(high)} a second`,
        `its quantiles are read in ${middle("readMicros").toFixed(0)} µs`,
      ],
    }
    return [line]
  },
}

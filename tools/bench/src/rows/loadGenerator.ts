/** Whether the load generator makes the rate that it is told to, alone and into an engine. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { eventBytes } from "@countersign/monitor/load/LoadEvent"
import { isSound } from "@countersign/monitor/load/LoadReport"
import { loadEngine } from "@countersign/monitor/load/LoadRun"
import { LoadRunner } from "@countersign/monitor/load/LoadRunner"
import type { Line, Measurement, Round } from "../Line.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"

const perSecond = 100_000

type Measured = ReturnType<LoadRunner["measured"]>

const profileOf = (rate: number, seconds: number): Measured["profile"] => ({
  warmup: [{ kind: "constant", perSecond: rate, seconds: 1 }],
  segments: [{ kind: "constant", perSecond: rate, seconds }],
})

const roundOf = (rate: number, { lag, latency, rate: made }: Measured): Round => ({
  perSecond: rate,
  achieved: made.achievedPerSecond,
  off: Math.abs(made.deviation) * 100,
  lagP50: lag.p50 / 1000,
  lagP99: lag.p99 / 1000,
  lagMax: lag.max / 1000,
  p50: latency.p50 / 1000,
  p99: latency.p99 / 1000,
  max: latency.max / 1000,
})

/** Starts that do nothing: what is left is the generator. */
const alone = async (rate: number, seconds: number): Promise<Round> => {
  const runner = new LoadRunner({ profile: profileOf(rate, seconds) }, ({ done }) => ({
    start: (from, to) => {
      done(from, to)
      return to - from
    },
    isFull: () => false,
    room: () => Promise.resolve(),
  }))
  await runner.ended
  return roundOf(rate, runner.measured())
}

const intoEngine = async (rate: number, seconds: number, work: string): Promise<Round> => {
  const scratch = makeScratch(work)
  const report = await Effect.runPromise(
    loadEngine({
      profile: profileOf(rate, seconds),
      directory: path.join(scratch, "trail"),
      eventBytes: eventBytes.default,
      until: "durable",
    }),
  )
  emptyScratch(scratch)
  if (!isSound(report)) throw new Error(JSON.stringify(report.checks))
  return roundOf(rate, report)
}

const shown = (round: Round): string => {
  const value = (key: string) => (round[key] ?? Number.NaN).toFixed(2)
  return `${round["perSecond"]?.toLocaleString("en-US")}/s: ${value("off")} % off, late by p50 ${value("lagP50")}, p99 ${value("lagP99")}, max ${value("lagMax")} ms; latency p50 ${value("p50")}, p99 ${value("p99")}, max ${value("max")} ms`
}

const lineOf = (name: string, title: string, rounds: ReadonlyArray<Round>): Line => ({
  name,
  title,
  ours: { value: rounds.at(-1)?.["achieved"] ?? Number.NaN, unit: "/s" },
  judged: Math.max(...rounds.map((round) => round["off"] ?? Number.NaN)),
  goal: { direction: "atMost", least: 1, unit: "%" },
  rounds,
  notes: rounds.map(shown),
})

export const loadGenerator: Measurement = {
  name: "load-generator",
  table: "monitor",
  run: async ({ quick, seconds: asked, work }) => {
    const seconds = quick ? 1 : Math.min(asked, 20)
    requireSpace(work, (seconds + 1) * perSecond * 1500)
    const rounds: Array<Round> = []
    for (const rate of [1000, 10_000, perSecond]) rounds.push(await alone(rate, seconds))
    const filled: Array<Round> = []
    for (const rate of [10_000, perSecond]) filled.push(await intoEngine(rate, seconds, work))
    return [
      lineOf("load-generator", "load generator alone, up to 100,000 starts/s", rounds),
      lineOf("load-engine", "load generator into an engine, up to 100,000 events/s", filled),
    ]
  },
}

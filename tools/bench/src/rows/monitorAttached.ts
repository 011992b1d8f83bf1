/**
 * What a monitor costs the engine that it watches: pairs of slices of one running engine at full
 * load, with the metrics read and a page of them fetched each second, and without.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { Metrics } from "@countersign/monitor/metric/Metrics"
import { Prometheus } from "@countersign/monitor/metric/Prometheus"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type OpenEngine, openEngine } from "../engine.ts"
import { prepare } from "../events.ts"
import { feed } from "../feed.ts"
import type { Measurement } from "../Line.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"
import { median, spreadOf } from "../statistics.ts"
import { paceOf, startLap } from "../stopwatch.ts"

type Events = ReadonlyArray<AuditEventInput>

/** Fetches the page each second from a process of its own; fails where it got none. */
const scraping = Effect.gen(function* () {
  const { url } = yield* Prometheus
  yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const child = fork(new URL("../scraper.ts", import.meta.url), { execArgv: [] })
      child.send(url)
      const [status] = await once(child, "message")
      if (status !== 200) throw new Error(`the page of metrics answered ${String(status)}`)
      return child
    }),
    (child: ChildProcess) =>
      Effect.promise(async () => {
        const gone = once(child, "exit")
        child.disconnect()
        await gone
      }),
  )
})

const monitor = Layer.effectDiscard(scraping).pipe(
  Layer.provide(Prometheus.layer({ port: 0 })),
  Layer.provide(Metrics.layer()),
)

const slice = async (engine: OpenEngine, events: Events, seconds: number) => {
  const end = performance.now() + seconds * 1000
  const lap = startLap()
  const accepted = await feed(engine, events, () => performance.now() >= end)
  await engine.flush()
  return paceOf(lap(), accepted)
}

const watchedSlice = async (engine: OpenEngine, events: Events, seconds: number) => {
  const detach = await engine.attach(monitor)
  const pace = await slice(engine, events, seconds)
  await detach()
  return pace
}

const runPair = async (work: string, events: Events, seconds: number, isWatchedFirst: boolean) => {
  const scratch = makeScratch(work)
  const engine = await openEngine(scratch)
  // An engine starts its threads with the first load; this row is about an engine at work.
  await slice(engine, events, seconds / 4)
  let watched = isWatchedFirst ? await watchedSlice(engine, events, seconds) : undefined
  const bare = await slice(engine, events, seconds)
  watched ??= await watchedSlice(engine, events, seconds)
  await engine.close()
  emptyScratch(scratch)
  return {
    watched: watched.perSecond,
    bare: bare.perSecond,
    costPercent: 100 * (1 - watched.perSecond / bare.perSecond),
    cpuPercent: 100 * (watched.cpuMicros / bare.cpuMicros - 1),
  }
}

type Pair = Awaited<ReturnType<typeof runPair>>

export const monitorAttached: Measurement = {
  name: "monitor-attached",
  table: "monitor",
  run: async ({ quick, seconds, work }) => {
    const pairs = quick ? 2 : 20
    const secondsEach = quick ? 1.5 : Math.max(3, seconds / 10)
    requireSpace(work, quick ? 2e9 : 8e9)
    const events = prepare(20_000)
    await runPair(work, events, secondsEach, true)
    const rounds: Array<Pair> = []
    for (let pair = 0; pair < pairs; pair++) {
      rounds.push(await runPair(work, events, secondsEach, pair % 2 === 0))
    }
    const middle = (key: keyof Pair): number => median(rounds.map((round) => round[key]))
    const { high, low } = spreadOf(rounds.map(({ costPercent }) => costPercent))
    return [
      {
        name: "monitor-attached",
        title: "durable events with the metrics read and fetched each second",
        ours: { value: middle("watched"), unit: "/s" },
        peer: { name: "without", value: middle("bare"), unit: "/s" },
        judged: middle("costPercent"),
        goal: { direction: "atMost", least: 2, aim: 0.5, unit: "%" },
        rounds,
        notes: [
          `${pairs} pairs of ${secondsEach} s each; between ${low.toFixed(1)} and ${high.toFixed(1)} %`,
          `processor time an event, all threads: ${middle("cpuPercent").toFixed(1)} % more`,
        ],
      },
    ]
  },
}

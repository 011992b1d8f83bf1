/**
 * What a monitor costs the engine that it watches: pairs of slices at full load, with all that users
 * attach and without. Figures, alerts, a page that is fetched each second and a viewer who is sent
 * each frame come and go beside one running engine; detection is a sink, so it has an engine of its
 * own in each pair.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import type { AlertTarget } from "@countersign/monitor/alert/AlertTarget"
import { defaultRules } from "@countersign/monitor/detect/DefaultRules"
import { Detection } from "@countersign/monitor/detect/Detection"
import * as DetectionSink from "@countersign/monitor/detect/DetectionSink"
import { Prometheus } from "@countersign/monitor/metric/Prometheus"
import { Monitor } from "@countersign/monitor/Monitor"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type OpenEngine, openEngine } from "../engine.ts"
import { prepare } from "../events.ts"
import { feed } from "../feed.ts"
import type { Line, Measurement, Settings } from "../Line.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"
import { sharesOf } from "../profile.ts"
import { median, medianInterval, spreadOf } from "../statistics.ts"
import { paceOf, startLap } from "../stopwatch.ts"

type Events = ReadonlyArray<AuditEventInput>

/** Whoever looks: a process of its own that is told where to look, and says once that it sees what it should. */
export const watcher = (
  file: URL,
  execArgv: ReadonlyArray<string>,
  where: Readonly<Record<string, string>>,
  sees: unknown,
) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = fork(file, { execArgv: [...execArgv] })
      child.send(where)
      const [said] = await once(child, "message")
      if (said !== sees) throw new Error(`${file.href} says ${String(said)}`)
      return child
    }),
    (child: ChildProcess) =>
      Effect.promise(async () => {
        const gone = once(child, "exit")
        child.disconnect()
        await gone
      }),
  )

const watching = Effect.gen(function* () {
  const { url: page } = yield* Prometheus
  const { token, url } = yield* MonitorServer
  yield* watcher(new URL("../scraper.ts", import.meta.url), [], { url: page }, 200)
  const where = { url, token: Redacted.value(token) }
  const viewer = new URL("../viewer.ts", import.meta.url)
  yield* watcher(viewer, ["--conditions=@countersign/source"], where, "sees")
})

/** Alerts are made and recorded; nobody reads stderr here. */
export const quiet: AlertTarget = {
  name: "quiet",
  tell: () => undefined,
  counts: () => ({ told: 0, waiting: 0, dropped: 0, failed: 0, lastFailure: undefined }),
}

const monitor = Layer.effectDiscard(watching).pipe(
  Layer.provide(Prometheus.layer({ port: 0 })),
  Layer.provide(Monitor.layer({ alerts: { targets: [Effect.succeed(quiet)] } })),
)

export const slice = async (engine: OpenEngine, events: Events, seconds: number) => {
  const end = performance.now() + seconds * 1000
  const lap = startLap()
  const accepted = await feed(engine, events, () => performance.now() >= end)
  await engine.flush()
  return paceOf(lap(), accepted)
}

interface Pair {
  readonly watched: number
  readonly bare: number
  readonly costPercent: number
  readonly cpuPercent: number
  /** Events that detection had not judged when the last one was durable; 0 without it. */
  readonly unjudged: number
}

type Pace = Awaited<ReturnType<typeof slice>>

export const pairOf = (watched: Pace, bare: Pace, unjudged = 0): Pair => ({
  watched: watched.perSecond,
  bare: bare.perSecond,
  costPercent: 100 * (1 - watched.perSecond / bare.perSecond),
  cpuPercent: 100 * (watched.cpuMicros / bare.cpuMicros - 1),
  unjudged,
})

export type RunPair = (
  work: string,
  events: Events,
  seconds: number,
  isWatchedFirst: boolean,
) => Promise<Pair>

/** Both slices of one engine. */
const besideOne: RunPair = async (work, events, seconds, isWatchedFirst) => {
  const scratch = makeScratch(work)
  const engine = await openEngine(scratch)
  const watchedSlice = async () => {
    const detach = await engine.attach(monitor)
    const pace = await slice(engine, events, seconds)
    await detach()
    return pace
  }
  // An engine starts its threads with the first load; this row is about an engine at work.
  await slice(engine, events, seconds / 4)
  let watched = isWatchedFirst ? await watchedSlice() : undefined
  const bare = await slice(engine, events, seconds)
  watched ??= await watchedSlice()
  await engine.close()
  emptyScratch(scratch)
  return pairOf(watched, bare)
}

/** Two engines, one after the other; one has detection among its sinks. */
const besideTwo: RunPair = async (work, events, seconds, isWatchedFirst) => {
  let unjudged = 0
  const run = async (isWatched: boolean): Promise<Pace> => {
    const scratch = makeScratch(work)
    const detection = DetectionSink.make({ rules: defaultRules })
    const engine = await openEngine(scratch, isWatched ? { sinks: [detection.sink] } : {})
    const detach = isWatched
      ? await engine.attach(Layer.merge(monitor, Detection.layer(detection)))
      : async () => undefined
    await slice(engine, events, seconds / 4)
    const pace = await slice(engine, events, seconds)
    if (isWatched) unjudged = engine.status().durableSize - detection.counts().judged
    await detach()
    await engine.close()
    emptyScratch(scratch)
    return pace
  }
  const first = await run(isWatchedFirst)
  const second = await run(!isWatchedFirst)
  return isWatchedFirst ? pairOf(first, second, unjudged) : pairOf(second, first, unjudged)
}

export const pairsOf = async ({ quick, seconds, work }: Settings, runPair: RunPair) => {
  const pairs = quick ? 2 : 24
  const secondsEach = quick ? 1.5 : Math.max(3, seconds / 10)
  const events = prepare(20_000)
  await runPair(work, events, secondsEach, true)
  const rounds: Array<Pair> = []
  for (let pair = 0; pair < pairs; pair++) {
    rounds.push(await runPair(work, events, secondsEach, pair % 2 === 0))
  }
  return { rounds, secondsEach }
}

export const lineOf = (
  name: string,
  title: string,
  { rounds, secondsEach }: Awaited<ReturnType<typeof pairsOf>>,
  goal: Line["goal"] = { direction: "atMost", least: 2, aim: 0.5, unit: "%" },
): Line => {
  const middle = (key: keyof Pair): number => median(rounds.map((round) => round[key]))
  const costs = rounds.map(({ costPercent }) => costPercent)
  const { high, low } = spreadOf(costs)
  const interval = medianInterval(costs)
  return {
    name,
    title,
    ours: { value: middle("watched"), unit: "/s" },
    peer: { name: "without", value: middle("bare"), unit: "/s" },
    judged: middle("costPercent"),
    goal,
    rounds: rounds.map((round) => ({ ...round })),
    notes: [
      `${rounds.length} pairs of ${secondsEach} s each; between ${low.toFixed(1)} and ${high.toFixed(1)} %; the median lies, with ${Math.round(100 * interval.confidence)} %, between ${interval.low.toFixed(1)} and ${interval.high.toFixed(1)} %`,
      `processor time an event, all threads: ${middle("cpuPercent").toFixed(1)} % more`,
      ...(middle("unjudged") > 0
        ? [
            `detection lies behind the trail: ${Math.round(middle("unjudged")).toLocaleString("en-US")} events were not judged yet when the last one was durable`,
          ]
        : []),
    ],
  }
}

/** The monitor's own modules, and what runs for its server alone. */
export const isMonitors = (url: string): boolean =>
  /\/packages\/monitor\/|\/effect\/dist\/(?:rpc|observability)\/|\/node_modules\/ws\//.test(url)

/**
 * What is left of the monitor's cost where pairs of slices say nothing, since the machine moves by
 * more than it from one slice to the next: how much of the thread that an engine's events are taken
 * on is the monitor's.
 */
const shareLine = async ({ quick, seconds, work }: Settings): Promise<Line> => {
  const events = prepare(20_000)
  const scratch = makeScratch(work)
  const engine = await openEngine(scratch)
  const detach = await engine.attach(monitor)
  const secondsEach = quick ? 1.5 : Math.max(5, seconds / 2)
  await slice(engine, events, secondsEach)
  const rounds: Array<{ sharePercent: number; busySeconds: number }> = []
  for (let round = 0; round < (quick ? 1 : 5); round += 1) {
    const { busySeconds, share } = await sharesOf(
      () => slice(engine, events, secondsEach),
      isMonitors,
    )
    rounds.push({ sharePercent: 100 * share, busySeconds })
  }
  await detach()
  await engine.close()
  emptyScratch(scratch)
  const judged = median(rounds.map(({ sharePercent }) => sharePercent))
  const { high, low } = spreadOf(rounds.map(({ sharePercent }) => sharePercent))
  return {
    name: "monitor-share",
    title: "the same, as the share of the main thread's time that is the monitor's",
    ours: { value: judged, unit: "%" },
    judged,
    goal: { direction: "atMost", least: 2, aim: 0.5, unit: "%" },
    rounds,
    notes: [
      `${rounds.length} slices of ${secondsEach} s at full load, by samples of the stack each 0.5 ms: between ${low.toFixed(2)} and ${high.toFixed(2)} %; what the garbage of both costs is in neither`,
    ],
  }
}

export const monitorAttached: Measurement = {
  name: "monitor-attached",
  table: "monitor",
  run: async (settings) => {
    requireSpace(settings.work, settings.quick ? 2e9 : 8e9)
    return [
      lineOf(
        "monitor-attached",
        "durable events with figures, alerts, a page fetched each second and a viewer",
        await pairsOf(settings, besideOne),
      ),
      await shareLine(settings),
    ]
  },
}

/** A measurement of its own: two engines a pair take long, and one measurement has an end. */
export const monitorDetecting: Measurement = {
  name: "monitor-detecting",
  table: "monitor",
  run: async (settings) => {
    requireSpace(settings.work, settings.quick ? 2e9 : 8e9)
    return [
      lineOf(
        "monitor-detecting",
        "the same with detection by all rules, as fast as events come",
        await pairsOf(settings, besideTwo),
      ),
    ]
  },
}

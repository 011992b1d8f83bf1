/**
 * What somebody who looks costs the engine that is looked at: pairs of slices at full load beside one
 * engine with all of its monitor, with a viewer who asks for what the inspector's page asks and
 * without one.
 */
import { Monitor } from "@countersign/monitor/Monitor"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { openEngine } from "../engine.ts"
import { prepare } from "../events.ts"
import type { Line, Measurement, Settings } from "../Line.ts"
import { sharesOf } from "../profile.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"
import { median, spreadOf } from "../statistics.ts"
import {
  isMonitors,
  lineOf,
  pairOf,
  pairsOf,
  quiet,
  type RunPair,
  slice,
  watcher,
} from "./monitorAttached.ts"

/** As often as the page asks for frames. Units: milliseconds. */
const frameMillis = 250

const viewer = new URL("../pageViewer.ts", import.meta.url)

/** An engine with all of its monitor; `whileLooking` runs with a viewer beside it. */
const openWatched = async (scratch: string) => {
  const engine = await openEngine(scratch)
  let where: Readonly<Record<string, string>> = {}
  const monitor = Layer.effectDiscard(
    Effect.map(MonitorServer, ({ token, url }) => {
      where = { url, token: Redacted.value(token) }
    }),
  ).pipe(
    Layer.provide(
      Monitor.layer({ alerts: { targets: [Effect.succeed(quiet)] }, server: { frameMillis } }),
    ),
  )
  const detachMonitor = await engine.attach(monitor)
  return {
    engine,
    whileLooking: async <A>(run: () => Promise<A>): Promise<A> => {
      const looking = watcher(viewer, ["--conditions=@countersign/source"], where, "sees")
      const detach = await engine.attach(Layer.effectDiscard(looking))
      const result = await run()
      await detach()
      return result
    },
    close: async () => {
      await detachMonitor()
      await engine.close()
      emptyScratch(scratch)
    },
  }
}

const besideOne: RunPair = async (work, events, seconds, isWatchedFirst) => {
  const { close, engine, whileLooking } = await openWatched(makeScratch(work))
  const run = () => slice(engine, events, seconds)
  await slice(engine, events, seconds / 4)
  let watched = isWatchedFirst ? await whileLooking(run) : undefined
  const bare = await run()
  watched ??= await whileLooking(run)
  await close()
  return pairOf(watched, bare)
}

/** How much more of the main thread is the monitor's while somebody looks on. */
const shareLine = async ({ quick, seconds, work }: Settings): Promise<Line> => {
  const events = prepare(20_000)
  const { close, engine, whileLooking } = await openWatched(makeScratch(work))
  const secondsEach = quick ? 1.5 : Math.max(5, seconds / 2)
  const sampled = () => sharesOf(() => slice(engine, events, secondsEach), isMonitors)
  await slice(engine, events, secondsEach)
  const rounds: Array<{ alone: number; watched: number; sharePercent: number }> = []
  for (let round = 0; round < (quick ? 1 : 5); round += 1) {
    const alone = 100 * (await sampled()).share
    const watched = 100 * (await whileLooking(sampled)).share
    rounds.push({ alone, watched, sharePercent: watched - alone })
  }
  await close()
  const shares = rounds.map(({ sharePercent }) => sharePercent)
  const judged = median(shares)
  const { high, low } = spreadOf(shares)
  return {
    name: "inspector-share",
    title: "the same, as the share of the main thread's time that it adds to the monitor's",
    ours: { value: judged, unit: "%" },
    judged,
    goal: { direction: "atMost", least: 1, aim: 0.5, unit: "%" },
    rounds,
    notes: [
      `${rounds.length} pairs of slices of ${secondsEach} s at full load, by samples of the stack: between ${low.toFixed(2)} and ${high.toFixed(2)} %`,
    ],
  }
}

export const inspector: Measurement = {
  name: "inspector",
  table: "inspector",
  run: async (settings) => {
    requireSpace(settings.work, settings.quick ? 2e9 : 8e9)
    return [
      lineOf(
        "inspector",
        "durable events while somebody looks on, with a live tail",
        await pairsOf(settings, besideOne),
        { direction: "atMost", least: 1, aim: 0.5, unit: "%" },
      ),
      await shareLine(settings),
    ]
  },
}

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
import type { Measurement } from "../Line.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"
import { lineOf, pairOf, pairsOf, quiet, type RunPair, slice, watcher } from "./monitorAttached.ts"

/** As often as the page asks for frames. Units: milliseconds. */
const frameMillis = 250

const viewer = new URL("../pageViewer.ts", import.meta.url)

const besideOne: RunPair = async (work, events, seconds, isWatchedFirst) => {
  const scratch = makeScratch(work)
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
  const watchedSlice = async () => {
    const looking = watcher(viewer, ["--conditions=@countersign/source"], where, "sees")
    const detach = await engine.attach(Layer.effectDiscard(looking))
    const pace = await slice(engine, events, seconds)
    await detach()
    return pace
  }
  await slice(engine, events, seconds / 4)
  let watched = isWatchedFirst ? await watchedSlice() : undefined
  const bare = await slice(engine, events, seconds)
  watched ??= await watchedSlice()
  await detachMonitor()
  await engine.close()
  emptyScratch(scratch)
  return pairOf(watched, bare)
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
    ]
  },
}

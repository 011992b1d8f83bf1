/**
 * How long it takes from when a figure crosses its bound until somebody is told, while a real engine
 * takes 10,000 events a second: a figure that is judged with each event, and one that is read each
 * second.
 */
import { Audit } from "@countersign/core/Audit"
import type { AlertTarget } from "@countersign/monitor/alert/AlertTarget"
import { Alerts } from "@countersign/monitor/alert/Alerts"
import { defaultRules } from "@countersign/monitor/alert/DefaultRules"
import { Metrics } from "@countersign/monitor/metric/Metrics"
import type { Reading } from "@countersign/monitor/metric/Reading"
import { Monitor } from "@countersign/monitor/Monitor"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { makeKey } from "../engine.ts"
import { eventAt } from "../events.ts"
import type { Line, Measurement } from "../Line.ts"
import { openLoop } from "../openLoop.ts"
import { emptyScratch, makeScratch } from "../scratch.ts"
import { Samples } from "../statistics.ts"
import { waitsOf, waitsText } from "../waits.ts"

const perSecond = 10_000
/** Every so many events the figure crosses its bound, up and then down again. */
const crossingEvery = 100
const bound = 1000
const series = 50
const metric = "orders_waiting"
/** How often the monitor reads its figures. */
const periodMillis = 1000

const rules = {
  ...defaultRules,
  rules: [
    ...defaultRules.rules,
    {
      name: "orders-waiting",
      kind: "threshold",
      of: { metric },
      is: "above",
      bound,
      summary: "{labels.queue}: {value} orders wait",
    },
    {
      name: "orders-growing",
      kind: "rate",
      of: { metric },
      over: "1m",
      is: "above",
      bound: 1e12,
      summary: "{labels.queue} grows by {value} orders a second",
    },
  ],
} as const

/** Somebody who is told, and remembers when. */
const makeWitness = () => {
  const told = { count: 0, atMillis: 0 }
  const target: AlertTarget = {
    name: "bench",
    tell: () => {
      told.count += 1
      told.atMillis = performance.now()
    },
    counts: () => ({
      told: told.count,
      waiting: 0,
      dropped: 0,
      failed: 0,
      lastFailure: undefined,
    }),
  }
  return { told, target }
}

/** An engine of the row's own, watched as an application's is. */
const openWatched = async (work: string) => {
  const scratch = makeScratch(work)
  const directory = `${scratch}/trail`
  makeKey(`${directory}.key`)
  const { target, told } = makeWitness()
  const runtime = ManagedRuntime.make(
    Monitor.layerAlone({ alerts: { rules, targets: [Effect.succeed(target)] } }).pipe(
      Layer.provideMerge(Audit.layer({ directory })),
    ),
  )
  const services = await runtime.runPromise(Effect.context<Alerts | Audit | Metrics>())
  const audit = Context.get(services, Audit)
  return {
    audit,
    told,
    alerts: Context.get(services, Alerts),
    metrics: Context.get(services, Metrics),
    close: async () => {
      await runtime.runPromise(audit.close)
      await runtime.dispose()
      emptyScratch(scratch)
    },
  }
}

const labels = Array.from({ length: series }, (_, queue) => ({ queue: `q${queue}` }))

/** Crossings that the application tells of itself, with each event. */
const runEvents = async (seconds: number, work: string) => {
  const { alerts, audit, close, told } = await openWatched(work)
  const crossings = Math.ceil((perSecond * seconds) / crossingEvery)
  const sinceDue = new Samples(crossings)
  const sinceCall = new Samples(crossings)
  const judging = new Samples(perSecond * seconds)
  let missed = 0
  const sendTo = (counts: boolean) => (index: number, intended: number) => {
    audit.recordUnsafe(eventAt(index))
    const crossing = Math.floor(index / crossingEvery)
    const isCrossing = index % crossingEvery === 0
    const queue = isCrossing ? Math.floor(crossing / 2) % series : index % series
    const isUp = isCrossing && crossing % 2 === 0
    // Between its crossings a queue that is up is left alone.
    const upQueue = crossing % 2 === 0 ? Math.floor(crossing / 2) % series : -1
    if (!isCrossing && queue === upQueue) return
    const reading: Reading = {
      name: metric,
      labels: labels[queue] ?? {},
      value: isUp ? bound + 1 : index % bound,
    }
    const before = told.count
    const from = performance.now()
    alerts.observeOne(reading)
    const to = performance.now()
    if (!counts) return
    judging.add(to - from)
    if (!isCrossing) return
    if (told.count === before) missed += 1
    sinceDue.add(told.atMillis - intended)
    sinceCall.add(told.atMillis - from)
  }
  await openLoop({ perSecond, seconds: 1, send: sendTo(false) })
  globalThis.gc?.()
  const { lateMillisMax } = await openLoop({ perSecond, seconds, send: sendTo(true) })
  const { unrecorded } = alerts.status()
  await close()
  if (missed > 0) throw new Error(`${missed} of ${sinceDue.count} crossings told nobody`)
  return {
    due: waitsOf(sinceDue),
    called: waitsOf(sinceCall),
    judged: waitsOf(judging),
    lateMillisMax,
    unrecorded,
  }
}

/** Crossings of a gauge that is read each second, at moments that lie evenly in between. */
const runReadings = async (seconds: number, work: string) => {
  const { alerts, audit, close, metrics, told } = await openWatched(work)
  const gauges = labels.map((each) => metrics.gauge(metric, each))
  const sinceCrossed = new Samples(series * (seconds + 2))
  const sinceRead = new Samples(2 * (seconds + 2))
  let readMillis = 0
  let isCounting = false
  let crossed: Array<number> = []
  let missed = 0
  let before = 0
  metrics.source(() => {
    readMillis = performance.now()
    return []
  })
  // The monitor's own listener came first, so whoever is to be told of this reading has been.
  metrics.subscribe(() => {
    const moments = crossed
    crossed = []
    if (isCounting && moments.length > 0) {
      if (told.count === before) missed += moments.length
      for (const moment of moments) sinceCrossed.add(told.atMillis - moment)
      sinceRead.add(told.atMillis - readMillis)
    }
    before = told.count
  })
  const send = (index: number) => {
    audit.recordUnsafe(eventAt(index))
    if (index % (perSecond / series) !== 0) return
    // A second up, a second down: each reading finds some that have crossed.
    const isUp = Math.floor(index / perSecond) % 2 === 0
    gauges[(index / (perSecond / series)) % series]?.set(isUp ? bound + 1 : 0)
    crossed.push(performance.now())
  }
  await openLoop({ perSecond, seconds: 2, send })
  globalThis.gc?.()
  isCounting = true
  const { lateMillisMax } = await openLoop({ perSecond, seconds, send })
  const { unrecorded } = alerts.status()
  await close()
  if (missed > 0) throw new Error(`${missed} of ${sinceCrossed.count} crossings told nobody`)
  return { crossed: waitsOf(sinceCrossed), read: waitsOf(sinceRead), lateMillisMax, unrecorded }
}

const byEvents = async (seconds: number, work: string): Promise<Line> => {
  const { called, due, judged, lateMillisMax, unrecorded } = await runEvents(seconds, work)
  const p99 = due["p99"] ?? Number.NaN
  return {
    name: "alert-latency",
    title: "10,000 events/s: bound crossed → target told, p99",
    ours: { value: p99, unit: "ms" },
    judged: p99,
    goal: { direction: "atMost", least: 5, unit: "ms" },
    rounds: [due, called, judged],
    notes: [
      `${seconds} s, ${due["events"] ?? 0} crossings that the application tells of itself (observeOne), each recorded in the trail too (${unrecorded} were not): ${waitsText(due, 3)} ms since the event was due; the generator was late by ${lateMillisMax.toFixed(1)} ms at most, and the waits hold that`,
      `from the call alone: ${waitsText(called, 3)} ms; a reading judged by two rules: ${waitsText(judged, 3)} ms`,
    ],
  }
}

const byReadings = async (seconds: number, work: string): Promise<Line> => {
  const { crossed, lateMillisMax, read, unrecorded } = await runReadings(seconds, work)
  const p99 = read["p99"] ?? Number.NaN
  return {
    name: "alert-latency-readings",
    title: "the same of what is read each second: the second, and p99 after a reading",
    ours: { value: periodMillis + p99, unit: "ms" },
    judged: p99,
    goal: { direction: "atMost", least: 5, unit: "ms" },
    rounds: [read, crossed],
    notes: [
      `${seconds} s; what is judged is the time from the reading that finds crossings until the last of them is told, p99: ${waitsText(read, 3)} ms`,
      `${crossed["events"] ?? 0} crossings of a gauge, up and down, at moments that lie evenly between readings: ${waitsText(crossed, 1)} ms from crossing to told, nearly all of it until the next reading; the generator was late by ${lateMillisMax.toFixed(1)} ms at most; ${unrecorded} changes were not recorded`,
    ],
  }
}

export const alertLatency: Measurement = {
  name: "alert-latency",
  table: "monitor",
  run: async ({ quick, seconds: asked, work }) => {
    const seconds = quick ? Math.min(asked, 3) : asked
    return [await byEvents(seconds, work), await byReadings(seconds, work)]
  },
}

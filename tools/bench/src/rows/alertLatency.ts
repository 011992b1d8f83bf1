/**
 * How long it takes from when a figure crosses its bound until somebody is told, while a real engine
 * takes 10,000 events a second and the figure is judged with each of them.
 */
import { Audit } from "@countersign/core/Audit"
import type { AlertTarget } from "@countersign/monitor/alert/AlertTarget"
import { Alerts } from "@countersign/monitor/alert/Alerts"
import { defaultRules } from "@countersign/monitor/alert/DefaultRules"
import type { Reading } from "@countersign/monitor/metric/Reading"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { makeKey } from "../engine.ts"
import { eventAt } from "../events.ts"
import type { Measurement, Round, Settings } from "../Line.ts"
import { openLoop } from "../openLoop.ts"
import { emptyScratch, makeScratch } from "../scratch.ts"
import { quantileOfSorted, Samples } from "../statistics.ts"

const perSecond = 10_000
/** Every so many events the figure crosses its bound, up and then down again. */
const crossingEvery = 100
const bound = 1000
const series = 50

const rules = {
  ...defaultRules,
  rules: [
    ...defaultRules.rules,
    {
      name: "orders-waiting",
      kind: "threshold",
      of: { metric: "orders_waiting" },
      is: "above",
      bound,
      summary: "{labels.queue}: {value} orders wait",
    },
    {
      name: "orders-growing",
      kind: "rate",
      of: { metric: "orders_waiting" },
      over: "1m",
      is: "above",
      bound: 1e12,
      summary: "{labels.queue} grows by {value} orders a second",
    },
  ],
} as const

const summary = (samples: Samples): Round => {
  const sorted = samples.sorted()
  return {
    events: samples.count,
    mean: samples.mean,
    p50: quantileOfSorted(sorted, 0.5),
    p99: quantileOfSorted(sorted, 0.99),
    p999: quantileOfSorted(sorted, 0.999),
    max: quantileOfSorted(sorted, 1),
  }
}

const shown = (round: Round): string =>
  ["p50", "p99", "p999", "max"].map((key) => `${key} ${(round[key] ?? 0).toFixed(3)}`).join(", ")

const run = async ({ quick, seconds: asked, work }: Settings) => {
  const seconds = quick ? Math.min(asked, 3) : asked
  const scratch = makeScratch(work)
  const directory = `${scratch}/trail`
  makeKey(`${directory}.key`)
  let told = 0
  let toldAt = 0
  const target: AlertTarget = {
    name: "bench",
    tell: () => {
      told += 1
      toldAt = performance.now()
    },
    counts: () => ({ told, waiting: 0, dropped: 0, failed: 0, lastFailure: undefined }),
  }
  const runtime = ManagedRuntime.make(
    Alerts.layer({ rules, targets: [Effect.succeed(target)] }).pipe(
      Layer.provideMerge(Audit.layer({ directory })),
    ),
  )
  const services = await runtime.runPromise(Effect.context<Alerts | Audit>())
  const audit = Context.get(services, Audit)
  const alerts = Context.get(services, Alerts)
  const crossings = Math.ceil((perSecond * seconds) / crossingEvery)
  const sinceDue = new Samples(crossings)
  const sinceCall = new Samples(crossings)
  const judging = new Samples(perSecond * seconds)
  let missed = 0
  const labels = Array.from({ length: series }, (_, queue) => ({ queue: `q${queue}` }))
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
      name: "orders_waiting",
      labels: labels[queue] ?? {},
      value: isUp ? bound + 1 : index % bound,
    }
    const before = told
    const from = performance.now()
    alerts.observeOne(reading)
    const to = performance.now()
    if (!counts) return
    judging.add(to - from)
    if (!isCrossing) return
    if (told === before) missed += 1
    sinceDue.add(toldAt - intended)
    sinceCall.add(toldAt - from)
  }
  await openLoop({ perSecond, seconds: 1, send: sendTo(false) })
  globalThis.gc?.()
  const { lateMillisMax } = await openLoop({ perSecond, seconds, send: sendTo(true) })
  const { unrecorded } = alerts.status()
  await runtime.runPromise(audit.close)
  await runtime.dispose()
  emptyScratch(scratch)
  if (missed > 0) throw new Error(`${missed} of ${sinceDue.count} crossings told nobody`)
  return {
    due: summary(sinceDue),
    called: summary(sinceCall),
    judged: summary(judging),
    lateMillisMax,
    unrecorded,
    seconds,
  }
}

export const alertLatency: Measurement = {
  name: "alert-latency",
  table: "monitor",
  run: async (settings) => {
    const { called, due, judged, lateMillisMax, seconds, unrecorded } = await run(settings)
    const p99 = due["p99"] ?? Number.NaN
    return [
      {
        name: "alert-latency",
        title: "10,000 events/s: bound crossed → target told, p99",
        ours: { value: p99, unit: "ms" },
        judged: p99,
        goal: { direction: "atMost", least: 5, unit: "ms" },
        rounds: [due, called, judged],
        notes: [
          `${seconds} s, ${due["events"] ?? 0} crossings, each recorded in the trail too (${unrecorded} were not): ${shown(due)} ms since the event was due; the generator was late by ${lateMillisMax.toFixed(1)} ms at most, and the waits hold that`,
          `from the call alone: ${shown(called)} ms; a reading judged by two rules: ${shown(judged)} ms`,
        ],
      },
    ]
  },
}

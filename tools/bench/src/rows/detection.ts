/**
 * Detection with all rules that come along and 100,000 actors: how many events a second, how long one
 * waits until it is judged, and how much memory the rules hold.
 */
import { createHistogram } from "node:perf_hooks"
import { setImmediate } from "node:timers/promises"
import { defaultRules } from "@countersign/monitor/detect/DefaultRules"
import * as DetectionSink from "@countersign/monitor/detect/DetectionSink"
import { Detector } from "@countersign/monitor/detect/Detector"
import * as Effect from "effect/Effect"
import type { Line, Measurement } from "../Line.ts"
import { median } from "../statistics.ts"

const actors = 100_000
const perSecond = 50_000
const batch = 256
const chunk = 8192
// Each actor twice, in whole chunks.
const known = Math.ceil((2 * actors) / chunk) * chunk
const mebibyte = 1024 * 1024
const begin = Date.parse("2026-11-18T08:00:00.000Z")
// Two thousand a second of the events' own time, so that windows move on.
const stepMillis = 0.5

const types = [
  ["patient.record.read", "Patient"],
  ["patient.record.read", "Patient"],
  ["patient.record.read", "Patient"],
  ["patient.record.write", "Patient"],
  ["lab.result.read", "LabResult"],
  ["billing.invoice.read", "Invoice"],
  ["session.login", "Session"],
  ["report.list.export", "Report"],
] as const

/** An entry as it lies in a trail; the actors come in an order that no cache foresees. */
const entryAt = (index: number): Buffer => {
  const actor = (index * 7919) % actors
  const [type, target] = types[index % types.length] ?? ["patient.record.read", "Patient"]
  const time = new Date(begin + Math.floor(index * stepMillis)).toISOString()
  const outcome = type === "session.login" && index % 100 === 6 ? "failure" : "success"
  const event = {
    action: "READ",
    actor: { id: `person-${actor}`, roles: ["nurse", "shift"], type: "user" },
    class: "standard",
    classification: "PHI",
    data: { records: index % 50, geo: { latitude: 52.5, longitude: 13.4 } },
    id: `01931f00-0000-7000-8000-${String(index).padStart(12, "0")}`,
    outcome,
    source: { ip: `10.${(actor >> 16) & 255}.${(actor >> 8) & 255}.${actor & 255}` },
    target: [{ id: `p-${(index * 31) % 200_000}`, type: target }],
    time,
    type,
  }
  return Buffer.from(JSON.stringify(event))
}

interface Pace {
  readonly wholeSeconds: number
  readonly judgeSeconds: number
}

/** Judges so many events after `from`; making them is not counted, reading their JSON is. */
const judge = (detector: Detector, from: number, count: number): Pace => {
  let [wholeMillis, judgeMillis] = [0, 0]
  for (let at = from; at < from + count; at += chunk) {
    const entries = Array.from({ length: chunk }, (_, index) => entryAt(at + index))
    const started = performance.now()
    const events = entries.map((entry): unknown => JSON.parse(entry.toString("utf8")))
    const parsed = performance.now()
    for (const event of events) detector.judge(event)
    const ended = performance.now()
    wholeMillis += ended - started
    judgeMillis += ended - parsed
  }
  return { wholeSeconds: wholeMillis / 1000, judgeSeconds: judgeMillis / 1000 }
}

const held = (): number => {
  globalThis.gc?.()
  const { arrayBuffers, external, heapUsed } = process.memoryUsage()
  return (heapUsed + Math.max(external, arrayBuffers)) / mebibyte
}

/** The longest waits at a steady rate, through the sink as an engine calls it. Units: milliseconds. */
const latency = async (
  seconds: number,
): Promise<{ readonly p99: number; readonly max: number }> => {
  const { sink } = DetectionSink.make({ rules: defaultRules })
  // Every actor is known and the code compiled before anything is measured.
  for (let at = 0; at < known; at += batch) {
    const entries = Array.from({ length: batch }, (_, index) => entryAt(at + index))
    await Effect.runPromise(sink.deliver({ trail: "bench", firstSequence: at, entries, bytes: 0 }))
  }
  const total = Math.floor(perSecond * seconds)
  const entries = Array.from({ length: total }, (_, index) => entryAt(known + index))
  globalThis.gc?.()
  const histogram = createHistogram()
  const started = performance.now()
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond))
    if (due === sent) {
      await setImmediate()
      continue
    }
    const part = entries.slice(sent, Math.min(due, sent + batch))
    const delivery = { trail: "bench", firstSequence: known + sent, entries: part, bytes: 0 }
    await Effect.runPromise(sink.deliver(delivery))
    const ended = performance.now() - started
    for (let index = sent; index < sent + part.length; index += 1) {
      const waited = ended - (index / perSecond) * 1000
      histogram.record(Math.max(1, Math.round(waited * 1000)))
    }
    sent += part.length
  }
  return { p99: histogram.percentile(99) / 1000, max: histogram.max / 1000 }
}

export const detection: Measurement = {
  name: "detection",
  table: "monitor",
  run: async ({ quick, seconds }) => {
    const count = (quick ? 16 : 64) * chunk
    const rounds = quick ? 1 : 7
    const before = held()
    const detector = new Detector({ rules: defaultRules })
    judge(detector, 0, known)
    let at = known
    const paces = Array.from({ length: rounds }, () => {
      const pace = judge(detector, at, count)
      at += count
      return { perSecond: count / pace.wholeSeconds, judgedPerSecond: count / pace.judgeSeconds }
    })
    const memory = held() - before
    const { findings, forgotten, keys } = detector.counts()
    if (keys < 2 * actors || forgotten > 0) throw new Error(`${keys} keys, ${forgotten} forgotten`)
    const waits = await latency(quick ? 1 : Math.max(4, seconds))
    const rate = median(paces.map((pace) => pace.perSecond))
    const judged = median(paces.map((pace) => pace.judgedPerSecond))
    const rules = `${defaultRules.length} rules, ${actors} actors at as many addresses`
    const lines: ReadonlyArray<Line> = [
      {
        name: "detection-rate",
        title: "detection, all rules, 100,000 actors",
        ours: { value: rate, unit: "events/s" },
        judged: rate,
        goal: { direction: "atLeast", least: 50_000, aim: 500_000, unit: "events/s" },
        rounds: paces,
        notes: [
          `${rules}; from the entry's bytes to the verdict; ${Math.round(judged)} events/s of parsed events; ${findings} findings`,
        ],
      },
      {
        name: "detection-latency",
        title: "detection at 50,000/s: p99 until judged",
        ours: { value: waits.p99, unit: "ms" },
        judged: waits.p99,
        goal: { direction: "atMost", least: 10, aim: 1, unit: "ms" },
        rounds: [waits],
        notes: [
          `open loop, from the moment at which the event is due, in batches of at most ${batch}; longest ${waits.max.toFixed(1)} ms. An application waits for none of it: it is behind the trail`,
        ],
      },
      {
        name: "detection-memory",
        title: "detection, all rules, 100,000 actors: memory",
        ours: { value: memory, unit: "MiB" },
        judged: memory,
        goal: { direction: "atMost", least: 200, unit: "MiB" },
        rounds: [{ memory, keys }],
        notes: [`heap and buffers after a collection, less before; ${keys} keys`],
      },
    ]
    return lines
  },
}

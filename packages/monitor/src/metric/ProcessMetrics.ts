/**
 * The process in numbers: its event loop, its garbage collector, its memory and its processor time.
 *
 * @since 0.1.0
 */
import {
  constants,
  type EventLoopUtilization,
  monitorEventLoopDelay,
  performance,
  PerformanceObserver,
} from "node:perf_hooks"
import { instrument, quantiles } from "./Instruments.ts"
import { Recorder } from "./Recorder.ts"
import { type Sample, sampleOf, type Summary } from "./Sample.ts"

type LoopHistogram = ReturnType<typeof monitorEventLoopDelay>

const resolutionMillis = 10
const lifeMillis = 60_000
const nanosPerSecond = 1e9

/** Node measures from one look to the next: what is above the distance asked for is the delay. */
const delaySeconds = (nanos: number): number =>
  Math.max(0, nanos / nanosPerSecond - resolutionMillis / 1000)

/**
 * Two of Node's histograms of the event loop, each begun anew when the other is half a minute old.
 * The older is read, so quantiles are of the last half to whole minute.
 */
class EventLoopDelay {
  private older: { readonly histogram: LoopHistogram; fromMillis: number }
  private younger: { readonly histogram: LoopHistogram; fromMillis: number }
  private count = 0
  private sum = 0

  constructor(nowMillis: number) {
    const begin = () => monitorEventLoopDelay({ resolution: resolutionMillis })
    this.older = { histogram: begin(), fromMillis: nowMillis - lifeMillis / 2 }
    this.younger = { histogram: begin(), fromMillis: nowMillis }
    this.older.histogram.enable()
    this.younger.histogram.enable()
  }

  turn(nowMillis: number): void {
    const { older } = this
    if (nowMillis - older.fromMillis < lifeMillis) return
    // Each value is in both: one of two is enough for the totals, and each is thrown away once.
    this.count += older.histogram.count / 2
    this.sum += this.sumOf(older.histogram) / 2
    older.histogram.reset()
    older.fromMillis = nowMillis
    this.older = this.younger
    this.younger = older
  }

  private sumOf(histogram: LoopHistogram): number {
    return histogram.count === 0 ? 0 : histogram.count * delaySeconds(histogram.mean)
  }

  summary(): Summary {
    const { histogram } = this.older
    const both = [histogram, this.younger.histogram]
    return {
      count: Math.round(this.count + both.reduce((sum, each) => sum + each.count / 2, 0)),
      sum: this.sum + both.reduce((sum, each) => sum + this.sumOf(each) / 2, 0),
      quantiles:
        histogram.count === 0
          ? []
          : quantiles.map((quantile) => [
              quantile,
              delaySeconds(histogram.percentile(quantile * 100)),
            ]),
    }
  }

  end(): void {
    this.older.histogram.disable()
    this.younger.histogram.disable()
  }
}

const kinds: ReadonlyMap<unknown, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weak"],
])

/** Entries of the garbage collector have a detail with the kind. */
const kindOf = (entry: object): string => {
  const detail: unknown = "detail" in entry ? entry.detail : undefined
  return typeof detail === "object" && detail !== null && "kind" in detail
    ? (kinds.get(detail.kind) ?? "")
    : ""
}

const delayInstrument = instrument("countersign_process_event_loop_delay_seconds")
const utilisationInstrument = instrument("countersign_process_event_loop_utilisation_ratio")
const gcInstrument = instrument("countersign_process_gc_seconds")
const memoryInstrument = instrument("countersign_process_memory_bytes")
const cpuInstrument = instrument("countersign_process_cpu_seconds_total")
const uptimeInstrument = instrument("countersign_process_uptime_seconds")

/**
 * Watches the process until it is ended.
 *
 * @category models
 * @since 0.1.0
 */
export class ProcessMetrics {
  private readonly delay: EventLoopDelay
  private readonly pauses = new Map<string, Recorder>()
  private readonly observer: PerformanceObserver
  private loop: EventLoopUtilization = performance.eventLoopUtilization()
  private utilisation = 0

  /**
   * @param nowMillis a time that only goes forward; so in the other calls
   */
  constructor(nowMillis: number) {
    this.delay = new EventLoopDelay(nowMillis)
    for (const kind of kinds.values()) this.pauses.set(kind, new Recorder("seconds", nowMillis))
    this.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        this.pauses.get(kindOf(entry))?.record(entry.duration / 1000)
      }
    })
    this.observer.observe({ entryTypes: ["gc"] })
  }

  /** Closes the time that the utilisation is measured over, and turns the histograms. */
  turn(nowMillis: number): void {
    const now = performance.eventLoopUtilization()
    this.utilisation = performance.eventLoopUtilization(now, this.loop).utilization
    this.loop = now
    this.delay.turn(nowMillis)
    for (const pauses of this.pauses.values()) pauses.turn(nowMillis)
  }

  samples(nowMillis: number): ReadonlyArray<Sample> {
    const { arrayBuffers, external, heapTotal, heapUsed, rss } = process.memoryUsage()
    const { system, user } = process.cpuUsage()
    const memory = {
      rss,
      heap_used: heapUsed,
      heap_total: heapTotal,
      external,
      array_buffers: arrayBuffers,
    }
    return [
      sampleOf(delayInstrument, this.delay.summary()),
      sampleOf(utilisationInstrument, this.utilisation),
      ...[...this.pauses].map(([kind, pauses]) =>
        sampleOf(gcInstrument, pauses.summary(nowMillis), { kind }),
      ),
      ...Object.entries(memory).map(([area, bytes]) => sampleOf(memoryInstrument, bytes, { area })),
      sampleOf(cpuInstrument, user / 1e6, { mode: "user" }),
      sampleOf(cpuInstrument, system / 1e6, { mode: "system" }),
      sampleOf(uptimeInstrument, process.uptime()),
    ]
  }

  end(): void {
    this.observer.disconnect()
    this.delay.end()
  }
}

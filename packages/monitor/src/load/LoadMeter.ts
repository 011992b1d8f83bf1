/**
 * What a load measures while it runs: how late, how long, how many.
 *
 * Histograms are Node's own (HdrHistogram). Nothing is kept for a start on its way: its moment
 * follows from its number. Memory is bounded by the number of intervals, at most 600.
 *
 * @since 0.1.0
 */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks"
import type { LoadInterval, LoadReport, Quantiles, Stall } from "./LoadReport.ts"
import type { LoadSchedule } from "./LoadSchedule.ts"

const hourMicros = 3_600_000_000
const intervalsMax = 600
const stallsMax = 20
const stallMillis = 100

const histogram = (figures: number): RecordableHistogram =>
  createHistogram({ lowest: 1, highest: hourMicros, figures })

/** It takes whole numbers within its bounds alone. */
const microsOf = (millis: number): number =>
  Math.min(hourMicros, Math.max(1, Math.round(millis * 1000)))

const noQuantiles: Quantiles = { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, p999: 0, max: 0 }

/**
 * The figures of a histogram.
 *
 * @category conversions
 * @since 0.1.0
 */
export const quantilesOf = (times: RecordableHistogram): Quantiles =>
  times.count === 0
    ? noQuantiles
    : {
        count: times.count,
        mean: Math.round(times.mean),
        p50: times.percentile(50),
        p95: times.percentile(95),
        p99: times.percentile(99),
        p999: times.percentile(99.9),
        max: times.max,
      }

// Each step halves what is left, so that the end of the distribution is as dense as its middle.
const ranks: ReadonlyArray<number> = [
  ...Array.from({ length: 40 }, (_, step) => 100 * (1 - 0.5 ** (step / 2))),
  100,
]

/** One interval while its starts are on their way. */
interface Open {
  readonly times: RecordableHistogram
  /** Starts of it that were made, whenever. */
  made: number
  reached: number
  failed: number
  lagMaxMicros: number
}

/**
 * How a load stands, for a person who waits.
 *
 * @category models
 * @since 0.1.0
 */
export interface LoadProgress {
  readonly elapsedSeconds: number
  /** Starts by now: intended, made, done, failed. */
  readonly intended: number
  readonly sent: number
  readonly reached: number
  readonly failed: number
  /** The newest interval whose starts are all done. */
  readonly last: LoadInterval | undefined
}

/**
 * The meter of one run. Moments are given in milliseconds from the beginning of the load.
 *
 * @category models
 * @since 0.1.0
 */
export class LoadMeter {
  /** Units: seconds. */
  readonly intervalSeconds: number
  /** Starts that were made, became what was waited for, and did not. */
  sent = 0
  reached = 0
  failed = 0
  /** The same without what warmed up. */
  measuredSent = 0
  measuredReached = 0
  measuredFailed = 0
  /** When the last start was made. */
  lastSentMillis = 0

  private readonly schedule: LoadSchedule
  private readonly reachedTimes = histogram(3)
  private readonly failedTimes = histogram(3)
  private readonly lag = histogram(3)
  private readonly open = new Map<number, Open>()
  private readonly spare: Array<RecordableHistogram> = []
  private readonly closed: Array<LoadInterval | undefined> = []
  /** Starts that were made in each interval, whenever they were meant. */
  private readonly madeIn: Array<number> = []
  /** The first start of each interval, and the end. */
  private readonly bounds: ReadonlyArray<number>
  private found: Array<Stall> = []
  private lastDoneMillis = 0
  private newest: LoadInterval | undefined

  constructor(schedule: LoadSchedule) {
    this.schedule = schedule
    this.intervalSeconds = Math.max(1, Math.ceil(schedule.seconds / intervalsMax))
    const intervals = Math.max(1, Math.ceil(schedule.seconds / this.intervalSeconds - 1e-9))
    this.bounds = Array.from({ length: intervals + 1 }, (_, interval) =>
      interval === intervals ? schedule.total : schedule.firstFrom(interval * this.intervalSeconds),
    )
  }

  /** The starts `from` to `to`, the latter excluded, have been made, beginning at a moment. */
  started(from: number, to: number, nowMillis: number): void {
    const { schedule } = this
    for (let index = from; index < to; index++) {
      const micros = microsOf(nowMillis - schedule.startOf(index))
      const open = this.intervalOf(index)
      open.made += 1
      if (micros > open.lagMaxMicros) open.lagMaxMicros = micros
      if (index < schedule.measuredFrom) continue
      this.lag.record(micros)
      this.measuredSent += 1
    }
    this.sent += to - from
    this.lastSentMillis = nowMillis
    const last = this.bounds.length - 2
    const interval = Math.min(last, Math.floor(nowMillis / (this.intervalSeconds * 1000)))
    this.madeIn[interval] = (this.madeIn[interval] ?? 0) + (to - from)
  }

  /** The same starts have become what was waited for. */
  done(from: number, to: number, nowMillis: number): void {
    const { schedule } = this
    this.watch(from, nowMillis)
    for (let index = from; index < to; index++) {
      const micros = microsOf(nowMillis - schedule.startOf(index))
      const open = this.intervalOf(index)
      open.times.record(micros)
      open.reached += 1
      if (index >= schedule.measuredFrom) this.reachedTimes.record(micros)
    }
    this.reached += to - from
    this.measuredReached += this.measuredIn(from, to)
    this.settle(from)
  }

  /**
   * The same starts came to nothing. Who waited until then has waited: with the longest waits left
   * out, a target that hangs would look faster than one that is slow.
   */
  lost(from: number, to: number, nowMillis: number): void {
    this.watch(from, nowMillis)
    for (let index = from; index < to; index++) this.waited(index, nowMillis).failed += 1
    this.failed += to - from
    this.measuredFailed += this.measuredIn(from, to)
    this.settle(from)
  }

  /** The same starts were due, and are never made, since the run was stopped then. */
  unmade(from: number, to: number, nowMillis: number): void {
    for (let index = from; index < to; index++) this.waited(index, nowMillis)
  }

  /** How many starts were meant to be made before a moment. */
  intendedBy(millis: number): number {
    return this.schedule.firstFrom(millis / 1000)
  }

  progress(nowMillis: number): LoadProgress {
    const { failed, newest, reached, sent } = this
    const intended = this.intendedBy(nowMillis)
    return { elapsedSeconds: nowMillis / 1000, intended, sent, reached, failed, last: newest }
  }

  /** The figures of all that was measured. */
  quantiles(): Pick<LoadReport, "lag" | "latency" | "reachedLatency"> {
    return {
      latency: quantilesOf(this.latency()),
      reachedLatency: quantilesOf(this.reachedTimes),
      lag: quantilesOf(this.lag),
    }
  }

  distribution(): ReadonlyArray<{ readonly percentile: number; readonly micros: number }> {
    const latency = this.latency()
    if (latency.count === 0) return []
    // Beyond 1 − 1/count every rank is the last value.
    const most = 100 * (1 - 1 / latency.count)
    return ranks
      .filter((rank) => rank <= most || rank === 100)
      .map((percentile) => ({
        percentile,
        micros: percentile === 0 ? latency.min : latency.percentile(percentile),
      }))
  }

  /** All intervals up to a moment; what is still on its way counts in none. */
  intervals(untilMillis: number): ReadonlyArray<LoadInterval> {
    const count = Math.min(
      this.bounds.length - 1,
      Math.max(1, Math.ceil(untilMillis / (this.intervalSeconds * 1000))),
    )
    const due = this.intendedBy(untilMillis)
    return Array.from({ length: count }, (_, interval) => {
      const known = this.closed[interval] ?? this.shown(interval, this.open.get(interval))
      const beyond = Math.max(0, (this.bounds[interval + 1] ?? 0) - due)
      return {
        ...known,
        seconds: Math.min(known.seconds, untilMillis / 1000 - known.fromSeconds),
        intended: Math.max(0, known.intended - beyond),
        sent: this.madeIn[interval] ?? 0,
      }
    })
  }

  stalls(): ReadonlyArray<Stall> {
    return this.found.toSorted((left, right) => left.fromSeconds - right.fromSeconds)
  }

  /** Of all starts, whatever became of them. */
  private latency(): RecordableHistogram {
    const all = histogram(3)
    all.add(this.reachedTimes)
    all.add(this.failedTimes)
    return all
  }

  /** A start has waited until a moment, for nothing. */
  private waited(index: number, nowMillis: number): Open {
    const micros = microsOf(nowMillis - this.schedule.startOf(index))
    const open = this.intervalOf(index)
    open.times.record(micros)
    if (index >= this.schedule.measuredFrom) this.failedTimes.record(micros)
    return open
  }

  private measuredIn(from: number, to: number): number {
    return Math.max(0, to - Math.max(from, this.schedule.measuredFrom))
  }

  private numberOf(index: number): number {
    const { bounds } = this
    const guess = Math.floor(this.schedule.startOf(index) / (this.intervalSeconds * 1000))
    let interval = Math.min(bounds.length - 2, guess)
    // The last bit of a moment must not put a start on another side than the bounds do.
    if (index >= (bounds[interval + 1] ?? Infinity)) interval += 1
    else if (index < (bounds[interval] ?? 0)) interval -= 1
    return interval
  }

  private intervalOf(index: number): Open {
    const interval = this.numberOf(index)
    const open = this.open.get(interval)
    if (open !== undefined) return open
    const times = this.spare.pop() ?? histogram(2)
    const opened = { times, made: 0, reached: 0, failed: 0, lagMaxMicros: 0 }
    this.open.set(interval, opened)
    return opened
  }

  /** Looks whether nothing was done for a while before what is done now. */
  private watch(from: number, nowMillis: number): void {
    const fromMillis = Math.max(this.lastDoneMillis, this.schedule.startOf(from))
    const millis = nowMillis - fromMillis
    this.lastDoneMillis = nowMillis
    if (millis < stallMillis) return
    this.found.push({ fromSeconds: fromMillis / 1000, seconds: millis / 1000 })
    if (this.found.length <= stallsMax) return
    const shortest = this.found.reduce((left, right) =>
      left.seconds <= right.seconds ? left : right,
    )
    this.found = this.found.filter((stall) => stall !== shortest)
  }

  /** Gives up the histograms of intervals that are over. */
  private settle(from: number): void {
    const interval = this.numberOf(from)
    for (const [number, open] of this.open) {
      if (number > interval) break
      const due = (this.bounds[number + 1] ?? 0) - (this.bounds[number] ?? 0)
      if (open.reached + open.failed < due) continue
      this.newest = this.shown(number, open)
      this.closed[number] = this.newest
      this.open.delete(number)
      open.times.reset()
      this.spare.push(open.times)
    }
  }

  private shown(interval: number, open: Open | undefined): LoadInterval {
    const { bounds, intervalSeconds, schedule } = this
    const fromSeconds = interval * intervalSeconds
    return {
      fromSeconds,
      seconds: Math.min(intervalSeconds, schedule.seconds - fromSeconds),
      isWarmup: fromSeconds < schedule.warmupSeconds,
      intended: (bounds[interval + 1] ?? 0) - (bounds[interval] ?? 0),
      sent: this.madeIn[interval] ?? 0,
      failed: open?.failed ?? 0,
      latency: open === undefined ? noQuantiles : quantilesOf(open.times),
      lagMax: open?.lagMaxMicros ?? 0,
    }
  }
}

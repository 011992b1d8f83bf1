/**
 * Compares live metrics with a baseline. While one of them is worse, less telemetry is kept: if
 * the machine has become slow, auditing is the part that can give something back.
 *
 * Only telemetry: the other classes are kept whole, whatever they cost. Each change of the rate
 * has its reason in the trail before it holds.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { type Reading, type Readings, seriesOf } from "../metric/Reading.ts"
import { type Baseline, decode, sessionsOf } from "./Baseline.ts"
import { BaselineMalformed } from "./BaselineError.ts"
import { median } from "./OrderStatistics.ts"
import * as RegressionMachine from "./RegressionMachine.ts"
import { allowanceDefault } from "./StoredComparison.ts"
import { type Better, inWords } from "./Verdict.ts"

/**
 * One metric that is watched.
 *
 * @category models
 * @since 0.1.0
 */
export interface WatchedMetric {
  /** Its name in the baseline. */
  readonly metric: string
  /** Whose readings these are, such as `countersign_log_sync_seconds{quantile="0.95"}`. */
  readonly series: string
  readonly baseline: number
  readonly better: Better
}

/**
 * What changed.
 *
 * @category models
 * @since 0.1.0
 */
export interface RegressionChange {
  readonly metric: string
  readonly series: string
  readonly isRegressed: boolean
  /** Worse above 1. */
  readonly ratio: number
  /** One sentence for a person. */
  readonly summary: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RegressionWatchOptions {
  readonly metrics: ReadonlyArray<WatchedMetric>
  /** How much worse a metric may be: a ratio. Default 0.1. */
  readonly allowance?: number
  /** Readings in a window. Default 30. The rate is lowered at most once in as many, for all metrics. */
  readonly windowReadings?: number
  /** Windows in a row that begin and end a regression, and after which the rate is lowered again. Default 3. */
  readonly windowsMin?: number
  /** Telemetry is never limited to less: a ratio above 0. Default 0.01. */
  readonly rateFloor?: number
  /** Hears of each change, before the rate is lowered for it. */
  readonly changed?: (change: RegressionChange) => Effect.Effect<unknown>
}

/** Metrics that are watched at most: each has a window in memory. */
const metricsMax = 100

const lowerBy = 0.5

/** A rule and a screen can show no infinity: nothing is said beyond this. */
const ratioMax = 1000

const sourceName = "the program's baseline"

/**
 * What to watch, by a baseline: the middle of its sessions' middles.
 *
 * @param series the series of each metric of the baseline that is to be watched
 * @category constructors
 * @since 0.1.0
 */
export const watchedOf = (
  baseline: Baseline,
  series: Readonly<Record<string, string>>,
): ReadonlyArray<WatchedMetric> =>
  Object.entries(series).flatMap(([metric, name]) => {
    const found = baseline.metrics[metric]
    const middle = median(sessionsOf(baseline, metric).map(median))
    return found === undefined || !(middle >= 0)
      ? []
      : [{ metric, series: name, baseline: middle, better: found.better }]
  })

/**
 * As `watchedOf`, of a file's text too; a metric that can't be watched is an error rather than
 * silence.
 *
 * @param baseline a baseline, or the text of its file
 * @category constructors
 * @since 0.1.0
 */
export const watchedIn = (
  baseline: Baseline | string,
  series: Readonly<Record<string, string>>,
): Result.Result<ReadonlyArray<WatchedMetric>, BaselineMalformed> =>
  Result.flatMap(
    typeof baseline === "string" ? decode(baseline, sourceName) : Result.succeed(baseline),
    (decoded) => {
      const watched = watchedOf(decoded, series)
      const missing = Object.keys(series).find((name) =>
        watched.every(({ metric }) => metric !== name),
      )
      if (missing !== undefined) {
        const detail = `it has no figures of ${missing}, which is to be watched`
        return Result.fail(new BaselineMalformed({ path: sourceName, detail }))
      }
      if (watched.length > metricsMax) {
        const detail = `${watched.length} metrics are to be watched, and ${metricsMax} can be`
        return Result.fail(new BaselineMalformed({ path: sourceName, detail }))
      }
      return Result.succeed(watched)
    },
  )

/**
 * What each watched series should be: for alerts by change against the baseline.
 *
 * @category constructors
 * @since 0.1.0
 */
export const baselineOf = (
  metrics: ReadonlyArray<WatchedMetric>,
): ((series: string) => number | undefined) => {
  const known = new Map(metrics.map(({ baseline, series }) => [series, baseline]))
  return (series) => known.get(series)
}

interface Watched {
  readonly what: WatchedMetric
  state: RegressionMachine.RegressionState
}

/**
 * Watches metrics and lowers the sampling rate of telemetry while one is worse than its baseline.
 *
 * @category services
 * @since 0.1.0
 */
export class RegressionWatch extends Context.Service<
  RegressionWatch,
  {
    /**
     * Takes what was read and gives the readings of its own: `countersign_baseline_ratio` (worse
     * above 1) and `countersign_baseline_regressed` (0 or 1), labelled with the metric.
     */
    readonly observe: (readings: Readings) => Effect.Effect<ReadonlyArray<Reading>>
    /** The newest readings of its own. */
    readonly readings: () => ReadonlyArray<Reading>
    /** The metrics that are worse now. */
    readonly regressed: () => ReadonlyArray<string>
    /** The ceiling in force for telemetry; 1 where there is none. */
    readonly ceiling: () => number
  }
>()("@countersign/monitor/baseline/RegressionWatch") {
  /** Watches beside the engine of the context; what it limited is lifted when the layer ends. */
  static readonly layer = (
    options: RegressionWatchOptions,
  ): Layer.Layer<RegressionWatch, never, Audit> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const ceiling = new Ceiling(yield* Audit)
        yield* Effect.addFinalizer(() =>
          ceiling.lift("the watch ends: telemetry is limited no more"),
        )
        return make(ceiling, options)
      }),
    )
}

/** The highest rate of telemetry that is wanted, and the one in force: the engine may refuse. */
class Ceiling {
  wanted = 1
  /** `undefined` while nobody knows: it was asked for, and no answer came. */
  inForce: number | undefined = 1
  private readonly audit: Audit["Service"]
  private reason = ""
  private isRefused = false

  constructor(audit: Audit["Service"]) {
    this.audit = audit
  }

  get isSettled(): boolean {
    return this.inForce === this.wanted
  }

  /** @param floor it is never lowered to less */
  lower(floor: number, reason: string): void {
    const rate = Math.min(this.wanted, this.audit.status().samplingRate)
    this.want(Math.max(Math.min(floor, this.wanted), rate * lowerBy), reason)
  }

  want(rate: number, reason: string): void {
    this.wanted = rate
    this.reason = reason
  }

  /** Brings in force what is wanted; where that fails, the next call tries again. */
  readonly settle: Effect.Effect<void> = Effect.suspend(() => {
    if (this.isSettled) return Effect.void
    const { reason, wanted } = this
    const { inForce } = this
    this.inForce = undefined
    return this.audit.sampling.limit(wanted, reason).pipe(
      Effect.andThen(
        Effect.sync(() => {
          this.inForce = wanted
          this.isRefused = false
        }),
      ),
      // An engine that takes no record takes no telemetry either.
      Effect.catch((error) =>
        Effect.suspend(() => {
          this.inForce = inForce
          const isFirst = !this.isRefused
          this.isRefused = true
          return isFirst
            ? Effect.logWarning("countersign: telemetry's rate could not be limited yet", error)
            : Effect.void
        }),
      ),
    )
  })

  lift(reason: string): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.want(1, reason)
      return this.settle
    })
  }
}

const summaryOf = ({ metric }: WatchedMetric, ratio: number, isRegressed: boolean): string =>
  isRegressed
    ? `${metric} is ${inWords(ratio)} than its baseline`
    : `${metric} is as its baseline again: ${inWords(ratio)}`

const readingsOf = (watched: ReadonlyArray<Watched>): ReadonlyArray<Reading> =>
  watched.flatMap(({ state: { isRegressed, ratio }, what: { metric } }): ReadonlyArray<Reading> => {
    if (Number.isNaN(ratio)) return []
    const labels = { metric }
    return [
      { name: "countersign_baseline_ratio", labels, value: Math.min(ratio, ratioMax) },
      { name: "countersign_baseline_regressed", labels, value: isRegressed ? 1 : 0 },
    ]
  })

const make = (ceiling: Ceiling, options: RegressionWatchOptions): RegressionWatch["Service"] => {
  const { allowance = allowanceDefault, rateFloor = 0.01, windowReadings = 30 } = options
  const { changed = () => Effect.void, windowsMin = 3 } = options
  const watched = options.metrics
    .slice(0, metricsMax)
    .map((what): Watched => ({ what, state: RegressionMachine.initial }))
  /** Since the rate was last lowered, for whichever metric. */
  let readingsSince = Number.POSITIVE_INFINITY

  const isRegressed = () => watched.some(({ state }) => state.isRegressed)
  const lower = (afterWindows: number, reason: string): void => {
    if (!ceiling.isSettled || readingsSince < afterWindows * windowReadings) return
    ceiling.lower(rateFloor, reason)
    readingsSince = 0
  }

  const look = Effect.fnUntraced(function* (one: Watched, value: number) {
    const { baseline, better, metric, series } = one.what
    const bounds = { allowance, baseline, better, windowReadings, windowsMin }
    const [state, transition] = RegressionMachine.step(one.state, value, bounds)
    one.state = state
    const { ratio } = state
    if (transition !== "none") {
      const summary = summaryOf(one.what, ratio, state.isRegressed)
      yield* changed({ metric, series, isRegressed: state.isRegressed, ratio, summary })
      if (state.isRegressed) lower(1, `${summary}: less telemetry is kept`)
      else if (!isRegressed()) ceiling.want(1, `${summary}: telemetry is limited no more`)
    } else if (state.isRegressed && state.window.length === 0 && ratio > 1 + allowance) {
      lower(
        windowsMin,
        `${metric} is ${inWords(ratio)} than its baseline still: less telemetry is kept`,
      )
    }
  })

  const observe = Effect.fnUntraced(function* ({ readings }: Readings) {
    const values = new Map(readings.map((reading) => [seriesOf(reading), reading.value]))
    readingsSince += 1
    for (const one of watched) {
      const value = values.get(one.what.series)
      if (value !== undefined) yield* look(one, value)
    }
    yield* ceiling.settle
    return readingsOf(watched)
  })
  return {
    observe,
    readings: () => readingsOf(watched),
    regressed: () =>
      watched.filter(({ state }) => state.isRegressed).map(({ what }) => what.metric),
    ceiling: () => ceiling.inForce ?? ceiling.wanted,
  }
}

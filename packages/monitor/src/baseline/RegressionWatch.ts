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
import { type Reading, type Readings, seriesOf } from "../metric/Reading.ts"
import { type Baseline, sessionsOf } from "./Baseline.ts"
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
  /** Readings in a window. Default 30. */
  readonly windowReadings?: number
  /** Windows in a row that begin and end a regression. Default 3. */
  readonly windowsMin?: number
  /** Telemetry is never limited to less: a ratio above 0. Default 0.01. */
  readonly rateFloor?: number
  /** Hears of each change, before the rate is lowered for it. */
  readonly changed?: (change: RegressionChange) => Effect.Effect<unknown>
}

/** Metrics that are watched at most: each has a window in memory. */
const metricsMax = 100

/** While it stays worse, the rate halves again after so many more windows. */
const lowerBy = 0.5

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
    return found === undefined || !(middle > 0)
      ? []
      : [{ metric, series: name, baseline: middle, better: found.better }]
  })

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
    /** The metrics that are worse now. */
    readonly regressed: () => ReadonlyArray<string>
    /** The ceiling in force for telemetry; 1 where there is none. */
    readonly ceiling: () => number
  }
>()("@countersign/monitor/baseline/RegressionWatch") {
  /** Watches beside the engine of the context. */
  static readonly layer = (
    options: RegressionWatchOptions,
  ): Layer.Layer<RegressionWatch, never, Audit> =>
    Layer.effect(
      this,
      Effect.map(Effect.service(Audit), (audit) => make(audit, options)),
    )
}

const summaryOf = ({ metric }: WatchedMetric, ratio: number, isRegressed: boolean): string =>
  isRegressed
    ? `${metric} is ${inWords(ratio)} than its baseline`
    : `${metric} is as its baseline again: ${inWords(ratio)}`

const make = (
  audit: Audit["Service"],
  options: RegressionWatchOptions,
): RegressionWatch["Service"] => {
  const { allowance = allowanceDefault, rateFloor = 0.01, windowReadings = 30 } = options
  const { changed = () => Effect.void, windowsMin = 3 } = options
  const watched = options.metrics
    .slice(0, metricsMax)
    .map((what): Watched => ({ what, state: RegressionMachine.initial }))
  let ceiling = 1
  let windowsSince = 0

  const limit = (to: number, reason: string) =>
    to === ceiling
      ? Effect.void
      : audit.sampling.limit(to, reason).pipe(
          Effect.andThen(
            Effect.sync(() => {
              ceiling = to
              windowsSince = 0
            }),
          ),
          // An engine that takes no record takes no telemetry either.
          Effect.ignore({ log: "Warn" }),
        )
  const lower = (reason: string) => {
    const rate = Math.min(ceiling, audit.status().samplingRate)
    return limit(Math.max(Math.min(rateFloor, ceiling), rate * lowerBy), reason)
  }
  const isRegressed = () => watched.some(({ state }) => state.isRegressed)

  const observe = Effect.fnUntraced(function* ({ readings }: Readings) {
    const values = new Map(readings.map((reading) => [seriesOf(reading), reading.value]))
    for (const one of watched) {
      const value = values.get(one.what.series)
      if (value === undefined) continue
      const { baseline, better, metric, series } = one.what
      const bounds = { allowance, baseline, better, windowReadings, windowsMin }
      const [state, transition] = RegressionMachine.step(one.state, value, bounds)
      one.state = state
      const { ratio } = state
      if (transition !== "none") {
        const summary = summaryOf(one.what, ratio, state.isRegressed)
        yield* changed({ metric, series, isRegressed: state.isRegressed, ratio, summary })
        if (state.isRegressed) yield* lower(`${summary}: less telemetry is kept`)
        else if (!isRegressed()) yield* limit(1, `${summary}: telemetry is limited no more`)
      } else if (state.isRegressed && state.window.length === 0) {
        windowsSince += 1
        const still = `${metric} is ${inWords(ratio)} than its baseline still: less telemetry is kept`
        if (windowsSince >= windowsMin && ratio > 1 + allowance) yield* lower(still)
      }
    }
    return watched.flatMap(({ state, what: { metric } }): ReadonlyArray<Reading> =>
      Number.isNaN(state.ratio)
        ? []
        : [
            { name: "countersign_baseline_ratio", labels: { metric }, value: state.ratio },
            {
              name: "countersign_baseline_regressed",
              labels: { metric },
              value: state.isRegressed ? 1 : 0,
            },
          ],
    )
  })
  return {
    observe,
    regressed: () =>
      watched.filter(({ state }) => state.isRegressed).map(({ what }) => what.metric),
    ceiling: () => ceiling,
  }
}

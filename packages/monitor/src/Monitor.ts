/**
 * All of the monitor beside one engine: figures, alerts about them, what detection and others find,
 * a watch against a baseline, and a server for those who look.
 *
 * Nothing of it is in the way of an event, and the engine does not know of it.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type { Scope } from "effect/Scope"
import { Alerts, type AlertsOptions } from "./alert/Alerts.ts"
import type { AlertTargetInvalid } from "./alert/AlertTarget.ts"
import { defaultRules } from "./alert/DefaultRules.ts"
import type { InvalidAlertRules } from "./alert/InvalidAlertRules.ts"
import type { Baseline } from "./baseline/Baseline.ts"
import type { BaselineMalformed } from "./baseline/BaselineError.ts"
import {
  baselineOf,
  RegressionWatch,
  type RegressionWatchOptions,
  watchedIn,
  type WatchedMetric,
} from "./baseline/RegressionWatch.ts"
import { Detection } from "./detect/Detection.ts"
import * as DetectionSink from "./detect/DetectionSink.ts"
import type { Finding } from "./detect/Finding.ts"
import { SamplingFeedback, type SamplingFeedbackOptions } from "./feedback/SamplingFeedback.ts"
import { Metrics, type MetricsOptions } from "./metric/Metrics.ts"
import type { Readings } from "./metric/Reading.ts"
import { samplesOf } from "./metric/Sample.ts"
import {
  MonitorServer,
  type MonitorServerError,
  type MonitorServerOptions,
} from "./server/MonitorServer.ts"
import { MonitorViews, type Views } from "./server/MonitorViews.ts"
import { Tuner, type TunerSettings } from "./tuner/Tuner.ts"

/**
 * Figures that are held against a baseline while the program runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface MonitorBaseline extends Omit<RegressionWatchOptions, "metrics"> {
  /** A baseline, or the text of its file. */
  readonly baseline: Baseline | string
  /** The series of each of its metrics that is to be watched, such as `countersign_log_sync_seconds{quantile="0.95"}`. */
  readonly series: Readonly<Record<string, string>>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface MonitorOptions {
  readonly metrics?: MetricsOptions
  readonly alerts?: AlertsOptions
  /** Where viewers connect. Default: over loopback, on a port that is free. */
  readonly server?: MonitorServerOptions
  /** Default: nothing is held against a baseline. */
  readonly baseline?: MonitorBaseline
  /** What `Monitor.detection` made, and whose sink the engine has. Default: nothing is looked for. */
  readonly detection?: MonitorDetection
  /** Sampling that follows what auditing is measured to cost. Default: it follows the engine's estimate. */
  readonly feedback?: SamplingFeedbackOptions
  /** Default: nothing is tuned. */
  readonly tuner?: TunerSettings
}

/**
 * Detection that is made before the engine, since it is one of its sinks, and that tells a monitor
 * which is made after it.
 *
 * @category models
 * @since 0.1.0
 */
export interface MonitorDetection extends DetectionSink.DetectionSink {
  /** Hands over what was found so far, and then each finding at once. Returns what ends it. */
  readonly connect: (find: (finding: Finding) => void) => () => void
}

/** Findings that viewers are shown, and that wait for a monitor. */
const findingsMax = 200
/** Readings that wait while the engine records why telemetry is limited. */
const readingsMax = 64

/**
 * What its parts have to do with each other.
 *
 * @category services
 * @since 0.1.0
 */
export class Monitor extends Context.Service<
  Monitor,
  {
    /** Takes what detection has found: viewers see it, and rules about findings raise alerts. */
    readonly find: (finding: Finding) => void
    /** What a server shows of it. */
    readonly views: Views
    /** The parts that were asked for. */
    readonly detection: Detection["Service"] | undefined
    readonly feedback: SamplingFeedback["Service"] | undefined
    readonly regressions: RegressionWatch["Service"] | undefined
    readonly tuner: Tuner["Service"] | undefined
  }
>()("@countersign/monitor/Monitor") {
  /**
   * Detection, to be made first: its `sink` is for the engine, and itself for `Monitor.layer`.
   *
   * ```ts
   * const detection = Monitor.detection({ rules: defaultRules, directory })
   * const audit = Audit.layer({ directory, sinks: [detection.sink] })
   * const layer = Layer.provideMerge(Monitor.layer({ detection }), audit)
   * ```
   */
  static readonly detection = (options: DetectionSink.DetectionSinkOptions): MonitorDetection => {
    const waiting: Array<Finding> = []
    let find: ((finding: Finding) => void) | undefined
    const made = DetectionSink.make({
      ...options,
      observe: (finding) => {
        options.observe?.(finding)
        if (find !== undefined) return find(finding)
        waiting.push(finding)
        if (waiting.length > findingsMax) waiting.shift()
      },
    })
    return {
      ...made,
      connect: (given) => {
        find = given
        for (const finding of waiting.splice(0)) given(finding)
        return () => {
          find = undefined
        }
      },
    }
  }

  /** All of it but the server. */
  static readonly layerAlone = (
    options: Omit<MonitorOptions, "server"> = {},
  ): Layer.Layer<
    Monitor | Metrics | Alerts,
    InvalidAlertRules | AlertTargetInvalid | BaselineMalformed,
    Audit
  > =>
    Layer.unwrap(
      Effect.gen({ self: this }, function* () {
        const { alerts, baseline } = options
        const watched =
          baseline === undefined
            ? []
            : yield* Effect.fromResult(watchedIn(baseline.baseline, baseline.series))
        return Layer.effect(this, make(options, watched)).pipe(
          Layer.provideMerge(
            Layer.merge(
              Metrics.layer(options.metrics),
              Alerts.layer({ ...alerts, baselineOf: alerts?.baselineOf ?? baselineOf(watched) }),
            ),
          ),
        )
      }),
    )

  /**
   * All of it.
   *
   * - Errors: rules that contradict themselves; a baseline that is none, or lacks what is to be
   *   watched; an address that is not to be had.
   */
  static readonly layer = (
    options: MonitorOptions = {},
  ): Layer.Layer<
    Monitor | Metrics | Alerts | MonitorServer,
    InvalidAlertRules | AlertTargetInvalid | BaselineMalformed | MonitorServerError,
    Audit
  > =>
    MonitorServer.layer(options.server).pipe(
      Layer.provide(
        Layer.effect(
          MonitorViews,
          Effect.map(Monitor, ({ views }) => views),
        ),
      ),
      Layer.provide(NodeDisk.layer),
      Layer.provideMerge(this.layerAlone(options)),
    )
}

/** As long as the scope lives. */
const held = (begin: () => () => void): Effect.Effect<unknown, never, Scope> =>
  Effect.acquireRelease(Effect.sync(begin), (end) => Effect.sync(end))

const part = <I, S, E, R>(key: Context.Key<I, S>, layer: Layer.Layer<I, E, R>) =>
  Effect.map(Layer.build(layer), (context) => Context.get(context, key))

const watching = Effect.fnUntraced(function* (
  metrics: Metrics["Service"],
  options: RegressionWatchOptions,
) {
  const watch = yield* part(RegressionWatch, RegressionWatch.layer(options))
  const queue = yield* Queue.sliding<Readings>(readingsMax)
  yield* held(() => metrics.source(() => samplesOf(watch.readings())))
  yield* held(() => metrics.subscribe((readings) => void Queue.offerUnsafe(queue, readings)))
  yield* Queue.take(queue).pipe(
    Effect.flatMap(watch.observe),
    Effect.ignoreCause({ log: "Error", message: "countersign: baselines" }),
    Effect.forever,
    Effect.forkScoped,
  )
  return watch
})

const measuring = Effect.fnUntraced(function* (
  metrics: Metrics["Service"],
  options: SamplingFeedbackOptions,
) {
  const feedback = yield* part(SamplingFeedback, SamplingFeedback.layer(options))
  yield* held(() => metrics.source(() => samplesOf(feedback.readings())))
  return feedback
})

const detecting = Effect.fnUntraced(function* (
  metrics: Metrics["Service"],
  detection: MonitorDetection,
  find: (finding: Finding) => void,
) {
  const { name } = detection.sink
  if ((yield* Audit).status().sinks.every(({ sink }) => sink !== name)) {
    yield* Effect.logWarning(
      `countersign: nothing reaches detection, for ${name} is not among the engine's sinks`,
    )
  }
  const found = yield* part(Detection, Detection.layer(detection))
  yield* held(() => metrics.source(found.samples))
  yield* held(() => detection.connect(find))
  return found
})

const make = Effect.fnUntraced(function* (
  options: Omit<MonitorOptions, "server">,
  watched: ReadonlyArray<WatchedMetric>,
) {
  const metrics = yield* Metrics
  const alerts = yield* Alerts
  const { baseline, detection, feedback, tuner } = options
  const findings: Array<Finding> = []
  const find = (finding: Finding): void => {
    findings.push(finding)
    if (findings.length > findingsMax) findings.shift()
    alerts.find(finding)
  }
  yield* held(() => metrics.source(alerts.samples))
  const parts = {
    regressions:
      baseline === undefined
        ? undefined
        : yield* watching(metrics, { ...baseline, metrics: watched }),
    feedback: feedback === undefined ? undefined : yield* measuring(metrics, feedback),
    detection: detection === undefined ? undefined : yield* detecting(metrics, detection, find),
    tuner: tuner === undefined ? undefined : yield* part(Tuner, Tuner.layer(tuner)),
  }
  let newest = metrics.read()
  yield* held(() =>
    metrics.subscribe((readings) => {
      newest = readings
    }),
  )
  yield* held(() => metrics.subscribe(alerts.observe))
  const views: Views = {
    readings: () => newest.readings,
    alerts: () => alerts.active(),
    pastAlerts: () => alerts.past(),
    findings: () => findings,
    alertRules: () => options.alerts?.rules ?? defaultRules,
    acknowledge: (id, who, note) =>
      alerts.acknowledge(id, who, note).pipe(
        Effect.map(({ alert }) => alert),
        Effect.catchTag("AlertNotOpen", () => Effect.succeed(undefined)),
      ),
  }
  return Monitor.of({ find, views, ...parts })
})

/**
 * All of the monitor beside one engine: figures, alerts about them, what detection and others find,
 * and a server for those who look.
 *
 * Nothing of it is in the way of an event, and the engine does not know of it.
 *
 * @since 0.1.0
 */
import type { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Alert } from "./alert/Alert.ts"
import { Alerts, type AlertsOptions } from "./alert/Alerts.ts"
import type { AlertTargetInvalid } from "./alert/AlertTarget.ts"
import type { InvalidAlertRules } from "./alert/InvalidAlertRules.ts"
import type { Finding } from "./detect/Finding.ts"
import { Metrics, type MetricsOptions } from "./metric/Metrics.ts"
import {
  MonitorServer,
  type MonitorServerError,
  type MonitorServerOptions,
} from "./server/MonitorServer.ts"
import { MonitorViews, type Views } from "./server/MonitorViews.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface MonitorOptions {
  readonly metrics?: MetricsOptions
  readonly alerts?: AlertsOptions
  /** Where viewers connect. Default: over loopback, on a port that is free. */
  readonly server?: MonitorServerOptions
}

/** Findings that viewers are shown. */
const findingsMax = 200
/** Alerts that are over and that viewers are shown. */
const pastMax = 200

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
  }
>()("@countersign/monitor/Monitor") {
  /** Figures and alerts, without a server. */
  static readonly layerAlone = (
    options: Omit<MonitorOptions, "server"> = {},
  ): Layer.Layer<Monitor | Metrics | Alerts, InvalidAlertRules | AlertTargetInvalid, Audit> =>
    Layer.effect(this, make).pipe(
      Layer.provideMerge(Layer.merge(Metrics.layer(options.metrics), Alerts.layer(options.alerts))),
    )

  /**
   * All of it.
   *
   * - Errors: rules that contradict themselves; an address that is not to be had.
   */
  static readonly layer = (
    options: MonitorOptions = {},
  ): Layer.Layer<
    Monitor | Metrics | Alerts | MonitorServer,
    InvalidAlertRules | AlertTargetInvalid | MonitorServerError,
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

/** What is over, newest first, each alert once. */
const pastOf = (alerts: Alerts["Service"]): ReadonlyArray<Alert> =>
  alerts
    .history()
    .flatMap(({ alert }) => (alert.state === "resolved" ? [alert] : []))
    .slice(-pastMax)
    .toReversed()

const make = Effect.gen(function* () {
  const metrics = yield* Metrics
  const alerts = yield* Alerts
  const findings: Array<Finding> = []
  yield* Effect.acquireRelease(
    Effect.sync(() => metrics.source(alerts.samples)),
    (end) => Effect.sync(end),
  )
  let newest = metrics.read()
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      metrics.subscribe((readings) => {
        newest = readings
        alerts.observe(readings)
      }),
    ),
    (end) => Effect.sync(end),
  )
  const views: Views = {
    readings: () => newest.readings,
    alerts: () => alerts.active(),
    pastAlerts: () => pastOf(alerts),
    findings: () => findings,
    acknowledge: (id, who, note) =>
      alerts.acknowledge(id, who, note).pipe(
        Effect.map(({ alert }) => alert),
        // Over, or somebody's already: there is none to take.
        Effect.orElseSucceed(() => undefined),
      ),
  }
  return Monitor.of({
    find: (finding) => {
      findings.push(finding)
      if (findings.length > findingsMax) findings.shift()
      alerts.find(finding)
    },
    views,
  })
})

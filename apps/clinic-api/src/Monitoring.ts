/**
 * What watches the clinic: metrics on a port of their own, alerts, detection behind the trail, and a
 * server that `countersign top` finds by the trail.
 */
import type { AlertsOptions } from "@countersign/monitor/alert/Alerts"
import { defaultRules } from "@countersign/monitor/detect/DefaultRules"
import type { DetectionRule } from "@countersign/monitor/detect/DetectionRule"
import { HttpMetrics } from "@countersign/monitor/metric/HttpMetrics"
import { Prometheus } from "@countersign/monitor/metric/Prometheus"
import { QueryMetrics } from "@countersign/monitor/metric/QueryMetrics"
import { Monitor } from "@countersign/monitor/Monitor"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Where metrics are served; `undefined`: nowhere. */
export class MetricsAddress extends Context.Service<MetricsAddress, string | undefined>()(
  "@countersign/clinic-api/MetricsAddress",
) {}

export interface MonitoringOptions {
  /** The trail's directory. */
  readonly trail: string
  /** 0 takes any free one. */
  readonly metricsPort: number
  /** Default: stderr. */
  readonly targets?: AlertsOptions["targets"]
}

/**
 * The rules that come along know the clinic's events by their names, but for the export of the
 * trail: how many records have left is said where it ends.
 */
const clinicRules: ReadonlyArray<DetectionRule> = defaultRules.map((rule) =>
  rule.kind === "count" && rule.name === "bulk-export"
    ? { ...rule, when: "type=trail.export.end", sum: "data.count" }
    : rule,
)

/** Detection is a sink of the engine, the rest stands on the engine. */
export const make = ({ metricsPort, targets, trail }: MonitoringOptions) => {
  const detection = Monitor.detection({ rules: clinicRules, directory: trail })
  const watching = Layer.mergeAll(
    Prometheus.layer({ port: metricsPort }),
    HttpMetrics.layer(),
    QueryMetrics.layer(),
  ).pipe(Layer.provideMerge(Monitor.layer({ detection, alerts: { targets } })))
  return {
    sinks: [detection.sink],
    /** Counts requests. */
    measuring: HttpMetrics.layerRouter.pipe(Layer.provide(watching)),
    /** Counts statements. */
    tracing: QueryMetrics.layerTracer.pipe(Layer.provide(watching)),
    /** Where metrics are served. */
    served: Layer.effect(
      MetricsAddress,
      Effect.map(Prometheus, ({ url }) => url),
    ).pipe(Layer.provide(watching)),
  }
}

/** The same where nothing watches. */
export const nothing = {
  sinks: [],
  measuring: Layer.empty,
  tracing: Layer.empty,
  served: Layer.succeed(MetricsAddress, undefined),
}

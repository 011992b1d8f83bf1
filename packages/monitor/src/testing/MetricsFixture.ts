/**
 * A real engine with its metrics, for tests.
 *
 * @since 0.1.0
 */
import type { Audit, OpenError } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { Metrics, type MetricsOptions } from "../metric/Metrics.ts"
import { type Labels, type Readings, seriesOf } from "../metric/Reading.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface MetricsFixtureOptions {
  readonly metrics?: MetricsOptions
  readonly audit?: Parameters<AuditFixture.AuditFixture["withAudit"]>[1]
  readonly engine?: Parameters<AuditFixture.AuditFixture["withAudit"]>[2]
  /** Default: a new one. */
  readonly registry?: Metric.MetricRegistry
}

/**
 * Runs beside a new engine over a trail of its own, with a registry of metrics that nobody shares.
 *
 * @category running
 * @since 0.1.0
 */
export const withMetrics = <A, E>(
  use: (fixture: AuditFixture.AuditFixture) => Effect.Effect<A, E, Audit | Metrics>,
  options: MetricsFixtureOptions = {},
): Effect.Effect<A, E | OpenError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const fixture = AuditFixture.make(`${yield* temporaryDirectory}/trail`)
      return yield* fixture.withAudit(
        use(fixture).pipe(Effect.provide(Metrics.layer(options.metrics))),
        options.audit,
        options.engine,
      )
    }),
  ).pipe(Effect.provideService(Metric.MetricRegistry, options.registry ?? new Map()))

/**
 * A number of a reading, by the name of the metric and its labels.
 *
 * @category getters
 * @since 0.1.0
 */
export const valueIn = (
  { readings }: Readings,
  name: string,
  labels: Labels = {},
): number | undefined => {
  const series = seriesOf({ name, labels })
  return readings.find((reading) => seriesOf(reading) === series)?.value
}

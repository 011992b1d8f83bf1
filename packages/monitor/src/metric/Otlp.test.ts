import { Audit } from "@countersign/core/Audit"
import { event } from "@countersign/core/testing/AuditFixture"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import { withMetrics } from "../testing/MetricsFixture.ts"
import { type OtlpReceiver, otlpReceiver } from "../testing/OtlpReceiver.ts"
import { instruments } from "./Instruments.ts"

/** Waits for an export: intervals pass in real time. */
const received = (receiver: OtlpReceiver): Effect.Effect<void> =>
  receiver.metrics().has("countersign_log_sync_seconds") || receiver.refusals.length > 0
    ? Effect.void
    : Effect.andThen(
        Effect.sleep("10 millis"),
        Effect.suspend(() => received(receiver)),
      )

describe("the metrics sent by OTLP", () => {
  it.live("arrive at a receiver that takes nothing but the protocol", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const receiver = yield* otlpReceiver
          const audit = yield* Audit
          yield* audit.record(event, { until: "durable" })
          const exporter = OtlpMetrics.layer({
            url: `${receiver.url}/v1/metrics`,
            resource: { serviceName: "clinic" },
            exportInterval: "20 millis",
          }).pipe(Layer.provide([OtlpSerialization.layerJson, FetchHttpClient.layer]))
          yield* received(receiver).pipe(Effect.provide(exporter))
          assert.deepStrictEqual(receiver.refusals, [])
          const metrics = receiver.metrics()
          const accepted = metrics.get("countersign_events_accepted_total")?.sum
          assert.isTrue(accepted?.isMonotonic)
          const standard = accepted?.dataPoints.find(({ attributes }) =>
            attributes?.some(({ value }) => value.stringValue === "standard"),
          )
          assert.strictEqual(standard?.asDouble, 1)
          const sync = metrics.get("countersign_log_sync_seconds")
          assert.strictEqual(sync?.unit, "s")
          assert.isAtLeast(Number(sync?.summary?.dataPoints[0]?.count), 1)
          assert.deepStrictEqual(
            sync?.summary?.dataPoints[0]?.quantileValues.map(({ quantile }) => quantile),
            [0.5, 0.95, 0.99, 0.999],
          )
          for (const [name, metric] of metrics) {
            const { help, kind } = instruments.get(name) ?? {}
            assert.strictEqual(metric.description, help)
            const field = kind === "counter" ? "sum" : kind
            assert.isDefined(field === undefined ? undefined : metric[field], name)
          }
        }).pipe(Effect.scoped),
      { metrics: { interval: "10 millis" } },
    ),
  )
})

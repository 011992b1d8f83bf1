/**
 * A receiver of metrics as OpenTelemetry's protocol has them (OTLP 1.x over HTTP, JSON): it takes what
 * the protocol's messages allow, and refuses with 400 what has another field, form or kind.
 *
 * @since 0.1.0
 */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"

// opentelemetry/proto/metrics/v1/metrics.proto in proto3's JSON: 64-bit integers may be texts.
const Int64 = Schema.Union([Schema.Int, Schema.String.check(Schema.isPattern(/^-?\d+$/))])
const Value = Schema.Struct({
  stringValue: Schema.optionalKey(Schema.String),
  boolValue: Schema.optionalKey(Schema.Boolean),
  intValue: Schema.optionalKey(Int64),
  doubleValue: Schema.optionalKey(Schema.Number),
})
const Attributes = Schema.Array(Schema.Struct({ key: Schema.String, value: Value }))
const pointFields = {
  attributes: Schema.optionalKey(Attributes),
  startTimeUnixNano: Schema.optionalKey(Int64),
  timeUnixNano: Int64,
  flags: Schema.optionalKey(Schema.Int),
}
const NumberPoint = Schema.Struct({
  ...pointFields,
  asDouble: Schema.optionalKey(Schema.Number),
  asInt: Schema.optionalKey(Int64),
})
const SummaryPoint = Schema.Struct({
  ...pointFields,
  count: Int64,
  sum: Schema.Number,
  quantileValues: Schema.Array(
    Schema.Struct({
      quantile: Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
      value: Schema.Number,
    }),
  ),
})
const OtlpMetric = Schema.Struct({
  name: Schema.NonEmptyString,
  description: Schema.optionalKey(Schema.String),
  unit: Schema.optionalKey(Schema.String),
  gauge: Schema.optionalKey(Schema.Struct({ dataPoints: Schema.NonEmptyArray(NumberPoint) })),
  sum: Schema.optionalKey(
    Schema.Struct({
      dataPoints: Schema.NonEmptyArray(NumberPoint),
      // 1: delta, 2: cumulative. 0 is unspecified, which may not be sent.
      aggregationTemporality: Schema.Literals([1, 2]),
      isMonotonic: Schema.Boolean,
    }),
  ),
  summary: Schema.optionalKey(Schema.Struct({ dataPoints: Schema.NonEmptyArray(SummaryPoint) })),
})
const ExportMetrics = Schema.Struct({
  resourceMetrics: Schema.Array(
    Schema.Struct({
      resource: Schema.Struct({
        attributes: Attributes,
        droppedAttributesCount: Schema.optionalKey(Schema.Int),
      }),
      scopeMetrics: Schema.Array(
        Schema.Struct({
          scope: Schema.Struct({
            name: Schema.String,
            version: Schema.optionalKey(Schema.String),
            attributes: Schema.optionalKey(Attributes),
          }),
          metrics: Schema.Array(OtlpMetric),
        }),
      ),
    }),
  ),
})

/**
 * @category models
 * @since 0.1.0
 */
export type OtlpMetric = typeof OtlpMetric.Type

/**
 * @category models
 * @since 0.1.0
 */
export interface OtlpReceiver {
  /** Without a path. */
  readonly url: string
  /** Of the newest request that was taken, by name. */
  readonly metrics: () => ReadonlyMap<string, OtlpMetric>
  /** What was wrong with requests. */
  readonly refusals: ReadonlyArray<string>
}

const bodyOf = async (request: http.IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  // A stream without an encoding gives bytes.
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString("utf8")
}

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(ExportMetrics), {
  onExcessProperty: "error",
})

/** A metric has one kind of data, and a number one kind of value. */
const contradiction = (metrics: ReadonlyArray<OtlpMetric>): string | undefined => {
  for (const { gauge, name, sum, summary } of metrics) {
    if ([gauge, sum, summary].filter((data) => data !== undefined).length !== 1) return name
    for (const { asDouble, asInt } of [...(gauge?.dataPoints ?? []), ...(sum?.dataPoints ?? [])]) {
      if ((asDouble === undefined) === (asInt === undefined)) return name
    }
  }
  return new Set(metrics.map(({ name }) => name)).size === metrics.length ? undefined : "a name"
}

/**
 * Listens on loopback as long as the scope lasts.
 *
 * @category constructors
 * @since 0.1.0
 */
export const otlpReceiver: Effect.Effect<OtlpReceiver, never, Scope> = Effect.gen(function* () {
  const refusals: Array<string> = []
  let newest: ReadonlyMap<string, OtlpMetric> = new Map()
  const take = async (request: http.IncomingMessage): Promise<number> => {
    try {
      if (request.url !== "/v1/metrics" || request.method !== "POST") throw new Error("the path")
      if (request.headers["content-type"]?.split(";")[0] !== "application/json") {
        throw new Error("the content type")
      }
      const { resourceMetrics } = decode(await bodyOf(request))
      const metrics = resourceMetrics.flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics),
      )
      const wrong = contradiction(metrics)
      if (wrong !== undefined) throw new Error(`${wrong} says two things`)
      newest = new Map(metrics.map((metric) => [metric.name, metric]))
      return 200
    } catch (cause) {
      refusals.push(cause instanceof Error ? cause.message : String(cause))
      return 400
    }
  }
  const server = http.createServer((request, response) => {
    void take(request).then((status) => {
      response.writeHead(status, { "content-type": "application/json" }).end("{}")
    })
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      }),
  )
  // Listening on a port, a server has an address of this kind.
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, metrics: () => newest, refusals }
})

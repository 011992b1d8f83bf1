/**
 * The registry of metrics as Prometheus reads it, over HTTP on loopback.
 *
 * @since 0.1.0
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Schema from "effect/Schema"
import { Metrics } from "./Metrics.ts"
import { withoutRepeats } from "./PrometheusText.ts"

/**
 * The server of metrics could not listen.
 *
 * @category errors
 * @since 0.1.0
 */
export class PrometheusNotListening extends Schema.TaggedError<PrometheusNotListening>(
  "@countersign/monitor/PrometheusNotListening",
)("PrometheusNotListening", {
  code: Schema.tag("AUD-6002"),
  address: Schema.String,
  detail: Schema.String,
  isRetryable: Schema.tag(true),
}) {
  override get message(): string {
    return `${this.code}: metrics can't be served on ${this.address}: ${this.detail}`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PrometheusOptions {
  /** Default 127.0.0.1. Figures tell of an application: another address is for whoever needs it. */
  readonly host?: string
  /** 0 takes any free port. Default 9464, as OpenTelemetry's exporters have it. */
  readonly port?: number
  /** Default `/metrics`. */
  readonly path?: string
  /** Names that may stand in a request's Host header beside loopback's own. */
  readonly hosts?: ReadonlyArray<string>
}

/**
 * @category services
 * @since 0.1.0
 */
export class Prometheus extends Context.Service<
  Prometheus,
  {
    /** Where it listens, with the port that it got. */
    readonly url: string
  }
>()("@countersign/monitor/metric/Prometheus") {
  /** Serves the metrics as long as the layer lives. */
  static readonly layer = (
    options: PrometheusOptions = {},
  ): Layer.Layer<Prometheus, PrometheusNotListening, Metrics> => Layer.effect(this, make(options))
}

/**
 * Prometheus' text format, version 0.0.4: what a server of one's own answers with.
 *
 * @category constants
 * @since 0.1.0
 */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

/**
 * Everything in Effect's registry of metrics as text: Countersign's metrics as they were at the last
 * interval, and the application's. Of series with the same name and labels there is the first alone.
 *
 * @category running
 * @since 0.1.0
 */
export const prometheusText: Effect.Effect<string, never, Metrics> = Effect.andThen(
  // The service puts the figures there, so without it there would be nothing.
  Effect.service(Metrics),
  Effect.map(PrometheusMetrics.format(), withoutRepeats),
)

const loopback = ["127.0.0.1", "localhost", "[::1]"]

/** A page in a browser can have a name of its own lead to loopback, but not say that it did not. */
const hostOf = (request: IncomingMessage): string =>
  (request.headers.host ?? "").replace(/:\d*$/, "").toLowerCase()

const answer = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  })
  response.end(body)
}

const make = Effect.fnUntraced(function* (options: PrometheusOptions) {
  const { host = "127.0.0.1", hosts = [], path = "/metrics", port = 9464 } = options
  const context = yield* Effect.context<Metrics>()
  const allowed = new Set([
    ...loopback,
    host.toLowerCase(),
    ...hosts.map((each) => each.toLowerCase()),
  ])
  const server = createServer((request, response) => {
    const plain = "text/plain; charset=utf-8"
    if (!allowed.has(hostOf(request))) return answer(response, 403, plain, "unknown host\n")
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(response, 405, plain, "GET alone\n")
    }
    if ((request.url ?? "").split("?")[0] !== path) return answer(response, 404, plain, `${path}\n`)
    answer(response, 200, contentType, withoutRepeats(PrometheusMetrics.formatUnsafe(context)))
  })
  // A reader that opens a connection and says nothing keeps it for no longer.
  server.headersTimeout = 10_000
  server.requestTimeout = 10_000
  server.maxConnections = 32
  yield* Effect.acquireRelease(listen(server, host, port), () => close(server))
  // Listening on a port, a server has an address of this kind.
  const { port: got } = server.address() as AddressInfo
  const named = host.includes(":") ? `[${host}]` : host
  return Prometheus.of({ url: `http://${named}:${got}${path}` })
})

const listen = (
  server: ReturnType<typeof createServer>,
  host: string,
  port: number,
): Effect.Effect<void, PrometheusNotListening> =>
  Effect.callback((resume) => {
    const failed = (cause: Error): void => {
      const address = `${host}:${port}`
      resume(Effect.fail(new PrometheusNotListening({ address, detail: cause.message })))
    }
    server.once("error", failed)
    server.listen(port, host, () => {
      server.off("error", failed)
      // A server that is listening and fails for one connection goes on for the others.
      server.on("error", () => undefined)
      resume(Effect.void)
    })
  })

const close = (server: ReturnType<typeof createServer>): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

/**
 * HTTP requests of the application: how many, how long, and an event for each that was slow.
 *
 * A route counts under its template (`/patients/:id`), never under the path that was asked for: that
 * would be a series for each patient, and a patient's number in a place where nobody expects it.
 *
 * @since 0.1.0
 */
import type { IncomingMessage, RequestListener } from "node:http"
import { Audit } from "@countersign/core/Audit"
import { monotonicMillis } from "@countersign/core/engine/Monotonic"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpRouter from "effect/http/HttpRouter"
import { causeResponse } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { Metrics } from "./Metrics.ts"
import { slowEvent } from "./SlowEvent.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpMetricsOptions {
  /** What takes longer is slow. Units: milliseconds. Default 100. */
  readonly slowMillis?: number
}

/**
 * One request that is over.
 *
 * @category models
 * @since 0.1.0
 */
export interface FinishedRequest {
  readonly method: string
  /** The template; `undefined` where no route took it. */
  readonly route: string | undefined
  /** 0 where the connection ended before there was an answer. */
  readonly status: number
  readonly millis: number
}

/**
 * @category services
 * @since 0.1.0
 */
export class HttpMetrics extends Context.Service<
  HttpMetrics,
  {
    /** For servers of other kinds: counts a request that is over. */
    readonly finished: (request: FinishedRequest) => void
    /**
     * A handler of `node:http` that counts what goes through it.
     *
     * @param routeOf the template of the route; `undefined` for none. Called when the answer is
     *   through, so what the handler found out may be used
     */
    readonly listener: (
      handler: RequestListener,
      routeOf: (request: IncomingMessage) => string | undefined,
    ) => RequestListener
    /** For an application of Effect's HTTP server, or for a router as a whole. */
    readonly middleware: <E, R>(
      app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
    ) => Effect.Effect<
      HttpServerResponse.HttpServerResponse,
      E,
      R | HttpServerRequest.HttpServerRequest
    >
  }
>()("@countersign/monitor/metric/HttpMetrics") {
  static readonly layer = (
    options: HttpMetricsOptions = {},
  ): Layer.Layer<HttpMetrics, never, Audit | Metrics> => Layer.effect(this, make(options))

  /** Counts every request of the router that it is given to. */
  static readonly layerRouter = HttpRouter.middleware(
    Effect.map(HttpMetrics, ({ middleware }) => middleware),
    { global: true },
  )
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
const unmatched = "unmatched"

const classOf = (status: number): string =>
  status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : "none"

/** What the server makes of a failure, it makes by the same function. */
const statusOf = <E>(
  exit: Exit.Exit<HttpServerResponse.HttpServerResponse, E>,
): Effect.Effect<number> =>
  Exit.isSuccess(exit)
    ? Effect.succeed(exit.value.status)
    : Effect.map(causeResponse(exit.cause), ([{ status }]) => status)

const make = Effect.fnUntraced(function* ({ slowMillis = 100 }: HttpMetricsOptions) {
  const audit = yield* Audit
  const metrics = yield* Metrics
  const clock = yield* Clock.clockWith(Effect.succeed)
  const now = (): number => monotonicMillis(clock)
  const inProgress = metrics.gauge("countersign_http_requests_in_progress")

  const finished = ({ method: asked, millis, route = unmatched, status }: FinishedRequest) => {
    // Whoever asks may invent methods.
    const method = methods.has(asked) ? asked : "other"
    const labels = { method, route, status: classOf(status) }
    metrics.recorder("countersign_http_request_seconds", labels).record(millis / 1000)
    if (millis <= slowMillis) return
    metrics.counter("countersign_http_slow_requests_total", { route }).add()
    audit.recordUnsafe(
      slowEvent({
        type: "http.request.slow",
        target: `${method} ${route}`,
        millis,
        thresholdMillis: slowMillis,
        isFailed: status === 0 || status >= 500,
        data: { method, route, status },
      }),
    )
  }

  const listener: HttpMetrics["Service"]["listener"] =
    (handler, routeOf) => (request, response) => {
      const from = now()
      inProgress.add(1)
      response.once("close", () => {
        inProgress.add(-1)
        finished({
          method: request.method ?? "",
          route: routeOf(request),
          status: response.writableFinished ? response.statusCode : 0,
          millis: now() - from,
        })
      })
      handler(request, response)
    }

  const middleware: HttpMetrics["Service"]["middleware"] = (app) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ method }) => {
      const from = now()
      inProgress.add(1)
      return Effect.onExit(app, (exit) => {
        inProgress.add(-1)
        return Effect.flatMap(statusOf(exit), (status) =>
          Effect.withFiber((fiber) => {
            // The router puts the route that it found into the fiber, for the rest of the request.
            const found = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)
            finished({ method, route: found?.route.path, status, millis: now() - from })
            return Effect.void
          }),
        )
      })
    })

  return HttpMetrics.of({ finished, listener, middleware })
})

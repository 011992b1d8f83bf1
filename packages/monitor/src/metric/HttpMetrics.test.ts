import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { Audit } from "@countersign/core/Audit"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { valueIn, withMetrics } from "../testing/MetricsFixture.ts"
import { HttpMetrics } from "./HttpMetrics.ts"
import { Metrics } from "./Metrics.ts"

const canary = "Canary"

/** How many requests were counted under these labels. */
const counted = (method: string, route: string, status: string) =>
  Effect.map(
    Metrics,
    (metrics) =>
      valueIn(metrics.read(), "countersign_http_request_seconds_count", {
        method,
        route,
        status,
      }) ?? 0,
  )

/** A server of `node:http` whose handler is measured. */
const served = (handler: http.RequestListener) =>
  Effect.acquireRelease(
    Effect.flatMap(HttpMetrics, ({ listener }) =>
      Effect.callback<http.Server>((resume) => {
        const routeOf = (request: http.IncomingMessage): string | undefined =>
          request.url?.startsWith("/patients/") === true ? "/patients/:id" : undefined
        const server = http.createServer(listener(handler, routeOf))
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
    ),
    (server) => Effect.sync(() => server.closeAllConnections() ?? server.close()),
  ).pipe(
    // Listening on a port, a server has an address of this kind.
    Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  )

const ask = async (url: string, init: RequestInit = {}): Promise<Response> =>
  await fetch(url, { ...init, headers: { connection: "close" } })

const fetched = (url: string, init?: RequestInit) => Effect.promise(() => ask(url, init))

describe("a handler of node:http that is measured", () => {
  it.live("counts requests by their route's template and the class of their status", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const url = yield* served((request, response) => {
          response.statusCode = request.method === "POST" ? 503 : 200
          response.end("there")
        })
        for (const id of [1, 2, 3]) yield* fetched(`${url}/patients/${id}?name=${canary}`)
        yield* fetched(`${url}/patients/4`, { method: "POST" })
        yield* fetched(`${url}/${canary}`)
        assert.strictEqual(yield* counted("GET", "/patients/:id", "2xx"), 3)
        assert.strictEqual(yield* counted("POST", "/patients/:id", "5xx"), 1)
        assert.strictEqual(yield* counted("GET", "unmatched", "2xx"), 1)
        const readings = (yield* Metrics).read()
        assert.strictEqual(valueIn(readings, "countersign_http_requests_in_progress"), 0)
        assert.notInclude(JSON.stringify(readings), canary)
      }).pipe(Effect.scoped, Effect.provide(HttpMetrics.layer())),
    ),
  )

  it.live("counts a request whose caller went away as one without an answer", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const url = yield* served((request) => void request.socket.destroy())
        yield* Effect.exit(Effect.tryPromise(() => ask(`${url}/patients/1`)))
        assert.strictEqual(yield* counted("GET", "/patients/:id", "none"), 1)
      }).pipe(Effect.scoped, Effect.provide(HttpMetrics.layer())),
    ),
  )
})

const routes = Layer.mergeAll(
  HttpRouter.add("GET", "/patients/:id", Effect.succeed(HttpServerResponse.text("there"))),
  HttpRouter.add("GET", "/broken", Effect.die(new Error("no"))),
)

/** What a router says that is measured, asked as a function. */
const asked = (...urls: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const metrics = yield* HttpMetrics
    const app = Layer.provide(
      Layer.merge(routes, HttpMetrics.layerRouter),
      Layer.succeed(HttpMetrics, metrics),
    )
    const { dispose, handler } = HttpRouter.toWebHandler(app, { disableLogger: true })
    const statuses: Array<number> = []
    for (const url of urls) {
      const answer = yield* Effect.promise(() => handler(new Request(`http://clinic${url}`)))
      statuses.push(answer.status)
    }
    yield* Effect.promise(dispose)
    return statuses
  })

describe("a router of Effect that is measured", () => {
  it.live("counts requests by the route that took them", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const statuses = yield* asked("/patients/7", "/patients/8?a=b", `/${canary}`, "/broken")
        assert.deepStrictEqual(statuses, [200, 200, 404, 500])
        assert.strictEqual(yield* counted("GET", "/patients/:id", "2xx"), 2)
        assert.strictEqual(yield* counted("GET", "unmatched", "4xx"), 1)
        assert.strictEqual(yield* counted("GET", "/broken", "5xx"), 1)
        const readings = (yield* Metrics).read()
        assert.strictEqual(valueIn(readings, "countersign_http_requests_in_progress"), 0)
        assert.notInclude(JSON.stringify(readings), canary)
      }).pipe(Effect.provide(HttpMetrics.layer())),
    ),
  )
})

describe("a slow request", () => {
  it.live("is an event with the route and its time, and without what was asked", () =>
    withMetrics((trail) =>
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* asked(`/patients/7?name=${canary}`, "/broken")
        yield* audit.publish
        const slow = (yield* trail.trail).filter(({ type }) => type === "http.request.slow")
        assert.deepStrictEqual(
          slow.map(({ class: kind, outcome, target }) => [kind, outcome, target?.[0]?.id]),
          [
            ["telemetry", "success", "GET /patients/:id"],
            ["telemetry", "failure", "GET /broken"],
          ],
        )
        assert.notInclude(JSON.stringify(slow), canary)
        const readings = (yield* Metrics).read()
        assert.strictEqual(
          valueIn(readings, "countersign_http_slow_requests_total", { route: "/patients/:id" }),
          1,
        )
        // All that takes any time at all is slow here.
      }).pipe(Effect.provide(HttpMetrics.layer({ slowMillis: 0 }))),
    ),
  )

  it.live("is none below the threshold", () =>
    withMetrics((trail) =>
      Effect.gen(function* () {
        const { finished } = yield* HttpMetrics
        finished({ method: "GET", route: "/a", status: 200, millis: 100 })
        finished({ method: "GET", route: "/b", status: 200, millis: 100.1 })
        finished({ method: canary, route: "/c", status: 200, millis: 1 })
        yield* (yield* Audit).publish
        const slow = (yield* trail.trail).filter(({ type }) => type === "http.request.slow")
        assert.deepStrictEqual(
          slow.map(({ target }) => target?.[0]?.id),
          ["GET /b"],
        )
        assert.strictEqual(yield* counted("other", "/c", "2xx"), 1)
      }).pipe(Effect.provide(HttpMetrics.layer())),
    ),
  )
})

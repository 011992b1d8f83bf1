/**
 * The API on a port, over whatever store and audit engine it is given.
 */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as Layer from "effect/Layer"
import * as AppointmentHandlers from "./api/AppointmentHandlers.ts"
import { Authentication } from "./api/Authentication.ts"
import { ClinicApi } from "./api/ClinicApi.ts"
import { Containment } from "./api/Containment.ts"
import * as PatientHandlers from "./api/PatientHandlers.ts"
import { RequestRate } from "./api/RequestRate.ts"
import * as StatusHandlers from "./api/StatusHandlers.ts"
import type { TokenBook } from "./api/TokenBook.ts"
import * as TrailHandlers from "./api/TrailHandlers.ts"
import { undeclared } from "./audit/Audited.ts"
import { Auditing } from "./audit/Auditing.ts"

export interface ServerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly tokens: TokenBook
  readonly requestsPerMinute: number
}

/** How long requests under way may take when the server is told to end. */
const drainTimeout = "10 seconds"

/** The largest form has 16,384 characters of history, which may be three bytes each. */
const bodyBytesMax = ByteSize.fromInputUnsafe("128 KiB")

/**
 * Does not start where an endpoint that changes something declares no audit.
 *
 * @param measuring what counts requests, if anything does
 */
export const layer = <E = never, R = never>(
  { host, port, requestsPerMinute, tokens }: ServerOptions,
  measuring: Layer.Layer<never, E, R | HttpRouter.HttpRouter> = Layer.empty,
) => {
  const handlers = Layer.mergeAll(
    PatientHandlers.layer,
    AppointmentHandlers.layer,
    TrailHandlers.layer,
    StatusHandlers.layer,
  ).pipe(
    Layer.provide([
      Auditing.layer,
      RequestRate.layer(requestsPerMinute),
      Authentication.layer(tokens),
      Containment.layer,
    ]),
  )
  const routes = Layer.mergeAll(
    HttpApiBuilder.layer(ClinicApi, { openapiPath: "/openapi.json" }),
    HttpApiScalar.layer(ClinicApi, { path: "/docs" }),
    Layer.effectDiscard(
      Effect.suspend(() => {
        const missing = undeclared(ClinicApi, Auditing)
        return missing.length === 0 ? Effect.void : Effect.die(new Error(missing.join("; ")))
      }),
    ),
    measuring,
  ).pipe(Layer.provide(handlers))
  // The trail says who asked for what; a log of requests would say it again, unprotected.
  return HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, bodyBytesMax)),
    Layer.provideMerge(
      NodeHttpServer.layer(createServer, { host, port, gracefulShutdownTimeout: drainTimeout }),
    ),
  )
}

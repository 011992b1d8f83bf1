/**
 * A monitor that viewers connect to: over loopback, with a token, and never in the way of the
 * engine that it shows.
 *
 * `GET /health` answers without a token and says nothing but whether the engine is well, and so do
 * the files of a page, where there is one. Everything else is Effect RPC over a WebSocket at `/monitor`, as docs/monitor-protocol.md describes it.
 *
 * @since 0.1.0
 */
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Audit } from "@countersign/core/Audit"
import type { Disk, DiskError } from "@countersign/core/platform/Disk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as RpcServer from "effect/rpc/RpcServer"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import * as SocketServer from "effect/socket/SocketServer"
import { MonitorProtocol, MonitorRead } from "../protocol/MonitorProtocol.ts"
import {
  hostNameOf,
  hostsOf,
  isLoopback,
  originsOf,
  refusedHead,
  refusedPlain,
  refusedViewer,
} from "./Admission.ts"
import { announce } from "./Announcement.ts"
import type { GivenFiles } from "./FileQuestions.ts"
import { readLayer, writeLayer } from "./MonitorHandlers.ts"
import { type MonitorSource, overDirectory, overEngine } from "./MonitorSource.ts"
import * as RequestLimits from "./RequestLimits.ts"
import type { SecondCopies } from "./SecondCopy.ts"
import * as StaticPage from "./StaticPage.ts"
import * as ViewerSockets from "./ViewerSockets.ts"

/**
 * The server could not listen, or may not where it was told to.
 *
 * @category errors
 * @since 0.1.0
 */
export class MonitorNotListening extends Schema.TaggedError<MonitorNotListening>(
  "@countersign/monitor/MonitorNotListening",
)("MonitorNotListening", {
  code: Schema.tag("AUD-6602"),
  isRetryable: Schema.tag(true),
  address: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the monitor can't listen on ${this.address}: ${this.detail}`
  }
}

/**
 * Why a server did not start.
 *
 * @category errors
 * @since 0.1.0
 */
export type MonitorServerError = MonitorNotListening | StaticPage.MonitorPageInvalid | DiskError

/**
 * @category models
 * @since 0.1.0
 */
export interface MonitorServerOptions {
  /** Default: `127.0.0.1`, which nobody outside of the machine reaches. */
  readonly host?: string
  /** Default and 0: one that is free. */
  readonly port?: number
  /** What viewers must know. Default: 32 random bytes, new at each start. */
  readonly token?: Redacted.Redacted
  /**
   * Further names that the server is reached by, such as `audit.example` or `audit.example:8443`.
   * One without a port holds for the server's own port, and for 80 and 443.
   */
  readonly hosts?: ReadonlyArray<string>
  /** Pages of these origins may connect, beside those of the server itself. */
  readonly origins?: ReadonlyArray<string>
  /** `true`: whoever has the token may also change things. Default `false`. */
  readonly isWritable?: boolean
  /**
   * The YAML file that the engine reads its configuration from, for viewers that may change it.
   * Default: none, and they can't.
   */
  readonly configurationFile?: string
  /**
   * `true`: may listen on an address that other machines reach. It speaks plain HTTP: put a proxy
   * with TLS in front. Default `false`.
   */
  readonly isRemoteAllowed?: boolean
  /** Default 32. Bounds: at least 1. */
  readonly connectionsMax?: number
  /** Between two frames. Units: milliseconds. Default 1000. Bounds: at least 50. */
  readonly frameMillis?: number
  /** Writes where it listens to `<directory>.monitor`, for its user alone. Default `true`. */
  readonly isAnnounced?: boolean
  /**
   * A built page to serve on the same address: a directory with an `index.html`, or files by name.
   * Read once, at the start. Default: none.
   */
  readonly page?: string | StaticPage.PageFiles
  /**
   * Other stores that hold the trail's entries, by their names, such as `PostgreSQL`: a viewer
   * compares what they hold. Default: none.
   */
  readonly copies?: SecondCopies
  /** Copybooks and records that viewers may read, by the names that they see. Default: none. */
  readonly files?: GivenFiles
}

/**
 * Where WebSockets are.
 *
 * @category constants
 * @since 0.1.0
 */
export const monitorPath = "/monitor"

/** Beside the WebSockets there are only requests without a body, which are short. */
const requestMillis = 5000
const frameMillisMin = 50

const reply = (response: ServerResponse, status: number, body: unknown): void => {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  })
  response.end(text)
}

const answer = (
  source: MonitorSource,
  page: StaticPage.StaticPage | undefined,
  refused: (request: IncomingMessage) => { readonly status: number } | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  // Nothing that has a body is asked for.
  request.resume()
  const refusal = refused(request)
  if (refusal !== undefined) return reply(response, refusal.status, { status: "refused" })
  if (request.url !== "/health") {
    if (page?.answer(request, response) === true) return
    return reply(response, 404, { status: "not found" })
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return reply(response, 405, { status: "GET, please" })
  }
  const state = source.engine?.audit.status().state ?? "open"
  reply(response, state === "open" ? 200 : 503, { status: state === "open" ? "ok" : state })
}

const listening = (server: Server, host: string, port: number) =>
  Effect.callback<AddressInfo, MonitorNotListening>((resume) => {
    server.once("error", (error) =>
      resume(
        Effect.fail(new MonitorNotListening({ address: `${host}:${port}`, detail: error.message })),
      ),
    )
    server.listen(port, host, () => {
      const address = server.address()
      // A server on a port has an address of this form; a string is a pipe's.
      if (typeof address === "object" && address !== null) resume(Effect.succeed(address))
    })
  })

const opened = Effect.fnUntraced(function* (host: string, port: number, connectionsMax: number) {
  const server = createServer()
  server.requestTimeout = requestMillis
  server.headersTimeout = requestMillis
  // A few more than viewers, so that one too many is told so, and for those who ask for the health.
  server.maxConnections = connectionsMax + 16
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
    }),
  )
  const address = yield* listening(server, host, port)
  // Unheard it would end the process.
  server.on("error", () => undefined)
  return { server, address }
})

/** The answers, over a socket server; those of the group that writes only where it is wanted. */
const rpcOf = (
  source: MonitorSource,
  isWritable: boolean,
  configurationFile: string | undefined,
) => {
  const read = readLayer(source, isWritable && source.engine !== undefined)
  const options = { disableTracing: true, disableFatalDefects: true }
  return isWritable && source.engine !== undefined
    ? RpcServer.layer(MonitorProtocol, options).pipe(
        Layer.provide(
          Layer.merge(read, writeLayer(source.engine, source.directory, configurationFile)),
        ),
      )
    : RpcServer.layer(MonitorRead, options).pipe(Layer.provide(read))
}

/**
 * A monitor that listens.
 *
 * @category services
 * @since 0.1.0
 */
export class MonitorServer extends Context.Service<
  MonitorServer,
  {
    /** Such as `ws://127.0.0.1:4100/monitor`. */
    readonly url: string
    /** What viewers must know. */
    readonly token: Redacted.Redacted
    /**
     * Where a browser finds the page, with the token in the fragment, which it sends to nobody, such
     * as `http://127.0.0.1:4100/#token=…`; `undefined`: there is no page.
     */
    readonly page: Redacted.Redacted | undefined
  }
>()("@countersign/monitor/server/MonitorServer") {
  /** Beside a running engine. */
  static readonly layer = (
    options: MonitorServerOptions = {},
  ): Layer.Layer<MonitorServer, MonitorServerError, Audit | Disk> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const frameMillis = Math.max(frameMillisMin, options.frameMillis ?? 1000)
        const source = yield* overEngine(yield* Audit, frameMillis)
        return yield* serve(source, options)
      }),
    )

  /** Over the files of a trail: events, proofs and verification, and nothing of an engine. */
  static readonly layerDirectory = (
    directory: string,
    options: MonitorServerOptions = {},
  ): Layer.Layer<MonitorServer, MonitorServerError, Disk> =>
    Layer.effect(
      this,
      Effect.flatMap(overDirectory(directory), (source) =>
        // The file beside the trail is for whoever runs its engine.
        serve(source, { isAnnounced: false, ...options }),
      ),
    )
}

const serve = (
  source: MonitorSource,
  options: MonitorServerOptions,
): Effect.Effect<MonitorServer["Service"], MonitorServerError, Disk | Scope> =>
  Effect.gen(function* () {
    const { connectionsMax = 32, host = "127.0.0.1", isWritable = false, port = 0 } = options
    if (!isLoopback(host) && options.isRemoteAllowed !== true) {
      return yield* new MonitorNotListening({
        address: `${host}:${port}`,
        detail: "other machines reach that address; allow it with isRemoteAllowed",
      })
    }
    const token = options.token ?? Redacted.make(randomBytes(32).toString("base64url"))
    if (!/^[\w-]{32,}$/.test(Redacted.value(token))) {
      return yield* new MonitorNotListening({
        address: `${host}:${port}`,
        detail:
          "its token is shorter than 32 letters, digits, - and _: leave it out to have one made",
      })
    }
    const nameless = options.hosts?.find((name) => hostNameOf(name) === undefined)
    if (nameless !== undefined) {
      return yield* new MonitorNotListening({
        address: `${host}:${port}`,
        detail: `${nameless.slice(0, 64)} in hosts is no name with or without a port`,
      })
    }
    const page = options.page === undefined ? undefined : yield* StaticPage.make(options.page)
    const { address, server } = yield* opened(host, port, connectionsMax)
    const hosts = hostsOf(host, address.port, options.hosts ?? [])
    const origins = originsOf(hosts, options.origins ?? [])
    const rules = { hosts, origins, token: Redacted.value(token) }
    const sockets = yield* ViewerSockets.make(server, {
      path: monitorPath,
      connectionsMax,
      refused: (request) => refusedViewer(request.headers, rules),
    })
    yield* Layer.build(
      rpcOf(
        { ...source, copies: options.copies ?? new Map(), files: options.files ?? new Map() },
        isWritable,
        options.configurationFile,
      ).pipe(
        Layer.provide(RequestLimits.layer),
        Layer.provide(RpcServer.layerProtocolSocketServer),
        Layer.provide(RpcSerialization.layerJson),
        Layer.provide(Layer.succeed(SocketServer.SocketServer, sockets)),
      ),
    )
    const refused = (request: IncomingMessage) =>
      request.url === monitorPath
        ? refusedPlain(request.headers, rules)
        : refusedHead(request.headers, rules)
    server.on("request", (request, response) => answer(source, page, refused, request, response))
    const shown = address.family === "IPv6" ? `[${address.address}]` : address.address
    const at = `${shown}:${address.port}`
    const url = `ws://${at}${monitorPath}`
    if (options.isAnnounced !== false && source.directory !== "") {
      yield* announce(source.directory, { url, token: Redacted.value(token), pid: process.pid })
    }
    const pageUrl = `http://${at}/#token=${Redacted.value(token)}`
    return MonitorServer.of({
      url,
      token,
      page: page === undefined ? undefined : Redacted.make(pageUrl),
    })
  })

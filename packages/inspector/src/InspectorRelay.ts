/**
 * The page on an address of its own, and its WebSocket handed on to a monitor elsewhere.
 *
 * It has a token of its own. The monitor's is put in its place on the way, so a page stays open
 * while the monitor ends and begins anew with another one.
 *
 * @since 0.1.0
 */
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server } from "node:http"
import * as net from "node:net"
import type { Duplex } from "node:stream"
import * as tls from "node:tls"
import type { Disk } from "@countersign/core/platform/Disk"
import { subprotocolsFor } from "@countersign/monitor/protocol/MonitorProtocol"
import {
  type AdmissionRules,
  hostsOf,
  originsOf,
  refusedHead,
  refusedPlain,
  refusedViewer,
} from "@countersign/monitor/server/Admission"
import {
  MonitorNotListening,
  monitorPath,
  type MonitorServerError,
} from "@countersign/monitor/server/MonitorServer"
import * as StaticPage from "@countersign/monitor/server/StaticPage"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Scope } from "effect/Scope"

/**
 * A monitor, and what it wants to hear.
 *
 * @category models
 * @since 0.1.0
 */
export interface MonitorPlace {
  /** `ws:` or `wss:`, such as `ws://127.0.0.1:4100/monitor`. */
  readonly url: string
  readonly token: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface InspectorRelayOptions {
  /** Where the monitor is now; `undefined`: nowhere, and the page tries again. */
  readonly find: () => Promise<MonitorPlace | undefined>
  /** Default and 0: one that is free. */
  readonly port?: number
  /** Default: the page of this package. */
  readonly page?: string | StaticPage.PageFiles
}

const host = "127.0.0.1"
const connectionsMax = 64
/** Units: milliseconds. */
const connectMillis = 10_000

const refuse = (stream: Duplex, status: number, detail: string): void => {
  stream.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(detail) + 1}\r\n\r\n${detail}\n`,
  )
}

/** What goes on to the monitor; what a browser says of itself and of this server stays here. */
const headOf = (request: IncomingMessage, url: URL, token: string): string => {
  const handed = ["sec-websocket-key", "sec-websocket-version", "upgrade"].flatMap((name) => {
    const value = request.headers[name]
    return typeof value === "string" ? [`${name}: ${value}`] : []
  })
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    "connection: Upgrade",
    ...handed,
    `sec-websocket-protocol: ${subprotocolsFor(token).join(", ")}`,
  ]
  return `${lines.join("\r\n")}\r\n\r\n`
}

const connected = ({ hostname, port, protocol }: URL): net.Socket => {
  const name = hostname.replaceAll(/^\[|\]$/g, "")
  const at = { host: name, port: Number(port === "" ? (protocol === "wss:" ? 443 : 80) : port) }
  return protocol === "wss:" ? tls.connect({ ...at, servername: name }) : net.connect(at)
}

/** A token with a line break in it would end the head early, and write the rest of it. */
const isPlace = (url: URL | null, token: string): url is URL =>
  url !== null && /^wss?:$/.test(url.protocol) && /^[\w-]+$/.test(token)

/** Two streams as one, which end together. */
const joined = (browser: Duplex, monitor: Duplex): void => {
  for (const [one, other] of [
    [browser, monitor],
    [monitor, browser],
  ] as const) {
    one.on("error", () => other.destroy())
    one.on("close", () => other.destroy())
    one.pipe(other)
  }
}

const handOn = async (
  find: InspectorRelayOptions["find"],
  request: IncomingMessage,
  browser: Duplex,
  head: Buffer,
): Promise<void> => {
  const place = await find().catch(() => undefined)
  if (place === undefined) return refuse(browser, 502, "no monitor has said where it listens")
  const url = URL.parse(place.url)
  if (!isPlace(url, place.token)) return refuse(browser, 502, "the monitor's address is none")
  const monitor = connected(url)
  const failed = () => refuse(browser, 502, "the monitor does not answer")
  monitor.setTimeout(connectMillis, () => monitor.destroy(new Error("no answer")))
  monitor.once("error", failed)
  monitor.once(url.protocol === "wss:" ? "secureConnect" : "connect", () => {
    monitor.off("error", failed)
    monitor.setTimeout(0)
    joined(browser, monitor)
    monitor.write(headOf(request, url, place.token))
    if (head.length > 0) monitor.write(head)
  })
}

const listening = (server: Server, port: number) =>
  Effect.callback<number, MonitorNotListening>((resume) => {
    server.once("error", ({ message }) =>
      resume(Effect.fail(new MonitorNotListening({ address: `${host}:${port}`, detail: message }))),
    )
    server.listen(port, host, () => {
      const address = server.address()
      // A server on a port has an address of this form; a string is a pipe's.
      if (typeof address === "object" && address !== null) resume(Effect.succeed(address.port))
    })
  })

const opened = Effect.fnUntraced(function* (port: number) {
  const server = createServer()
  server.maxConnections = connectionsMax
  server.requestTimeout = connectMillis
  const upgraded = new Set<Duplex>()
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      for (const stream of upgraded) stream.destroy()
      server.closeAllConnections()
    }),
  )
  const at = yield* listening(server, port)
  server.on("error", () => undefined)
  return { server, at, upgraded }
})

const serve = (
  { server, upgraded }: { readonly server: Server; readonly upgraded: Set<Duplex> },
  page: StaticPage.StaticPage,
  find: InspectorRelayOptions["find"],
  rules: AdmissionRules,
): void => {
  server.on("request", (request, response) => {
    request.resume()
    const isPlain = request.url === monitorPath
    const refusal = (isPlain ? refusedPlain : refusedHead)(request.headers, rules)
    if (refusal === undefined && page.answer(request, response)) return
    response.writeHead(refusal?.status ?? 404, { "content-length": 0, "cache-control": "no-store" })
    response.end()
  })
  server.on("upgrade", (request, stream, head) => {
    stream.on("error", () => stream.destroy())
    upgraded.add(stream)
    stream.on("close", () => upgraded.delete(stream))
    if (request.url !== monitorPath) return refuse(stream, 404, `nothing but ${monitorPath}`)
    const refusal = refusedViewer(request.headers, rules)
    if (refusal !== undefined) return refuse(stream, refusal.status, refusal.detail)
    void handOn(find, request, stream, head)
  })
}

/**
 * Serves until the scope ends.
 *
 * @returns the address of the page, with the relay's own token in the fragment
 * @category constructors
 * @since 0.1.0
 */
export const relay = ({
  find,
  page,
  port = 0,
}: InspectorRelayOptions & Required<Pick<InspectorRelayOptions, "page">>): Effect.Effect<
  Redacted.Redacted,
  MonitorServerError,
  Disk | Scope
> =>
  Effect.gen(function* () {
    const files = yield* StaticPage.make(page)
    const { at, server, upgraded } = yield* opened(port)
    const token = randomBytes(32).toString("base64url")
    const hosts = hostsOf(host, at, [])
    serve({ server, upgraded }, files, find, { hosts, origins: originsOf(hosts, []), token })
    return Redacted.make(`http://${host}:${at}/#token=${token}`)
  })

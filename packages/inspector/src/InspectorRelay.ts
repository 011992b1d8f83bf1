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
import { refuse } from "@countersign/monitor/server/ViewerSockets"
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
/** A page that asks waits five seconds for the answer. Units: milliseconds. */
const askMillis = 3000
/** What a plain request to where WebSockets are is answered with, where one would be taken. */
const upgradeRequired = 426
const badGatewayStatus = 502

const badGateway = (detail: string) => ({ status: badGatewayStatus, detail })

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
  if (protocol !== "wss:") return net.connect(at)
  // An address is no server name (RFC 6066): Node throws, and holds the certificate against it anyway.
  return tls.connect(net.isIP(name) === 0 ? { ...at, servername: name } : at)
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

const placeOf = async (find: InspectorRelayOptions["find"]) => {
  const place = await find().catch(() => undefined)
  const url = place === undefined ? null : URL.parse(place.url)
  return place !== undefined && isPlace(url, place.token) ? { url, token: place.token } : undefined
}

const handOn = async (
  find: InspectorRelayOptions["find"],
  request: IncomingMessage,
  browser: Duplex,
  head: Buffer,
): Promise<void> => {
  const place = await placeOf(find)
  if (browser.destroyed) return
  if (place === undefined) return refuse(browser, badGateway("no monitor says where it listens"))
  const { token, url } = place
  const monitor = connected(url)
  browser.once("close", () => monitor.destroy())
  const failed = () => refuse(browser, badGateway("the monitor does not answer"))
  monitor.setTimeout(connectMillis, () => monitor.destroy(new Error("no answer")))
  monitor.once("error", failed)
  monitor.once(url.protocol === "wss:" ? "secureConnect" : "connect", () => {
    monitor.off("error", failed)
    monitor.setTimeout(0)
    joined(browser, monitor)
    monitor.write(headOf(request, url, token))
    if (head.length > 0) monitor.write(head)
  })
}

/** Whether the monitor would take a viewer, who learns from this answer alone why it did not. */
const isThere = async (find: InspectorRelayOptions["find"]): Promise<boolean> => {
  try {
    const place = await placeOf(find)
    if (place === undefined) return false
    const response = await fetch(new URL(place.url.href.replace(/^ws/, "http")), {
      headers: { authorization: `Bearer ${place.token}` },
      redirect: "manual",
      signal: AbortSignal.timeout(askMillis),
    })
    return response.status === upgradeRequired
  } catch {
    return false
  }
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
    const answer = (status: number): void => {
      response.writeHead(status, { "content-length": 0, "cache-control": "no-store" })
      response.end()
    }
    if (refusal?.status !== upgradeRequired) return answer(refusal?.status ?? 404)
    void isThere(find).then((is) => answer(is ? upgradeRequired : badGatewayStatus))
  })
  server.on("upgrade", (request, stream, head) => {
    stream.on("error", () => stream.destroy())
    upgraded.add(stream)
    stream.on("close", () => upgraded.delete(stream))
    if (request.url !== monitorPath) {
      return refuse(stream, { status: 404, detail: `nothing but ${monitorPath}` })
    }
    const refusal = refusedViewer(request.headers, rules)
    if (refusal !== undefined) return refuse(stream, refusal)
    handOn(find, request, stream, head).catch(() =>
      refuse(stream, badGateway("the monitor can't be connected to")),
    )
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

/**
 * Who may connect to a monitor, told by the head of a request alone.
 *
 * Three things are asked, each against another attacker. The `Host` must be a name of this machine,
 * or a page of a stranger whose name was made to lead here (DNS rebinding) could talk to it. The
 * `Origin`, which a browser sends and no page can choose, must be one that is known. And the token
 * must be right, which another user of the machine does not have.
 *
 * @since 0.1.0
 */
import { hash, timingSafeEqual } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"
import { subprotocol, tokenPrefix } from "../protocol/MonitorProtocol.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface AdmissionRules {
  /** Names that are known, as {@link hostNameOf} writes them, such as `127.0.0.1:4100`. */
  readonly hosts: ReadonlySet<string>
  /** Origins whose pages may connect, as {@link originsOf} writes them, such as `http://127.0.0.1:4100`. */
  readonly origins: ReadonlySet<string>
  readonly token: string
}

/**
 * `undefined`: come in. Otherwise the answer's status, and what to say.
 *
 * @category models
 * @since 0.1.0
 */
export type Refusal = { readonly status: number; readonly detail: string } | undefined

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"]

/**
 * Tells whether an address is reached from this machine alone.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host)

const authority = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i
/** An IPv6 address as people write it, where no port can follow. */
const bareAddress = /^[\da-f]*(?::[\da-f.]*){2,}$/i
/** Those that a browser leaves out. */
const defaultPort = /:(?:80|443)$/

/**
 * The one way to write a name of a server: small letters, addresses in their shortest form and in
 * brackets, no dot at the end, no port where it is 80 or 443. `undefined`: it is no such name.
 *
 * @param text as in a `Host` header, or as a person writes it
 * @category decoding
 * @since 0.1.0
 */
export const hostNameOf = (text: string): string | undefined => {
  const bracketed = bareAddress.test(text) ? `[${text}]` : text
  if (!authority.test(bracketed)) return undefined
  const url = URL.parse(`http://${bracketed}`)
  if (url === null) return undefined
  const name = url.hostname.replace(/\.$/, "")
  return name === "" ? undefined : `${name}:${url.port}`.replace(/:$/, "").replace(defaultPort, "")
}

/** As a browser writes an origin, but for the dot at the end; `undefined`: it is none. */
const originOf = (text: string): string | undefined => {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined
  return `${url.protocol}//${url.hostname.replace(/\.$/, "")}${url.port === "" ? "" : `:${url.port}`}`
}

/**
 * The names of a server that listens on a port: those of loopback, its own, and those it was given,
 * which hold with its port as well where they have none.
 *
 * @param given names that {@link hostNameOf} takes; others are none
 * @category constructors
 * @since 0.1.0
 */
export const hostsOf = (
  host: string,
  port: number,
  given: ReadonlyArray<string>,
): ReadonlySet<string> => {
  const names = given.flatMap((text) => hostNameOf(text) ?? [])
  const withPort = [...loopbackNames, hostNameOf(host) ?? host, ...names]
    .filter((name) => !/:\d+$/.test(name))
    .flatMap((name) => hostNameOf(`${name}:${port}`) ?? [])
  return new Set([...withPort, ...names])
}

/**
 * The origins of pages that may connect: those of the server's names, and those it was given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const originsOf = (
  hosts: ReadonlySet<string>,
  given: ReadonlyArray<string>,
): ReadonlySet<string> =>
  new Set(
    [...[...hosts].map((name) => `http://${name}`), ...given].flatMap((o) => originOf(o) ?? []),
  )

const digestOf = (text: string): Buffer => hash("sha256", text, "buffer")

/** Hashes have one length, so the time of comparing them says nothing about either text. */
const isToken = (given: string, token: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(token))

const bearer = "Bearer "

/** The subprotocols that a request offers, in its order. */
export const offered = (headers: IncomingHttpHeaders): ReadonlyArray<string> =>
  (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim())

const tokenIn = (headers: IncomingHttpHeaders): string | undefined => {
  const { authorization } = headers
  if (authorization?.startsWith(bearer) === true) return authorization.slice(bearer.length)
  return offered(headers)
    .find((name) => name.startsWith(tokenPrefix))
    ?.slice(tokenPrefix.length)
}

/**
 * Judges a request by where it says that it goes and comes from; for every path.
 *
 * @category predicates
 * @since 0.1.0
 */
export const refusedHead = (
  headers: IncomingHttpHeaders,
  { hosts, origins }: Pick<AdmissionRules, "hosts" | "origins">,
): Refusal => {
  const { host, origin } = headers
  if (host === undefined || !hosts.has(hostNameOf(host) ?? "")) {
    return { status: 421, detail: "this server is not known by that name" }
  }
  return origin === undefined || origins.has(originOf(origin) ?? "")
    ? undefined
    : { status: 403, detail: "pages of that origin may not connect" }
}

/**
 * Judges a request to become a WebSocket.
 *
 * @category predicates
 * @since 0.1.0
 */
export const refusedViewer = (headers: IncomingHttpHeaders, rules: AdmissionRules): Refusal => {
  const head = refusedHead(headers, rules)
  if (head !== undefined) return head
  const token = tokenIn(headers)
  if (token === undefined || !isToken(token, rules.token)) {
    return { status: 401, detail: "the token is missing or wrong" }
  }
  return offered(headers).includes(subprotocol)
    ? undefined
    : { status: 400, detail: `offer the subprotocol ${subprotocol}` }
}

/**
 * Judges a plain request to where WebSockets are, as {@link refusedViewer} would judge a viewer: a
 * browser keeps from a page why its WebSocket was refused, and so the page asks this way.
 *
 * @category predicates
 * @since 0.1.0
 */
export const refusedPlain = (
  headers: IncomingHttpHeaders,
  rules: AdmissionRules,
): NonNullable<Refusal> => {
  const refusal = refusedViewer(headers, rules)
  return refusal === undefined || refusal.status === 400
    ? { status: 426, detail: "this is where WebSockets are" }
    : refusal
}

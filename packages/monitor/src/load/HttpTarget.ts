/**
 * A load of HTTP requests, over connections that are kept.
 *
 * @since 0.1.0
 */
import * as http from "node:http"
import * as https from "node:https"
import * as Result from "effect/Result"
import { LoadTargetRefused } from "./LoadFault.ts"
import type { LoadTarget } from "./OpenLoop.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpTargetOptions {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent with each request; empty for none. */
  readonly body: Uint8Array
  /** Requests at one time; the others wait, and their wait counts. */
  readonly connections: number
  /** After that a request has no answer. Units: milliseconds. */
  readonly timeoutMillis: number
  /** A start was answered well: with a status below 400. */
  readonly done: (index: number) => void
  /** It was answered otherwise, or not at all. */
  readonly lost: (index: number) => void
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host)

/**
 * Reads an address. One of another machine has to be allowed: a load is an attack on who doesn't
 * expect it.
 *
 * - Errors: `LoadTargetRefused` never repeats a password.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseTarget = (
  text: string,
  isRemoteAllowed: boolean,
): Result.Result<URL, LoadTargetRefused> => {
  const refuse = (target: string, detail: string) =>
    Result.fail(new LoadTargetRefused({ target, isRetryable: false, detail }))
  const url = URL.parse(text)
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return refuse("this target", "its address does not begin with http:// or https://")
  }
  if (url.username !== "" || url.password !== "") {
    return refuse(url.host, "its address holds a user or a password; give a header instead")
  }
  return isRemoteAllowed || isLoopback(url.hostname)
    ? Result.succeed(url)
    : refuse(url.host, "it is another machine; --allow-remote says that its owner knows")
}

/**
 * Sends one request for each start.
 *
 * @category models
 * @since 0.1.0
 */
export class HttpTarget implements LoadTarget {
  /** Answers by their status. */
  readonly statuses = new Map<string, number>()
  /** Requests without an answer, by the error's code. */
  readonly errors = new Map<string, number>()
  private readonly options: HttpTargetOptions
  private readonly agent: http.Agent
  private readonly request: typeof http.request
  /** What gives up a request that is on its way. */
  private readonly inFlight = new Set<() => void>()
  private wake: () => void = () => undefined

  constructor(options: HttpTargetOptions) {
    this.options = options
    const isSecure = options.url.protocol === "https:"
    const settings = {
      keepAlive: true,
      maxSockets: options.connections,
      scheduling: "fifo",
    } as const
    this.agent = isSecure ? new https.Agent(settings) : new http.Agent(settings)
    this.request = isSecure ? https.request : http.request
  }

  readonly isFull = (): boolean => this.inFlight.size >= this.options.connections

  readonly room = (): Promise<void> =>
    this.isFull()
      ? new Promise((resolve) => {
          this.wake = resolve
        })
      : Promise.resolve()

  readonly start = (from: number, to: number): number => {
    let index = from
    while (index < to && !this.isFull()) {
      this.send(index)
      index += 1
    }
    return index - from
  }

  /** Requests that are on their way. */
  waiting(): number {
    return this.inFlight.size
  }

  /** Ends what is on its way, without an answer. */
  close(): void {
    for (const giveUp of this.inFlight) giveUp()
    this.agent.destroy()
  }

  private send(index: number): void {
    const { body, done, headers, lost, method, timeoutMillis, url } = this.options
    const giveUp = (): void => end(this.errors, "unanswered", false)
    this.inFlight.add(giveUp)
    const end = (into: Map<string, number>, key: string, isGood: boolean): void => {
      if (!this.inFlight.delete(giveUp)) return
      into.set(key, (into.get(key) ?? 0) + 1)
      if (isGood) done(index)
      else lost(index)
      this.wake()
    }
    const failed = (cause: Error): void =>
      end(this.errors, "code" in cause ? String(cause.code) : cause.name, false)
    const request = this.request(url, {
      agent: this.agent,
      method,
      headers: body.length === 0 ? headers : { ...headers, "content-length": String(body.length) },
      timeout: timeoutMillis,
    })
    request.on("error", failed)
    request.on("timeout", () => {
      end(this.errors, "timeout", false)
      request.destroy()
    })
    request.on("response", (response) => {
      const { statusCode = 0 } = response
      response.on("error", failed)
      response.on("end", () => end(this.statuses, String(statusCode), statusCode < 400))
      response.on("close", () => end(this.errors, "aborted", false))
      response.resume()
    })
    request.end(body)
  }
}

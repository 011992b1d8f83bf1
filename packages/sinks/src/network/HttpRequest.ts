/**
 * One POST over a kept connection: its answer is bounded, and a redirection is not followed.
 *
 * @since 0.1.0
 */
import * as http from "node:http"
import * as https from "node:https"
import type { LookupFunction } from "node:net"

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpAnswer {
  readonly status: number
  /** The `retry-after` header, as it came. */
  readonly retryAfter: string | undefined
  /** What came of it. */
  readonly body: string
  /** `cut`: it is longer than was to be read. `broken`: it ended before its end, or not in time. */
  readonly end: "whole" | "cut" | "broken"
}

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpQuestion {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Of a longer answer no more is read, and its connection is closed. Units: bytes. */
  readonly answerBytesMax: number
  readonly signal: AbortSignal
}

/**
 * What is trusted and shown over TLS.
 *
 * @category models
 * @since 0.1.0
 */
export interface TlsOptions {
  /** Certificates to trust, PEM. Default: Node's. */
  readonly ca?: string | undefined
  /** The client's own certificate and key, PEM. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpEndpoint {
  readonly url: URL
  readonly tls?: TlsOptions | undefined
  /** Where addresses come from. Default: the system. */
  readonly lookup?: LookupFunction | undefined
}

/**
 * A connection to one URL, opened when it is needed and kept between requests.
 *
 * @category models
 * @since 0.1.0
 */
export class HttpConnection {
  private readonly endpoint: HttpEndpoint
  private readonly agent: http.Agent

  constructor(endpoint: HttpEndpoint) {
    this.endpoint = endpoint
    // One at a time: requests of a sink follow each other, and order is what they promise.
    const options = { keepAlive: true, maxSockets: 1 }
    const { ca, cert, key } = endpoint.tls ?? {}
    this.agent =
      endpoint.url.protocol === "https:"
        ? new https.Agent({ ...options, ca, cert, key })
        : new http.Agent(options)
  }

  /** Sends a request and reads the answer. Rejects where no status came. */
  post(question: HttpQuestion): Promise<HttpAnswer> {
    const { lookup, url } = this.endpoint
    const { answerBytesMax, body, headers, signal } = question
    const request = url.protocol === "https:" ? https.request : http.request
    return new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method: "POST",
        agent: this.agent,
        headers: { ...headers, "content-length": String(body.byteLength) },
        signal,
        ...(lookup === undefined ? {} : { lookup }),
      })
      outgoing.on("error", reject)
      outgoing.once("response", (incoming) => {
        // From here on what goes wrong shows in the reading.
        outgoing.off("error", reject).on("error", () => undefined)
        void read(incoming, answerBytesMax).then((answer) => {
          if (answer.end !== "whole") outgoing.destroy()
          resolve(answer)
        })
      })
      outgoing.end(body)
    })
  }

  /** Closes what is open. */
  close(): void {
    this.agent.destroy()
  }
}

/** Whoever has sent a status has decided: what is wrong with the rest does not undo that. */
const read = async (incoming: http.IncomingMessage, bytesMax: number): Promise<HttpAnswer> => {
  const chunks: Array<Uint8Array> = []
  let bytes = 0
  let end: HttpAnswer["end"] = "whole"
  try {
    // What a server sends comes as buffers as long as no encoding is set.
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, bytesMax - bytes))
      bytes += chunk.byteLength
      if (bytes <= bytesMax) continue
      end = "cut"
      break
    }
  } catch {
    end = "broken"
  }
  return {
    status: incoming.statusCode ?? 0,
    retryAfter: incoming.headers["retry-after"],
    body: Buffer.concat(chunks).toString("utf8"),
    end,
  }
}

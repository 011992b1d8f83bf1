/**
 * A server of HTTP that keeps what it is sent, and answers as a test says.
 *
 * @since 0.1.0
 */
import * as http from "node:http"
import * as https from "node:https"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"

/**
 * @category models
 * @since 0.1.0
 */
export interface ReceivedRequest {
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  /** The body, without its compression. */
  readonly body: Buffer
  /** Of the connection that it came over. */
  readonly port: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpReceiver {
  /** Without a path. */
  readonly url: string
  readonly requests: ReadonlyArray<ReceivedRequest>
  /** What the next request is answered with; then 200 again. `hang`: with nothing. */
  readonly answerNext: (answer: Answer | "hang") => void
}

const bodyOf = async (incoming: http.IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  return incoming.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ReceiverOptions {
  /** Default: HTTP without TLS. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** The answer to a request that `answerNext` has none for. Default: 200. */
  readonly answer?: (request: ReceivedRequest) => Answer
}

/** Listens on loopback as long as the scope lasts. */
export const httpReceiver = ({
  answer: answerTo = () => ({ status: 200 }),
  certificate,
}: ReceiverOptions = {}): Effect.Effect<HttpReceiver, never, Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const requests: Array<ReceivedRequest> = []
      const answers: Array<Answer | "hang"> = []
      const serve: http.RequestListener = (incoming, outgoing) => {
        void bodyOf(incoming).then((body) => {
          const { headers, socket, url } = incoming
          const request = { path: url ?? "", headers, body, port: socket.remotePort ?? 0 }
          requests.push(request)
          const answer = answers.shift() ?? answerTo(request)
          if (answer === "hang") return
          outgoing.writeHead(answer.status, answer.headers).end(answer.body ?? "{}")
        })
      }
      const server =
        certificate === undefined
          ? http.createServer(serve)
          : https.createServer(certificate, serve)
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      // Listening on a port, a server has an address of this kind.
      const { port } = server.address() as AddressInfo
      return {
        server,
        url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
        requests,
        answerNext: (answer: Answer | "hang") => void answers.push(answer),
      }
    }),
    ({ server }) =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          }),
      ),
  )

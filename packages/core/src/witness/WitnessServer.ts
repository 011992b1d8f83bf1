/**
 * A witness behind HTTP: `POST /add-checkpoint`.
 *
 * Whoever reaches it may ask, since only a log's own signature moves it. It speaks plain HTTP:
 * what goes over the wire is public and signed. Beyond one machine, put a proxy with TLS in front.
 *
 * @since 0.1.0
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Schema from "effect/Schema"
import { requestBytesMax } from "./AddCheckpoint.ts"
import type { Witness } from "./Witness.ts"

/**
 * The server could not listen.
 *
 * @category errors
 * @since 0.1.0
 */
export class WitnessNotListening extends Schema.TaggedError<WitnessNotListening>(
  "@countersign/core/WitnessNotListening",
)("WitnessNotListening", {
  code: Schema.tag("AUD-3604"),
  isRetryable: Schema.tag(true),
  address: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the witness can't listen on ${this.address}: ${this.detail}`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WitnessServerOptions {
  /** Default: `127.0.0.1`, which nobody outside of the machine reaches. */
  readonly host?: string
  /** Default and 0: one that is free. */
  readonly port?: number
  /** A request that has not arrived by then is cut off. Units: milliseconds. Default 10,000. */
  readonly requestMillis?: number
}

/** Requests at once; a log has one writer and asks about once a minute. */
const connectionsMax = 256
const plain = "text/plain; charset=utf-8"

const bodyOf = (request: IncomingMessage): Effect.Effect<Buffer | undefined> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let bytes = 0
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= requestBytesMax) chunks.push(chunk)
      else resume(Effect.succeed(undefined))
    })
    request.on("end", () => resume(Effect.succeed(Buffer.concat(chunks))))
    // Cut off: nobody is there to be answered.
    request.on("error", () => resume(Effect.interrupt))
  })

const reply = (response: ServerResponse, status: number, contentType: string, body: string) =>
  Effect.sync(() => {
    // A body that was not read to its end would be taken for the next request.
    if (status === 413) response.setHeader("connection", "close")
    response.writeHead(status, {
      "content-type": contentType,
      "content-length": Buffer.byteLength(body),
    })
    response.end(body)
  })

const handle = (
  witness: Witness,
  request: IncomingMessage,
  response: ServerResponse,
): Effect.Effect<void> =>
  Effect.gen(function* () {
    if (request.url !== "/add-checkpoint") {
      return yield* reply(response, 404, plain, "POST /add-checkpoint is all there is\n")
    }
    if (request.method !== "POST") {
      return yield* reply(response, 405, plain, "POST, please\n")
    }
    const body = yield* bodyOf(request)
    if (body === undefined) {
      return yield* reply(response, 413, plain, `at most ${requestBytesMax} bytes\n`)
    }
    const answer = yield* witness.add(body)
    return yield* reply(response, answer.status, answer.contentType, answer.body)
  }).pipe(
    Effect.catchDefect((defect) =>
      Effect.andThen(
        Effect.logError("countersign: witness", defect),
        reply(response, 500, plain, "the witness is broken\n"),
      ),
    ),
  )

const listening = (server: Server, host: string, port: number) =>
  Effect.callback<AddressInfo, WitnessNotListening>((resume) => {
    server.once("error", (error) =>
      resume(
        Effect.fail(new WitnessNotListening({ address: `${host}:${port}`, detail: error.message })),
      ),
    )
    server.listen(port, host, () => {
      const address = server.address()
      // A server on a port has an address of this form; a string is a pipe's.
      if (typeof address === "object" && address !== null) resume(Effect.succeed(address))
    })
  })

/**
 * Serves a witness until the scope ends. Gives the URL that a policy names.
 *
 * @category running
 * @since 0.1.0
 */
export const serve = Effect.fnUntraced(function* (
  witness: Witness,
  { host = "127.0.0.1", port = 0, requestMillis = 10_000 }: WitnessServerOptions = {},
) {
  // Ended before the witness gives its lease back, which its answers need to the last byte.
  const run = yield* FiberSet.makeRuntime<never, void, never>()
  // Node looks for late requests at intervals alone, and by default every half a minute.
  const connectionsCheckingInterval = Math.max(Math.ceil(requestMillis / 4), 1)
  const server = createServer({ connectionsCheckingInterval }, (request, response) => {
    run(handle(witness, request, response))
  })
  server.maxConnections = connectionsMax
  server.requestTimeout = requestMillis
  server.headersTimeout = Math.min(requestMillis, server.headersTimeout)
  server.timeout = requestMillis * 2
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
    }),
  )
  const address = yield* listening(server, host, port)
  // Too many open files, for one: nobody waits for it any more, and unheard it would end the process.
  server.on("error", (error) => {
    run(Effect.logError("countersign: witness", error))
  })
  const shown = address.family === "IPv6" ? `[${address.address}]` : address.address
  return `http://${shown}:${address.port}`
})

/**
 * The WebSockets of viewers, as what Effect's RPC serves: bounded in number, in the size of what is
 * sent to them, and in what waits for them.
 *
 * @since 0.1.0
 */
import type { IncomingMessage, Server } from "node:http"
import type { Duplex } from "node:stream"
import { type WebSocket, WebSocketServer } from "@effect/platform-node-shared/NodeWS"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as NetAddress from "effect/net/NetAddress"
import * as Scope from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import * as SocketServer from "effect/socket/SocketServer"
import { subprotocol } from "../protocol/MonitorProtocol.ts"
import type { Refusal } from "./Admission.ts"

/**
 * Most bytes of one message from a viewer.
 *
 * @category constants
 * @since 0.1.0
 */
export const messageBytesMax = 64 * 1024

/**
 * A viewer for whom more than this waits in memory is cut off: it asks, and does not read. Units:
 * bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const waitingBytesMax = 16 * 1024 * 1024

/**
 * @category models
 * @since 0.1.0
 */
export interface ViewerSocketsOptions {
  readonly path: string
  readonly connectionsMax: number
  readonly refused: (request: IncomingMessage) => Refusal
}

/** Who was refused has so long to read why. Units: milliseconds. */
const refusedMillis = 1000

/**
 * Answers a request to become a WebSocket with why it becomes none. Whoever leaves the connection
 * open afterwards is cut off: he would keep others out, and the server from ending.
 *
 * @category running
 * @since 0.1.0
 */
export const refuse = (stream: Duplex, { detail, status }: NonNullable<Refusal>): void => {
  const body = `${detail}\n`
  const cut = setTimeout(() => stream.destroy(), refusedMillis)
  stream.once("close", () => clearTimeout(cut))
  stream.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** The same socket, which ends for whoever does not read what it asked for. */
const bounded = (socket: Socket.Socket, connection: WebSocket): Socket.Socket =>
  Socket.make({
    reader: socket.reader,
    writer: Effect.map(socket.writer, (writer) => ({
      write: (chunk) =>
        Effect.suspend(() => {
          if (connection.bufferedAmount <= waitingBytesMax) return writer.write(chunk)
          connection.terminate()
          return Effect.void
        }),
      writeAll: (chunks) =>
        Effect.suspend(() => {
          if (connection.bufferedAmount <= waitingBytesMax) return writer.writeAll(chunks)
          connection.terminate()
          return Effect.void
        }),
    })),
  })

/**
 * Takes over the upgrades of a server until the scope ends, which closes all connections.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  server: Server,
  { connectionsMax, path, refused }: ViewerSocketsOptions,
) {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
    handleProtocols: () => subprotocol,
  })
  let serve: ((connection: WebSocket) => void) | undefined
  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on("error", () => stream.destroy())
    if (request.url !== path) return refuse(stream, { status: 404, detail: `nothing but ${path}` })
    const refusal = refused(request)
    if (refusal !== undefined) return refuse(stream, refusal)
    if (serve === undefined || sockets.clients.size >= connectionsMax) {
      return refuse(stream, { status: 503, detail: `at most ${connectionsMax} viewers at once` })
    }
    sockets.handleUpgrade(request, stream, head, (connection) => {
      // What comes before the reader is there waits in the system.
      connection.pause()
      serve?.(connection)
    })
  }
  server.on("upgrade", onUpgrade)
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.off("upgrade", onUpgrade)
      for (const connection of sockets.clients) connection.terminate()
      sockets.close()
    }),
  )
  const run = <R, E, _>(
    handler: (socket: Socket.Socket) => Effect.Effect<_, E, R>,
  ): Effect.Effect<never, never, R> =>
    Effect.acquireUseRelease(
      Scope.make(),
      (scope) =>
        Effect.gen(function* () {
          const fork = yield* FiberSet.runtime(yield* Scope.provide(FiberSet.make(), scope))<R>()
          serve = (connection) => {
            const own = Effect.acquireRelease(Effect.succeed(connection), () =>
              Effect.sync(() => connection.close()),
            )
            fork(
              Socket.fromWebSocket(own).pipe(
                Effect.flatMap((socket) => handler(bounded(socket, connection))),
                // However a viewer goes away, it is nobody's fault here.
                Effect.ignoreCause({ log: "Debug" }),
              ),
            )
          }
          return yield* Effect.never
        }),
      (scope) => {
        serve = undefined
        return Scope.close(scope, Exit.void)
      },
    )
  return SocketServer.SocketServer.of({
    // Viewers come by the HTTP server's address; nobody asks for it here.
    address: NetAddress.unixPathAddress(path),
    run,
  })
})

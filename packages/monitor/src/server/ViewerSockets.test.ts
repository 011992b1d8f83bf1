import { once } from "node:events"
import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { served } from "../testing/ServedEngine.ts"

/** Asks to become a WebSocket, and leaves its half of the connection open whatever the answer is. */
const lingering = (address: string): net.Socket => {
  const { host, hostname, port } = new URL(address)
  const socket = net.connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  const lines = ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13"]
  socket.write(`GET /monitor HTTP/1.1\r\nhost: ${host}\r\n${lines.join("\r\n")}\r\n\r\n`)
  return socket
}

/** Goes on writing; the answer ends it. */
const talkative = (socket: net.Socket): (() => void) => {
  const talking = setInterval(() => socket.write("x"), 20)
  return () => clearInterval(talking)
}

describe("connections of viewers", () => {
  it.live("that were refused do not keep the server from ending", () =>
    Effect.gen(function* () {
      const socket = yield* served(({ server }) =>
        Effect.promise(async () => {
          const left = lingering(server.url).resume()
          left.on("error", () => undefined)
          await once(left, "end")
          return left
        }),
      )
      socket.destroy()
    }),
  )

  it.live("that were refused are cut off, however long the other end stays", () =>
    served(({ server }) =>
      Effect.promise(async () => {
        const socket = lingering(server.url)
        let answer = ""
        socket.on("data", (bytes) => {
          answer += String(bytes)
        })
        socket.on("error", () => undefined)
        await once(socket, "end")
        assert.match(answer, /^HTTP\/1\.1 401 /)
        const cut = new Promise((resolve) => socket.once("close", resolve))
        const stopTalking = talkative(socket)
        await cut
        stopTalking()
      }),
    ),
  )
})

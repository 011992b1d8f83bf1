import { request } from "node:http"
import type { Socket } from "node:net"
import { event } from "@countersign/core/testing/AuditFixture"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { subprotocolsFor } from "../protocol/MonitorProtocol.ts"
import { served } from "../testing/ServedEngine.ts"
import type { MonitorServer } from "./MonitorServer.ts"

interface Message {
  readonly _tag: string
  readonly values?: ReadonlyArray<{
    readonly _tag: string
    readonly sequence: number
    readonly after?: number
  }>
}

/** A viewer by hand: it says what it wants when it wants to, and nothing by itself. */
const viewer = (server: MonitorServer["Service"]) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly socket: WebSocket; readonly messages: Array<Message> }>((resume) => {
      const socket = new WebSocket(server.url, subprotocolsFor(Redacted.value(server.token)))
      const messages: Array<Message> = []
      // What comes is what the server's serialization writes: JSON in texts.
      socket.addEventListener("message", ({ data }) => {
        const said = JSON.parse(String(data)) as Message | ReadonlyArray<Message>
        messages.push(...(Array.isArray(said) ? said : [said as Message]))
      })
      socket.addEventListener("open", () => resume(Effect.succeed({ socket, messages })))
    }),
    ({ socket }) => Effect.sync(() => socket.close()),
  )

/** A text as a client's frame, masked with zeros. */
const frameOf = (text: string): Buffer => {
  const payload = Buffer.from(text)
  assert.isBelow(payload.length, 65_536)
  const head = Buffer.from([0x81, 0x80 | 126, 0, 0, 0, 0, 0, 0])
  head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

const rawConnection = (server: MonitorServer["Service"]): Effect.Effect<Socket> =>
  Effect.callback((resume) => {
    const asked = request(server.url.replace("ws:", "http:"), {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-protocol": subprotocolsFor(Redacted.value(server.token)).join(","),
      },
    })
    asked.on("upgrade", (_response, socket) => resume(Effect.succeed(socket)))
    asked.end()
  })

const chunksOf = (messages: ReadonlyArray<Message>) =>
  messages.flatMap((message) => (message._tag === "Chunk" ? (message.values ?? []) : []))

const until = (isTrue: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() =>
    isTrue() ? Effect.void : Effect.andThen(Effect.sleep(10), until(isTrue)),
  ).pipe(Effect.timeoutOrElse({ duration: 20_000, orElse: () => Effect.die("it never came") }))

describe("a slow viewer", () => {
  it.live("is sent one frame, and then the newest against it, however many came between", () =>
    served(({ client, server }) =>
      Effect.gen(function* () {
        const { messages, socket } = yield* viewer(server)
        const ask = { _tag: "Request", id: "1", tag: "Watch", payload: null, headers: [] }
        socket.send(JSON.stringify(ask))
        yield* until(() => chunksOf(messages).length > 0)
        const [first] = chunksOf(messages)
        assert.strictEqual(first?._tag, "Full")
        // Twelve frames, none of which it says that it has read.
        yield* Effect.sleep(600)
        assert.strictEqual(chunksOf(messages).length, 1)
        // Others are not kept waiting meanwhile.
        assert.strictEqual((yield* client.About()).over, "engine")
        socket.send(JSON.stringify({ _tag: "Ack", requestId: "1" }))
        yield* until(() => chunksOf(messages).length > 1)
        const [, second] = chunksOf(messages)
        assert.strictEqual(second?._tag, "Changed")
        assert.strictEqual(second?.after, first?.sequence)
        assert.isAbove(second?.sequence ?? 0, (first?.sequence ?? 0) + 5)
      }),
    ),
  )

  it.live(
    "is cut off where it asks and asks and never reads",
    () =>
      served(({ audit, client, server }) =>
        Effect.gen(function* () {
          yield* Effect.forEach(
            Array.from({ length: 300 }),
            () => audit.record({ ...event, data: { much: "x".repeat(8000) } }),
            { concurrency: 64 },
          )
          yield* audit.publish
          const socket = yield* rawConnection(server)
          let hasEnded = false
          socket.on("error", () => undefined)
          socket.on("close", () => (hasEnded = true))
          socket.pause()
          const payload = { filter: "", order: "oldest", limit: 1000 }
          // 200 MB in all, twenty-five questions at a time, since so many may be under way.
          for (let round = 0; round < 8 && !hasEnded; round += 1) {
            for (let index = 0; index < 25; index += 1) {
              const id = String(round * 25 + index)
              const ask = { _tag: "Request", id, tag: "Query", payload, headers: [] }
              socket.write(frameOf(JSON.stringify(ask)))
            }
            yield* Effect.sleep(500)
          }
          assert.isTrue(hasEnded)
          assert.strictEqual((yield* client.About()).over, "engine")
        }),
      ),
    60_000,
  )

  it.live("finds the door closed where too many look, until one leaves", () =>
    served(
      ({ server }) =>
        Effect.gen(function* () {
          const second = yield* rawConnection(server)
          const third = yield* Effect.option(Effect.timeout(rawConnection(server), 300))
          assert.strictEqual(third._tag, "None")
          second.destroy()
          yield* Effect.sleep(100)
          const fourth = yield* Effect.option(Effect.timeout(rawConnection(server), 2000))
          assert.strictEqual(fourth._tag, "Some")
          if (fourth._tag === "Some") fourth.value.destroy()
        }),
      { connectionsMax: 2 },
    ),
  )
})

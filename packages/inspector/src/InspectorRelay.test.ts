import { once } from "node:events"
import * as http from "node:http"
import * as net from "node:net"
import * as path from "node:path"
import { setImmediate } from "node:timers/promises"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { Inspector } from "./Inspector.ts"
import type { MonitorPlace } from "./InspectorRelay.ts"

const page = new Map([["index.html", Buffer.from("<!doctype html><title>page</title>")]])

const relayed = (find: () => Promise<MonitorPlace | undefined>) =>
  Effect.map(Layer.build(Inspector.layerRelay({ page, find })), (context) => {
    const url = new URL(Redacted.value(Context.get(context, Inspector).url))
    return { at: `http://${url.host}/monitor`, token: url.hash.slice("#token=".length) }
  })

const statusAt = async (url: string, token: string): Promise<number> =>
  (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status

const upgrade = (url: string, token: string): http.ClientRequest =>
  http
    .request(url, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
        "sec-websocket-protocol": `countersign.monitor.v1, countersign.token.${token}`,
      },
    })
    .on("error", () => undefined)
    .end()

const answered = (url: string, token: string) =>
  Effect.callback<number | undefined>((resume) => {
    upgrade(url, token).on("response", ({ statusCode }) => resume(Effect.succeed(statusCode)))
  })

describe("the relay before a monitor that is not there", () => {
  it.live("lives on where the monitor is at an address without a name, over TLS", () =>
    Effect.gen(function* () {
      for (const url of ["wss://127.0.0.1:1/monitor", "wss://[::1]:1/monitor"]) {
        const { at, token } = yield* relayed(async () => ({ url, token: "t" }))
        assert.strictEqual(yield* answered(at, token), 502)
      }
    }).pipe(Effect.scoped),
  )

  it.live("tells a page that asks plainly whether it is the monitor that is missing", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
      yield* fixture.withAudit(Effect.void)
      let place: MonitorPlace | undefined
      const { at, token } = yield* relayed(async () => place)
      const status = (given: string) => Effect.promise(() => statusAt(at, given))
      assert.strictEqual(yield* status(token), 502)
      const scope = yield* Scope.make()
      const context = yield* MonitorServer.layerDirectory(fixture.directory).pipe(
        Layer.provide(NodeDisk.layer),
        Layer.buildWithScope(scope),
      )
      const server = Context.get(context, MonitorServer)
      place = { url: server.url, token: Redacted.value(server.token) }
      assert.strictEqual(yield* status(token), 426)
      assert.strictEqual(yield* status("wrong"), 401)
      place = { url: server.url, token: "another" }
      assert.strictEqual(yield* status(token), 502)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(yield* status(token), 502)
    }).pipe(Effect.scoped),
  )

  it.live("connects for nobody who went away while the monitor was looked for", () =>
    Effect.gen(function* () {
      const from: Array<number | undefined> = []
      const monitor = net.createServer(({ remotePort }) => from.push(remotePort))
      yield* Effect.addFinalizer(() => Effect.sync(() => monitor.close()))
      monitor.listen(0, "127.0.0.1")
      yield* Effect.promise(() => once(monitor, "listening"))
      const address = monitor.address()
      const port = typeof address === "object" ? address?.port : 0
      const found = Promise.withResolvers<MonitorPlace>()
      const looking = Promise.withResolvers<void>()
      const scope = yield* Scope.make()
      const { at, token } = yield* Scope.provide(
        relayed(() => {
          looking.resolve()
          return found.promise
        }),
        scope,
      )
      const asking = upgrade(at, token)
      const closed = new Promise((resolve) => asking.once("close", resolve))
      yield* Effect.promise(() => looking.promise)
      yield* Scope.close(scope, Exit.void)
      yield* Effect.promise(() => closed)
      found.resolve({ url: `ws://127.0.0.1:${port}/monitor`, token: "t" })
      yield* Effect.promise(() => setImmediate())
      // A connection that somebody makes now comes after the one that nobody wants.
      const probe = net.connect(port ?? 0, "127.0.0.1")
      while (from.length === 0) yield* Effect.promise(() => setImmediate())
      assert.deepStrictEqual(from, [probe.localPort])
      probe.destroy()
    }).pipe(Effect.scoped),
  )
})

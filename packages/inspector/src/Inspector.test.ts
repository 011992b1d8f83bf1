import * as http from "node:http"
import * as path from "node:path"
import type { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { connect } from "@countersign/monitor/server/MonitorClient"
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

const withTrail = <A, E>(use: (directory: string) => Effect.Effect<A, E, Audit | Scope.Scope>) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    return yield* fixture.withAudit(Effect.scoped(use(fixture.directory)))
  }).pipe(Effect.scoped)

const answerOf = async (url: string) => {
  const response = await fetch(url)
  return { status: response.status, text: await response.text() }
}

const fetched = (url: string) => Effect.promise(() => answerOf(url))

/** As a page on that address connects. */
const aboutBy = Effect.fnUntraced(function* (shown: Redacted.Redacted) {
  const url = new URL(Redacted.value(shown))
  const token = Redacted.make(url.hash.slice("#token=".length))
  const client = yield* connect(`ws://${url.host}/monitor`, token)
  return yield* client.About()
}, Effect.scoped)

/** The status of an attempt to open a WebSocket. */
const upgradeBy = (url: string, headers: Readonly<Record<string, string>>) =>
  Effect.callback<number | undefined>((resume) => {
    const request = http.request(url, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
        ...headers,
      },
    })
    const ended = (status: number | undefined) => {
      resume(Effect.succeed(status))
      request.destroy()
    }
    request.on("response", ({ statusCode }) => ended(statusCode))
    request.on("upgrade", ({ statusCode }) => ended(statusCode))
    request.on("error", () => ended(undefined))
    request.end()
  })

describe("the inspector", () => {
  it.live("gives the address of its page beside an engine, which knows nothing of it", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        const context = yield* Layer.build(Inspector.layer({ server: { page } }))
        const { url } = Context.get(context, Inspector)
        const shown = yield* fetched(Redacted.value(url).replace(/#.*/, ""))
        assert.include(shown.text, "<title>page</title>")
        const about = yield* aboutBy(url)
        assert.strictEqual(about.over, "engine")
        assert.strictEqual(about.directory, directory)
      }),
    ),
  )

  it.live("opens the files of a trail that nobody writes", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        const context = yield* Layer.build(Inspector.layerDirectory(directory, { page }))
        const about = yield* aboutBy(Context.get(context, Inspector).url)
        assert.strictEqual(about.over, "directory")
        assert.isFalse(about.isWritable)
      }),
    ),
  )

  it.live("says what is missing where the page is not built", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        const nowhere = path.join(directory, "nothing")
        const layer = Inspector.layerDirectory(directory, { page: nowhere })
        const error = yield* Effect.flip(Layer.build(layer))
        assert.include(error.message, nowhere)
      }),
    ),
  )
})

describe("the relay of the inspector", () => {
  const relayed = (find: () => Promise<MonitorPlace | undefined>) =>
    Effect.map(Layer.build(Inspector.layerRelay({ page, find })), (context) =>
      Context.get(context, Inspector),
    )

  const monitorIn = (scope: Scope.Scope) =>
    Effect.map(Layer.buildWithScope(Inspector.layer({ server: { page } }), scope), (context) => {
      const { token, url } = Context.get(context, MonitorServer)
      return { url, token: Redacted.value(token) }
    })

  it.live("shows a monitor elsewhere, and finds it again after that began anew", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        const first = yield* Scope.make()
        const second = yield* Effect.scope
        let place: MonitorPlace = yield* monitorIn(first)
        const { url } = yield* relayed(() => Promise.resolve(place))
        assert.include((yield* fetched(Redacted.value(url).replace(/#.*/, ""))).text, "page")
        const before = yield* aboutBy(url)
        assert.strictEqual(before.directory, directory)
        yield* Scope.close(first, Exit.void)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(aboutBy(url))))
        place = yield* monitorIn(second)
        const after = yield* aboutBy(url)
        assert.isAbove(after.startedMillis, before.startedMillis)
      }),
    ),
  )

  it.live("lets nobody in without its token, from another page or by another name", () =>
    withTrail(() =>
      Effect.gen(function* () {
        const place = yield* monitorIn(yield* Effect.scope)
        const { url } = yield* relayed(() => Promise.resolve(place))
        const { hash, host } = new URL(Redacted.value(url))
        const at = `http://${host}/monitor`
        const protocols = (token: string) => ({
          "sec-websocket-protocol": `countersign.monitor.v1, countersign.token.${token}`,
        })
        const right = protocols(hash.slice("#token=".length))
        assert.strictEqual(yield* upgradeBy(at, right), 101)
        assert.strictEqual(yield* upgradeBy(at, protocols(place.token)), 401)
        assert.strictEqual(yield* upgradeBy(at, { ...right, origin: "https://a.example" }), 403)
        assert.strictEqual(yield* upgradeBy(at, { ...right, host: "a.example" }), 421)
        assert.strictEqual(yield* upgradeBy(`http://${host}/other`, right), 404)
      }),
    ),
  )

  it.live("says that no monitor is there, and writes no head that a file makes up", () =>
    Effect.gen(function* () {
      const places: Array<MonitorPlace | undefined> = [
        undefined,
        { url: "ws://127.0.0.1:1/monitor", token: "t" },
        { url: "ws://127.0.0.1:1/monitor", token: "t\r\nx-more: 1" },
        { url: "file:///etc/passwd", token: "t" },
      ]
      for (const place of places) {
        const { url } = yield* relayed(() => Promise.resolve(place))
        const { hash, host } = new URL(Redacted.value(url))
        const status = yield* upgradeBy(`http://${host}/monitor`, {
          "sec-websocket-protocol": `countersign.monitor.v1, countersign.token.${hash.slice("#token=".length)}`,
        })
        assert.strictEqual(status, 502)
      }
    }).pipe(Effect.scoped),
  )
})

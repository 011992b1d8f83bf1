import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { MonitorPlace } from "./InspectorRelay.ts"
import { webviewBridge } from "./WebviewBridge.ts"
import {
  type FromEditor,
  readFromEditor,
  readFromPage,
  savedBytesMax,
  saveOf,
} from "./WebviewMessage.ts"

/** What the extension posts, and a way to wait for it. */
const inbox = () => {
  const messages: Array<FromEditor> = []
  let heard = Promise.withResolvers<void>()
  return {
    messages,
    post: (message: FromEditor) => {
      messages.push(message)
      heard.resolve()
      heard = Promise.withResolvers()
    },
    until: async (type: FromEditor["type"], id: number): Promise<FromEditor> => {
      for (;;) {
        const found = messages.find((one) => one.type === type && "id" in one && one.id === id)
        if (found !== undefined) return found
        await heard.promise
      }
    },
  }
}

const withMonitor = (use: (place: MonitorPlace) => Promise<void>) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    yield* fixture.withAudit(Effect.flatMap(Audit, (audit) => audit.publish))
    const context = yield* Layer.build(
      MonitorServer.layerDirectory(fixture.directory).pipe(Layer.provide(NodeDisk.layer)),
    )
    const { token, url } = Context.get(context, MonitorServer)
    yield* Effect.promise(() => use({ url, token: Redacted.value(token) }))
  }).pipe(Effect.scoped)

const about = '[{"_tag":"Request","id":"1","tag":"About","payload":null,"headers":[]}]'

describe("the bridge of a webview", () => {
  it.live("carries questions to the monitor and answers back, and never the token", () =>
    withMonitor(async (place) => {
      const { messages, post, until } = inbox()
      const bridge = webviewBridge({ find: async () => place, post })
      bridge.take({ type: "socket.open", id: 1 })
      const opened = await until("socket.open", 1)
      assert.deepStrictEqual(opened, {
        type: "socket.open",
        id: 1,
        protocol: "countersign.monitor.v1",
      })
      bridge.take({ type: "socket.send", id: 1, data: about })
      const answer = await until("socket.message", 1)
      assert.include(JSON.stringify(answer), "countersign.local/trail")
      assert.notInclude(JSON.stringify(messages), place.token)
      for (const message of messages) assert.deepStrictEqual(readFromEditor(message), message)
      bridge.end()
      assert.strictEqual((await until("socket.close", 1)).type, "socket.close")
    }),
  )

  it("says that a connection is closed where there is no monitor, or one that nobody finds", async () => {
    const { post, until } = inbox()
    const nowhere = webviewBridge({ find: async () => undefined, post })
    nowhere.take({ type: "socket.open", id: 1 })
    assert.deepStrictEqual(await until("socket.close", 1), {
      type: "socket.close",
      id: 1,
      code: 1006,
    })
    const lost = webviewBridge({ find: () => Promise.reject(new Error("no disk")), post })
    lost.take({ type: "socket.open", id: 2 })
    await until("socket.close", 2)
    const odd = webviewBridge({ find: async () => ({ url: "no address", token: "t" }), post })
    odd.take({ type: "socket.open", id: 3 })
    await until("socket.close", 3)
  })

  it.live("has room for four connections, and gives it back", () =>
    withMonitor(async (place) => {
      const { post, until } = inbox()
      const bridge = webviewBridge({ find: async () => place, post })
      for (const id of [1, 2, 3, 4]) {
        bridge.take({ type: "socket.open", id })
        await until("socket.open", id)
      }
      bridge.take({ type: "socket.open", id: 5 })
      await until("socket.close", 5)
      bridge.take({ type: "socket.close", id: 1 })
      bridge.take({ type: "socket.open", id: 6 })
      await until("socket.open", 6)
      bridge.end()
    }),
  )
})

describe("messages of a webview", () => {
  it("hand over no file that is too large for the other end, and say so", () => {
    const largest = "x".repeat(savedBytesMax)
    assert.isDefined(readFromPage(saveOf("events.csv", largest)))
    assert.throws(() => saveOf("events.csv", `${largest}x`), /at most 64 MiB/)
    assert.throws(() => saveOf("a.bin", new Uint8Array(savedBytesMax + 1)), /at most 64 MiB/)
  })

  it("are taken where they have the form, and in no other", () => {
    const save = { type: "save", name: "events.csv", content: Uint8Array.of(1) } as const
    assert.deepStrictEqual(readFromPage(save), save)
    assert.deepStrictEqual(readFromPage({ type: "socket.open", id: 1 }), {
      type: "socket.open",
      id: 1,
    })
    for (const wrong of [
      undefined,
      "socket.open",
      { type: "socket.open" },
      { type: "socket.open", id: 0 },
      { type: "socket.open", id: 1.5 },
      { type: "socket.send", id: 1, data: new Uint8Array(1) },
      { type: "socket.send", id: 1, data: "x".repeat(65_537) },
      { type: "link", link: "x".repeat(20_000) },
      { type: "save", name: "x".repeat(300), content: "" },
      { type: "run", command: "rm" },
    ])
      assert.isUndefined(readFromPage(wrong))
    assert.isUndefined(readFromEditor({ type: "socket.close", id: 1, code: "1006" }))
    assert.isUndefined(readFromEditor({ type: "html", html: "<b>" }))
  })
})

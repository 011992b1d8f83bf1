import { mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import * as path from "node:path"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import { targetOf } from "./Target.ts"

const token = "t".repeat(43)

const withTrail = <A, E, R>(use: (directory: string) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    yield* fixture.withAudit(Effect.void)
    return yield* use(fixture.directory)
  }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer))

const announce = (directory: string, url: string, said = token): void =>
  writeFileSync(`${directory}.monitor`, JSON.stringify({ url, token: said, pid: 1 }))

/** Somebody's server, which answers all with a page; counts who asked. */
const stranger: Effect.Effect<{ readonly port: number; asked: number }, never, Scope> =
  Effect.acquireRelease(
    Effect.callback<{ port: number; asked: number; end: () => void }>((resume) => {
      const heard = { port: 0, asked: 0, end: () => void server.close() }
      const server = createServer((_, response) => {
        heard.asked += 1
        response.writeHead(200, { "content-type": "text/html" })
        response.end("<!doctype html>verified")
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        heard.port = typeof address === "object" ? (address?.port ?? 0) : 0
        resume(Effect.succeed(heard))
      })
    }),
    ({ end }) => Effect.sync(end),
  )

describe("what is to be inspected", () => {
  it.live("is the files where the trail came with a file that leads to another machine", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        for (const url of ["ws://audit.example/monitor", "ws://192.0.2.7:4100/monitor"]) {
          announce(directory, url)
          const target = yield* targetOf(directory)
          assert.deepInclude(target, { _tag: "Files", directory })
          assert.match(target._tag === "Files" ? (target.why ?? "") : "", /elsewhere/)
        }
        announce(directory, "ws://127.0.0.1:1/monitor", '"><script>alert(1)</script>')
        assert.strictEqual((yield* targetOf(directory))._tag, "Files")
      }),
    ),
  )

  it.live("is the files where somebody else listens at the port of a monitor that ended", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        const other = yield* stranger
        announce(directory, `ws://127.0.0.1:${other.port}/monitor`)
        const target = yield* targetOf(directory)
        assert.match(target._tag === "Files" ? (target.why ?? "") : "", /nobody answers at/)
        const context = yield* Layer.build(MonitorServer.layerDirectory(directory))
        announce(directory, Context.get(context, MonitorServer).url)
        assert.strictEqual((yield* targetOf(directory))._tag, "Files")
      }),
    ),
  )

  it.live("is no monitor of another machine to which the token would go in the clear", () =>
    Effect.gen(function* () {
      for (const address of [
        "ws://192.0.2.7:4100/#token=t",
        "http://audit.example:4100/#token=t",
      ]) {
        const refused = yield* Effect.flip(targetOf(address))
        assert.strictEqual(refused._tag, "UsageError")
        assert.match(refused.message, /wss:/)
      }
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("is the files where the engine's announcement can't be read, and says so", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        mkdirSync(`${directory}.monitor`)
        const target = yield* targetOf(directory)
        assert.match(target._tag === "Files" ? (target.why ?? "") : "", /trail\.monitor/)
      }),
    ),
  )
})

import { createServer, type Server } from "node:http"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import type { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { connect } from "@countersign/monitor/server/MonitorClient"
import { MonitorServer, type MonitorServerOptions } from "@countersign/monitor/server/MonitorServer"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { inspect, inspectDemo, type InspectingOptions, usualPort } from "../inspect/Inspecting.ts"
import { targetOf } from "../inspect/Target.ts"
import { Output } from "../terminal/Output.ts"
import { run } from "../testing/CommandLine.ts"

const page = mkdtempSync(path.join(tmpdir(), "countersign-page-"))
writeFileSync(path.join(page, "index.html"), "<!doctype html><title>page</title>")
afterAll(() => rmSync(page, { recursive: true }))

const options = { page, port: 0, isOpened: false, isWritable: false }
const plain = (text: string) => text

/** What a command prints and says, while it runs. */
const listener = () => {
  const printed: Array<string> = []
  const said: Array<string> = []
  const paint = { bold: plain, faint: plain, good: plain, bad: plain, doubtful: plain }
  const layer = Layer.succeed(
    Output,
    Output.of({
      write: () => Effect.succeed(true),
      lines: (...lines) => Effect.sync(() => printed.push(...lines) > 0),
      document: () => Effect.succeed(true),
      say: (...lines) => Effect.sync(() => void said.push(...lines)),
      exitWith: () => Effect.void,
      paint,
      paintSaid: paint,
    }),
  )
  const url = Effect.suspend(() =>
    printed[0] === undefined ? Effect.fail("nothing yet") : Effect.succeed(printed[0]),
  ).pipe(Effect.retry(Schedule.spaced("10 millis")))
  return { layer, printed, said, url }
}

const aboutBy = Effect.fnUntraced(function* (text: string) {
  const url = new URL(text)
  const token = Redacted.make(url.hash.slice("#token=".length))
  const client = yield* connect(`ws://${url.host}/monitor`, token)
  return { about: yield* client.About(), client }
})

const withTrail = <A, E>(use: (directory: string) => Effect.Effect<A, E, Audit>) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    return yield* fixture.withAudit(Effect.suspend(() => use(fixture.directory)))
  }).pipe(Effect.scoped)

const monitored = (server: MonitorServerOptions) =>
  Layer.build(MonitorServer.layer(server).pipe(Layer.provide(NodeDisk.layer)))

const inspected = (target: string, given: Partial<InspectingOptions> = {}) =>
  Effect.gen(function* () {
    const found = yield* targetOf(target)
    const heard = listener()
    const running = yield* Effect.forkScoped(
      inspect(found, { ...options, ...given }).pipe(Effect.provide(heard.layer)),
    )
    return { ...heard, found, running, url: yield* heard.url }
  }).pipe(Effect.provide(NodeDisk.layer))

/** Whoever else runs meanwhile, nobody else gets that port. */
const occupied = Effect.acquireRelease(
  Effect.callback<Server>((resume) => {
    const server = createServer()
    server.once("error", () => resume(Effect.succeed(server)))
    server.listen(usualPort, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.promise(() => new Promise((resolve) => server.close(resolve))),
)

const textAt = async (url: string) => (await fetch(url)).text()

describe("inspect", () => {
  it.live("shows the files of a trail that no engine has a monitor for", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        const { said, url } = yield* inspected(directory)
        assert.strictEqual((yield* aboutBy(url)).about.over, "directory")
        assert.match(said.join(" "), /Ctrl-C/)
      }).pipe(Effect.scoped),
    ),
  )

  it.live("has a port of its own, and another one where that is taken, with a word about it", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        yield* occupied
        const { said, url } = yield* inspected(directory, { port: undefined })
        assert.notStrictEqual(new URL(url).port, String(usualPort))
        assert.strictEqual((yield* aboutBy(url)).about.over, "directory")
        assert.lengthOf(
          said.filter((line) => line.includes(`port ${usualPort} is taken`)),
          1,
        )
      }).pipe(Effect.scoped),
    ),
  )

  it.live("refuses to move where it was told which port", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        yield* occupied
        const target = yield* targetOf(directory)
        const refused = yield* Effect.flip(inspect(target, { ...options, port: usualPort }))
        assert.strictEqual(refused._tag, "MonitorNotListening")
      }).pipe(Effect.scoped, Effect.provide(Layer.merge(NodeDisk.layer, listener().layer))),
    ),
  )

  it.live("shows the files that it was given by their names, and no path", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        const copybook = path.join(page, "day.cpy")
        writeFileSync(copybook, "       01 A PIC X.\n")
        const heard = listener()
        const files = new Map([["day.cpy", { kind: "copybook" as const, path: copybook }]])
        const target = yield* targetOf(directory)
        const running = inspect(target, { ...options, files }).pipe(Effect.provide(heard.layer))
        yield* Effect.forkScoped(running)
        const { client } = yield* aboutBy(yield* heard.url)
        const found = JSON.stringify(yield* client.Files())
        assert.include(found, "day.cpy")
        assert.notInclude(found, page)
      }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
    ),
  )

  it.live("says that an announced monitor is silent, and shows the files", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        const left = { url: "ws://127.0.0.1:1/monitor", token: "t", pid: 1 }
        writeFileSync(`${directory}.monitor`, JSON.stringify(left))
        const { said, url } = yield* inspected(directory)
        assert.strictEqual((yield* aboutBy(url)).about.over, "directory")
        assert.match(said.join(" "), /nobody answers at ws:\/\/127\.0\.0\.1:1/)
      }).pipe(Effect.scoped),
    ),
  )

  it.live("names the page of an engine that serves it, and ends", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        yield* monitored({ page })
        const { running, url } = yield* inspected(directory)
        yield* Fiber.await(running)
        assert.strictEqual((yield* aboutBy(url)).about.over, "engine")
      }).pipe(Effect.scoped),
    ),
  )

  it.live("says which of its flags a running engine does without", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        yield* monitored({})
        const { said } = yield* inspected(directory, {
          database: Redacted.make("postgres://u:secret@localhost/audit"),
          files: new Map([["day.cpy", { kind: "copybook" as const, path: "/day.cpy" }]]),
        })
        assert.match(said.join(" "), /without --postgres and --copybook/)
        assert.notInclude(said.join(" "), "secret")
      }).pipe(Effect.scoped),
    ),
  )

  it.live("serves the page before an engine whose monitor has none", () =>
    withTrail((directory) =>
      Effect.gen(function* () {
        yield* monitored({})
        const { found, url } = yield* inspected(directory)
        assert.strictEqual(found._tag, "Monitor")
        assert.strictEqual((yield* aboutBy(url)).about.over, "engine")
        const shown = yield* Effect.promise(() => textAt(url.replace(/#.*/, "")))
        assert.include(shown, "page")
      }).pipe(Effect.scoped),
    ),
  )

  it.live("makes a trail to look at, in which verification finds the record that it changed", () =>
    Effect.gen(function* () {
      const heard = listener()
      const running = yield* Effect.forkScoped(
        inspectDemo(options).pipe(Effect.provide(heard.layer)),
      )
      const { about, client } = yield* aboutBy(yield* heard.url)
      const [, sequence = ""] = /Record (\d+) was changed/.exec(heard.said.join("\n")) ?? []
      const steps = yield* Stream.runCollect(client.Verify())
      const last = JSON.stringify(steps.at(-1))
      assert.include(last, '"verdict":"tampered"')
      assert.include(last, `"index":${sequence}`)
      yield* Fiber.interrupt(running)
      assert.throws(() => readFileSync(path.join(about.directory, "checkpoint")), /ENOENT/)
    }).pipe(Effect.scoped),
  )

  const configuredBy = (given: Partial<InspectingOptions>) =>
    Effect.gen(function* () {
      const heard = listener()
      const demo = inspectDemo({ ...options, isWritable: true, ...given })
      yield* Effect.forkScoped(demo.pipe(Effect.provide(heard.layer)))
      const { client } = yield* aboutBy(yield* heard.url)
      const written = yield* client.ConfigurationFile()
      const fields = yield* client.Configuration()
      const rate = fields.find(({ path }) => path === "sampling.rate")
      return { client, rate: rate?.value, written }
    })

  it.live("has its engine read the file that was given, and lets a writer change it", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const file = path.join(directory, "of-mine.yaml")
      writeFileSync(file, "sampling:\n  rate: 0.5\n")
      const { client, rate, written } = yield* configuredBy({ configurationFile: file })
      assert.deepStrictEqual([rate, written.path], [0.5, file])
      const { changes } = yield* client.WriteConfiguration({
        yaml: "sampling:\n  rate: 0.25\n",
        expectedHash: written.hash,
        intent: { actor: "u-operator", reason: "a trial" },
      })
      assert.deepStrictEqual(
        changes.map((change) => change.path),
        ["sampling.rate"],
      )
      assert.include(readFileSync(file, "utf8"), "0.25")
    }).pipe(Effect.scoped),
  )

  it.live("makes a file for its engine where none was given", () =>
    Effect.gen(function* () {
      const { rate, written } = yield* configuredBy({})
      assert.strictEqual(rate, 1)
      assert.include(written.yaml, "rate: 1")
    }).pipe(Effect.scoped),
  )

  it.live("says what is wrong with what it was given", () =>
    Effect.gen(function* () {
      const cwd = yield* temporaryDirectory
      const ran = (...args: ReadonlyArray<string>) =>
        Effect.promise(() => run(["inspect", ...args, "--no-open"], { cwd }))
      const nothing = yield* ran("./nothing")
      assert.strictEqual(nothing.code, 4)
      assert.include(nothing.stderr, "there is no such trail")
      const address = yield* ran("ws://127.0.0.1:1/monitor")
      assert.strictEqual(address.code, 64)
      assert.include(address.stderr, "COUNTERSIGN_MONITOR_TOKEN")
      const both = yield* ran("./nothing", "--demo")
      assert.strictEqual(both.code, 64)
      const configured = yield* ran("./nothing", "--config", "engine.yaml")
      assert.strictEqual(configured.code, 64)
      assert.include(configured.stderr, "configures the engine of --demo")
    }).pipe(Effect.scoped),
  )
})

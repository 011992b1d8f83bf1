import * as fs from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parseTarget } from "./HttpTarget.ts"
import { parse } from "./LoadProfile.ts"
import { isSound, LoadReport } from "./LoadReport.ts"
import { type HttpLoadOptions, loadEngine, loadHttp } from "./LoadRun.ts"

const profile = (text: string) => Result.getOrThrow(parse(text))
const roundTrip = (report: LoadReport) =>
  Schema.decodeUnknownSync(LoadReport)(JSON.parse(JSON.stringify(report)))

let scratch = ""
beforeEach(() => {
  scratch = fs.mkdtempSync(path.join(tmpdir(), "countersign-load-test-"))
})
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }))

const directory = () => path.join(scratch, "trail")

describe("a load on an engine", () => {
  for (const until of ["accepted", "durable", "published"] as const) {
    it.live(`ends with every event in a trail that is verified, waiting until ${until}`, () =>
      Effect.gen(function* () {
        const report = yield* loadEngine({
          profile: profile("constant:2000@1s"),
          directory: directory(),
          eventBytes: 400,
          until,
        })
        assert.deepStrictEqual(
          report.checks.filter(({ isKept }) => !isKept),
          [],
        )
        assert.isTrue(isSound(report))
        assert.deepInclude(report.rate, { intended: 2000, sent: 2000, reached: 2000, failed: 0 })
        assert.deepInclude(report.subject, { accepted: 2000, recorded: 2000, verdict: "verified" })
        assert.strictEqual(report.latency.count, 2000)
        assert.isAtLeast(report.latency.p50, report.lag.p50)
        assert.strictEqual(report.distribution.at(-1)?.micros, report.latency.max)
        assert.deepStrictEqual(roundTrip(report), report)
      }),
    )
  }

  it.live("interrupted, reports what was until then", () =>
    Effect.gen(function* () {
      const load = loadEngine({
        profile: profile("constant:1000@10m"),
        directory: directory(),
        eventBytes: 400,
        until: "durable",
        progress: ({ reached }) => {
          if (reached > 0) stop()
        },
      })
      let report: LoadReport | undefined
      let stop = (): void => undefined
      const fiber = yield* Effect.forkChild(
        Effect.uninterruptible(
          Effect.map(load, (done) => {
            report = done
          }),
        ),
      )
      yield* Effect.callback<void>((resume) => {
        stop = () => resume(Effect.void)
      })
      yield* Fiber.interrupt(fiber)
      assert.isTrue(report?.isStopped)
      assert.isAbove(report?.rate.sent ?? 0, 0)
      assert.isTrue(report !== undefined && isSound(report))
      assert.isBelow(report?.intervals.length ?? Infinity, 60)
    }),
  )

  it.live("interrupted before the first start, starts nothing", () =>
    Effect.gen(function* () {
      let report: LoadReport | undefined
      const load = loadEngine({
        profile: profile("constant:1000@10m"),
        directory: directory(),
        eventBytes: 400,
        until: "durable",
      })
      const fiber = yield* Effect.forkChild(
        Effect.uninterruptible(
          Effect.map(load, (done) => {
            report = done
          }),
        ),
        { startImmediately: true },
      )
      // The engine is being opened now.
      yield* Fiber.interrupt(fiber)
      assert.isTrue(report?.isStopped)
      assert.deepInclude(report?.rate, { sent: 0, failed: 0 })
      assert.isTrue(report !== undefined && isSound(report))
      assert.deepStrictEqual(report && roundTrip(report), report)
    }),
  )

  it.live("waits where a lane is full, and loses none", () =>
    Effect.gen(function* () {
      const configFile = path.join(scratch, "audit.yaml")
      fs.writeFileSync(configFile, "intake:\n  countMax: 64\n")
      for (const until of ["accepted", "durable"] as const) {
        const report = yield* loadEngine({
          profile: profile("burst:100..20000/500ms/100ms@1s"),
          directory: path.join(scratch, until),
          eventBytes: 250,
          until,
          configFile,
        })
        assert.isTrue(isSound(report), JSON.stringify(report.checks))
        assert.deepInclude(report.rate, { sent: 4080, reached: 4080 })
        assert.isTrue(report.subject.kind === "engine" && report.subject.refused > 0)
      }
    }),
  )

  it.live("is not sound where the trail is not what was recorded", () =>
    Effect.gen(function* () {
      const configFile = path.join(scratch, "audit.yaml")
      fs.writeFileSync(configFile, "checkpoint:\n  intervalMillis: 50\n")
      const report = yield* loadEngine({
        profile: profile("constant:1000@1500ms"),
        directory: directory(),
        eventBytes: 400,
        until: "durable",
        configFile,
        progress: () => {
          const bundle = path.join(directory(), "tile", "entries", "000")
          const bytes = fs.readFileSync(bundle)
          bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200)
          fs.writeFileSync(bundle, bytes)
        },
      })
      assert.isFalse(isSound(report))
      assert.deepStrictEqual(
        report.checks.filter(({ isKept }) => !isKept).map(({ detail }) => detail),
        ["the verdict is tampered"],
      )
    }),
  )

  it.live("says what is wrong with a configuration before anything starts", () =>
    Effect.gen(function* () {
      const configFile = path.join(scratch, "audit.yaml")
      fs.writeFileSync(configFile, "profile: hurried\n")
      const refused = yield* Effect.flip(
        loadEngine({
          profile: profile("constant:1@1s"),
          directory: directory(),
          eventBytes: 400,
          until: "durable",
          configFile,
        }),
      )
      assert.strictEqual(refused._tag, "InvalidConfig")
      assert.isFalse(fs.existsSync(directory()))
    }),
  )
})

describe("a load on a server", () => {
  const serve = (answer: http.RequestListener) =>
    Effect.acquireRelease(
      Effect.callback<http.Server>((resume) => {
        const server = http.createServer(answer)
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        }),
    )

  const optionsOf = (server: http.Server, text: string): HttpLoadOptions => ({
    profile: profile(text),
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?token=secret`),
    method: "POST",
    headers: { authorization: "Bearer secret" },
    body: Buffer.from("{}"),
    connections: 4,
    timeoutMillis: 500,
  })

  it.live("counts answers by their status, and reports nothing that is secret", () =>
    Effect.gen(function* () {
      let asked = 0
      const seen = new Set<string>()
      const server = yield* serve((request, response) => {
        asked += 1
        seen.add(`${request.method} ${request.url} ${request.headers.authorization}`)
        request.resume()
        response.writeHead(asked % 10 === 0 ? 503 : 200).end("done")
      })
      const report = yield* loadHttp(optionsOf(server, "constant:200@500ms"))
      assert.strictEqual(asked, 100)
      assert.deepStrictEqual([...seen], ["POST /path?token=secret Bearer secret"])
      assert.deepInclude(report.subject, { statuses: { 200: 90, 503: 10 }, errors: {} })
      assert.deepInclude(report.rate, { sent: 100, reached: 90, failed: 10 })
      assert.isFalse(isSound(report))
      assert.notInclude(JSON.stringify(report), "secret")
      assert.deepStrictEqual(roundTrip(report), report)
    }).pipe(Effect.scoped),
  )

  it.live("sends no more at one time than there are connections, and lets the wait count", () =>
    Effect.gen(function* () {
      let open = 0
      let most = 0
      const server = yield* serve((request, response) => {
        open += 1
        most = Math.max(most, open)
        request.resume()
        setTimeout(() => {
          open -= 1
          response.end()
        }, 50)
      })
      const report = yield* loadHttp(optionsOf(server, "constant:400@500ms"))
      assert.strictEqual(most, 4)
      // 200 requests, 4 at a time, of 50 ms each: the last waits for about two seconds.
      assert.isAbove(report.latency.max, 1_500_000)
      assert.isAbove(report.lag.max, 1_400_000)
      assert.isFalse(report.rate.isReached)
      assert.isTrue(isSound(report))
    }).pipe(Effect.scoped),
  )

  it.live("counts what has no answer, by its cause", () =>
    Effect.gen(function* () {
      let asked = 0
      const server = yield* serve((request, response) => {
        asked += 1
        if (asked === 1) return
        if (asked % 2 === 0) request.socket.destroy()
        else response.end()
      })
      const report = yield* loadHttp(optionsOf(server, "constant:40@500ms"))
      assert.deepInclude(report.subject, { errors: { ECONNRESET: 10, timeout: 1 } })
      assert.deepInclude(report.rate, { sent: 20, failed: 11 })
      assert.isFalse(isSound(report))
      // Whoever has waited in vain has waited.
      assert.strictEqual(report.latency.count, 20)
      assert.isAtLeast(report.latency.max, 500_000)
      assert.strictEqual(report.reachedLatency.count, 9)
    }).pipe(Effect.scoped),
  )

  it.live("gives up at the end what is never answered, and lets its wait count", () =>
    Effect.gen(function* () {
      const server = yield* serve((request) => request.resume())
      const report = yield* loadHttp({
        ...optionsOf(server, "constant:8@500ms"),
        timeoutMillis: 60_000,
        drainMillis: 200,
      })
      assert.deepInclude(report.subject, { statuses: {}, errors: { unanswered: 4 } })
      assert.deepInclude(report.rate, { sent: 4, reached: 0, failed: 4 })
      assert.deepInclude(report.reachedLatency, { count: 0, max: 0 })
      assert.strictEqual(report.latency.count, 4)
      assert.isAtLeast(report.latency.max, 500_000)
      assert.isFalse(isSound(report))
    }).pipe(Effect.scoped),
  )

  it("is refused on another machine, unless it is allowed, and never says a password", () => {
    for (const own of ["http://localhost:80/", "http://127.8.9.1/x", "https://[::1]:8443/"]) {
      assert.isTrue(Result.isSuccess(parseTarget(own, false)))
    }
    const refusal = (text: string, isAllowed = false) =>
      Result.getOrThrow(Result.flip(parseTarget(text, isAllowed))).message
    assert.match(refusal("https://example.org/"), /AUD-6402: .*example\.org: it is another machine/)
    assert.match(refusal("http://127.0.0.1.example.org/"), /another machine/)
    assert.isTrue(Result.isSuccess(parseTarget("https://example.org/", true)))
    assert.match(refusal("file:///etc/passwd", true), /begin with http/)
    assert.notInclude(refusal("http://me:hush@localhost/", true), "hush")
  })
})

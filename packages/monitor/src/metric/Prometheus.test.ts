import { execFileSync } from "node:child_process"
import * as http from "node:http"
import { Audit } from "@countersign/core/Audit"
import { event } from "@countersign/core/testing/AuditFixture"
import * as MemorySink from "@countersign/core/testing/MemorySink"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { withMetrics } from "../testing/MetricsFixture.ts"
import { promtool } from "../testing/Promtool.ts"
import { instruments } from "./Instruments.ts"
import { Metrics } from "./Metrics.ts"
import { contentType, Prometheus, prometheusText } from "./Prometheus.ts"

interface Answered {
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

const ask = (url: string, options: http.RequestOptions = {}): Effect.Effect<Answered> =>
  Effect.promise(
    () =>
      new Promise((resolve, reject) => {
        http
          .request(url, { agent: false, ...options }, (response) => {
            const chunks: Array<Buffer> = []
            response.on("data", (chunk: Buffer) => chunks.push(chunk))
            response.on("end", () =>
              resolve({
                status: response.statusCode ?? 0,
                type: response.headers["content-type"],
                body: Buffer.concat(chunks).toString("utf8"),
              }),
            )
          })
          .on("error", reject)
          .end()
      }),
  )

const fast = { interval: "10 millis", diskInterval: "10 millis" } as const

/** An engine with figures of every kind, and what a page about it says. */
const page = Effect.gen(function* () {
  const audit = yield* Audit
  const metrics = yield* Metrics
  yield* audit.record(event, { until: "published" })
  metrics.counter("letters_total", { to: 'a "b"\\\nc' }, { help: "Letters\\sent.\nAll." }).add(7)
  metrics.gauge("room_bytes", {}, { unit: "bytes", help: "Room." }).set(-3.5)
  metrics.recorder("letter_seconds", {}, { help: "How long a letter takes." }).record(0.25)
  yield* Effect.sleep("60 millis")
  return yield* prometheusText
})

describe("the text that Prometheus reads", () => {
  it.live("is taken by Prometheus' own parser, which has nothing to say against a name", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const text = yield* page
          // Says what is wrong, and ends with another code than 0, also where a name is only unwise.
          const said = execFileSync(promtool(), ["check", "metrics"], {
            input: text,
            encoding: "utf8",
          })
          assert.strictEqual(said, "")
        }),
      { metrics: fast, engine: { sinks: [MemorySink.make()] } },
    ),
  )

  it.live("has kind, help, labels and numbers as they are", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const lines = (yield* page).split("\n")
          assert.include(lines, "# TYPE letters_total counter")
          assert.include(lines, String.raw`# HELP letters_total Letters\\sent.\nAll.`)
          assert.include(lines, String.raw`letters_total{to="a \"b\"\\\nc"} 7`)
          assert.include(lines, "room_bytes -3.5")
          assert.include(lines, "# TYPE letter_seconds summary")
          assert.include(lines, "letter_seconds_count 1")
          assert.include(lines, "letter_seconds_sum 0.25")
          const quantile = lines.find((line) => line.startsWith('letter_seconds{quantile="0.99"}'))
          assert.approximately(Number(quantile?.split(" ")[1]), 0.25, 0.0025)
          assert.include(lines, 'countersign_events_accepted_total{class="standard"} 1')
          for (const { help, kind, name } of instruments.values()) {
            const series = lines.find((line) => line.startsWith(`# TYPE ${name} `))
            if (series === undefined) continue
            assert.strictEqual(series, `# TYPE ${name} ${kind}`)
            assert.include(lines, `# HELP ${name} ${help}`)
          }
        }),
      { metrics: fast },
    ),
  )
})

describe("the server of metrics", () => {
  it.live("answers on loopback what it is asked for, and nothing else", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const { url } = yield* Prometheus
          assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
          const { body, status, type } = yield* ask(url)
          assert.strictEqual(status, 200)
          assert.strictEqual(type, contentType)
          assert.include(body, "countersign_engine_open 1\n")
          assert.strictEqual((yield* ask(`${url}?a=b`)).status, 200)
          assert.strictEqual((yield* ask(url.replace("metrics", "other"))).status, 404)
          assert.strictEqual((yield* ask(url, { method: "POST" })).status, 405)
          const foreign = yield* ask(url, { headers: { host: "rebound.example" } })
          assert.strictEqual(foreign.status, 403)
          assert.notInclude(foreign.body, "countersign_")
        }).pipe(Effect.provide(Prometheus.layer({ port: 0 }))),
      { metrics: fast },
    ),
  )

  it.live("ends with its layer, and says where it could not listen", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const serve = <A, E, R>(port: number, use: Effect.Effect<A, E, R>) =>
          use.pipe(Effect.provide(Prometheus.layer({ port })))
        const port = yield* serve(
          0,
          Effect.gen(function* () {
            const taken = Number(new URL((yield* Prometheus).url).port)
            const error = yield* Effect.flip(serve(taken, Effect.void))
            assert.include(error.message, `AUD-6002: metrics can't be served on 127.0.0.1:${taken}`)
            return taken
          }),
        )
        yield* serve(port, Effect.void)
      }),
    ),
  )
})

import { Audit } from "@countersign/core/Audit"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { valueIn, withMetrics } from "../testing/MetricsFixture.ts"
import { Metrics } from "./Metrics.ts"
import { QueryMetrics } from "./QueryMetrics.ts"

const counted = (operation: string, outcome: string) =>
  Effect.map(
    Metrics,
    (metrics) =>
      valueIn(metrics.read(), "countersign_sql_query_seconds_count", { operation, outcome }) ?? 0,
  )

type Callback = (error: Error | null, result?: unknown) => void

/** As a driver's: with a callback, or a promise without. */
class Pool {
  readonly asked: Array<unknown> = []

  query(...given: ReadonlyArray<unknown>): unknown {
    this.asked.push(given)
    const isBad = JSON.stringify(given).includes("bad")
    const callback = given.at(-1)
    if (typeof callback === "function") {
      // The test hands over nothing else.
      const tell = callback as Callback
      queueMicrotask(() => (isBad ? tell(new Error("bad")) : tell(null, { rows: [1] })))
      return undefined
    }
    if (given[0] === "cursor") return { read: () => undefined }
    return isBad ? Promise.reject(new Error("bad")) : Promise.resolve({ rows: [1] })
  }
}

describe("a pool that is watched", () => {
  it.live("counts statements by operation and outcome, and answers as before", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const pool = new Pool()
        const end = (yield* QueryMetrics).watch(pool)
        const answered = yield* Effect.promise(async () => pool.query("select $1", ["a"]))
        assert.deepStrictEqual(answered, { rows: [1] })
        assert.deepStrictEqual(pool.asked, [["select $1", ["a"]]])
        yield* Effect.promise(async () => pool.query({ text: "insert into a values ($1)" }))
        const bad = yield* Effect.exit(Effect.tryPromise(async () => pool.query("select bad")))
        assert.strictEqual(bad._tag, "Failure")
        const told = yield* Effect.callback<unknown>((resume) => {
          const tell: Callback = (error) => resume(Effect.succeed(error?.message))
          pool.query("update a", ["bad"], tell)
        })
        assert.strictEqual(told, "bad")
        pool.query("cursor")
        assert.strictEqual(yield* counted("select", "success"), 1)
        assert.strictEqual(yield* counted("insert", "success"), 1)
        assert.strictEqual(yield* counted("select", "failure"), 1)
        assert.strictEqual(yield* counted("update", "failure"), 1)
        assert.strictEqual(yield* counted("other", "success"), 0)
        end()
        yield* Effect.promise(async () => pool.query("select 1"))
        assert.strictEqual(yield* counted("select", "success"), 1)
      }).pipe(Effect.provide(QueryMetrics.layer())),
    ),
  )
})

/** A span as Effect's SQL clients make it. */
const statement = (text: string, effect: Effect.Effect<unknown, unknown> = Effect.void) =>
  Effect.exit(
    Effect.useSpan("clinic", { kind: "client" }, (span) => {
      span.attribute("db.query.text", text)
      return effect
    }),
  )

describe("a tracer that counts", () => {
  it.live("counts the spans of statements and no others", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        yield* statement("delete from a").pipe(Effect.provide(QueryMetrics.layerTracer))
        yield* statement("delete from a", Effect.fail("no")).pipe(
          Effect.provide(QueryMetrics.layerTracer),
        )
        yield* Effect.void.pipe(
          Effect.withSpan("GET", { kind: "client" }),
          Effect.provide(QueryMetrics.layerTracer),
        )
        assert.strictEqual(yield* counted("delete", "success"), 1)
        assert.strictEqual(yield* counted("delete", "failure"), 1)
        assert.strictEqual(yield* counted("other", "success"), 0)
      }).pipe(Effect.provide(QueryMetrics.layer())),
    ),
  )

  it.live("leaves spans to the tracer that there was", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const ended: Array<string> = []
        const inner = Tracer.make({
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            const end = span.end.bind(span)
            span.end = (at, exit) => {
              ended.push(options.name)
              end(at, exit)
            }
            return span
          },
        })
        yield* statement("select 1").pipe(
          Effect.provide(QueryMetrics.layerTracer),
          Effect.provideService(Tracer.Tracer, inner),
        )
        assert.deepStrictEqual(ended, ["clinic"])
        assert.strictEqual(yield* counted("select", "success"), 1)
      }).pipe(Effect.provide(QueryMetrics.layer())),
    ),
  )
})

describe("a slow statement", () => {
  it.live("is an event with the statement and without its values", () =>
    withMetrics((trail) =>
      Effect.gen(function* () {
        const { finished } = yield* QueryMetrics
        const secret = "select * from a where b = 'Canary' and c = 42"
        finished({ statement: secret, millis: 10.5, isFailed: false })
        finished({ statement: "select 1", millis: 10, isFailed: false })
        yield* (yield* Audit).publish
        const slow = (yield* trail.trail).filter(({ type }) => type === "sql.query.slow")
        assert.strictEqual(slow.length, 1)
        assert.strictEqual(slow[0]?.class, "telemetry")
        assert.strictEqual(slow[0]?.target?.[0]?.id, "select * from a where b = ? and c = ?")
        assert.deepStrictEqual(slow[0]?.data, {
          millis: 10.5,
          operation: "select",
          thresholdMillis: 10,
        })
        const readings = (yield* Metrics).read()
        const operation = { operation: "select" }
        assert.strictEqual(valueIn(readings, "countersign_sql_slow_queries_total", operation), 1)
      }).pipe(Effect.provide(QueryMetrics.layer())),
    ),
  )

  it.live("is read as its database reads it, and where none is named, with less of it shown", () =>
    withMetrics((trail) =>
      Effect.gen(function* () {
        const slow = (attributes: Readonly<Record<string, string>>) =>
          Effect.useSpan("clinic", { kind: "client" }, (span) => {
            span.attribute("db.query.text", `select "Canary", \`a\` from b where c = 'O\\'Canary'`)
            for (const [name, value] of Object.entries(attributes)) span.attribute(name, value)
            return Effect.void
          })
        yield* Effect.all([
          slow({ "db.system.name": "mysql" }),
          slow({ "db.system": "mysql" }),
          slow({}),
          slow({ "db.system.name": "another" }),
        ]).pipe(Effect.provide(QueryMetrics.layerTracer))
        const pool = new Pool()
        const queries = yield* QueryMetrics
        queries.watch(pool, { system: "postgresql" })
        yield* Effect.promise(async () => pool.query(`select "a" from b where c = 'Canary'`))
        yield* (yield* Audit).publish
        const said = (yield* trail.trail).filter(({ type }) => type === "sql.query.slow")
        assert.deepStrictEqual(
          said.map(({ target }) => target?.[0]?.id),
          [
            "select ?, `a` from b where c = ?",
            "select ?, `a` from b where c = ?",
            "select ? from b where c = ?",
            "select ? from b where c = ?",
            'select "a" from b where c = ?',
          ],
        )
        assert.notInclude(JSON.stringify(said), "Canary")
      }).pipe(Effect.provide(QueryMetrics.layer({ slowMillis: -1 }))),
    ),
  )
})

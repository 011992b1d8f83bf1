import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import { make } from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { Metrics } from "@countersign/monitor/metric/Metrics"
import { QueryMetrics } from "@countersign/monitor/metric/QueryMetrics"
import { valueIn } from "@countersign/monitor/testing/MetricsFixture"
import { freshDatabase, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { Pool } from "pg"

const counted = (operation: string, outcome: string) =>
  Effect.map(Metrics, (metrics) =>
    valueIn(metrics.read(), "countersign_sql_query_seconds_count", { operation, outcome }),
  )

const secret = "Canary"

describe("statements to a real PostgreSQL", () => {
  it.live("are counted and, where slow, recorded without values, whoever sends them", () =>
    Effect.gen(function* () {
      const server = yield* postgresServer()
      const url = yield* Effect.promise(() => freshDatabase(server, "watched"))
      const trail = make(path.join(yield* temporaryDirectory, "trail"))
      const watched = Effect.gen(function* () {
        const queries = yield* QueryMetrics

        const pool = yield* Effect.acquireRelease(
          Effect.sync(() => new Pool({ connectionString: url })),
          (pool) => Effect.promise(() => pool.end()),
        )
        queries.watch(pool)
        const { rows } = yield* Effect.promise(() =>
          pool.query("select $1::text as name, pg_sleep(0.03)", [secret]),
        )
        assert.deepInclude(rows[0], { name: secret })
        yield* Effect.exit(Effect.tryPromise(() => pool.query(`delete from "nowhere"`)))
        assert.strictEqual(yield* counted("select", "success"), 1)
        assert.strictEqual(yield* counted("delete", "failure"), 1)

        const client = Layer.provide(
          PgClient.layer({ url: Redacted.make(url) }),
          QueryMetrics.layerTracer,
        )
        yield* Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          yield* sql`create table letter (name text, pages int)`
          yield* sql`insert into letter ${sql.insert([{ name: secret, pages: 42 }])}`
          yield* sql`update letter set pages = ${43} where name = ${secret} and pg_sleep(0.03) is not null`
        }).pipe(Effect.provide([client, QueryMetrics.layerTracer]))
        assert.strictEqual(yield* counted("create", "success"), 1)
        assert.strictEqual(yield* counted("insert", "success"), 1)
        assert.strictEqual(yield* counted("update", "success"), 1)
        yield* (yield* Audit).publish
      }).pipe(
        Effect.scoped,
        Effect.provide(Layer.provideMerge(QueryMetrics.layer(), Metrics.layer())),
      )
      yield* trail.withAudit(watched)

      const slow = (yield* trail.trail).filter(({ type }) => type === "sql.query.slow")
      const statements = slow.map(({ target }) => target?.[0]?.id)
      assert.include(statements, "select ?::text as name, pg_sleep(?)")
      assert.isTrue(
        statements.some((each) => each?.startsWith("update letter set pages = ? where")),
      )
      assert.notInclude(JSON.stringify(slow), secret)
    }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map())),
  )
})

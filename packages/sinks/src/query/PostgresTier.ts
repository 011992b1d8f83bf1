/**
 * The query cache's tier in PostgreSQL: for answers that cost far more than to look one up, such
 * as statistics, and for programs without a Redis.
 *
 * It takes a role of its own that may read and write `countersign.query_cache`. Roles that read
 * records through row-level security must not have that right: the table holds every tenant's answers.
 *
 * @since 0.1.0
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import type { CacheTier } from "./CacheTier.ts"

const connectionsMax = 2
const statementMillisMax = 1_000
/** Expired answers that one new answer takes away, so that the table does not grow for ever. */
const sweptMax = 10

/**
 * A tier over connections of its own, which are closed with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: {
  readonly url: Redacted.Redacted
}): Effect.Effect<CacheTier, SqlError, Scope.Scope> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.make({
      url: options.url,
      maxConnections: connectionsMax,
      applicationName: "countersign-query-cache",
      startupParameters: { statement_timeout: String(statementMillisMax) },
    })
    return {
      name: "postgres",
      get: (key: string) =>
        sql<{ readonly answer: string }>`
          select answer from countersign.query_cache where key = ${key} and expires_at > now()
        `.pipe(Effect.map(([row]) => row?.answer)),
      set: (key: string, answer: string, ttlMillis: number) =>
        sql`
          with expired as (
            select key from countersign.query_cache where expires_at <= now()
            limit ${sweptMax} for update skip locked
          ), swept as (
            delete from countersign.query_cache where key in (select key from expired)
          )
          insert into countersign.query_cache (key, answer, expires_at)
          values (${key}, ${answer}, now() + ${ttlMillis / 1000}::float8 * interval '1 second')
          on conflict (key) do update set answer = excluded.answer, expires_at = excluded.expires_at
        `.pipe(Effect.asVoid),
    }
  }).pipe(Effect.provide(Reactivity.layer))

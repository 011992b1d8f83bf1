/**
 * The tables of the query service's cache.
 *
 * - `countersign.query_generation` counts how often a tag was invalidated. The number is a part of
 *   each cached answer's key, so an invalidation holds for all processes with its commit.
 * - `countersign.query_cache` keeps answers. It is not logged: a crash of the server empties it,
 *   and that costs nothing but hits.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"

const statements = (sql: SqlClient) => [
  sql`create table countersign.query_generation (
    tag text primary key,
    generation bigint not null
  )`,
  sql`create unlogged table countersign.query_cache (
    key text primary key,
    answer text not null,
    expires_at timestamptz not null
  )`,
  sql`create index query_cache_expires_at on countersign.query_cache (expires_at)`,
]

/**
 * @category migrations
 * @since 0.1.0
 */
export const queryCacheMigration = Effect.flatMap(SqlClient, (sql) =>
  Effect.forEach(statements(sql), (statement) => statement, { discard: true }),
)

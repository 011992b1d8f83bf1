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

const invalidation = (sql: SqlClient) => [
  // It runs with its owner's rights, and whoever may call it does no more harm than cost hits.
  sql`create function countersign.invalidate_queries() returns void
    language sql security definer set search_path = pg_catalog, pg_temp
    as $invalidate$
      insert into countersign.query_generation as known (tag, generation) values ('all', 1)
      on conflict (tag) do update set generation = known.generation + 1
    $invalidate$`,
  sql`create function countersign.invalidate_queries_after() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $invalidate$
    begin
      perform countersign.invalidate_queries();
      return null;
    end
    $invalidate$`,
  // Delivery only adds rows, behind the cursor that it moves: it pays for none of these.
  sql`create trigger invalidate_queries after update or delete or truncate
    on countersign.audit_record
    for each statement execute function countersign.invalidate_queries_after()`,
  sql`create trigger invalidate_queries after insert or update
    on countersign.dropped_partition
    for each statement execute function countersign.invalidate_queries_after()`,
]

/**
 * Makes cached answers unreachable by itself where rows change otherwise than by delivery:
 * repairs, hand-made changes, dropped months. What brings rows before the cursor calls
 * `countersign.invalidate_queries()`.
 *
 * @category migrations
 * @since 0.1.0
 */
export const queryInvalidationMigration = Effect.flatMap(SqlClient, (sql) =>
  Effect.forEach(invalidation(sql), (statement) => statement, { discard: true }),
)

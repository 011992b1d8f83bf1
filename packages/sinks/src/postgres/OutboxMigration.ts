/**
 * The tables of the transactional outbox.
 *
 * - `countersign.outbox` holds events that an application's transactions brought, until they are
 *   durable in a trail. `xid` is the transaction's own number, which tells late committers.
 * - `countersign.outbox_claim` says for each trail which rows are being moved into it, and from
 *   which sequence on they can be in it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"

const statements = (sql: SqlClient) => [
  // Rows come and go all the time: dead ones are cleared by their number, not by a share.
  sql`create table countersign.outbox (
    number bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    id text not null unique check (id <> ''),
    event bytea not null check (octet_length(event) <= 65535),
    refused text
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`,
  sql`create index outbox_order on countersign.outbox (xid, number) where refused is null`,
  sql`create table countersign.outbox_claim (
    trail text primary key,
    sequence bigint not null check (sequence >= 0),
    numbers bigint[] not null,
    updated_at timestamptz not null default now()
  )`,
]

/**
 * @category migrations
 * @since 0.1.0
 */
export const outboxMigration = Effect.flatMap(SqlClient, (sql) =>
  Effect.forEach(statements(sql), (statement) => statement, { discard: true }),
)

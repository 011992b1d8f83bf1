/**
 * Brings a database to the tables of this version, by Effect's migrator.
 *
 * Runs in one transaction under a lock of its own table: two processes that start at once do it
 * once. A database that is up to date is only read, so a role without the right to create serves.
 *
 * @since 0.1.0
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Migrator from "effect/sql/Migrator"
import { SqlClient } from "effect/sql/SqlClient"
import { outboxMigration } from "./OutboxMigration.ts"
import { queryCacheMigration, queryInvalidationMigration } from "./QueryCacheMigration.ts"
import { auditRecordMigration } from "./AuditRecordMigration.ts"
import { retentionMigration } from "./RetentionMigration.ts"

/** A new one gets the next number; what was released is never changed. */
const migrations = {
  "0001_audit_record": auditRecordMigration,
  "0002_outbox": outboxMigration,
  "0003_query_cache": queryCacheMigration,
  "0004_retention": retentionMigration,
  "0005_query_invalidation": queryInvalidationMigration,
}

const latest = Object.keys(migrations).length
const table = "countersign.migration"

/**
 * Makes or completes the schema `countersign` in the client's database.
 *
 * - Errors: `SqlError`; `MigrationError` where a step fails, and then none was made.
 *
 * @category running
 * @since 0.1.0
 */
export const migrate = Effect.gen(function* () {
  const sql = yield* SqlClient
  if ((yield* version(sql)) >= latest) return
  // Two that create a schema at once collide in the catalogue, `if not exists` or not.
  yield* sql`create schema if not exists countersign`.pipe(
    Effect.catchReason("SqlError", "UniqueViolation", () => Effect.void),
  )
  yield* Migrator.make({})({ loader: Migrator.fromRecord(migrations), table })
})

const version = Effect.fnUntraced(function* (sql: SqlClient) {
  const [found] = yield* sql<{ readonly is_there: boolean }>`
    select to_regclass(${table}) is not null as is_there`
  if (found?.is_there !== true) return 0
  const [newest] = yield* sql<{ readonly version: number }>`
    select coalesce(max(migration_id), 0) as version from ${sql(table)}`
  return newest?.version ?? 0
})

/**
 * @category models
 * @since 0.1.0
 */
export interface MigrationConnection {
  readonly applicationName?: string
  readonly connectMillisMax?: number
  /** Longest wait for a lock, as while somebody else migrates. */
  readonly lockMillisMax?: number
  /** TLS with a server whose certificate this authority has signed. */
  readonly ssl?: { readonly ca: string }
}

/**
 * The same, over a connection of its own that is closed again.
 *
 * @category running
 * @since 0.1.0
 */
export const migrateAt = (url: Redacted.Redacted, connection: MigrationConnection = {}) =>
  Effect.provide(
    migrate,
    PgClient.layer({
      url,
      maxConnections: 1,
      ...(connection.ssl === undefined ? {} : { ssl: connection.ssl }),
      applicationName: connection.applicationName ?? "countersign",
      connectTimeout: connection.connectMillisMax ?? 5_000,
      startupParameters: { lock_timeout: String(connection.lockMillisMax ?? 30_000) },
    }),
    { local: true },
  )

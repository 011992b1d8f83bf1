/**
 * A PostgreSQL that tests share, what they deliver to it, and what they ask it past the sink.
 *
 * @since 0.1.0
 */
import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import { canonicalizeUnsafe } from "@countersign/core/event/CanonicalJson"
import type { StoredRecord } from "@countersign/core/testing/MemorySink"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { Client } from "pg"
import type { PostgresSinkOptions } from "../postgres/PostgresOptions.ts"
import * as PostgresSink from "../postgres/PostgresSink.ts"
import { freshDatabase, postgresServer, type PostgresServer } from "./PostgresServer.ts"

/**
 * One server for the tests of a file.
 *
 * @category services
 * @since 0.1.0
 */
export class SharedPostgres extends Context.Service<SharedPostgres, PostgresServer>()(
  "@countersign/sinks/testing/SharedPostgres",
) {
  static readonly layer = Layer.effect(SharedPostgres, postgresServer())
}

/**
 * The address of a new database on the shared server.
 *
 * @category constructors
 * @since 0.1.0
 */
export const databaseOf = (name: string): Effect.Effect<string, never, SharedPostgres> =>
  Effect.flatMap(SharedPostgres, (server) => Effect.promise(() => freshDatabase(server, name)))

/** Origin of the trail that the batches are of. */
export const trail = "example.org/audit/postgres"

/** A record as it lies in a trail; the id tells its sequence. */
export const entryOf = (sequence: number, members: Partial<AuditEvent> = {}): Buffer =>
  Buffer.from(
    canonicalizeUnsafe({
      id: `record-${sequence}`,
      time: "2026-11-21T09:00:00.000Z",
      type: "patient.record.read",
      class: "standard",
      actor: { id: "u-1", type: "user" },
      outcome: "success",
      classification: "PHI",
      ...members,
    }),
  )

/**
 * @category constructors
 * @since 0.1.0
 */
export const batchFrom = (
  firstSequence: number,
  entries: ReadonlyArray<Uint8Array>,
): DeliveredBatch => ({
  trail,
  firstSequence,
  entries,
  bytes: entries.reduce((sum, entry) => sum + entry.byteLength, 0),
})

/** `count` ordinary records. */
export const batchOf = (firstSequence: number, count: number): DeliveredBatch =>
  batchFrom(
    firstSequence,
    Array.from({ length: count }, (_, index) => entryOf(firstSequence + index)),
  )

/**
 * The rows of one statement over a connection of its own, each as a list.
 *
 * @category running
 * @since 0.1.0
 */
export const ask = (
  url: string,
  text: string,
  values: ReadonlyArray<unknown> = [],
): Effect.Effect<ReadonlyArray<ReadonlyArray<unknown>>> =>
  Effect.promise(async () => {
    const client = new Client({ connectionString: url })
    client.on("error", () => undefined)
    await client.connect()
    try {
      // A row is a list of whatever the columns hold; each test knows its own.
      const { rows } = await client.query<Array<unknown>>({
        text,
        values: [...values],
        rowMode: "array",
      })
      return rows
    } finally {
      await client.end()
    }
  })

/**
 * Every record in the database, by trail and sequence.
 *
 * @category running
 * @since 0.1.0
 */
export const storedRecords = (url: string): Effect.Effect<ReadonlyArray<StoredRecord>> =>
  Effect.gen(function* () {
    const [found] = yield* ask(url, "select to_regclass('countersign.audit_record') is not null")
    if (found?.[0] !== true) return []
    const rows = yield* ask(
      url,
      `select origin, sequence, entry from countersign.audit_record
         join countersign.trail on trail.id = audit_record.trail order by origin, sequence`,
    )
    return rows.map(([origin, sequence, entry]) => ({
      trail: String(origin),
      sequence: Number(sequence),
      // The driver gives `bytea` as bytes.
      bytes: entry as Uint8Array,
    }))
  })

/** The sequences in the database, copies included. */
export const storedSequences = (url: string): Effect.Effect<ReadonlyArray<number>> =>
  Effect.map(storedRecords(url), (records) => records.map(({ sequence }) => sequence))

/** The numbers `from` up to, not including, `to`. */
export const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from }, (_, at) => from + at)

/**
 * A sink over a database, closed with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sinkAt = (url: string, options: Partial<PostgresSinkOptions> = {}) =>
  Effect.acquireRelease(
    PostgresSink.make({ url: Redacted.make(url), ...options }),
    (sink) => sink.close,
  )

/**
 * Makes a migrated database refuse the record with the session `poison`, for its content.
 *
 * @category running
 * @since 0.1.0
 */
export const refusePoison = (url: string) =>
  ask(
    url,
    `create function public.refuse() returns trigger language plpgsql as $refuse$
       begin raise exception 'no such text' using errcode = '22021', detail = new.id; end
     $refuse$;
     create trigger refuse before insert on countersign.audit_record for each row
       when (new.session = 'poison') execute function public.refuse()`,
  )

/**
 * Does something while somebody else's transaction holds what a statement has locked, and then
 * commits that.
 *
 * @category running
 * @since 0.1.0
 */
export const holding = <A, E, R>(
  url: string,
  statement: string,
  use: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.promise(async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      await client.query("begin")
      await client.query(statement)
      return client
    }),
    () => use,
    (client) =>
      Effect.promise(async () => {
        await client.query("commit")
        await client.end()
      }),
  )

/** Resolves when one of the sink's connections waits for a lock. */
export const untilLockIsAwaited = (url: string) =>
  ask(
    url,
    `select 1 from pg_stat_activity where application_name = 'countersign'
       and datname = current_database() and wait_event_type = 'Lock'`,
  ).pipe(
    Effect.flatMap((rows) => (rows.length > 0 ? Effect.void : Effect.fail("nobody waits"))),
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.timeout("10 seconds"),
  )

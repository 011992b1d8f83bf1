/**
 * Rows for tests of queries, put in by plain SQL.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import * as Redacted from "effect/Redacted"
import * as Effect from "effect/Effect"
import { Client } from "pg"
import { migrateAt } from "../postgres/Migrations.ts"
import { freshDatabase, type PostgresServer } from "./PostgresServer.ts"

/** What a test says of an event; the rest is as usual. */
export type FixtureEvent = Partial<AuditEvent> & Readonly<Record<string, unknown>>

/** A database of its own with the tables of the sink; its address. */
export const migratedDatabase = (server: PostgresServer, name: string): Effect.Effect<string> =>
  Effect.gen(function* () {
    const url = yield* Effect.promise(() => freshDatabase(server, name))
    yield* migrateAt(Redacted.make(url))
    return url
  }).pipe(Effect.orDie)

/** Runs a task with a connection that is closed afterwards. */
export const withClient = async <A>(url: string, task: (client: Client) => Promise<A>) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await task(client)
  } finally {
    await client.end()
  }
}

/** An event that has all that is required. */
export const completeEvent = (event: FixtureEvent): FixtureEvent => ({
  id: "019aa5d5-0a40-7000-8000-000000000001",
  time: "2026-11-20T09:30:00.000Z",
  type: "patient.record.read",
  class: "standard",
  actor: { id: "u-1", type: "user" },
  outcome: "success",
  classification: "INTERNAL",
  ...event,
})

/** Appends events to a trail, as the sink does: rows and cursor in one transaction. */
export const insertEvents = (
  client: Client,
  trail: string,
  events: ReadonlyArray<FixtureEvent>,
): Promise<void> =>
  insertEntries(
    client,
    trail,
    events.map((each) => JSON.stringify(each)),
  )

/** The same for texts of JSON. */
export const insertEntries = async (
  client: Client,
  trail: string,
  entries: ReadonlyArray<string>,
): Promise<void> => {
  await client.query("begin")
  await client.query(
    "insert into countersign.trail (origin) values ($1) on conflict (origin) do nothing",
    [trail],
  )
  await client.query(
    `with known as (select id from countersign.trail where origin = $1),
    start as (
      select coalesce((select next from countersign.sink_cursor, known where trail = id), 0) as next
    ), given as (
      select entry, entry::jsonb as e, ordinal
      from unnest($2::text[]) with ordinality as u(entry, ordinal)
    ), written as (
      insert into countersign.audit_record (trail, sequence, "time", id, type, class, outcome,
        classification, actor_id, actor_type, tenant, targets, action, session, correlation,
        severity, entry)
      select known.id, start.next + ordinal - 1, coalesce((e->>'time')::timestamptz, '-infinity'), e->>'id', e->>'type',
        e->>'class', e->>'outcome', e->>'classification', e#>>'{actor,id}', e#>>'{actor,type}',
        e->>'tenant',
        (select array_agg((t->>'type') || '/' || (t->>'id')) from jsonb_array_elements(e->'target') t),
        e->>'action', e->>'session', e->>'correlation', e->>'severity', convert_to(entry, 'UTF8')
      from given, known, start
    )
    insert into countersign.sink_cursor (trail, next)
    select known.id, start.next + cardinality($2::text[]) from known, start
    on conflict (trail) do update set next = excluded.next`,
    [trail, entries],
  )
  await client.query("commit")
}

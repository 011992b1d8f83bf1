/**
 * A database with an outbox, and what became of the events in it.
 *
 * @since 0.1.0
 */
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { Client } from "pg"
import { migrateAt } from "../postgres/Migrations.ts"
import { freshDatabase, type PostgresServer } from "./PostgresServer.ts"

/** A database with all tables, and its address. */
export const outboxDatabase = Effect.fnUntraced(function* (server: PostgresServer, name: string) {
  const url = yield* Effect.promise(() => freshDatabase(server, name))
  yield* migrateAt(Redacted.make(url))
  return url
})

/** A client that ends with the scope. */
export const pgClient = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new Client({ connectionString: url })
      client.on("error", () => undefined)
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.end().catch(() => undefined)),
  )

/** Resolves when a condition holds, at the latest after a minute. */
export const until = (what: string, condition: () => boolean | Promise<boolean>) =>
  Effect.promise(async () => condition()).pipe(
    Effect.flatMap((holds) => (holds ? Effect.void : Effect.fail(what))),
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.timeout("1 minute"),
    Effect.catch(() => Effect.die(`not within a minute: ${what}`)),
  )

/** Resolves when no event waits in the outbox any more. */
export const untilDrained = (client: Client) =>
  until("an empty outbox", async () => {
    const { rows } = await client.query("select 1 from countersign.outbox where refused is null")
    return rows.length === 0
  })

/** Ids of the application's events that a trail has published, in order. */
export const recordedIds = (directory: string) =>
  entries(directory).pipe(
    Stream.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString("utf8"))),
    Stream.filter((event: { readonly type: string }) => !event.type.startsWith("audit.")),
    Stream.map((event: { readonly type: string; readonly id?: string }) => event.id),
    Stream.runCollect,
    Effect.provide(NodeDisk.layer),
  )

import { InvalidEvent } from "@countersign/core/event/InvalidEvent"
import { CurrentActor } from "@countersign/core/CurrentActor"
import { layer as suite } from "@effect/vitest"
import { assert } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient } from "effect/sql/SqlClient"
import { Client, Pool } from "pg"
import { migrate } from "../postgres/Migrations.ts"
import { freshDatabase, postgresServer } from "../testing/PostgresServer.ts"
import { NotInTransaction, recordInTransaction, recordWithClient } from "./Outbox.ts"

class Url extends Context.Service<Url, string>()("test/Url") {}

const database = Layer.unwrap(
  Effect.gen(function* () {
    const server = yield* postgresServer()
    const url = yield* Effect.promise(() => freshDatabase(server, "outbox"))
    const client = PgClient.layer({ url: Redacted.make(url) })
    return Layer.mergeAll(
      Layer.succeed(Url, url),
      client,
      Layer.effectDiscard(migrate).pipe(Layer.provide(client)),
    )
  }),
)

const event = {
  type: "patient.record.changed",
  actor: { id: "u-1" },
  outcome: "success",
} as const

const waiting = Effect.gen(function* () {
  const sql = yield* SqlClient
  const rows = yield* sql<{ readonly id: string }>`
    select id from countersign.outbox order by number`
  return rows.map(({ id }) => id)
})

const inTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(SqlClient, (sql) => sql.withTransaction(effect))

suite(database, { excludeTestServices: true })("recordInTransaction", (it) => {
  it.effect("waits in the outbox when the transaction commits, and leaves nothing otherwise", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const before = (yield* waiting).length
      yield* sql
        .withTransaction(
          Effect.andThen(
            recordInTransaction(sql, event),
            Effect.fail("the application thought better of it"),
          ),
        )
        .pipe(Effect.flip)
      assert.lengthOf(yield* waiting, before)
      const id = yield* sql.withTransaction(recordInTransaction(sql, event))
      assert.strictEqual((yield* waiting).at(-1), id)
    }),
  )

  it.effect("takes the actor from the fiber", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const { actor: _, ...rest } = event
      const missing = yield* Effect.flip(recordInTransaction(sql, rest))
      assert.strictEqual(missing._tag, "InvalidEvent")
      yield* recordInTransaction(sql, rest).pipe(
        Effect.provideService(CurrentActor, { id: "u-2", type: "user" }),
      )
    }).pipe(inTransaction),
  )

  it.effect("refuses U+0000 and too many bytes before the transaction is touched", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const before = (yield* waiting).length
      const id = yield* sql.withTransaction(
        Effect.gen(function* () {
          for (const data of ["\0", "x".repeat(65_536)]) {
            const error = yield* Effect.flip(recordInTransaction(sql, { ...event, data }))
            assert.instanceOf(error, InvalidEvent)
          }
          return yield* recordInTransaction(sql, event)
        }),
      )
      assert.deepStrictEqual((yield* waiting).slice(before), [id])
    }),
  )

  it.effect("refuses to record outside of a transaction, and inserts nothing", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const before = yield* waiting
      const alone = yield* Effect.flip(recordInTransaction(sql, event))
      assert.instanceOf(alone, NotInTransaction)
      // A transaction of another client has another connection.
      const other = yield* PgClient.make({ url: Redacted.make(yield* Url) }).pipe(
        Effect.provide(Reactivity.layer),
      )
      const elsewhere = yield* Effect.flip(inTransaction(recordInTransaction(other, event)))
      assert.instanceOf(elsewhere, NotInTransaction)
      assert.deepStrictEqual(yield* waiting, before)
    }),
  )

  it.effect("refuses a client of pg outside of a transaction, and a pool in any case", () =>
    Effect.gen(function* () {
      const before = yield* waiting
      const connectionString = yield* Url
      yield* Effect.promise(async () => {
        const refusal = (recorded: Promise<string>) =>
          recorded.then(
            () => assert.fail("it was inserted"),
            (cause: unknown) => assert.instanceOf(cause, NotInTransaction),
          )
        const client = new Client({ connectionString })
        await client.connect()
        await refusal(recordWithClient(client, event))
        await client.query("begin")
        await client.query("commit")
        await refusal(recordWithClient(client, event))
        await client.end()
        const pool = new Pool({ connectionString, max: 1 })
        await pool.query("begin")
        // @ts-expect-error: a pool is no client, which programs without types don't hear.
        await refusal(recordWithClient(pool, event))
        const lent = await pool.connect()
        await recordWithClient(lent, event)
        await lent.query("rollback")
        lent.release()
        await pool.end()
      })
      assert.deepStrictEqual(yield* waiting, before)
    }),
  )

  it.effect("does the same over a client of pg", () =>
    Effect.gen(function* () {
      const before = (yield* waiting).length
      const url = yield* Url
      const id = yield* Effect.promise(async () => {
        const client = new Client({ connectionString: url })
        await client.connect()
        await client.query("begin")
        await recordWithClient(client, event)
        await client.query("rollback")
        await client.query("begin")
        const error = await recordWithClient(client, { ...event, data: "\0" }).catch(
          (cause: unknown) => cause,
        )
        assert.instanceOf(error, InvalidEvent)
        const kept = await recordWithClient(client, event)
        await client.query("commit")
        await client.end()
        return kept
      })
      assert.deepStrictEqual((yield* waiting).slice(before), [id])
    }),
  )
})

import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { assert, layer as suite } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { recordWithClient } from "../outbox/Outbox.ts"
import { type PostgresServer, postgresServer } from "../testing/PostgresServer.ts"
import { delivered, deliverFrom, recordInto } from "../testing/ReconcileFixture.ts"
import { rolesSql } from "./DatabaseRoles.ts"
import { reconcile as reconcileWith } from "./Reconciliation.ts"
import { dropOldPartitions } from "./Retention.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/Server") {}

const server = Layer.effect(Server, postgresServer())

const event = (id: string, tenant?: string): AuditEventInput => ({
  id,
  type: "patient.record.read",
  actor: { id: "u-1" },
  outcome: "success",
  ...(tenant === undefined ? {} : { tenant }),
})

const names = {
  sink: "countersign_sink",
  reader: 'reader "one"',
  auditor: "countersign_auditor",
  retention: "countersign_retention",
  application: "clinic_app",
  drainer: "clinic_drainer",
}

/** The rows of a statement, or the server's code where it refused. */
const as = (url: string, role: string, ...statements: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const address = new URL(url)
    address.username = encodeURIComponent(role)
    address.password = "secret"
    const client = new Client({ connectionString: address.href })
    await client.connect()
    try {
      let last: ReadonlyArray<unknown> = []
      for (const text of statements) last = (await client.query({ text, rowMode: "array" })).rows
      return last
    } catch (error) {
      return error instanceof Error && "code" in error ? error.code : error
    } finally {
      await client.end()
    }
  })

const denied = "42501"
const thisMonth = `audit_record_${new Date().toISOString().slice(0, 7).replace("-", "_")}`

suite(server, { excludeTestServices: true, timeout: 30_000 })("the database's roles", (it) => {
  it.effect("can do what their work takes, and no more", () =>
    Effect.gen(function* () {
      const { alter, directory, reconcile, url } = yield* delivered(yield* Server, "roles", [
        event("a-1", "a"),
        event("b-1", "b"),
        event("none"),
        event("a-2", "a"),
      ])
      yield* alter(rolesSql(names))
      for (const name of Object.values(names)) {
        yield* alter(`alter role "${name.replaceAll('"', '""')}" password 'secret'`)
      }
      const table = "countersign.audit_record"

      // A reader sees its session's tenant, and without one nothing.
      const ids = `select id from ${table} order by sequence`
      const tenant = (name: string) => `set countersign.tenant = '${name}'`
      assert.deepStrictEqual(yield* as(url, names.reader, ids), [])
      assert.deepStrictEqual(yield* as(url, names.reader, tenant(""), ids), [])
      assert.deepStrictEqual(yield* as(url, names.reader, tenant("a"), ids), [["a-1"], ["a-2"]])
      assert.deepStrictEqual(yield* as(url, names.reader, tenant("b"), ids), [["b-1"]])
      assert.deepStrictEqual(
        yield* as(url, names.reader, tenant("a"), `select id from ${table} where tenant = 'b'`),
        [],
      )
      // Nor does a partition show what its table hides, not even to who may read it.
      const partition = `select id from countersign.${thisMonth}`
      assert.strictEqual(yield* as(url, names.reader, partition), denied)
      yield* alter(`grant select on all tables in schema countersign to "reader ""one"""`)
      assert.deepStrictEqual(yield* as(url, names.reader, tenant("a"), partition), [])
      yield* alter(`revoke select on all tables in schema countersign from "reader ""one"""`)

      // The sink delivers, and can neither change nor delete.
      yield* recordInto(directory, [event("late")])
      const address = url.replace("postgres:countersign@", `${names.sink}:secret@`)
      yield* deliverFrom(directory, address)
      assert.strictEqual((yield* reconcile()).verdict, "equal")
      for (const text of [
        `update ${table} set tenant = 'b'`,
        `delete from ${table}`,
        `truncate ${table}`,
        "select countersign.old_months(1)",
        "select countersign.drop_month('2009-03-01', 1, 0)",
        "drop table countersign.audit_record_default",
      ]) {
        assert.include([denied], yield* as(url, names.sink, text), text)
      }

      // The auditor compares every row; who isn't shown all is told so, not that they are deleted.
      const compareAs = (role: string) =>
        reconcileWith({
          url: Redacted.make(
            url.replace("postgres:countersign@", `${encodeURIComponent(role)}:secret@`),
          ),
          directory,
        }).pipe(Effect.provide(NodeDisk.layer))
      assert.strictEqual((yield* compareAs(names.auditor)).verdict, "equal")
      assert.strictEqual(yield* as(url, names.auditor, `delete from ${table}`), denied)
      yield* alter(`grant select on countersign.dropped_partition to "reader ""one"""`)
      const hidden = yield* Effect.flip(compareAs(names.reader))
      assert.strictEqual(hidden._tag === "ReconcileFailed" && hidden.reason, "row-security")

      assert.strictEqual(yield* as(url, names.retention, `delete from ${table}`), denied)
      const kept = "select countersign.drop_month(now()::date, 1, 0)"
      assert.strictEqual(yield* as(url, names.retention, kept), "22023")

      // The application puts in, the drainer takes out.
      yield* Effect.promise(async () => {
        const client = new Client({
          connectionString: url.replace("postgres:countersign@", `${names.application}:secret@`),
        })
        await client.connect()
        await client.query("begin")
        await recordWithClient(client, event("out"))
        await client.query("commit")
        await client.end()
      })
      const outbox = "countersign.outbox"
      assert.strictEqual(yield* as(url, names.application, `select * from ${outbox}`), denied)
      assert.strictEqual(yield* as(url, names.application, `delete from ${outbox}`), denied)
      assert.deepStrictEqual(yield* as(url, names.drainer, `delete from ${outbox} returning id`), [
        ["out"],
      ])
    }),
  )

  it.effect("let retention drop what is old, row-level security or not", () =>
    Effect.gen(function* () {
      const { alter, directory, reconcile, url } = yield* delivered(yield* Server, "drops", [
        { ...event("old", "a"), time: "2009-03-05T10:00:00Z" },
        { ...event("late", "b"), time: "2009-04-05T10:00:00Z" },
        event("new", "a"),
      ])
      yield* alter("select countersign.make_partition('2009-03-01')")
      yield* alter(rolesSql({ reader: "dropped_reader", retention: "dropper" }))
      yield* alter("alter role dropper password 'secret'")
      const dropped = yield* dropOldPartitions({
        url: Redacted.make(url.replace("postgres:countersign@", "dropper:secret@")),
        monthsKept: 84,
        record: (one) => recordInto(directory, [one]),
      })
      assert.deepStrictEqual(dropped, [
        { month: "2009-03", records: 1 },
        { month: "2009-04", records: 1 },
      ])
      yield* deliverFrom(directory, url)
      const { retired, verdict } = yield* reconcile()
      assert.deepStrictEqual([verdict, retired], ["equal", 2])
    }),
  )

  it.effect("leave row-level security off where nobody is to see one tenant alone", () =>
    Effect.gen(function* () {
      const { alter, directory, reconcile, url } = yield* delivered(yield* Server, "alone", [])
      yield* alter(`${rolesSql({ sink: "lone_sink" })} alter role lone_sink password 'secret'`)
      yield* recordInto(directory, [event("late")])
      yield* deliverFrom(directory, url.replace("postgres:countersign@", "lone_sink:secret@"))
      assert.strictEqual((yield* reconcile()).verdict, "equal")
    }),
  )
})

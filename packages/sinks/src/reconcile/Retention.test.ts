import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { assert, layer as suite } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { pgClient } from "../testing/OutboxFixture.ts"
import { type PostgresServer, postgresServer } from "../testing/PostgresServer.ts"
import { delivered, deliverFrom, recordInto } from "../testing/ReconcileFixture.ts"
import { dropOldPartitions } from "./Retention.ts"
import { dropEvent } from "./RetentionRecord.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/Server") {}

const server = Layer.effect(Server, postgresServer())

const event = (id: string, more: Partial<AuditEventInput> = {}): AuditEventInput => ({
  id,
  type: "patient.record.read",
  actor: { id: "u-1" },
  outcome: "success",
  ...more,
})

const events = [
  event("a", { time: "2009-03-31T23:59:59.999Z" }),
  event("b", { time: "2009-04-01T00:00:00Z" }),
  event("c", { time: "2009-04-30T12:00:00Z" }),
  event("d"),
]

suite(server, { excludeTestServices: true, timeout: 30_000 })("retention", (it) => {
  it.effect("drops whole months, says so in the trail, and calls their records retired", () =>
    Effect.gen(function* () {
      const { client, directory, reconcile, url } = yield* delivered(
        yield* Server,
        "retained",
        events,
      )
      const recorded: Array<AuditEventInput> = []
      const drop = dropOldPartitions({
        url: Redacted.make(url),
        monthsKept: 84,
        record: (one) => Effect.sync(() => recorded.push(one)),
      })
      assert.deepStrictEqual(yield* drop, [
        { month: "2009-03", records: 1 },
        { month: "2009-04", records: 2 },
      ])
      assert.deepStrictEqual(
        recorded.map(({ outcome }) => outcome),
        ["attempt", "success"],
      )
      const { rows } = yield* Effect.promise(() =>
        client.query(
          "select id from countersign.audit_record where type not like 'audit.%' order by sequence",
        ),
      )
      assert.deepStrictEqual(rows, [{ id: "d" }])

      // Whoever says in the database alone that a month was dropped has hidden its records.
      const silent = yield* reconcile()
      assert.strictEqual(silent.verdict, "different")
      assert.deepStrictEqual(silent.unrecordedDrops, ["2009-03", "2009-04"])
      assert.deepStrictEqual([silent.retired, silent.deleted], [0, 3])
      yield* recordInto(directory, recorded.slice(0, 1))
      yield* deliverFrom(directory, url)
      const known = yield* reconcile()
      assert.strictEqual(known.verdict, "equal")
      assert.deepStrictEqual([known.retired, known.deleted], [3, 0])
      assert.deepStrictEqual(yield* drop, [])
    }),
  )

  it.effect("drops nothing where the attempt can't be recorded, nor months that are kept", () =>
    Effect.gen(function* () {
      const { reconcile, size, url } = yield* delivered(yield* Server, "unrecorded", events)
      const options = { url: Redacted.make(url), monthsKept: 84 }
      const error = yield* dropOldPartitions({
        ...options,
        record: () => Effect.fail("the trail is full"),
      }).pipe(Effect.flip)
      assert.strictEqual(error, "the trail is full")
      const outcomes: Array<string> = []
      const none = yield* dropOldPartitions({
        ...options,
        monthsKept: 0,
        record: ({ outcome }) => Effect.sync(() => outcomes.push(outcome)),
      }).pipe(Effect.flip)
      assert.include(none.message, "at least one month is kept")
      assert.deepStrictEqual(outcomes, [])
      assert.strictEqual((yield* reconcile()).equal, size)
    }),
  )

  it.effect("explains by a drop what came before it, if it did not fail, and nothing else", () =>
    Effect.gen(function* () {
      const { alter, directory, reconcile, url } = yield* delivered(
        yield* Server,
        "explained_drops",
        events,
      )
      // Another trail's month, of which this one has no record.
      yield* alter("insert into countersign.dropped_partition values ('2001-01-01', 7)")
      assert.strictEqual((yield* reconcile()).verdict, "equal")

      const months = [{ month: "2009-03", records: 1 }]
      yield* recordInto(directory, [
        dropEvent("attempt", 84, months),
        dropEvent("failure", 84, months),
      ])
      yield* deliverFrom(directory, url)
      yield* alter(`insert into countersign.dropped_partition values ('2009-03-01', 1);
        delete from countersign.audit_record where id = 'a'`)
      const failed = yield* reconcile(true)
      assert.deepStrictEqual([failed.deleted, failed.retired, failed.isRepaired], [1, 0, true])
      assert.deepStrictEqual(failed.unrecordedDrops, ["2009-03"])
      assert.strictEqual((yield* reconcile()).verdict, "equal")

      yield* recordInto(directory, [
        dropEvent("success", 84, months),
        event("later", { time: "2009-03-31T12:00:00Z" }),
      ])
      yield* deliverFrom(directory, url)
      yield* alter("delete from countersign.audit_record where id in ('a', 'later')")
      const { deleted, retired } = yield* reconcile()
      assert.deepStrictEqual([deleted, retired], [1, 1])
    }),
  )

  it.effect("gives its place back while somebody reads, and drops when nobody does", () =>
    Effect.gen(function* () {
      const { client, url } = yield* delivered(yield* Server, "read", events)
      yield* Effect.promise(() => client.query("select countersign.make_partition('2009-03-01')"))
      const reader = yield* pgClient(url)
      const read = "select count(*)::int as rows from countersign.audit_record"
      yield* Effect.promise(() => reader.query(`begin; ${read}`))
      const outcomes: Array<string> = []
      const options = {
        url: Redacted.make(url),
        monthsKept: 84,
        lockMillisMax: 50,
        record: ({ outcome }: AuditEventInput) => Effect.sync(() => outcomes.push(outcome)),
      }
      const busy = yield* dropOldPartitions({ ...options, waitMillisMax: 300 }).pipe(Effect.flip)
      assert.include(busy.message, "55P03")
      assert.deepStrictEqual(outcomes, ["attempt", "failure"])

      const drop = yield* Effect.forkChild(dropOldPartitions(options))
      // Queries behind it are answered, in the reader's own transaction and outside of it.
      for (const each of [client, reader, client, reader]) {
        yield* Effect.promise(() => each.query(`set statement_timeout = 10000; ${read}`))
      }
      yield* Effect.promise(() => reader.query("commit"))
      assert.deepStrictEqual(yield* Fiber.join(drop), [
        { month: "2009-03", records: 1 },
        { month: "2009-04", records: 2 },
      ])
      assert.deepStrictEqual(outcomes.slice(2), ["attempt", "success"])
    }),
  )
})

import { randomBytes } from "node:crypto"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import {
  ask,
  batchFrom,
  batchOf,
  databaseOf,
  entryOf,
  range,
  SharedPostgres,
  sinkAt,
  refusePoison,
  storedSequences,
  trail,
} from "../testing/PostgresRows.ts"
import * as PostgresSink from "./PostgresSink.ts"

const instants: ReadonlyArray<readonly [said: string, stored: string]> = [
  ["2026-11-21T09:00:00.123Z", "2026-11-21 09:00:00.123+00"],
  ["2026-11-21T09:00:00Z", "2026-11-21 09:00:00+00"],
  ["2026-11-21T09:00:00.5Z", "2026-11-21 09:00:00.5+00"],
  ["2026-11-21T09:00:00.123456789Z", "2026-11-21 09:00:00.123456+00"],
  ["2024-02-29T23:59:59.999999Z", "2024-02-29 23:59:59.999999+00"],
  ["1999-12-31T23:59:59.999999Z", "1999-12-31 23:59:59.999999+00"],
  ["1969-12-31T23:59:59.9999Z", "1969-12-31 23:59:59.9999+00"],
  ["0001-01-01T00:00:00.000001Z", "0001-01-01 00:00:00.000001+00"],
  ["0000-02-29T00:00:00.000Z", "0001-02-29 00:00:00+00 BC"],
  ["9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999+00"],
]

layer(SharedPostgres.layer, { excludeTestServices: true })("PostgresSink", (it) => {
  it.effect("puts what a record says into columns, and its bytes beside them", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("columns")
      const sink = yield* sinkAt(url)
      const full = entryOf(0, {
        action: "READ",
        tenant: "north",
        session: "s-1",
        correlation: "c-1",
        severity: "low",
        target: [
          { id: "p/1", type: "Patient" },
          { id: "漢🙂\u0001\t\\", type: "Note" },
        ],
      })
      const other = Buffer.from("no JSON at all")
      yield* sink.deliver(batchFrom(0, [full, entryOf(1, { target: [] }), other]))
      const rows = yield* ask(
        url,
        `select "time"::text, id, type, class, outcome, classification, actor_id, actor_type, tenant,
           targets, action, session, correlation, severity, convert_from(entry, 'UTF8')
         from countersign.audit_record order by sequence`,
      )
      const usual = ["patient.record.read", "standard", "success", "PHI", "u-1", "user"]
      const targets = ["Patient/p/1", "Note/漢🙂\u0001\t\\"]
      const none = [null, null, null, null]
      const time = "2026-11-21 09:00:00+00"
      const rest = [targets, "READ", "s-1", "c-1", "low", full.toString()]
      assert.deepStrictEqual(rows, [
        [time, "record-0", ...usual, "north", ...rest],
        [time, "record-1", ...usual, null, null, ...none, entryOf(1, { target: [] }).toString()],
        ["-infinity", ...none, ...none, ...none, null, other.toString()],
      ])
    }),
  )

  it.effect("keeps instants to the microsecond, in any year that an event may have", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("instants")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(
        batchFrom(
          0,
          instants.map(([time], index) => entryOf(index, { time })),
        ),
      )
      const rows = yield* ask(
        url,
        `select "time"::text from countersign.audit_record order by sequence`,
      )
      assert.deepStrictEqual(
        rows.flat(),
        instants.map(([, stored]) => stored),
      )
    }),
  )

  it.effect("takes texts that no column or no index can hold, and keeps long ones apart", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("texts")
      const sink = yield* sinkAt(url)
      // Too long for an index, however it is compressed.
      const long = randomBytes(12_000).toString("base64")
      const entries = ["a", "b"].map((end, index) =>
        entryOf(index, {
          type: `a.${long}${end}`,
          actor: { id: `${long}${end}`, type: "user" },
          tenant: `\0${long}${end}`,
          target: [{ type: "T", id: `\0${long}${end}` }],
          session: `a\0${long}`,
        }),
      )
      yield* sink.deliver(batchFrom(0, entries))
      const rows = yield* ask(
        url,
        `select type, actor_id, tenant, targets[1]
           from countersign.audit_record order by sequence`,
      )
      assert.strictEqual(new Set(rows.flat()).size, 8)
      const [session] = yield* ask(
        url,
        "select session, entry from countersign.audit_record order by sequence",
      )
      assert.deepStrictEqual(session, [`a\ufffd${long}`, entries[0]])
    }),
  )

  it.effect("rejects a batch for its content alone, stores none of it, and goes on", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("poison")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(batchOf(0, 3))
      yield* refusePoison(url)
      const poison = entryOf(4, { id: "x".repeat(64), session: "poison" })
      const refusal = yield* Effect.flip(sink.deliver(batchFrom(3, [entryOf(3), poison])))
      assert.strictEqual(refusal.reason, "rejected")
      assert.match(refusal.detail, /22021/)
      assert.notInclude(JSON.stringify(refusal), "x".repeat(64))
      assert.strictEqual(yield* sink.position(trail), 3)
      yield* sink.deliver(batchFrom(3, [entryOf(3)]))
      yield* sink.deliver(batchOf(5, 2))
      assert.deepStrictEqual(yield* storedSequences(url), [0, 1, 2, 3, 5, 6])
    }),
  )

  it.effect("takes a refused record later, once, and stays where it is", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("replay")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(batchOf(0, 2))
      yield* sink.deliver(batchOf(3, 2))
      for (const _ of [1, 2]) yield* sink.redeliver?.(batchOf(2, 1)) ?? Effect.die("can't")
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 5))
      assert.strictEqual(yield* sink.position(trail), 5)
    }),
  )

  it.effect("is a service that closes with its scope", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("service")
      const sink = yield* Effect.provide(
        Effect.gen(function* () {
          const service = yield* PostgresSink.PostgresSink
          yield* service.deliver(batchOf(0, 2))
          return service
        }),
        PostgresSink.PostgresSink.layer({ url: Redacted.make(url) }),
      )
      const refusal = yield* Effect.flip(sink.deliver(batchOf(2, 1)))
      assert.match(refusal.detail, /closed/)
      assert.deepStrictEqual(yield* storedSequences(url), [0, 1])
    }),
  )

  it.effect("delivers a trail once, however many deliver it at the same time", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("rivals")
      const rivals = yield* Effect.forEach([1, 2, 3], () => sinkAt(url))
      yield* Effect.forEach(
        rivals,
        (sink, index) =>
          Effect.forEach(range(0, 20), (step) => sink.deliver(batchOf(step * 10, 10 + index)), {
            discard: true,
          }),
        { concurrency: "unbounded", discard: true },
      )
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 202))
    }),
  )

  it.effect("fills up what is missing behind a cursor that was set back", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("set_back")
      const first = yield* sinkAt(url)
      yield* first.deliver(batchOf(0, 10))
      yield* first.close
      yield* ask(url, "delete from countersign.audit_record where sequence in (4, 7)")
      yield* ask(url, "update countersign.sink_cursor set next = 3")
      const second = yield* sinkAt(url)
      assert.strictEqual(yield* second.position(trail), 3)
      yield* second.deliver(batchOf(3, 9))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 12))
    }),
  )

  it.effect("does not take another record of the same sequence for its own", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("forked")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(batchOf(0, 4))
      yield* ask(url, "update countersign.sink_cursor set next = 2")
      const fresh = yield* sinkAt(url)
      const other = entryOf(3, { outcome: "denied" })
      const refusal = yield* Effect.flip(fresh.deliver(batchFrom(2, [entryOf(2), other])))
      assert.strictEqual(refusal.reason, "unavailable")
      assert.match(refusal.detail, /holds another record 3 .*reconcile/)
      const cursor = yield* ask(url, "select next::int from countersign.sink_cursor")
      assert.deepStrictEqual(cursor, [[2]])
    }),
  )

  it.effect("notices a database that was restored from an older copy, and fills it up", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("restored")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(batchOf(0, 6))
      yield* ask(url, "delete from countersign.audit_record where sequence >= 2")
      yield* ask(url, "update countersign.sink_cursor set next = 2")
      const refusal = yield* Effect.flip(sink.deliver(batchOf(6, 2)))
      assert.match(refusal.detail, /wants record 2 .*wanted 6 before.*older copy/)
      assert.strictEqual(yield* sink.position(trail), 2)
      yield* sink.deliver(batchOf(2, 6))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 8))
    }),
  )

  it.effect("makes its tables again where they are gone, and begins anew", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("emptied")
      const sink = yield* sinkAt(url, { monthsBack: 1_200 })
      yield* sink.deliver(batchOf(0, 6))
      yield* ask(url, "drop schema countersign cascade")
      const refusal = yield* Effect.flip(sink.deliver(batchOf(6, 2)))
      assert.match(refusal.detail, /42P01/)
      assert.strictEqual(yield* sink.position(trail), 0)
      yield* sink.deliver(batchOf(0, 8))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 8))
      assert.deepStrictEqual(yield* ask(url, "select 1 from countersign.audit_record_default"), [])
    }),
  )

  it.effect("says what is missing where it may not make its tables", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("unmade")
      const sink = yield* sinkAt(url, { migrate: false })
      const refusal = yield* Effect.flip(sink.deliver(batchOf(0, 1)))
      assert.strictEqual(refusal.reason, "unavailable")
      assert.match(refusal.detail, /3F000.*docs\/postgresql\.md/)
    }),
  )

  it.effect("waits for a database that can hold every character", () =>
    Effect.gen(function* () {
      const server = yield* SharedPostgres
      yield* ask(
        server.url,
        "create database latin encoding 'LATIN1' locale 'C' template template0",
      )
      const sink = yield* sinkAt(server.url.replace(/\/postgres$/, "/latin"))
      const refusal = yield* Effect.flip(sink.deliver(batchOf(0, 1)))
      assert.strictEqual(refusal.reason, "unavailable")
      assert.match(refusal.detail, /LATIN1.*UTF8/)
    }),
  )

  it.effect("needs no right but those in the documentation, to bring what is missing either", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("least")
      const owner = yield* sinkAt(url)
      yield* owner.deliver(batchOf(0, 1))
      yield* ask(url, "create role deliverer login password 'only for tests'")
      yield* ask(url, "revoke create on schema public from public")
      yield* ask(url, "revoke temporary on database least from public")
      for (const right of [
        "usage on schema countersign",
        "select on countersign.migration",
        "select, insert on countersign.trail, countersign.audit_record",
        "select, insert, update on countersign.sink_cursor",
        "execute on function countersign.make_partitions(integer, integer)",
      ]) {
        yield* ask(url, `grant ${right} to deliverer`)
      }
      const sink = yield* sinkAt(url.replace("postgres:countersign@", "deliverer:only for tests@"))
      yield* sink.deliver(batchFrom(1, [entryOf(1, { time: "2026-01-01T00:00:00.000Z" })]))
      // The careful way needs no more.
      yield* sink.redeliver?.(batchOf(0, 1)) ?? Effect.die("can't")
      yield* ask(url, "update countersign.sink_cursor set next = 0")
      const after = yield* sinkAt(url.replace("postgres:countersign@", "deliverer:only for tests@"))
      yield* after.deliver(batchFrom(0, [entryOf(0)]))
      assert.deepStrictEqual(yield* storedSequences(url), [0, 1])
      const made = yield* ask(url, "select to_regclass('countersign.audit_record_2026_01')::text")
      assert.deepStrictEqual(made, [["countersign.audit_record_2026_01"]])
    }),
  )
})

describe("the options of PostgresSink", () => {
  it.effect("are refused by name, and never shown", () =>
    Effect.gen(function* () {
      const secret = "hunter2"
      for (const [option, given] of [
        ["url", { url: Redacted.make(`mysql://me:${secret}@host/db`) }],
        ["url", { url: Redacted.make(secret) }],
        ["monthsAhead", { monthsAhead: 121 }],
        ["lockMillisMax", { lockMillisMax: Number.NaN }],
      ] as const) {
        const url = Redacted.make(`postgres://me:${secret}@host/db`)
        const refusal = yield* Effect.flip(PostgresSink.make({ url, ...given }))
        assert.strictEqual(refusal.option, option)
        assert.notInclude(`${refusal.message}${JSON.stringify(refusal)}`, secret)
      }
    }),
  )
})

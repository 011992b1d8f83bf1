import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import type { Verdict } from "@countersign/core/engine/Door"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, layer as suite } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Client } from "pg"
import { freePort } from "../testing/FreePort.ts"
import {
  outboxDatabase,
  pgClient,
  recordedIds,
  until,
  untilDrained,
} from "../testing/OutboxFixture.ts"
import { type PostgresServer, postgresServer } from "../testing/PostgresServer.ts"
import { recordWithClient } from "./Outbox.ts"
import { type DrainerOptions, type DrainerStatus, OutboxDrainer } from "./OutboxDrainer.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/Server") {}

const server = Layer.effect(Server, postgresServer())

const event = (id: string, more: Partial<AuditEventInput> = {}): AuditEventInput => ({
  id,
  type: "patient.record.changed",
  actor: { id: "u-1" },
  outcome: "success",
  ...more,
})

/** An engine over a trail with a drainer, as long as `use` runs; the trail is published after it. */
const draining = <A, E>(
  url: string,
  directory: string,
  use: Effect.Effect<A, E, OutboxDrainer | Audit>,
) =>
  use.pipe(
    Effect.provide(
      OutboxDrainer.layer({ url: Redacted.make(url), directory, pollMillisMax: 20 }).pipe(
        // A batch that holds less than waits is shared among the classes, whatever came first.
        Layer.provideMerge(Audit.layer({ directory, batch: { countMax: 16 } }, { env: {} })),
      ),
    ),
  )

const prepared = Effect.fnUntraced(function* (name: string) {
  const url = yield* outboxDatabase(yield* Server, name)
  const directory = path.join(yield* temporaryDirectory, "trail")
  return { url, directory, client: yield* pgClient(url) }
})

const waiting = (client: Client) =>
  Effect.promise(async () => {
    const { rows } = await client.query<{ readonly id: string }>(
      "select id from countersign.outbox order by number",
    )
    return rows.map(({ id }) => id)
  })

/** Within the client's transaction, or in one of its own. */
const insert = (client: Client, ...events: ReadonlyArray<AuditEventInput>) =>
  Effect.promise(async () => {
    const isWithin = client.getTransactionStatus() === "T"
    if (!isWithin) await client.query("begin")
    for (const one of events) await recordWithClient(client, one)
    if (!isWithin) await client.query("commit")
  })

suite(server, { excludeTestServices: true, timeout: 30_000 })("OutboxDrainer", (it) => {
  it.effect("records what was committed, in order whatever the class, and then deletes it", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("ordered")
      const ids = Array.from({ length: 700 }, (_, index) => `e-${index}`)
      const classes = ["critical", "standard", "compliance"] as const
      yield* Effect.promise(() => client.query("begin"))
      yield* insert(
        client,
        ...ids.map((id, index) => {
          const name = classes[(index < 40 ? index : Math.floor(index / 50)) % 3]
          return event(id, name === undefined ? {} : { class: name })
        }),
      )
      const status = yield* draining(
        url,
        directory,
        Effect.gen(function* () {
          const drainer = yield* OutboxDrainer
          yield* until("an idle drainer", () => drainer.status().state === "idle")
          yield* Effect.promise(() => client.query("commit"))
          yield* untilDrained(client)
          return drainer.status()
        }),
      )
      assert.deepStrictEqual(yield* recordedIds(directory), ids)
      assert.strictEqual(status.recorded, ids.length)
      assert.isUndefined(status.lastProblem)
    }),
  )

  it.effect("passes over no transaction that commits late with low numbers", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("late")
      const slow = yield* pgClient(url)
      yield* Effect.promise(() => slow.query("begin"))
      yield* insert(slow, event("slow-1"))
      yield* insert(client, event("fast-1"), event("fast-2"))
      yield* draining(
        url,
        directory,
        Effect.gen(function* () {
          const drainer = yield* OutboxDrainer
          yield* until("an idle drainer", () => drainer.status().state === "idle")
          // What committed meanwhile waits for the one that began before it.
          assert.deepStrictEqual(yield* waiting(client), ["fast-1", "fast-2"])
          yield* insert(slow, event("slow-2"))
          yield* Effect.promise(() => slow.query("commit"))
          yield* untilDrained(client)
        }),
      )
      assert.deepStrictEqual(yield* recordedIds(directory), [
        "slow-1",
        "slow-2",
        "fast-1",
        "fast-2",
      ])
    }),
  )

  it.effect("leaves one drainer at work, and the next takes over when it ends", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("two")
      const other = `${directory}-2`
      yield* draining(
        url,
        other,
        Effect.gen(function* () {
          const second = yield* OutboxDrainer
          yield* until("an idle drainer", () => second.status().state === "idle")
          yield* draining(
            url,
            directory,
            Effect.gen(function* () {
              const first = yield* OutboxDrainer
              yield* until("a standby", () => first.status().state === "standby")
              yield* insert(client, event("a"), event("b"))
              yield* untilDrained(client)
              assert.strictEqual(first.status().recorded, 0)
              // Its session ends, as if its machine had gone.
              yield* Effect.promise(() =>
                client.query(`select pg_terminate_backend(l.pid) from pg_locks l
                  join pg_database d on d.oid = l.database
                  where l.locktype = 'advisory' and l.granted and d.datname = current_database()`),
              )
              yield* until("a takeover", () => first.status().state === "idle")
              yield* insert(client, event("c"))
              yield* untilDrained(client)
            }),
          )
        }),
      )
      assert.deepStrictEqual(yield* recordedIds(other), ["a", "b"])
      assert.deepStrictEqual(yield* recordedIds(directory), ["c"])
    }),
  )

  it.effect("leaves rows alone that another trail may hold, and goes on with the others", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("claimed")
      yield* insert(client, event("theirs"))
      yield* Effect.promise(() =>
        client.query(`insert into countersign.outbox_claim (trail, sequence, numbers)
          select 'clinic.example/south', 7, array_agg(number) from countersign.outbox`),
      )
      yield* insert(client, event("ours"))
      yield* draining(
        url,
        directory,
        Effect.gen(function* () {
          const drainer = yield* OutboxDrainer
          yield* until("the other row", () => drainer.status().recorded === 1)
          yield* until("the count", () => drainer.status().claimedElsewhere === 1)
        }),
      )
      assert.deepStrictEqual(yield* waiting(client), ["theirs"])
      assert.deepStrictEqual(yield* recordedIds(directory), ["ours"])
    }),
  )

  it.effect("refuses a row whose event has no id or another, however often the session ends", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("strange")
      const { id: _, ...anonymous } = event("")
      // What an application's role may insert without the library.
      for (const [id, one] of [
        ["no-id", anonymous],
        ["other-id", event("another")],
      ] as const) {
        yield* Effect.promise(() =>
          client.query("insert into countersign.outbox (id, event) values ($1, $2)", [
            id,
            Buffer.from(JSON.stringify(one)),
          ]),
        )
      }
      yield* insert(client, event("good"))
      // Each time what was recorded can't be deleted.
      yield* Effect.promise(() =>
        client.query(`create function refuse() returns trigger language plpgsql as
          $$ begin raise exception 'no'; end $$;
          create trigger refuse before delete or update on countersign.outbox
          for each row execute function refuse()`),
      )
      yield* draining(
        url,
        directory,
        Effect.gen(function* () {
          const drainer = yield* OutboxDrainer
          yield* until("some ends", () => drainer.status().foundRecorded >= 3)
          yield* Effect.promise(() => client.query("drop trigger refuse on countersign.outbox"))
          yield* untilDrained(client)
        }),
      )
      assert.deepStrictEqual(yield* waiting(client), ["no-id", "other-id"])
      assert.deepStrictEqual(yield* recordedIds(directory), ["good"])
    }),
  )

  it.effect("stands by without a session where auditing is off, and says so", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("off")
      yield* insert(client, event("kept"))
      yield* Effect.gen(function* () {
        const off = yield* OutboxDrainer
        yield* until("its state", () => off.status().state === "off")
        assert.include(off.status().lastProblem, "auditing is switched off")
        // It is in nobody's way.
        yield* draining(url, directory, untilDrained(client))
        assert.strictEqual(off.status().state, "off")
        assert.strictEqual(off.status().recorded, 0)
      }).pipe(
        Effect.provide(
          OutboxDrainer.layer({ url: Redacted.make(url), directory: `${directory}-2` }).pipe(
            Layer.provide(Audit.layerOff),
          ),
        ),
      )
      assert.deepStrictEqual(yield* recordedIds(directory), ["kept"])
    }),
  )

  it.effect("never waits for room that a drop would not give", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("dropped")
      yield* insert(client, event("kept"))
      let calls = 0
      const dropping = Layer.effect(
        Audit,
        Effect.map(Audit, (audit) => {
          const recordUnsafe = (): Verdict => {
            calls += 1
            // Who tries again and again within one life would try for ever.
            return calls > 100 ? { _tag: "Accepted" } : { _tag: "Dropped" }
          }
          return { ...audit, room: () => Effect.void, recordUnsafe }
        }),
      ).pipe(Layer.provide(Audit.layer({ directory }, { env: {} })))
      yield* Effect.gen(function* () {
        const drainer = yield* OutboxDrainer
        yield* until("an end", () => drainer.status().lastProblem !== undefined)
        assert.include(drainer.status().lastProblem, "AUD-4802")
        assert.isBelow(calls, 100)
      }).pipe(
        Effect.provide(
          OutboxDrainer.layer({ url: Redacted.make(url), directory }).pipe(Layer.provide(dropping)),
        ),
      )
      assert.deepStrictEqual(yield* waiting(client), ["kept"])
    }),
  )

  it.effect(
    "asks for its password, connects by TLS alone with an authority, names no address",
    () =>
      Effect.gen(function* () {
        const { client, directory, url } = yield* prepared("reached")
        yield* insert(client, event("kept"))
        const { password } = new URL(url)
        const drainer = (options: Omit<DrainerOptions, "directory">) =>
          Effect.map(
            Layer.build(OutboxDrainer.layer({ ...options, directory })),
            (context) => Context.get(context, OutboxDrainer).status,
          )
        const problemOf = Effect.fnUntraced(function* (status: () => DrainerStatus) {
          yield* until("a problem", () => status().lastProblem !== undefined)
          return status().lastProblem
        })
        yield* Effect.gen(function* () {
          const encrypted = yield* drainer({ url: Redacted.make(url), ca: "" })
          assert.include(yield* problemOf(encrypted), "does not support SSL")
          const nobody = `127.0.0.1:${yield* Effect.promise(freePort)}`
          const lost = yield* drainer({ url: Redacted.make(`postgres://u:p@${nobody}/d`) })
          const problem = yield* problemOf(lost)
          assert.include(problem, "ECONNREFUSED")
          assert.notInclude(problem, "127.0.0.1")
          const none = yield* Effect.flip(drainer({ url: Redacted.make("clinic") }))
          assert.strictEqual(none.option, "url")
          yield* drainer({
            url: Redacted.make(url.replace(`:${password}@`, ":yesterday@")),
            password: Effect.succeed(Redacted.make(password)),
          })
          yield* untilDrained(client)
        }).pipe(Effect.scoped, Effect.provide(Audit.layer({ directory }, { env: {} })))
        assert.deepStrictEqual(yield* recordedIds(directory), ["kept"])
      }),
  )

  it.effect("drains nothing where its directory is not the engine's", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("mistyped")
      // As a drainer leaves it that dies between recording and deleting.
      yield* insert(client, event("once"))
      yield* Effect.promise(() =>
        client.query(`insert into countersign.outbox_claim (trail, sequence, numbers)
          select 'clinic.example/north', 0, array_agg(number) from countersign.outbox`),
      )
      const wrong = `${directory}-2`
      yield* Effect.gen(function* () {
        const drainer = yield* OutboxDrainer
        const audit = yield* Audit
        yield* audit.record(event("once"))
        yield* until("a refusal", () => drainer.status().lastProblem !== undefined)
        const { lastProblem, recorded } = drainer.status()
        assert.include(lastProblem, `AUD-4803: ${wrong} holds no checkpoint`)
        assert.strictEqual(recorded, 0)
      }).pipe(
        Effect.provide(
          OutboxDrainer.layer({ url: Redacted.make(url), directory: wrong }).pipe(
            Layer.provideMerge(
              Audit.layer({ directory, origin: "clinic.example/north" }, { env: {} }),
            ),
          ),
        ),
      )
      assert.deepStrictEqual(yield* waiting(client), ["once"])
      assert.deepStrictEqual(yield* recordedIds(directory), ["once"])
    }),
  )

  it.effect("marks a row that no engine takes, and goes on behind it", () =>
    Effect.gen(function* () {
      const { client, directory, url } = yield* prepared("poison")
      yield* insert(client, event("before"))
      yield* Effect.promise(() =>
        client.query(`insert into countersign.outbox (id, event)
          values ('by-hand', '{"id":"by-hand","type":"Nonsense"}'), ('no-json', '\\x00')`),
      )
      yield* insert(client, event("after"))
      yield* draining(url, directory, untilDrained(client))
      const { rows } = yield* Effect.promise(() =>
        client.query<{ readonly id: string; readonly refused: string }>(
          "select id, refused from countersign.outbox order by number",
        ),
      )
      assert.deepStrictEqual(
        rows.map(({ id, refused }) => [id, refused.slice(0, 14)]),
        [
          ["by-hand", "AUD-1001: type"],
          ["no-json", "AUD-1001: the "],
        ],
      )
      assert.deepStrictEqual(yield* recordedIds(directory), ["before", "after"])
    }),
  )
})

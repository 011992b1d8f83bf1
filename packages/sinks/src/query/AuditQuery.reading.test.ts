import { assert, layer } from "@effect/vitest"
import { Audit } from "@countersign/core/Audit"
import { CurrentActor } from "@countersign/core/CurrentActor"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import {
  ask,
  database,
  events,
  numbersOf,
  recording,
  TestServer,
  trail,
} from "../testing/AuditQueryFixture.ts"
import { faultyProxy } from "../testing/FaultyProxy.ts"
import { postgresServer } from "../testing/PostgresServer.ts"
import {
  insertEntries,
  insertEvents,
  migratedDatabase,
  withClient,
} from "../testing/QueryFixture.ts"
import { rolesSql } from "../reconcile/DatabaseRoles.ts"
import { accessType } from "./AccessRecord.ts"

const asker = { id: "auditor-1", type: "user" } as const
const fifty = database((client) => insertEvents(client, trail, events(50)))

layer(TestServer.layer, { excludeTestServices: true })("reading", (it) => {
  it.effect("is an event in the trail, with who asked, for what, and how much was found", () =>
    Effect.gen(function* () {
      const url = yield* fifty
      const fixture = AuditFixture.make(`${yield* temporaryDirectory}/trail`)
      yield* fixture.withAudit(
        Audit.use((audit) =>
          ask(
            url,
            (query) =>
              Effect.gen(function* () {
                yield* query.page({ filter: "actor.id=u-1", limit: 5, purpose: "complaint 12" })
                yield* query.within("north").statistics({ actor: { id: "dpo", type: "user" } })
                yield* Stream.runDrain(query.export({ filter: "outcome=denied" }))
                yield* audit.publish
              }),
            { audit: Layer.succeed(Audit, audit) },
          ).pipe(Effect.provideService(CurrentActor, asker)),
        ),
      )
      const readings = (yield* fixture.trail).filter(({ type }) => type === accessType)
      const shown = readings.map(
        ({ action, actor, correlation, data, outcome, purpose, tenant }) => ({
          action,
          actor: actor.id,
          outcome,
          purpose,
          tenant,
          data,
          isCorrelated: correlation !== undefined,
        }),
      )
      const [, , begin, end] = readings
      assert.strictEqual(begin?.correlation, end?.correlation)
      const none = { purpose: undefined, tenant: undefined, isCorrelated: false }
      const asOf = { [trail]: 50 }
      const at = (sequence: number) => ({ trail, sequence })
      const denied = { filter: "outcome=denied" }
      assert.deepStrictEqual(shown, [
        {
          action: "QUERY",
          actor: "auditor-1",
          outcome: "success",
          ...none,
          purpose: "complaint 12",
          data: {
            filter: "actor.id=u-1",
            limit: 5,
            from: "none",
            isFollowing: false,
            rows: 5,
            trails: 1,
            asOf,
            first: at(49),
            last: at(37),
          },
        },
        {
          action: "STATISTICS",
          actor: "dpo",
          outcome: "success",
          ...none,
          tenant: "north",
          data: { filter: "", from: "none", total: 25, trails: 1, asOf },
        },
        {
          action: "EXPORT",
          actor: "auditor-1",
          outcome: "attempt",
          ...none,
          isCorrelated: true,
          data: denied,
        },
        {
          action: "EXPORT",
          actor: "auditor-1",
          outcome: "success",
          ...none,
          isCorrelated: true,
          data: { ...denied, rows: 10, trails: 1, asOf, first: at(0), last: at(45) },
        },
      ])
      assert.isTrue(readings.every(({ classification }) => classification === "CONFIDENTIAL"))
      assert.strictEqual(yield* fixture.verdict, "verified")
    }),
  )

  it.effect("that can't be recorded is not answered", () =>
    Effect.gen(function* () {
      const url = yield* fifty
      const { layer: audit } = recording("success")
      const page = yield* Effect.exit(ask(url, ({ page }) => page({}), { audit }))
      assert.isTrue(Exit.isFailure(page))
      const { layer: silent } = recording("attempt")
      const taken: Array<string> = []
      const exported = yield* Effect.exit(
        ask(
          url,
          (query) =>
            Stream.runForEach(query.export({}), (lines) => Effect.sync(() => taken.push(lines))),
          { audit: silent },
        ),
      )
      assert.isTrue(Exit.isFailure(exported))
      assert.deepStrictEqual(taken, [])
    }),
  )

  it.effect("that got no answer is recorded too, with the reason", () =>
    Effect.gen(function* () {
      const url = yield* fifty
      yield* Effect.promise(() =>
        withClient(url, (client) => client.query("drop table countersign.audit_record")),
      )
      const { layer: audit, recorded } = recording()
      const error = yield* Effect.flip(ask(url, ({ page }) => page({}), { audit }))
      assert.strictEqual(error._tag, "QueryFailed")
      assert.match(error.message, /^AUD-4701: .*\(refused\).*\(42P01\)/)
      assert.notInclude(error.message, "audit_record")
      assert.deepStrictEqual(
        recorded.map(({ outcome, reason }) => ({ outcome, reason })),
        [{ outcome: "failure", reason: error.message }],
      )
    }),
  )

  it.effect("that takes too long is stopped, told so, warned about and counted", () =>
    Effect.gen(function* () {
      const url = yield* database((client) => insertEvents(client, trail, events(3000)))
      const said: Array<string> = []
      const logger = Logger.make(({ message }) => void said.push(String(message)))
      const slow = "data.a~'*x*y*' or data.b~'*x*y*' or data.c~'*x*y*' or data.d~'*x*'"
      const error = yield* Effect.flip(
        ask(url, ({ page }) => page({ filter: slow }), {
          statementTimeout: "1 millis",
          slowQuery: "0 millis",
        }).pipe(Effect.provide(Logger.layer([logger]))),
      )
      assert.strictEqual(error._tag, "QueryFailed")
      assert.match(error.message, /\(timeout\).*\(57014\).*Narrow the question/)
      assert.isDefined(said.find((each) => /limit 0, timeout\): select/.test(each)))
      const metrics = yield* Metric.snapshot
      for (const name of ["countersign_query_slow_total", "countersign_query_duration_ms"]) {
        const counted = metrics.find(
          ({ attributes, id }) => id === name && attributes?.["outcome"] === "timeout",
        )
        assert.isDefined(counted, name)
      }
    }),
  )

  it.effect(
    "fails while the server is away, and goes on when it is back",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const { port, proxy } = yield* faultyProxy(server.port)
        const url = yield* migratedDatabase(server, "away")
        yield* Effect.promise(() =>
          withClient(url, (client) => insertEvents(client, trail, events(5))),
        )
        const through = url.replace(`:${server.port}/`, `:${port}/`)
        yield* ask(
          through,
          ({ page }) =>
            Effect.gen(function* () {
              assert.lengthOf((yield* page({})).rows, 5)
              // Silence is noticed by the service's own clock.
              proxy.become("blackhole")
              const silent = yield* Effect.flip(page({}))
              assert.match(silent.message, /AUD-4701.*\(unavailable\): no word in 6100 ms/)
              proxy.become("pass")
              yield* Effect.promise(() => server.process.kill())
              const dead = yield* Effect.flip(page({}))
              assert.match(dead.message, /AUD-4701.*\(unavailable\)/)
              assert.notMatch(dead.message, /127\.0\.0\.1|localhost|countersign@|:\d{4,}/)
              yield* Effect.promise(() => server.process.start())
              const again = yield* Effect.retry(page({}), {
                times: 100,
                schedule: Schedule.spaced("50 millis"),
              })
              assert.lengthOf(again.rows, 5)
            }),
          { statementTimeout: "100 millis" },
        )
      }),
    60_000,
  )

  it.effect("that was slow is warned about, without whom it looked for", () =>
    Effect.gen(function* () {
      const url = yield* fifty
      const said: Array<string> = []
      const logger = Logger.make(({ message }) => void said.push(String(message)))
      yield* ask(url, ({ page }) => page({ filter: "actor.id=secret-person" }), {
        slowQuery: "0 millis",
      }).pipe(Effect.provide(Logger.layer([logger])))
      const warning = said.find((each) => each.includes("audit_record"))
      assert.match(warning ?? "", /a query took [\d.]+ ms \(limit 0, success\): select/)
      assert.notInclude(said.join("\n"), "secret-person")
      const metrics = yield* Metric.snapshot
      for (const name of ["countersign_query_slow_total", "countersign_query_duration_ms"]) {
        assert.isDefined(metrics.find(({ id }) => id === name))
      }
    }),
  )

  it.effect(
    "within a tenant shows its records alone, and sets what row-level security goes by",
    () =>
      Effect.gen(function* () {
        const url = yield* fifty
        yield* Effect.promise(() =>
          withClient(url, async (client) => {
            await client.query(rolesSql({ reader: "one_tenant" }))
            await client.query("alter role one_tenant password 'reader'")
          }),
        )
        const asReader = url.replace(/\/\/[^@]*@/, "//one_tenant:reader@")
        yield* ask(asReader, (query) =>
          Effect.gen(function* () {
            assert.deepStrictEqual((yield* query.page({})).rows, [])
            const north = yield* query.within("north").page({ order: "oldest", limit: 3 })
            assert.deepStrictEqual(numbersOf(north), [0, 2, 4])
            const next = yield* query
              .within("north")
              .page({ order: "oldest", limit: 3, after: north.next })
            assert.deepStrictEqual(numbersOf(next), [6, 8, 10])
            const south = yield* query.within("south").page({ filter: "tenant=north" })
            assert.deepStrictEqual(south.rows, [])
            // The connection that served a tenant goes back without it.
            assert.deepStrictEqual((yield* query.page({})).rows, [])
          }),
        )
        // Also without such a policy.
        const filtered = yield* ask(url, (query) => query.within("south").statistics({}))
        assert.strictEqual(filtered.total, 25)
      }),
  )
})

layer(TestServer.layer, { excludeTestServices: true })("exports", (it) => {
  const many = database((client) => insertEvents(client, trail, events(2500)))

  it.effect("are lines with the events' own bytes, in order, to the last", () =>
    Effect.gen(function* () {
      const url = yield* many
      const text = yield* ask(url, (query) => Stream.mkString(query.export({})))
      const lines = text.trimEnd().split("\n")
      assert.lengthOf(lines, 2500)
      assert.strictEqual(
        lines[1234],
        `{"trail":"${trail}","sequence":1234,"event":${JSON.stringify(events(2500)[1234])}}`,
      )
    }),
  )

  it.effect("read no further than is taken, and say when their reader leaves", () =>
    Effect.gen(function* () {
      const url = yield* many
      const { layer: audit, recorded } = recording()
      const first = yield* ask(
        url,
        (query) => query.export({}).pipe(Stream.take(1), Stream.runCollect),
        { audit },
      )
      assert.lengthOf((first[0] ?? "").trimEnd().split("\n"), 500)
      assert.deepStrictEqual(
        recorded.map(({ data, outcome }) => [outcome, data]),
        [
          ["attempt", { filter: "" }],
          [
            "partial",
            {
              filter: "",
              rows: 500,
              trails: 1,
              asOf: { [trail]: 2500 },
              first: { trail, sequence: 0 },
              last: { trail, sequence: 499 },
            },
          ],
        ],
      )
    }),
  )

  it.effect("keep to one line an event, whatever was written into the table", () =>
    Effect.gen(function* () {
      const url = yield* database(async (client) => {
        await insertEntries(
          client,
          trail,
          events(3).map((each) => JSON.stringify(each)),
        )
        const edited = Buffer.from('{"a":\n1}')
        await client.query("update countersign.audit_record set entry = $1 where sequence = 0", [
          edited,
        ])
        await client.query("update countersign.audit_record set entry = $1 where sequence = 1", [
          Buffer.from("{"),
        ])
      })
      const text = yield* ask(url, (query) => Stream.mkString(query.export({})))
      const parsed = text
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line))
      assert.deepStrictEqual(parsed, [
        { trail, sequence: 0, event: '{"a":\n1}' },
        { trail, sequence: 1, event: "{" },
        { trail, sequence: 2, event: events(3)[2] },
      ])
    }),
  )
})

layer(TestServer.layer, { excludeTestServices: true })("statistics", (it) => {
  it.effect("count by type, class, outcome and actor", () =>
    Effect.gen(function* () {
      const url = yield* fifty
      const found = yield* ask(url, ({ statistics }) =>
        statistics({ filter: "time>=2026-11-20 and data.number<30" }),
      )
      assert.deepStrictEqual(found, {
        total: 30,
        isEstimate: false,
        sampled: 1,
        by: {
          type: [{ value: "patient.record.read", count: 30 }],
          class: [{ value: "standard", count: 30 }],
          outcome: [
            { value: "success", count: 24 },
            { value: "denied", count: 6 },
          ],
          actor: ["u-0", "u-1", "u-2"].map((value) => ({ value, count: 10 })),
        },
        asOf: { [trail]: 50 },
        from: "none",
      })
    }),
  )

  it.effect("of more than they may count are taken of a part, and say so", () =>
    Effect.gen(function* () {
      const url = yield* database(async (client) => {
        await insertEvents(client, trail, events(6_000))
        await client.query("analyze countersign.audit_record")
      })
      const found = yield* ask(url, ({ statistics }) => statistics({}), {
        statisticsRowsMax: 1_000,
      })
      assert.isTrue(found.isEstimate)
      assert.isBelow(found.sampled, 0.6)
      // A page of the table holds some twenty rows, so that a part tells of the whole.
      assert.isAbove(found.total, 3_000)
      assert.isBelow(found.total, 12_000)
      const exact = yield* ask(url, ({ statistics }) => statistics({}))
      assert.deepStrictEqual([exact.isEstimate, exact.total], [false, 6_000])
    }),
  )
})

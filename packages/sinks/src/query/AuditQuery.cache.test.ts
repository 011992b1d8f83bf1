import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import {
  ask,
  database,
  events,
  numbersOf,
  recording,
  TestServer,
  trail,
} from "../testing/AuditQueryFixture.ts"
import { insertEvents, withClient } from "../testing/QueryFixture.ts"
import * as PostgresSink from "../postgres/PostgresSink.ts"
import { rolesSql } from "../reconcile/DatabaseRoles.ts"
import { AuditQuery } from "./AuditQuery.ts"
import * as PostgresTier from "./PostgresTier.ts"
import { QueryCache } from "./QueryCache.ts"
import * as QueryWarming from "./QueryWarming.ts"

const cache = QueryCache.layer()
const ten = database((client) => insertEvents(client, trail, events(10)))
const deliver = (url: string, from: number) =>
  Effect.promise(() => withClient(url, (client) => insertEvents(client, trail, events(1, from))))
const changeRows = (url: string, change: string) =>
  Effect.promise(() => withClient(url, (client) => client.query(change)))

layer(TestServer.layer, { excludeTestServices: true })("a cached answer", (it) => {
  it.effect("is the answer until a record is delivered, and never after", () =>
    Effect.gen(function* () {
      const url = yield* ten
      yield* ask(
        url,
        ({ page }) =>
          Effect.gen(function* () {
            const query = { filter: "actor.id=u-0" }
            assert.strictEqual((yield* page(query)).from, "none")
            const cached = yield* page({ filter: "actor.id = u-0" })
            assert.strictEqual(cached.from, "memory")
            assert.deepStrictEqual(numbersOf(cached), [9, 6, 3, 0])
            yield* deliver(url, 12)
            const fresh = yield* page(query)
            assert.strictEqual(fresh.from, "none")
            assert.deepStrictEqual(numbersOf(fresh), [12, 9, 6, 3, 0])
            // As of the checkpoint before it is still as it was.
            const before = yield* page({ ...query, asOf: { [trail]: 10 } })
            assert.deepStrictEqual(numbersOf(before), [9, 6, 3, 0])
          }),
        { cache },
      )
    }),
  )

  it.effect("is one of the same tenant, target, order, size and place alone", () =>
    Effect.gen(function* () {
      const url = yield* ten
      yield* ask(
        url,
        (query) =>
          Effect.gen(function* () {
            const { next } = yield* query.page({ limit: 2 })
            const others = [
              query.page({}),
              query.page({ limit: 3 }),
              query.page({ limit: 2, order: "oldest" }),
              query.page({ limit: 2, after: next }),
              query.page({ limit: 2, target: { type: "Patient", id: "p-1" } }),
              query.page({ limit: 2, asOf: { [trail]: 9 } }),
              query.within("north").page({ limit: 2 }),
              query.within("south").page({ limit: 2 }),
              query.statistics({}),
              query.within("north").statistics({}),
            ] as const
            const ask = Effect.forEach(others, (other) =>
              Effect.map(
                other as Effect.Effect<{ readonly from: string }, unknown>,
                ({ from }) => from,
              ),
            )
            assert.deepStrictEqual(
              yield* ask,
              others.map(() => "none"),
            )
            assert.deepStrictEqual(
              yield* ask,
              others.map(() => "memory"),
            )
          }),
        { cache },
      )
    }),
  )

  it.effect("is never another database's, nor one of a role that may see more", () =>
    Effect.gen(function* () {
      const url = yield* ten
      const copy = yield* database((client) =>
        insertEvents(
          client,
          trail,
          events(10).map((event) => ({ ...event, data: { number: 100 } })),
        ),
      )
      yield* changeRows(url, rolesSql({ reader: "north_only" }))
      yield* changeRows(url, "alter role north_only password 'reader'")
      const shared = Layer.succeed(QueryCache, yield* QueryCache)
      const page = (at: string, tenant?: string) =>
        ask(at, (query) => (tenant === undefined ? query : query.within(tenant)).page({}), {
          cache: shared,
        })
      assert.lengthOf((yield* page(url)).rows, 10)
      const ofCopy = yield* page(copy)
      assert.deepStrictEqual([ofCopy.from, new Set(numbersOf(ofCopy))], ["none", new Set([100])])
      const asReader = url.replace(/\/\/[^@]*@/, "//north_only:reader@")
      assert.deepStrictEqual((yield* page(asReader)).rows, [])
      assert.strictEqual((yield* page(asReader, "north")).from, "none")
      // A service of its own for the same database and role finds what the first one left.
      assert.strictEqual((yield* page(url)).from, "memory")
    }).pipe(Effect.provide(cache)),
  )

  it.effect("leads on to the next page whoever asked first, in whatever words", () =>
    Effect.gen(function* () {
      const url = yield* ten
      yield* ask(
        url,
        ({ page }) =>
          Effect.gen(function* () {
            const first = { filter: "actor.id=u-0", limit: 2 }
            const respelled = { filter: "actor.id = 'u-0'", limit: 2, asOf: { [trail]: 10 } }
            const { next } = yield* page(first)
            const cached = yield* page(respelled)
            assert.deepStrictEqual([cached.from, cached.next], ["memory", next])
            for (const query of [first, respelled]) {
              assert.deepStrictEqual(numbersOf(yield* page({ ...query, after: next })), [3, 0])
            }
            const other = { ...respelled, asOf: { [trail]: 9 }, after: next }
            assert.strictEqual((yield* Effect.flip(page(other)))._tag, "QueryInvalid")
          }),
        { cache },
      )
    }),
  )

  it.effect("can't be changed by who gets it", () =>
    Effect.gen(function* () {
      const url = yield* ten
      const answers = yield* ask(url, ({ page }) => Effect.all([page({}), page({})]), { cache })
      for (const { asOf, rows } of answers) {
        for (const shared of [asOf, rows, rows[0]]) assert.isFrozen(shared)
      }
    }),
  )

  it.effect("is recorded as a reading like any other", () =>
    Effect.gen(function* () {
      const url = yield* ten
      const { layer: audit, recorded } = recording()
      yield* ask(url, ({ page }) => Effect.andThen(page({}), page({})), { cache, audit })
      assert.deepStrictEqual(
        recorded.map(({ data }) => data),
        ["none", "memory"].map((from) => ({
          filter: "",
          from,
          isFollowing: false,
          rows: 10,
          trails: 1,
          asOf: { [trail]: 10 },
          first: { trail, sequence: 9 },
          last: { trail, sequence: 0 },
        })),
      )
    }),
  )

  it.effect("is given up with its tenant or actor, also in other processes", () =>
    Effect.gen(function* () {
      const url = yield* ten
      const questions = (query: AuditQuery["Service"]) => [
        query.page({}),
        query.page({ filter: "actor.id=u-1 and outcome=success" }),
        query.page({ filter: "actor.id=u-1 or outcome=success" }),
        query.page({ filter: "actor.id=u-2" }),
        query.within("north").page({}),
        query.within("south").page({ filter: "actor.id=u-2" }),
      ]
      const from = (query: AuditQuery["Service"]) =>
        Effect.forEach(questions(query), (page) =>
          Effect.map(page, ({ from }) => from === "memory"),
        )
      // A service of its own, as another process has it.
      const invalidate = (of: Parameters<AuditQuery["Service"]["invalidate"]>[0]) =>
        ask(url, (query) => query.invalidate(of))
      yield* ask(
        url,
        (query) =>
          Effect.gen(function* () {
            yield* from(query)
            yield* invalidate({ actor: "u-1" })
            assert.deepStrictEqual(yield* from(query), [false, false, false, true, false, true])
            yield* invalidate({ tenant: "south" })
            assert.deepStrictEqual(yield* from(query), [false, false, false, false, true, false])
            yield* invalidate({})
            assert.isFalse((yield* from(query)).some((isCached) => isCached))
            assert.isTrue((yield* from(query)).every((isCached) => isCached))
          }),
        { cache },
      )
    }),
  )

  it.effect("is given up by itself where rows change otherwise than by delivery", () =>
    Effect.gen(function* () {
      const url = yield* ten
      const sink = yield* PostgresSink.make({ url: Redacted.make(url) })
      yield* Effect.addFinalizer(() => sink.close)
      const redeliver = Effect.suspend(() => {
        const entry = Buffer.from(JSON.stringify(events(1, 4)[0]))
        const batch = { trail, firstSequence: 4, entries: [entry], bytes: entry.byteLength }
        return sink.redeliver?.(batch) ?? Effect.die("it can't")
      })
      const dropMonths = `
        select countersign.make_partition('2019-01-01');
        insert into countersign.audit_record (trail, sequence, "time", entry)
          values (1, -1, '2019-01-15Z', '{}');
        select countersign.drop_month(month, 12, 0) from countersign.old_months(12) as month`
      yield* ask(
        url,
        ({ page }) =>
          Effect.gen(function* () {
            const changes = [
              [
                changeRows(url, "delete from countersign.audit_record where sequence > 3"),
                [3, 2, 1, 0],
              ],
              [redeliver, [4, 3, 2, 1, 0]],
              [changeRows(url, dropMonths), [4, 3, 2, 1, 0]],
              [changeRows(url, "truncate countersign.audit_record"), []],
            ] as const
            yield* page({})
            for (const [change, left] of changes) {
              assert.strictEqual((yield* page({})).from, "memory")
              yield* change
              const fresh = yield* page({})
              assert.deepStrictEqual([fresh.from, numbersOf(fresh)], ["none", left])
            }
          }),
        { cache },
      )
    }),
  )

  it.effect("needs no database at all while its marks may be that old", () =>
    Effect.gen(function* () {
      const url = yield* ten
      yield* ask(
        url,
        ({ page }) =>
          Effect.gen(function* () {
            yield* page({})
            yield* changeRows(
              url,
              "drop table countersign.audit_record; drop table countersign.sink_cursor",
            )
            assert.strictEqual((yield* page({})).from, "memory")
            assert.strictEqual((yield* Effect.flip(page({ limit: 1 })))._tag, "QueryFailed")
          }),
        { cache, marksMaxAge: "1 minute" },
      )
    }),
  )

  it.effect("leads on in a process whose marks are older than those of the first page", () =>
    Effect.gen(function* () {
      const url = yield* ten
      const options = { cache, marksMaxAge: "1 minute" } as const
      yield* ask(
        url,
        (old) =>
          Effect.gen(function* () {
            yield* old.page({})
            yield* deliver(url, 12)
            const query = { filter: "actor.id=u-0", limit: 2 }
            const { next } = yield* ask(url, ({ page }) => page(query), options)
            assert.deepStrictEqual(numbersOf(yield* old.page({ ...query, after: next })), [6, 3])
            yield* deliver(url, 15)
            const asOf = { [trail]: 12 }
            assert.deepStrictEqual(numbersOf(yield* old.page({ ...query, asOf })), [15, 12])
            const early = yield* Effect.flip(old.page({ ...query, asOf: { [trail]: 13 } }))
            assert.strictEqual(early._tag, "NotDelivered")
          }),
        options,
      )
    }),
  )

  it.effect("serves another process through a shared tier", () =>
    Effect.gen(function* () {
      const url = yield* ten
      const shared = QueryCache.layer({
        tiers: Effect.orDie(
          Effect.map(PostgresTier.make({ url: Redacted.make(url) }), (tier) => [tier]),
        ),
        tierDeadline: "5 seconds",
      })
      // What is handed to a tier is not waited for.
      const stored = changeRows(url, "select from countersign.query_cache").pipe(
        Effect.repeat({ until: ({ rowCount }) => rowCount === 1 }),
      )
      const first = yield* ask(url, ({ statistics }) => Effect.tap(statistics({}), stored), {
        cache: shared,
      })
      const second = yield* ask(url, ({ statistics }) => statistics({}), { cache: shared })
      assert.deepStrictEqual(second, { ...first, from: "postgres" })
    }),
  )

  it.effect("is there before the first question, where the question was declared", () =>
    Effect.gen(function* () {
      const url = yield* ten
      const { layer: audit, recorded } = recording()
      const declared = { filter: "outcome=denied" }
      const warmed = QueryWarming.layer(
        [{ query: { filter: "(" } }, { query: declared }, { query: declared, tenant: "north" }],
        Schedule.spaced("20 millis"),
      ).pipe(
        Layer.provideMerge(AuditQuery.layer({ url: Redacted.make(url), slowQuery: "1 minute" })),
        Layer.provideMerge(Layer.merge(audit, QueryCache.layer())),
        // It warns of the query that is none.
        Layer.provideMerge(Logger.layer([])),
      )
      yield* Effect.gen(function* () {
        const query = yield* AuditQuery
        const { counts } = yield* QueryCache
        /** As many answers as there are declared queries were made since. */
        const warmedAgain = (made: number) =>
          Effect.repeat(
            Effect.andThen(
              Effect.sleep("5 millis"),
              Effect.sync(() => counts()["none"]?.hits ?? 0),
            ),
            { until: (hits) => hits >= made + 2 },
          )
        const made = yield* warmedAgain(0)
        const answers = [query.page(declared), query.within("north").page(declared)]
        const froms = yield* Effect.forEach(answers, (page) => Effect.map(page, ({ from }) => from))
        assert.deepStrictEqual(froms, ["memory", "memory"])
        yield* deliver(url, 15)
        yield* warmedAgain(made)
        const page = yield* query.page(declared)
        assert.deepStrictEqual([page.from, numbersOf(page)], ["memory", [15, 5, 0]])
      }).pipe(Effect.provide(warmed))
      // Only what somebody got to see is a reading.
      assert.lengthOf(recorded, 3)
    }),
  )
})

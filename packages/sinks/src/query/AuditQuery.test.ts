import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import {
  allPages,
  ask,
  database,
  events,
  numbersOf,
  other,
  range,
  TestServer,
  trail,
} from "../testing/AuditQueryFixture.ts"
import { insertEvents, withClient } from "../testing/QueryFixture.ts"

layer(TestServer.layer, { excludeTestServices: true })("pages", (it) => {
  it.effect("follow each other without a gap or a repetition, both ways", () =>
    Effect.gen(function* () {
      const url = yield* database((client) => insertEvents(client, trail, events(50)))
      yield* ask(url, (query) =>
        Effect.gen(function* () {
          const oldest = yield* allPages(query, { order: "oldest", limit: 7 })
          assert.deepStrictEqual(oldest.flat(), range(0, 50))
          assert.deepStrictEqual(
            oldest.map((page) => page.length),
            [7, 7, 7, 7, 7, 7, 7, 1],
          )
          const newest = yield* allPages(query, { limit: 10 })
          assert.deepStrictEqual(newest.flat(), range(0, 50).reverse())
          assert.lengthOf(newest, 5)
          const denied = yield* allPages(query, {
            filter: "outcome=denied and data.number>10",
            limit: 2,
          })
          assert.deepStrictEqual(denied.flat(), [45, 40, 35, 30, 25, 20, 15])
        }),
      )
    }),
  )

  it.effect("are of one moment, whatever is delivered between them", () =>
    Effect.gen(function* () {
      const url = yield* database(async (client) => {
        await insertEvents(client, trail, events(20))
        await insertEvents(client, other, events(20, 20))
      })
      let added = 40
      const deliver = Effect.promise(() =>
        withClient(url, async (client) => {
          // Of the same times, so that they would lie within what is still to be read.
          await insertEvents(
            client,
            trail,
            events(3, 0).map((each) => ({ ...each, data: { number: (added += 1) } })),
          )
          await insertEvents(client, "new.example/audit", events(3, 20))
        }),
      )
      yield* ask(url, (query) =>
        Effect.gen(function* () {
          const found = yield* allPages(query, { order: "oldest", limit: 9 }, deliver)
          assert.deepStrictEqual(found.flat(), range(0, 40))
          assert.isAbove((yield* allPages(query, {})).flat().length, 40)
        }),
      )
    }),
  )

  it.effect("are as of the checkpoints that are asked for", () =>
    Effect.gen(function* () {
      const url = yield* database(async (client) => {
        await insertEvents(client, trail, events(20))
        await insertEvents(client, other, events(20, 20))
      })
      yield* ask(url, (query) =>
        Effect.gen(function* () {
          const asOf = { [trail]: 5, [other]: 2 }
          const page = yield* query.page({ asOf, order: "oldest" })
          assert.deepStrictEqual(numbersOf(page), [0, 1, 2, 3, 4, 20, 21])
          assert.deepStrictEqual(page.asOf, asOf)
          assert.deepStrictEqual(numbersOf(yield* query.page({ asOf: { [other]: 1 } })), [20])
          assert.deepStrictEqual(page.rows[5], {
            trail: other,
            sequence: 0,
            entry: JSON.stringify(events(1, 20)[0]),
          })
          const early = yield* Effect.flip(query.page({ asOf: { [trail]: 21 } }))
          assert.strictEqual(early._tag, "NotDelivered")
          assert.include(early.message, "20 of the 21 records")
          const unknown = yield* Effect.flip(query.page({ asOf: { "no.example": 1 } }))
          assert.strictEqual(unknown._tag, "QueryInvalid")
        }),
      )
    }),
  )

  it.effect("keep what relative times count from", () =>
    Effect.gen(function* () {
      const start = yield* Clock.currentTimeMillis
      const recent = events(9).map((event, at) => ({
        ...event,
        time: new Date(start - 60_000 + Math.floor(at / 3) * 1000).toISOString(),
      }))
      const url = yield* database((client) => insertEvents(client, trail, recent))
      yield* ask(url, (query) =>
        Effect.gen(function* () {
          const first = yield* query.page({ filter: "time>=-1m", limit: 1, order: "oldest" })
          const token = JSON.parse(Buffer.from(first.next ?? "", "base64url").toString()) as {
            readonly now: number
          }
          assert.strictEqual(token.now % 1000, 0)
          assert.isAtMost(Math.abs(token.now - start), 30_000)
        }),
      )
    }),
  )

  it.effect("take limits and tokens that are theirs, and no others", () =>
    Effect.gen(function* () {
      const url = yield* database((client) => insertEvents(client, trail, events(120)))
      yield* ask(url, (query) =>
        Effect.gen(function* () {
          assert.lengthOf((yield* query.page({})).rows, 100)
          const { next } = yield* query.page({ filter: "actor.id=u-1", limit: 1 })
          const refused = [
            { limit: 0 },
            { limit: 101 },
            { limit: 1.5 },
            { after: "x" },
            { after: next },
            { filter: "actor.id=u-2", after: next },
            { filter: "actor.id=u-1", order: "oldest", after: next },
            { filter: "actor.id=u-1", target: { type: "Patient", id: "p-1" }, after: next },
            { asOf: { [trail]: -1 } },
          ] as const
          for (const each of refused) {
            const error = yield* Effect.flip(query.page(each))
            assert.strictEqual(error._tag, "QueryInvalid", JSON.stringify(each))
          }
          const ofTenant = yield* Effect.flip(
            query.within("north").page({ filter: "actor.id=u-1", after: next }),
          )
          assert.strictEqual(ofTenant._tag, "QueryInvalid")
          assert.lengthOf(
            (yield* query.page({ filter: "actor.id=u-1", limit: 5, after: next })).rows,
            5,
          )
          assert.strictEqual(
            (yield* Effect.flip(query.page({ filter: "x" })))._tag,
            "InvalidFilter",
          )
          assert.strictEqual(
            (yield* Effect.flip(query.page({ filter: "x='\0'" })))._tag,
            "FilterUnfit",
          )
        }),
      )
    }),
  )

  it.effect("show also what says no time, before everything else", () =>
    Effect.gen(function* () {
      const url = yield* database(async (client) => {
        await insertEvents(client, trail, events(3))
        const timeless = events(3, 3).map(({ time: _, ...event }) => event)
        await insertEvents(client, trail, timeless)
      })
      yield* ask(url, (query) =>
        Effect.gen(function* () {
          for (const limit of [1, 2]) {
            const oldest = yield* allPages(query, { order: "oldest", limit })
            assert.deepStrictEqual(oldest.flat(), [3, 4, 5, 0, 1, 2])
            const newest = yield* allPages(query, { limit })
            assert.deepStrictEqual(newest.flat(), [2, 1, 0, 5, 4, 3])
          }
        }),
      )
    }),
  )

  it.effect("of a target are those that have it", () =>
    Effect.gen(function* () {
      const url = yield* database((client) => insertEvents(client, trail, events(21)))
      yield* ask(url, (query) =>
        Effect.gen(function* () {
          const page = yield* query.page({ target: { type: "Patient", id: "p-3" } })
          assert.deepStrictEqual(numbersOf(page), [17, 10, 3])
          const none = yield* query.page({ target: { type: "Ward", id: "p-3" } })
          assert.deepStrictEqual(none.rows, [])
        }),
      )
    }),
  )
})

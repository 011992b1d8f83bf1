import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { Redis } from "ioredis"
import * as TestClock from "effect/testing/TestClock"
import { postgresServer } from "../testing/PostgresServer.ts"
import { migratedDatabase, withClient } from "../testing/QueryFixture.ts"
import { redisServer } from "../testing/RedisServer.ts"
import * as PostgresTier from "./PostgresTier.ts"
import type { CacheTier } from "./CacheTier.ts"
import { QueryCache, type QueryCacheOptions } from "./QueryCache.ts"
import * as RedisTier from "./RedisTier.ts"

const withCache = <A, E, E2, R2>(
  options: QueryCacheOptions<E2, R2>,
  use: (cache: QueryCache["Service"]) => Effect.Effect<A, E>,
) => QueryCache.use(use).pipe(Effect.provide(QueryCache.layer(options)))

/** Answers with how often it was asked. */
const counting = () => {
  let asked = 0
  return { compute: Effect.sync(() => ({ asked: (asked += 1) })), asked: () => asked }
}

const tierOf = (get: CacheTier["get"], set: CacheTier["set"] = () => Effect.void): CacheTier => ({
  name: "shared",
  get,
  set,
})

describe("memory", () => {
  it.effect("answers a question once until its time is over", () =>
    withCache({ timeToLive: "10 seconds" }, ({ counts, lookup }) =>
      Effect.gen(function* () {
        const { compute } = counting()
        assert.deepStrictEqual(yield* lookup("a", compute), { value: { asked: 1 }, from: "none" })
        yield* TestClock.adjust("9 seconds")
        assert.deepStrictEqual(yield* lookup("a", compute), { value: { asked: 1 }, from: "memory" })
        assert.deepStrictEqual((yield* lookup("b", compute)).value, { asked: 2 })
        yield* TestClock.adjust("2 seconds")
        assert.deepStrictEqual((yield* lookup("a", compute)).value, { asked: 3 })
        assert.deepStrictEqual(counts()["memory"], { hits: 1, misses: 3, errors: 0 })
      }),
    ),
  )

  it.effect("holds no more than its bytes, and gives up what was not asked for longest", () =>
    withCache({ memoryBytesMax: 250 }, ({ lookup }) =>
      Effect.gen(function* () {
        const answer = Effect.succeed("x".repeat(100))
        yield* lookup("a", answer)
        yield* lookup("b", answer)
        yield* lookup("a", answer)
        yield* lookup("c", answer)
        assert.strictEqual((yield* lookup("a", answer)).from, "memory")
        assert.strictEqual((yield* lookup("b", answer)).from, "none")
        assert.strictEqual((yield* lookup("big", Effect.succeed("x".repeat(300)))).from, "none")
        assert.strictEqual((yield* lookup("big", Effect.succeed("x".repeat(300)))).from, "none")
      }),
    ),
  )

  it.effect("asks once when many ask at once, also when the first of them leaves", () =>
    withCache({}, ({ lookup }) =>
      Effect.gen(function* () {
        const gate = yield* Deferred.make<void>()
        const { asked, compute } = counting()
        const slow = Effect.andThen(Deferred.await(gate), compute)
        const ask = Effect.forkChild(lookup("a", slow), { startImmediately: true })
        const first = yield* ask
        const others = yield* Effect.all(Array.from({ length: 100 }, () => ask))
        yield* Fiber.interrupt(first)
        yield* Deferred.succeed(gate, undefined)
        const answers = yield* Effect.forEach(others, Fiber.join)
        assert.strictEqual(asked(), 1)
        assert.isTrue(answers.every(({ from }) => from === "joined"))
      }),
    ),
  )

  it.effect("tells a failure to all who asked, and keeps none", () =>
    withCache({}, ({ lookup }) =>
      Effect.gen(function* () {
        const failing = Effect.andThen(Effect.yieldNow, Effect.fail("no" as const))
        const ask = Effect.exit(lookup("a", failing))
        const exits = yield* Effect.all([ask, ask, ask], { concurrency: 3 })
        assert.isTrue(exits.every((exit) => Exit.isFailure(exit)))
        assert.strictEqual((yield* lookup("a", Effect.succeed(1))).from, "none")
      }),
    ),
  )
})

describe("a tier", () => {
  it.effect("is asked before the database, and keeps what the database said", () =>
    Effect.gen(function* () {
      const shared = new Map<string, string>()
      const tiers = Effect.succeed([
        tierOf(
          (key) => Effect.sync(() => shared.get(key)),
          (key, answer) => Effect.sync(() => void shared.set(key, answer)),
        ),
      ])
      const { asked, compute } = counting()
      const ask = withCache({ tiers }, ({ lookup }) =>
        Effect.tap(lookup("a", compute), Effect.yieldNow),
      )
      assert.strictEqual((yield* ask).from, "none")
      assert.deepStrictEqual(yield* ask, { value: { asked: 1 }, from: "shared" })
      assert.strictEqual(asked(), 1)
    }),
  )

  it.effect("that holds what is no answer is passed over", () =>
    Effect.gen(function* () {
      const tiers = Effect.succeed([tierOf(() => Effect.succeed("{"))])
      const answer = yield* withCache({ tiers }, ({ lookup }) => lookup("a", Effect.succeed(1)))
      assert.deepStrictEqual(answer, { value: 1, from: "none" })
    }),
  )

  it.effect("that hangs costs its deadline once, and then nothing until its rest is over", () => {
    let calls = 0
    const tiers = Effect.succeed([
      tierOf(() =>
        Effect.andThen(
          Effect.sync(() => (calls += 1)),
          Effect.never,
        ),
      ),
    ])
    const options = { tiers, tierDeadline: "50 millis", tierRest: "1 second" } as const
    return withCache(options, ({ counts, lookup }) =>
      Effect.gen(function* () {
        const first = yield* Effect.forkChild(lookup("a", Effect.succeed(1)), {
          startImmediately: true,
        })
        yield* TestClock.adjust("50 millis")
        assert.strictEqual((yield* Fiber.join(first)).from, "none")
        for (let each = 0; each < 10; each += 1) yield* lookup(`b${each}`, Effect.succeed(1))
        assert.strictEqual(calls, 1)
        yield* TestClock.adjust("1 second")
        yield* Effect.forkChild(lookup("c", Effect.succeed(1)), { startImmediately: true })
        assert.strictEqual(calls, 2)
        assert.deepStrictEqual(counts()["shared"], { hits: 0, misses: 0, errors: 11 })
      }),
    )
  })

  it.effect("that fails costs a hit, which the metrics say", () =>
    Effect.gen(function* () {
      const tiers = Effect.succeed([
        tierOf(
          () => Effect.fail("broken"),
          () => Effect.fail("broken"),
        ),
      ])
      const answer = yield* withCache({ tiers }, ({ lookup }) => lookup("a", Effect.succeed(1)))
      assert.deepStrictEqual(answer, { value: 1, from: "none" })
      const error = (yield* Metric.snapshot).find(
        ({ attributes, id }) =>
          id === "countersign_query_cache_lookups_total" &&
          attributes?.["tier"] === "shared" &&
          attributes["result"] === "error",
      )
      assert.isDefined(error)
    }),
  )
})

describe("the tier in Redis", () => {
  const secret = Redacted.make("a secret of this test")

  it.live("is shared by processes with the same secret, and opaque to all others", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const url = Redacted.make(server.url)
      const tier = yield* RedisTier.make({ url, secret })
      const stranger = yield* RedisTier.make({ url, secret: Redacted.make("another") })
      const client = new Redis(server.url)
      yield* Effect.addFinalizer(() => Effect.sync(() => client.disconnect()))
      yield* Effect.promise(() => client.ping())
      yield* Effect.eventually(tier.set("page:1", `{"patient":"Smith"}`, 60_000))
      assert.strictEqual(yield* tier.get("page:1"), `{"patient":"Smith"}`)
      assert.isUndefined(yield* tier.get("page:2"))
      assert.isUndefined(yield* Effect.eventually(stranger.get("page:1")))

      const stored = yield* Effect.promise(() => client.getBuffer("countersign:query:page:1"))
      assert.notInclude(stored?.toString("latin1") ?? "Smith", "Smith")
      assert.isAtMost(yield* Effect.promise(() => client.pttl("countersign:query:page:1")), 60_000)
      // Neither an answer moved to another key nor a changed one is an answer.
      yield* Effect.promise(async () => {
        await client.copy("countersign:query:page:1", "countersign:query:page:2")
        const forged = Buffer.from(stored ?? [])
        forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
        await client.set("countersign:query:page:1", forged)
        await client.set("countersign:query:page:3", "x")
      })
      for (const key of ["page:1", "page:2", "page:3"]) assert.isUndefined(yield* tier.get(key))
    }),
  )

  it.live("costs only hits while Redis is dead, and serves again when it is back", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const tiers = Effect.map(
        RedisTier.make({ url: Redacted.make(server.url), secret }),
        (tier): ReadonlyArray<CacheTier> => [tier],
      )
      const options = { tiers, memoryBytesMax: 1, tierRest: "10 millis" } as const
      yield* withCache(options, ({ lookup }) =>
        Effect.gen(function* () {
          let asked = 0
          const ask = lookup(
            "a",
            Effect.sync(() => ({ asked: (asked += 1) })),
          )
          const hit = Effect.repeat(ask, {
            until: ({ from }) => from === "redis",
            schedule: Schedule.spaced("10 millis"),
          })
          yield* hit
          yield* Effect.promise(() => server.process.kill())
          const before = asked
          for (let each = 0; each < 20; each += 1) {
            assert.strictEqual((yield* ask).from, "none")
          }
          assert.strictEqual(asked, before + 20)
          yield* Effect.promise(() => server.process.start())
          yield* hit
        }),
      )
    }),
  )
})

describe("the tier in PostgreSQL", () => {
  it.live("keeps an answer until its time is over, and sweeps what is over", () =>
    Effect.gen(function* () {
      const server = yield* postgresServer()
      const url = yield* migratedDatabase(server, "tier")
      const tier = yield* PostgresTier.make({ url: Redacted.make(url) })
      yield* tier.set("a", "1", 60_000)
      yield* tier.set("a", "2", 60_000)
      assert.strictEqual(yield* tier.get("a"), "2")
      yield* tier.set("b", "3", -1)
      assert.isUndefined(yield* tier.get("b"))
      yield* tier.set("c", "4", 60_000)
      const { rows } = yield* Effect.promise(() =>
        withClient(url, (client) =>
          client.query("select key from countersign.query_cache order by 1"),
        ),
      )
      assert.deepStrictEqual(rows, [{ key: "a" }, { key: "c" }])
    }),
  )
})

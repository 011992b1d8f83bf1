import { assert, describe, it } from "@effect/vitest"
import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import * as Effect from "effect/Effect"
import { redisServer } from "../testing/RedisServer.ts"
import { plainClient, range, trail } from "../testing/StreamFixture.ts"
import * as RecentEvents from "./RecentEvents.ts"

const begin = Date.UTC(2026, 10, 21)
const beginText = new Date(begin).toISOString()

/** Event n is by actor `a<n mod 3>`, about the patient `p<n mod 5>`, n seconds after midnight. */
const eventAt = (n: number): string =>
  JSON.stringify({
    actor: { id: `a${n % 3}` },
    id: `e-${n}`,
    target: [{ id: `p${n % 5}`, type: "Patient" }],
    time: new Date(begin + n * 1000).toISOString(),
    type: "patient.record.read",
  })

const batchOf = (firstSequence: number, count: number, of = trail): DeliveredBatch => {
  const entries = range(firstSequence, firstSequence + count).map((n) => Buffer.from(eventAt(n)))
  return { trail: of, firstSequence, entries, bytes: count * 200 }
}

const open = (options: Partial<RecentEvents.RecentEventsOptions> = {}) =>
  Effect.gen(function* () {
    const server = yield* redisServer(["--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"])
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => plainClient(server.url)),
      (each) => Effect.sync(() => each.disconnect()),
    )
    const cache = yield* Effect.acquireRelease(
      RecentEvents.make({ url: server.url, ...options }),
      (each) => each.close,
    )
    return { cache, client }
  })

const newest = (numbers: ReadonlyArray<number>) => numbers.toSorted((one, other) => other - one)

describe("RecentEvents", () => {
  it.live("shows what an actor did and what was done to a target, the newest first", () =>
    Effect.gen(function* () {
      const { cache } = yield* open({ countMax: 20 })
      yield* cache.deliver(batchOf(0, 70))
      yield* cache.deliver(batchOf(70, 130))
      const all = range(0, 200)
      for (const [of, is] of [
        [{ actor: "a1" }, (n: number) => n % 3 === 1],
        [{ target: "p4", type: "Patient" }, (n: number) => n % 5 === 4],
        ["all", () => true],
      ] as const) {
        const found = yield* cache.read(of)
        const expected = newest(all.filter(is)).slice(0, 20)
        assert.deepStrictEqual(
          found.map(({ bytes, sequence }) => [sequence, Buffer.from(bytes).toString()]),
          expected.map((n) => [n, eventAt(n)]),
        )
        assert.isTrue(found.every((event) => event.trail === trail))
        assert.strictEqual((yield* cache.read(of, 3)).length, 3)
      }
      assert.deepStrictEqual(yield* cache.read({ actor: "nobody" }), [])
      // A target is no actor.
      assert.deepStrictEqual(yield* cache.read({ actor: "p4" }), [])
    }),
  )

  it.live("keeps tenants apart, and who or what only has the same name", () =>
    Effect.gen(function* () {
      const { cache } = yield* open()
      const of = (tenant: string | undefined, by: string, about: string) =>
        Buffer.from(
          JSON.stringify({
            actor: { id: "7", type: by },
            target: [{ id: "7", type: about }],
            tenant,
            time: beginText,
          }),
        )
      const entries = [
        of("north", "user", "Patient"),
        of("south", "user", "Patient"),
        of("north", "service", "Invoice"),
        of(undefined, "user", "Patient"),
      ]
      yield* cache.deliver({ trail, firstSequence: 0, entries, bytes: 400 })
      for (const [whose, expected] of [
        [{ actor: "7", type: "user", tenant: "north" }, [0]],
        [{ actor: "7", type: "user", tenant: "south" }, [1]],
        [{ actor: "7", type: "user" }, [3]],
        [{ actor: "7", type: "service", tenant: "north" }, [2]],
        [{ target: "7", type: "Patient", tenant: "north" }, [0]],
        [{ target: "7", type: "Invoice", tenant: "north" }, [2]],
        [{ actor: "7" }, []],
      ] as const) {
        const found = yield* cache.read(whose)
        assert.deepStrictEqual(
          found.map(({ sequence }) => sequence),
          [...expected],
        )
      }
    }),
  )

  it.live("keeps and shows the newest of one moment too", () =>
    Effect.gen(function* () {
      const { cache } = yield* open({ countMax: 5 })
      const entry = Buffer.from(JSON.stringify({ time: beginText }))
      const entries = Array.from({ length: 12 }, () => entry)
      yield* cache.deliver({ trail, firstSequence: 0, entries, bytes: 400 })
      const found = yield* cache.read("all")
      assert.deepStrictEqual(
        found.map(({ sequence }) => sequence),
        [11, 10, 9, 8, 7],
      )
      assert.deepStrictEqual(yield* cache.read("all", 0), [])
    }),
  )

  it.live("shows nothing twice, however it is delivered again", () =>
    Effect.gen(function* () {
      const { cache } = yield* open()
      for (const [first, count] of [
        [0, 50],
        [10, 30],
        [0, 50],
        [45, 10],
      ] as const) {
        yield* cache.deliver(batchOf(first, count))
      }
      const found = yield* cache.read("all")
      assert.deepStrictEqual(
        found.map(({ sequence }) => sequence),
        newest(range(0, 55)),
      )
    }),
  )

  it.live("keeps trails apart that have the same sequences", () =>
    Effect.gen(function* () {
      const { cache } = yield* open()
      yield* cache.deliver(batchOf(0, 2))
      yield* cache.deliver(batchOf(0, 2, "example.org/other"))
      const found = yield* cache.read("all")
      assert.sameMembers(
        found.map((event) => `${event.trail} ${event.sequence}`),
        [`${trail} 0`, `${trail} 1`, "example.org/other 0", "example.org/other 1"],
      )
    }),
  )

  it.live("is bounded, expires, names nobody in a key, and takes less room than the events", () =>
    Effect.gen(function* () {
      const { cache, client } = yield* open({ countMax: 10, timeToLive: "1 hour" })
      yield* cache.deliver(batchOf(0, 3_200))
      const keys = yield* Effect.promise(() => client.keys("*"))
      let blockBytes = 0
      for (const key of keys) {
        const [seconds, kind] = yield* Effect.promise(() =>
          Promise.all([client.ttl(key), client.type(key)]),
        )
        assert.isTrue(seconds > 3_500 && seconds <= 3_600, `${key} lives for ${seconds} s`)
        assert.notMatch(key, /:(?:a|p)\d$/)
        if (kind === "zset") {
          assert.strictEqual(yield* Effect.promise(() => client.zcard(key)), 10)
        } else {
          const values = yield* Effect.promise(() => client.hvalsBuffer(key))
          for (const value of values) blockBytes += value.length
        }
      }
      assert.strictEqual(keys.length, 1 + 3 + 5 + 100)
      const plainBytes = range(0, 3_200).reduce((sum, n) => sum + eventAt(n).length, 0)
      assert.isBelow(blockBytes, plainBytes / 3)
    }),
  )

  it.live("after a flush shows what came since, and after an eviction what is left", () =>
    Effect.gen(function* () {
      const { cache, client } = yield* open()
      yield* cache.deliver(batchOf(0, 64))
      yield* Effect.promise(async () => {
        const [first = ""] = await client.keys("*:block:*:0")
        await client.del(first)
        // A block that somebody else wrote counts for nothing, and harms nobody.
        await client.hset(first, "trail", trail, "0", "no block")
      })
      const left = yield* cache.read("all")
      assert.deepStrictEqual(
        left.map(({ sequence }) => sequence),
        newest(range(32, 64)),
      )
      yield* Effect.promise(() => client.flushall())
      assert.isUndefined(yield* cache.position(trail))
      yield* cache.deliver(batchOf(64, 2))
      assert.strictEqual((yield* cache.read("all")).length, 2)
    }),
  )

  it.live("refuses after it was closed", () =>
    Effect.gen(function* () {
      const { cache } = yield* open()
      yield* cache.close
      const { reason } = yield* Effect.flip(cache.deliver(batchOf(0, 1)))
      assert.strictEqual(reason, "unavailable")
    }),
  )
})

import { afterAll, assert, describe, it } from "@effect/vitest"
import type { DeliveredBatch, Sink } from "@countersign/core/engine/Sink"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import {
  batchOf,
  range,
  readAs,
  sequencesIn,
  sharedServer,
  trail,
} from "../testing/StreamFixture.ts"
import * as RedisStreamSink from "./RedisStreamSink.ts"

const { client, close, server } = await sharedServer()
afterAll(close)

const sequencesOf = (stream: string) => Effect.promise(() => sequencesIn(client, stream))

const open = (options: Omit<RedisStreamSink.RedisStreamOptions, "url"> = {}) =>
  Effect.acquireRelease(
    Effect.suspend(() => RedisStreamSink.make({ url: server.url, ...options })),
    (sink) => sink.close,
  )

const refusal = (sink: Sink, batch: DeliveredBatch) =>
  Effect.map(Effect.flip(sink.deliver(batch)), ({ message, reason }) => {
    assert.strictEqual(reason, "unavailable")
    return message
  })

describe("RedisStreamSink", () => {
  it.live("cuts off what another writer of the trail has stored already", () =>
    Effect.gen(function* () {
      const stream = "two-writers"
      const one = yield* open({ stream })
      const other = yield* open({ stream })
      yield* one.deliver(batchOf(0, 10))
      yield* other.deliver(batchOf(5, 10))
      yield* one.deliver(batchOf(10, 5))
      assert.deepStrictEqual(yield* sequencesOf(stream), range(0, 15))
    }),
  )

  it.live("notices that what was confirmed is forgotten, and asks for it again", () =>
    Effect.gen(function* () {
      const stream = "forgotten"
      const sink = yield* open({ stream, groups: ["readers"] })
      yield* sink.deliver(batchOf(0, 10))
      yield* Effect.promise(() => client.flushall())
      assert.match(yield* refusal(sink, batchOf(10, 5)), /up to record 10 and now holds it up to 0/)
      assert.deepStrictEqual(yield* sequencesOf(stream), [])
      assert.strictEqual(sink.status().forgotten, 1)
      assert.strictEqual(yield* sink.position(trail), 0)
      yield* sink.deliver(batchOf(0, 15))
      assert.deepStrictEqual(yield* sequencesOf(stream), range(0, 15))
      const groups = yield* Effect.promise(() => client.call("XINFO", "GROUPS", stream))
      assert.strictEqual((groups as Array<unknown>).length, 1)
    }),
  )

  it.live("gives up the oldest where the newest count", () =>
    Effect.gen(function* () {
      const stream = "newest"
      const sink = yield* open({ stream, countMax: 500, keep: "newest" })
      for (let next = 0; next < 5_000; next += 100) yield* sink.deliver(batchOf(next, 100))
      const found = yield* sequencesOf(stream)
      // Whole nodes of 100 entries are given up.
      assert.isAtMost(found.length, 600)
      assert.deepStrictEqual(found, range(5_000 - found.length, 5_000))
    }),
  )

  it.live("takes no more than its readers have room for, and gives up what all have read", () =>
    Effect.gen(function* () {
      const stream = "unread"
      const sink = yield* open({ stream, countMax: 300, groups: ["quick", "slow"] })
      yield* sink.deliver(batchOf(0, 300))
      const [quick, slow] = yield* Effect.promise(() =>
        Promise.all([readAs(client, stream, "quick", 300), readAs(client, stream, "slow", 250)]),
      )
      yield* Effect.promise(() => client.xack(stream, "quick", ...quick))
      // The first two hundred of the slow one; what it has not acknowledged is not read.
      yield* Effect.promise(() => client.xack(stream, "slow", ...slow.slice(0, 200)))

      yield* sink.deliver(batchOf(300, 200))
      assert.deepStrictEqual(yield* sequencesOf(stream), range(200, 500))
      assert.match(yield* refusal(sink, batchOf(500, 1)), /the stream unread is full/)
      assert.deepStrictEqual(yield* sequencesOf(stream), range(200, 500))
      yield* Effect.promise(() => client.xack(stream, "slow", ...slow.slice(200)))
      yield* sink.deliver(batchOf(500, 1))
      const left = yield* sequencesOf(stream)
      assert.isAtMost(left.length, 300)
      assert.deepStrictEqual(left, range(501 - left.length, 501))
    }),
  )

  it.live("lets a waiting batch in as soon as a reader acknowledges", () =>
    Effect.gen(function* () {
      const stream = "room"
      const sink = yield* open({ stream, countMax: 100, groups: ["g"] })
      yield* sink.deliver(batchOf(0, 100))
      const waiting = yield* Effect.forkChild(sink.deliver(batchOf(100, 50)), {
        startImmediately: true,
      })
      yield* Effect.promise(async () => {
        await client.xack(stream, "g", ...(await readAs(client, stream, "g", 60)))
      })
      yield* Fiber.join(waiting)
      assert.deepStrictEqual(yield* sequencesOf(stream), range(60, 150))
    }),
  )

  it.live("stores no part of a batch whose part before found no room", () =>
    Effect.gen(function* () {
      const stream = "parts"
      const sink = yield* open({ stream, countMax: 300, groups: ["g"] })
      // The last ten would have room where the five hundred before them have none.
      const delivering = yield* Effect.forkChild(sink.deliver(batchOf(0, 760)), {
        startImmediately: true,
      })
      while ((yield* Effect.promise(() => client.xlen(stream))) < 250) yield* Effect.sleep(10)
      yield* Effect.sleep(100)
      assert.deepStrictEqual(yield* sequencesOf(stream), range(0, 250))
      assert.strictEqual(yield* sink.position(trail), 250)
      const seen = new Set(range(0, 250))
      while (delivering.pollUnsafe() === undefined) {
        yield* Effect.promise(async () => {
          const ids = await readAs(client, stream, "g", 100)
          if (ids.length > 0) await client.xack(stream, "g", ...ids)
        })
        for (const sequence of yield* sequencesOf(stream)) seen.add(sequence)
      }
      yield* Fiber.join(delivering)
      for (const sequence of yield* sequencesOf(stream)) seen.add(sequence)
      assert.deepStrictEqual([...seen], range(0, 760))
      assert.strictEqual(sink.status().forgotten, 0)
    }),
  )
})

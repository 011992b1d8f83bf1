import { setTimeout as sleep } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import type { Sink } from "@countersign/core/engine/Sink"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { faultyProxy } from "../testing/FaultyProxy.ts"
import { type RedisServer, redisServer } from "../testing/RedisServer.ts"
import { batchOf, plainClient, range, sequencesIn, trail } from "../testing/StreamFixture.ts"
import * as RedisStreamSink from "./RedisStreamSink.ts"

const stream = "faults"
const memory = ["--maxmemory", "256mb"]

const clientOf = (server: RedisServer) =>
  Effect.acquireRelease(
    Effect.sync(() => plainClient(server.url)),
    (client) => Effect.sync(() => client.disconnect()),
  )

const open = (url: string, options: Partial<RedisStreamSink.RedisStreamOptions> = {}) =>
  Effect.acquireRelease(
    RedisStreamSink.make({ url, stream, connectTimeout: 500, commandTimeout: 300, ...options }),
    (sink) => sink.close,
  )

/** What the sink says instead of taking a batch; it never blames the records. */
const fault = (sink: Sink, first: number, count: number) =>
  Effect.map(Effect.flip(sink.deliver(batchOf(first, count))), ({ message, reason }) => {
    assert.strictEqual(reason, "unavailable")
    return message
  })

/** Delivers as the engine does: asks where to begin, and tries again. */
const bring = (sink: Sink, to: number) =>
  Effect.flatMap(sink.position(trail), (from = 0) => sink.deliver(batchOf(from, to - from))).pipe(
    Effect.retry(Schedule.spaced(20).pipe(Schedule.upTo({ times: 200 }))),
  )

const expectStored = (server: RedisServer, count: number) =>
  Effect.gen(function* () {
    const client = yield* clientOf(server)
    const found = yield* Effect.promise(() => sequencesIn(client, stream))
    assert.deepStrictEqual(found, range(0, count))
  })

describe("RedisStreamSink, when", () => {
  it.live("the server is killed: it says so, and goes on with the next one", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const sink = yield* open(server.url)
      yield* sink.deliver(batchOf(0, 100))
      yield* Effect.promise(() => server.process.kill())
      assert.match(yield* fault(sink, 100, 100), /there is no connection/)
      assert.match(yield* fault(sink, 100, 100), /ECONNREFUSED/)
      yield* Effect.promise(() => server.process.start())
      yield* bring(sink, 200)
      yield* expectStored(server, 200)
    }),
  )

  it.live("the server is killed and kept nothing: all of it comes again", () =>
    Effect.gen(function* () {
      const server = yield* redisServer([...memory, "--appendonly", "no"])
      const sink = yield* open(server.url)
      assert.match(sink.status().warnings.join(), /append-only file is off/)
      yield* sink.deliver(batchOf(0, 100))
      yield* Effect.promise(async () => {
        await server.process.kill()
        await server.process.start()
      })
      const said = yield* Effect.retry(
        Effect.flatMap(fault(sink, 100, 1), (message) =>
          message.includes("no connection") ? Effect.fail(message) : Effect.succeed(message),
        ),
        { times: 3 },
      )
      assert.match(said, /up to record 100 and now holds it up to 0/)
      yield* bring(sink, 200)
      yield* expectStored(server, 200)
    }),
  )

  it.live("the server is killed while batches are on their way: each record is stored once", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const client = yield* clientOf(server)
      const sink = yield* open(server.url)
      const end = 20_000
      const delivering = yield* Effect.forkChild(
        Effect.gen(function* () {
          for (let to = 200; to <= end; to += 200) yield* bring(sink, to)
        }),
      )
      yield* Effect.promise(async () => {
        for (let kills = 0; kills < 3; kills++) {
          await sleep(60)
          await server.process.kill()
          await server.process.start()
          // A transaction that the kill tore apart may come back at the next start but one, until
          // the file is written anew (docs/redis.md).
          await client.call("BGREWRITEAOF")
          while (/aof_rewrite_in_progress:1|aof_rewrite_scheduled:1/.test(await client.info())) {
            await sleep(5)
          }
        }
      })
      yield* Fiber.join(delivering)
      yield* expectStored(server, end)
    }),
  )

  it.live("the answer is lost on its way: what was stored is not stored again", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const { port, proxy } = yield* faultyProxy(server.port)
      const sink = yield* open(`redis://127.0.0.1:${port}`)
      yield* sink.deliver(batchOf(0, 10))
      proxy.become("deaf")
      assert.match(yield* fault(sink, 10, 10), /no answer in time/)
      proxy.become("pass")
      assert.strictEqual(yield* sink.position(trail), 20)
      // An engine that had not asked would be cut off as well.
      yield* sink.deliver(batchOf(10, 20))
      yield* expectStored(server, 30)
    }),
  )

  it.live("the line swallows everything: it gives up in time, and connects anew", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const { port, proxy } = yield* faultyProxy(server.port)
      const sink = yield* open(`redis://127.0.0.1:${port}`)
      yield* sink.deliver(batchOf(0, 10))
      proxy.become("blackhole")
      assert.match(yield* fault(sink, 10, 10), /no answer in time/)
      assert.match(yield* fault(sink, 10, 10), /no answer in time/)
      proxy.become("pass")
      yield* bring(sink, 20)
      yield* expectStored(server, 20)
    }),
  )

  it.live("the server stands still: what it does later is not done twice", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const sink = yield* open(server.url)
      yield* sink.deliver(batchOf(0, 10))
      server.process.freeze()
      assert.match(yield* fault(sink, 10, 10), /no answer in time/)
      server.process.resume()
      yield* bring(sink, 20)
      yield* expectStored(server, 20)
    }),
  )

  it.live("clients are paused: it waits its time, and stores once", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const client = yield* clientOf(server)
      const sink = yield* open(server.url)
      yield* sink.deliver(batchOf(0, 10))
      yield* Effect.promise(() => client.call("CLIENT", "PAUSE", 500, "WRITE"))
      assert.match(yield* fault(sink, 10, 10), /no answer in time/)
      yield* bring(sink, 20)
      yield* expectStored(server, 20)
    }),
  )

  it.live("its memory is full: it takes nothing until there is room, and knows what it has", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(["--maxmemory", "12mb"])
      const client = yield* clientOf(server)
      const sink = yield* open(server.url, { groups: ["g"], commandTimeout: 5_000 })
      let next = 0
      let said = ""
      while (said === "" && next < 100_000) {
        said = yield* sink.deliver(batchOf(next, 500, "x".repeat(200))).pipe(
          Effect.as(""),
          Effect.catch((error) => Effect.succeed(error.message)),
        )
        if (said === "") next += 500
      }
      assert.match(said, /memory is full \(maxmemory\) \(OOM\)/)
      // Parts of the batch may be stored; the position says which.
      const stored = yield* sink.position(trail)
      assert.isTrue(stored === next || stored === next + 250, `it wants ${stored}`)
      next = stored ?? next
      assert.strictEqual(yield* Effect.promise(() => client.xlen(stream)), next)
      // What every group has acknowledged makes room by itself.
      yield* Effect.promise(async () => {
        const args = ["GROUP", "g", "me", "NOACK", "COUNT", next, "STREAMS", stream, ">"]
        await client.call("XREADGROUP", args)
      })
      yield* bring(sink, next + 500)
      assert.deepStrictEqual(
        (yield* Effect.promise(() => sequencesIn(client, stream))).slice(-500),
        range(next, next + 500),
      )
    }),
  )

  it.live("the server has become a replica: it says so, and finds the master again", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const client = yield* clientOf(server)
      const sink = yield* open(server.url)
      yield* sink.deliver(batchOf(0, 10))
      yield* Effect.promise(() => client.call("REPLICAOF", "127.0.0.1", 1))
      assert.match(yield* fault(sink, 10, 10), /READONLY|which takes no writes/)
      assert.match(yield* fault(sink, 10, 10), /it is a slave, which takes no writes/)
      yield* Effect.promise(() => client.call("REPLICAOF", "NO", "ONE"))
      yield* bring(sink, 20)
      yield* expectStored(server, 20)
    }),
  )

  it.live("its scripts are flushed: it brings them along", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const client = yield* clientOf(server)
      const sink = yield* open(server.url)
      yield* sink.deliver(batchOf(0, 10))
      yield* Effect.promise(() => client.call("SCRIPT", "FLUSH"))
      yield* sink.deliver(batchOf(10, 10))
      yield* expectStored(server, 20)
    }),
  )

  it.live("the policy evicts any key: it is refused at the start with the reason", () =>
    Effect.gen(function* () {
      const server = yield* redisServer([...memory, "--maxmemory-policy", "allkeys-lru"])
      const refused = yield* Effect.flip(RedisStreamSink.make({ url: server.url }))
      assert.match(refused.message, /^AUD-4401: .*maxmemory-policy is allkeys-lru.*noeviction/)
      const client = yield* clientOf(server)
      // A policy that only evicts what expires never meets the stream.
      yield* Effect.promise(() => client.call("CONFIG", "SET", "maxmemory-policy", "volatile-ttl"))
      yield* bring(yield* open(server.url), 10)
      yield* expectStored(server, 10)
    }),
  )

  it.live("the policy is found to evict later: nothing more is given to it", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      const client = yield* clientOf(server)
      const sink = yield* open(server.url)
      yield* sink.deliver(batchOf(0, 10))
      yield* Effect.promise(() => client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu"))
      yield* Effect.promise(() => client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
      yield* Effect.flip(sink.deliver(batchOf(10, 10)))
      assert.match(yield* fault(sink, 10, 10), /allkeys-lfu/)
    }),
  )

  it.live("the password is wrong: it says so without it, nor what it was to store", () =>
    Effect.gen(function* () {
      const server = yield* redisServer([...memory, "--requirepass", "right-0815"])
      const at = `127.0.0.1:${server.port}`
      const wrong = yield* open(`redis://:wrong-4711@${at}`)
      const none = yield* open(`redis://${at}`)
      for (const [sink, word] of [
        [wrong, "WRONGPASS"],
        [none, "NOAUTH"],
      ] as const) {
        const error = yield* Effect.flip(sink.deliver(batchOf(0, 1, "canary-1")))
        assert.include(error.message, word)
        const all = `${String(error)} ${JSON.stringify(error)} ${JSON.stringify(sink.status())}`
        assert.notMatch(all, /wrong-4711|canary-1/)
      }
      const right = yield* open(`redis://${at}`.replace("//", "//:right-0815@"))
      yield* right.deliver(batchOf(0, 1))
      const redacted = yield* RedisStreamSink.make({
        url: Redacted.make(`redis://:right-0815@${at}`),
        stream,
      })
      assert.strictEqual(yield* redacted.position(trail), 1)
      yield* redacted.close
    }),
  )

  it.live("the server is away at the start: the sink opens, and delivers once it is there", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(memory)
      yield* Effect.promise(() => server.process.kill())
      const sink = yield* open(server.url)
      assert.isFalse(sink.status().isConnected)
      yield* Effect.promise(() => server.process.start())
      yield* bring(sink, 10)
      yield* expectStored(server, 10)
    }),
  )

  it.effect.each(["", "http://host", "redis://", "redis://h/x", "redis://:secret@:1"])(
    "the address is %s: it is refused without being repeated",
    (url) =>
      Effect.gen(function* () {
        const refused = yield* Effect.flip(RedisStreamSink.make({ url }))
        assert.strictEqual(refused.code, "AUD-4402")
        assert.notInclude(refused.message, "secret")
      }),
  )
})

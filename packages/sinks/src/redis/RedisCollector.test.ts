import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { redisServer } from "../testing/RedisServer.ts"
import {
  batchOf,
  plainClient,
  range,
  readAs,
  sequencesIn,
  sharedServer,
  trail,
} from "../testing/StreamFixture.ts"
import type { CollectedRecord } from "./CollectedEvent.ts"
import * as RedisCollector from "./RedisCollector.ts"
import { RedisConnection } from "./RedisConnection.ts"
import * as RedisStreamSink from "./RedisStreamSink.ts"
import * as StreamStatistics from "./StreamStatistics.ts"

const { client, close, server } = await sharedServer()
afterAll(close)

const fill = (stream: string, first: number, count: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const sink = yield* Effect.acquireRelease(
        RedisStreamSink.make({ url: server.url, stream, groups: ["collectors"] }),
        (each) => each.close,
      )
      yield* sink.deliver(batchOf(first, count))
    }),
  )

/** Keeps what it is given, and is done when it has `count` records. */
const keeping = (count: number) => {
  const records: Array<CollectedRecord> = []
  const marks: Array<number | undefined> = []
  const enough = Deferred.makeUnsafe<void>()
  const receiver: RedisCollector.Receiver<never> = {
    resume: (mark) => Effect.sync(() => void marks.push(mark)),
    record: (batch) =>
      Effect.sync(() => {
        records.push(...batch)
        if (records.length >= count) Deferred.doneUnsafe(enough, Exit.void)
        return { mark: records.length, refused: [] }
      }),
  }
  return { records, marks, receiver, enough: Deferred.await(enough) }
}

const collecting = <E>(
  stream: string,
  consumer: string,
  receiver: RedisCollector.Receiver<E>,
  options: Partial<RedisCollector.CollectorOptions> = {},
) =>
  Effect.gen(function* () {
    const collector = yield* RedisCollector.make(
      { url: server.url, stream, consumer, countMax: 40, ...options },
      receiver,
    )
    const fiber = yield* Effect.forkScoped(collector.run, { startImmediately: true })
    return { collector, fiber }
  })

const statisticsOf = (stream: string) =>
  Effect.gen(function* () {
    const connection = yield* Effect.acquireRelease(
      RedisConnection.make({ url: server.url }),
      (each) => each.close,
    )
    return yield* StreamStatistics.read(connection, stream)
  })

const until = <E>(isTrue: Effect.Effect<boolean, E>): Effect.Effect<void, E> =>
  Effect.flatMap(isTrue, (is) =>
    is ? Effect.void : Effect.andThen(Effect.sleep(10), until(isTrue)),
  )

const sequences = (records: ReadonlyArray<CollectedRecord>) =>
  records.map(({ sequence }) => sequence)

describe("RedisCollector", () => {
  it.live("hands a batch on once, though Redis dies while that takes long", () =>
    Effect.gen(function* () {
      const own = yield* redisServer(["--maxmemory", "256mb"])
      const sink = yield* RedisStreamSink.make({ url: own.url, groups: ["collectors"] })
      yield* sink.deliver(batchOf(0, 30))
      yield* sink.close
      const { enough, receiver, records } = keeping(30)
      const slow: RedisCollector.Receiver<never> = {
        resume: receiver.resume,
        record: (batch) => Effect.tap(receiver.record(batch), () => Effect.sleep(1_500)),
      }
      const collector = yield* RedisCollector.make(
        { url: own.url, consumer: "one", claimAfter: 600 },
        slow,
      )
      yield* Effect.forkScoped(collector.run)
      yield* enough
      yield* Effect.promise(() => own.process.kill())
      yield* Effect.sleep(700)
      yield* Effect.promise(() => own.process.start())
      while (collector.status().acknowledged < 30) yield* Effect.sleep(20)
      // What could not be acknowledged is handed out again, marked; a first time it came once.
      const first = records.filter(({ isRepeated }) => !isRepeated)
      assert.deepStrictEqual(
        first.map(({ sequence }) => sequence),
        range(0, 30),
      )
    }),
  )

  it.live("looks back in its own trail when Redis has forgotten, before it takes anything", () =>
    Effect.gen(function* () {
      const own = yield* redisServer(["--maxmemory", "256mb"])
      const sink = yield* RedisStreamSink.make({ url: own.url, groups: ["collectors"] })
      yield* sink.deliver(batchOf(0, 20))
      const { marks, receiver, records } = keeping(20)
      const collector = yield* RedisCollector.make({ url: own.url, consumer: "one" }, receiver)
      yield* Effect.forkScoped(collector.run)
      while (collector.status().acknowledged < 20) yield* Effect.sleep(20)
      assert.deepStrictEqual(marks, [undefined])
      const admin = plainClient(own.url)
      yield* Effect.promise(() => admin.flushall())
      admin.disconnect()
      yield* Effect.ignore(sink.deliver(batchOf(20, 1)))
      yield* sink.deliver(batchOf(0, 21))
      while (collector.status().acknowledged < 41) yield* Effect.sleep(20)
      assert.deepStrictEqual(marks, [undefined, undefined])
      assert.strictEqual(records.length, 41)
      yield* sink.close
    }),
  )

  it.live("waits for an empty stream no longer than a command may take", () =>
    Effect.gen(function* () {
      const { collector } = yield* collecting("patient", "one", keeping(1).receiver, {
        commandTimeout: "400 millis",
      })
      yield* Effect.sleep(1_500)
      assert.isUndefined(collector.status().fault)
      assert.isTrue(collector.status().isConnected)
    }),
  )

  it.live("takes no stranger's entry for a record, whatever its fields begin with", () =>
    Effect.gen(function* () {
      const { collector } = yield* collecting("strange", "one", keeping(1).receiver)
      yield* Effect.promise(() =>
        client.xadd("strange", "*", "type", "a.b", "seq", "3", "entry", "{}"),
      )
      while (collector.status().acknowledged < 1) yield* Effect.sleep(20)
      assert.strictEqual(collector.status().foreign, 1)
    }),
  )

  it.live("hands on all of a stream, and acknowledges it", () =>
    Effect.gen(function* () {
      yield* fill("all", 0, 100)
      const kept = keeping(150)
      const { collector } = yield* collecting("all", "one", kept.receiver)
      yield* fill("all", 100, 50)
      yield* kept.enough
      assert.deepStrictEqual(sequences(kept.records), range(0, 150))
      assert.deepStrictEqual(
        kept.records.map(({ bytes }) => bytes.toString()),
        batchOf(0, 150).entries.map(String),
      )
      assert.isTrue(kept.records.every((record) => record.trail === trail && !record.isRepeated))
      yield* until(Effect.sync(() => collector.status().acknowledged === 150))
      const { groups } = yield* statisticsOf("all")
      assert.deepStrictEqual([groups[0]?.pending, groups[0]?.lag], [0, 0])
    }),
  )

  it.live("begins again with what it had not acknowledged, and says how far it had come", () =>
    Effect.gen(function* () {
      const stream = "again"
      yield* fill(stream, 0, 40)
      const before = keeping(40)
      const first = yield* collecting(stream, "one", before.receiver)
      yield* before.enough
      yield* until(Effect.sync(() => first.collector.status().acknowledged === 40))
      yield* Fiber.interrupt(first.fiber)
      yield* fill(stream, 40, 60)
      // The next one dies when it has them and has said nothing.
      const reached = yield* Deferred.make<void>()
      const second = yield* collecting(stream, "one", {
        resume: () => Effect.void,
        record: () => Effect.andThen(Deferred.succeed(reached, undefined), Effect.never),
      })
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(second.fiber)

      const after = keeping(60)
      yield* collecting(stream, "one", after.receiver)
      yield* after.enough
      assert.deepStrictEqual(after.marks, [40])
      assert.deepStrictEqual(sequences(after.records), range(40, 100))
      assert.isTrue(after.records.slice(0, 40).every(({ isRepeated }) => isRepeated))
    }),
  )

  it.live("takes over what a silent member has, and nothing of one that still works", () =>
    Effect.gen(function* () {
      const stream = "taken"
      yield* fill(stream, 0, 60)
      // Twenty for one that never speaks again, the rest for one that takes its time.
      yield* Effect.promise(() => readAs(client, stream, "collectors", 20))
      const reached = yield* Deferred.make<void>()
      yield* collecting(
        stream,
        "busy",
        {
          resume: () => Effect.void,
          record: () => Effect.andThen(Deferred.succeed(reached, undefined), Effect.never),
        },
        { claimAfter: 600 },
      )
      yield* Deferred.await(reached)
      const kept = keeping(20)
      const { collector } = yield* collecting(stream, "other", kept.receiver, { claimAfter: 600 })
      yield* kept.enough
      yield* Effect.sleep(1_500)
      assert.deepStrictEqual(sequences(kept.records), range(0, 20))
      assert.isTrue(kept.records.every(({ isRepeated }) => isRepeated))
      assert.strictEqual(collector.status().takenOver, 20)
    }),
  )

  it.live("keeps a copy of what its receiver can never take", () =>
    Effect.gen(function* () {
      const stream = "never"
      yield* fill(stream, 0, 10)
      const { collector } = yield* collecting(stream, "one", {
        resume: () => Effect.void,
        record: (batch) => Effect.succeed({ mark: 0, refused: batch.slice(3, 5) }),
      })
      yield* until(Effect.sync(() => collector.status().refused === 2))
      assert.deepStrictEqual(
        yield* Effect.promise(() => sequencesIn(client, `{${stream}}:refused`)),
        [3, 4],
      )
      assert.strictEqual((yield* statisticsOf(stream)).refused, 2)
    }),
  )

  it.live("goes on after everything was flushed", () =>
    Effect.gen(function* () {
      const stream = "flushed"
      yield* fill(stream, 0, 10)
      const kept = keeping(30)
      const { collector } = yield* collecting(stream, "one", kept.receiver)
      yield* until(Effect.sync(() => collector.status().acknowledged === 10))
      yield* Effect.promise(() => client.flushall())
      yield* fill(stream, 10, 20)
      yield* kept.enough
      assert.deepStrictEqual(sequences(kept.records), range(0, 30))
    }),
  )

  it.live("passes over entries that no sink wrote", () =>
    Effect.gen(function* () {
      const stream = "foreign"
      yield* Effect.promise(async () => {
        await client.xadd(stream, "*", "greeting", "hello")
        await client.xadd(stream, "*", "trail", "t", "sequence", "-1", "event", "{}")
      })
      const { collector } = yield* collecting(stream, "one", keeping(1).receiver)
      yield* until(Effect.sync(() => collector.status().acknowledged === 2))
      assert.strictEqual(collector.status().foreign, 2)
    }),
  )

  it.live("ends with the receiver's error, and acknowledges nothing of that batch", () =>
    Effect.gen(function* () {
      const stream = "failing"
      yield* fill(stream, 0, 10)
      const { fiber } = yield* collecting(stream, "one", {
        resume: () => Effect.void,
        record: () => Effect.fail("the disk is full"),
      })
      assert.strictEqual(yield* Effect.flip(Fiber.join(fiber)), "the disk is full")
      assert.strictEqual((yield* statisticsOf(stream)).groups[0]?.pending, 10)
    }),
  )
})

describe("StreamStatistics", () => {
  it.live("tell length, positions and groups at one moment", () =>
    Effect.gen(function* () {
      const stream = "counted"
      yield* fill(stream, 0, 70)
      yield* Effect.promise(() => readAs(client, stream, "collectors", 20))
      yield* Effect.sleep(20)
      const found = yield* statisticsOf(stream)
      assert.strictEqual(found.length, 70)
      assert.isAbove(found.bytes, 70)
      assert.deepStrictEqual([...found.positions], [[trail, 70]])
      const [{ oldestPendingMillis, ...group } = { oldestPendingMillis: 0 }] = found.groups
      assert.deepStrictEqual(group, { name: "collectors", consumers: 1, pending: 20, lag: 50 })
      assert.isAtLeast(oldestPendingMillis, 20)
    }),
  )

  it.live("are all zero of a stream that is not there", () =>
    Effect.gen(function* () {
      const { groups, length, positions, refused } = yield* statisticsOf("nothing")
      assert.deepStrictEqual([length, refused, groups.length, positions.size], [0, 0, 0, 0])
    }),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { decide, dispatch, FakeTrail, lettersOf, stored } from "../testing/DispatchFixture.ts"
import { FaultySink } from "../testing/FaultySink.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import * as MemorySink from "../testing/MemorySink.ts"
import { configured, type Sink, SinkError } from "./Sink.ts"

const sequencesOf = (disk: MemoryDisk) => lettersOf(disk).map(({ sequence }) => sequence)

/** A sink that refused the records 3 and 4 of ten, and has been mended. */
const setup = Effect.fnUntraced(function* (options: MemorySink.MemorySinkOptions = {}) {
  const sink = MemorySink.make(options)
  const faulty = new FaultySink(sink)
  faulty.reject(3)
  faulty.reject(4)
  const log = new FakeTrail()
  const memory = new MemoryDisk()
  const running: { redeliver: Sink["deliver"] } = {
    redeliver: (batch) => faulty.redeliver?.(batch) ?? Effect.void,
  }
  const replayed: Sink = {
    ...configured(faulty, {}),
    redeliver: (batch) => Effect.suspend(() => running.redeliver(batch)),
  }
  const dispatched = yield* dispatch([replayed], { trail: log, disk: memory })
  dispatched.publish(10)
  yield* TestClock.adjust(0)
  faulty.mend()
  return { ...dispatched, faulty, running, sink }
})

describe("Replays", () => {
  it.effect("deliver what a person asks for, while the engine runs, and note that", () =>
    Effect.gen(function* () {
      const { dispatcher, memory, sink } = yield* setup()
      yield* decide(memory, "requested", 4)
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(stored(sink), [0, 1, 2, 5, 6, 7, 8, 9, 4])
      assert.deepStrictEqual(sequencesOf(memory), [3])
      assert.strictEqual(dispatcher.status()[0]?.openLetters, 1)
      // The place in the trail is where it was.
      assert.strictEqual(dispatcher.status()[0]?.cursor, 10)
    }),
  )

  it.effect("deliver at once what is decided in the engine itself", () =>
    Effect.gen(function* () {
      const { dispatcher, memory, sink } = yield* setup()
      yield* decide(memory, "requested", 4)
      yield* TestClock.adjust(0)
      assert.notInclude(stored(sink), 4)
      dispatcher.replay("another")
      yield* TestClock.adjust(0)
      assert.notInclude(stored(sink), 4)
      dispatcher.replay("memory")
      yield* TestClock.adjust(0)
      assert.include(stored(sink), 4)
      assert.deepStrictEqual(sequencesOf(memory), [3])
    }),
  )

  it.effect("look again at once where somebody decides while they are under way", () =>
    Effect.gen(function* () {
      const { dispatcher, memory, running, sink } = yield* setup()
      running.redeliver = (batch) =>
        Effect.gen(function* () {
          running.redeliver = sink.deliver
          yield* Effect.orDie(decide(memory, "requested", 3))
          dispatcher.replay("memory")
          yield* sink.deliver(batch)
        })
      yield* decide(memory, "requested", 4)
      dispatcher.replay("memory")
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(stored(sink), [0, 1, 2, 5, 6, 7, 8, 9, 4, 3])
      assert.isEmpty(sequencesOf(memory))
    }),
  )

  it.effect("deliver at the next start what was asked for while no engine ran", () =>
    Effect.gen(function* () {
      const { dispatcher, log, memory } = yield* setup()
      yield* dispatcher.close
      yield* decide(memory, "requested", 3, 4)
      const sink = MemorySink.make()
      yield* dispatch([sink], { trail: log, disk: memory })
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(stored(sink), [3, 4])
      assert.isEmpty(sequencesOf(memory))
    }),
  )

  it.effect("never deliver what was dropped", () =>
    Effect.gen(function* () {
      const { memory, sink } = yield* setup()
      yield* decide(memory, "dropped", 3, 4)
      yield* decide(memory, "requested", 3)
      yield* TestClock.adjust("1 minute")
      assert.notInclude(stored(sink), 3)
      assert.isEmpty(sequencesOf(memory))
    }),
  )

  for (const isExactlyOnce of [true, false]) {
    it.effect(`never deliver what was dropped as new (exactly once: ${isExactlyOnce})`, () =>
      Effect.gen(function* () {
        const log = new FakeTrail()
        const disk = new MemoryDisk()
        const sink = MemorySink.make({ isExactlyOnce })
        const faulty = new FaultySink(configured(sink, {}))
        faulty.reject(1)
        faulty.reject(2)
        const before = yield* dispatch([faulty], { trail: log, disk })
        before.publish(3)
        yield* TestClock.adjust(0)
        // The engine is killed: nothing is closed, and nothing saved in time.
        yield* decide(disk, "dropped", 1, 2)
        const { dispatcher, publish } = yield* dispatch([sink], { trail: log, disk })
        yield* TestClock.adjust(0)
        assert.strictEqual(dispatcher.status()[0]?.lag, 0)
        publish(2)
        yield* TestClock.adjust(0)
        assert.deepStrictEqual([...new Set(stored(sink))], [0, 3, 4])
      }),
    )
  }

  it.effect("are tried again when the sink fails, and leave one copy where it promises that", () =>
    Effect.gen(function* () {
      const { faulty, memory, sink } = yield* setup({ isExactlyOnce: true })
      faulty.next("store-and-fail")
      yield* decide(memory, "requested", 4)
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(stored(sink), [0, 1, 2, 5, 6, 7, 8, 9, 4])
      assert.deepStrictEqual(sequencesOf(memory), [3])
    }),
  )

  it.effect("that fail keep no new record from the sink, and no other replay", () =>
    Effect.gen(function* () {
      const { dispatcher, memory, publish, row, running, sink } = yield* setup()
      running.redeliver = (batch) =>
        batch.firstSequence === 3
          ? Effect.fail(new SinkError({ sink: "memory", reason: "unavailable", detail: "full" }))
          : sink.deliver(batch)
      yield* decide(memory, "requested", 3, 4)
      yield* TestClock.adjust("10 seconds")
      assert.include(row()?.lastCause ?? "", "full")
      for (let times = 0; times < 30; times++) {
        publish(1)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(dispatcher.status()[0]?.lag, 0)
      }
      assert.strictEqual(dispatcher.status()[0]?.circuit, "closed")
      assert.include(stored(sink), 4)
      assert.deepStrictEqual(sequencesOf(memory), [3])
      running.redeliver = sink.deliver
      yield* TestClock.adjust("5 minutes")
      assert.include(stored(sink), 3)
      assert.isEmpty(sequencesOf(memory))
    }),
  )

  it.effect("that are refused again stay open, with the new cause", () =>
    Effect.gen(function* () {
      const { faulty, memory } = yield* setup()
      faulty.reject(3)
      yield* decide(memory, "requested", 3)
      yield* TestClock.adjust("1 minute")
      assert.deepInclude(lettersOf(memory)[0], { sequence: 3, refusals: 2, isRequested: false })
    }),
  )

  it.effect("are not believed to have come to a sink that skips what its position has passed", () =>
    Effect.gen(function* () {
      const { redeliver: _, ...inner } = MemorySink.make({ isExactlyOnce: true })
      const refusing = new FaultySink(inner)
      refusing.reject(1)
      const memory = new MemoryDisk()
      const { publish } = yield* dispatch([refusing], { disk: memory })
      publish(3)
      yield* TestClock.adjust(0)
      refusing.mend()
      yield* decide(memory, "requested", 1)
      yield* TestClock.adjust("1 minute")
      assert.deepInclude(lettersOf(memory)[0], { sequence: 1, refusals: 2 })
      assert.include(lettersOf(memory)[0]?.cause ?? "", "can't be replayed to")
    }),
  )

  it.effect("deliver no record that is another one than was refused", () =>
    Effect.gen(function* () {
      const { dispatcher, log, memory } = yield* setup()
      yield* dispatcher.close
      yield* decide(memory, "requested", 3)
      const delivered: Array<number> = []
      const sink: Sink = {
        ...MemorySink.make(),
        deliver: (batch) => Effect.sync(() => void delivered.push(batch.firstSequence)),
      }
      const other = log.batch(3, [Buffer.from(`{"id":"another"}`)])
      yield* dispatch([sink], {
        trail: log,
        disk: memory,
        options: { readFrom: () => Effect.succeed(other) },
      })
      yield* TestClock.adjust("1 minute")
      assert.isEmpty(delivered)
      assert.include(lettersOf(memory)[0]?.cause ?? "", "does not have this record any more")
    }),
  )

  it.effect("cost an engine without letters not even a look", () =>
    Effect.gen(function* () {
      const { faulty: disk, publish } = yield* dispatch([MemorySink.make()])
      publish(1)
      yield* TestClock.adjust("1 second")
      const before = disk.journal.length
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(disk.journal.length, before)
    }),
  )
})

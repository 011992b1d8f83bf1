import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { dispatch, FakeTrail, lettersOf, range, stored } from "../testing/DispatchFixture.ts"
import { FaultySink } from "../testing/FaultySink.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import * as MemorySink from "../testing/MemorySink.ts"

const sequencesOf = (disk: MemoryDisk) => lettersOf(disk).map(({ sequence }) => sequence)

const refuseAll = (faulty: FaultySink): void => {
  for (const sequence of range(0, 100)) faulty.reject(sequence)
}

describe("a sink that refuses records", () => {
  it.effect("buries none of them while it takes none, and all arrive when it does", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      refuseAll(faulty)
      const { dispatcher, memory, publish, row } = yield* dispatch([faulty])
      publish(50)
      yield* TestClock.adjust("1 hour")
      assert.isEmpty(lettersOf(memory))
      assert.strictEqual(dispatcher.status()[0]?.cursor, 0)
      assert.match(row()?.lastCause ?? "", /takes no record at all, so record 0 is not to blame/)
      faulty.mend()
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(stored(sink), range(0, 50))
    }),
  )

  it.effect("buries none when it begins to refuse everything on the way", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      const { memory, publish } = yield* dispatch([faulty])
      publish(20)
      yield* TestClock.adjust(0)
      refuseAll(faulty)
      publish(20)
      yield* TestClock.adjust("1 hour")
      assert.isEmpty(lettersOf(memory))
      faulty.mend()
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(stored(sink), range(0, 40))
    }),
  )

  it.effect("buries one that comes alone, when it takes the one before again", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      faulty.reject(3)
      faulty.reject(4)
      const { memory, publish } = yield* dispatch([faulty])
      publish(3)
      yield* TestClock.adjust(0)
      publish(1)
      yield* TestClock.adjust(0)
      publish(1)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(sequencesOf(memory), [3, 4])
      assert.deepStrictEqual(stored(sink), [0, 1, 2, 2, 2])
    }),
  )

  for (const isExactlyOnce of [true, false]) {
    it.effect(`buries one that comes first after a restart (exactly once: ${isExactlyOnce})`, () =>
      Effect.gen(function* () {
        const log = new FakeTrail()
        const disk = new MemoryDisk()
        const store = new MemorySink.MemoryStore()
        const running = (refused: ReadonlyArray<number>) => {
          const faulty = new FaultySink(MemorySink.make({ store, isExactlyOnce }))
          for (const sequence of refused) faulty.reject(sequence)
          return dispatch([faulty], { trail: log, disk })
        }
        const first = yield* running([2])
        first.publish(3)
        yield* TestClock.adjust(0)
        yield* first.dispatcher.close
        // What stands before it is a dead letter itself.
        const second = yield* running([2, 3])
        second.publish(3)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(sequencesOf(second.memory), [2, 3])
        assert.strictEqual(second.dispatcher.status()[0]?.cursor, 6)
      }),
    )
  }
})

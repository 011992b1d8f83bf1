import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import {
  cursorOf,
  dispatch,
  entryOf,
  FakeTrail,
  lettersOf,
  range,
  stored,
} from "../testing/DispatchFixture.ts"
import { FaultySink } from "../testing/FaultySink.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import * as MemorySink from "../testing/MemorySink.ts"

describe("Dispatcher", () => {
  it.effect("hands a sink that keeps up each batch from memory, and gives the memory back", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const { log, publish } = yield* dispatch([sink])
      for (const count of [1, 5, 3]) {
        publish(count)
        yield* TestClock.adjust(0)
      }
      assert.deepStrictEqual(stored(sink), range(0, 9))
      assert.strictEqual(log.reads, 0)
      assert.isEmpty([...log.lent])
    }),
  )

  it.effect("gives memory back at once where there is no sink", () =>
    Effect.gen(function* () {
      const { log, publish } = yield* dispatch([])
      publish(3)
      assert.isEmpty([...log.lent])
    }),
  )

  it.effect("reads the trail for a sink that starts behind, then hands over without a gap", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(35).release()
      const sink = MemorySink.make()
      const { publish } = yield* dispatch([sink], { trail: log })
      publish(4)
      yield* TestClock.adjust(0)
      publish(2)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(stored(sink), range(0, 41))
    }),
  )

  it.effect("a sink that hangs slows no other, and pins no more than its share of memory", () =>
    Effect.gen(function* () {
      const slow = MemorySink.make({ name: "slow" })
      const hanging = new FaultySink(slow)
      hanging.hang()
      const quick = MemorySink.make({ name: "quick" })
      const { dispatcher, log, publish, row } = yield* dispatch([hanging, quick], {
        options: { ringCountMax: 2, deliverTimeout: "1 hour" },
      })
      for (let count = 0; count < 50; count++) {
        publish(2)
        yield* TestClock.adjust(0)
      }
      assert.deepStrictEqual(stored(quick), range(0, 100))
      assert.isEmpty(stored(slow))
      // Two recent ones, and the one in the hands of the sink that hangs.
      assert.strictEqual(log.lent.size, 3)
      dispatcher.trim()
      assert.strictEqual(log.lent.size, 1)
      assert.strictEqual(row()?.state, "blocked")
      assert.strictEqual(row()?.waitsOn, "slow")
      assert.strictEqual(row()?.mailbox?.depthItems, 100)

      hanging.resume()
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(stored(slow), range(0, 100))
      assert.isEmpty([...log.lent])
    }),
  )

  it.effect("stays within the bytes of the ring as well", () =>
    Effect.gen(function* () {
      const hanging = new FaultySink(MemorySink.make())
      hanging.hang()
      const { log, publish } = yield* dispatch([hanging], {
        options: { ringCountMax: 1000, ringBytesMax: 100 },
      })
      publish(1)
      yield* TestClock.adjust(0)
      for (let count = 0; count < 20; count++) publish(1)
      // 19 bytes a record: five of them, and the one that hangs.
      assert.isAtMost(log.lent.size, 6)
      assert.isAtLeast(log.lent.size, 4)
    }),
  )

  it.effect("never lets a sink miss records that the trail skips", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(20).release()
      const sink = MemorySink.make()
      const { row } = yield* dispatch([sink], {
        trail: log,
        options: {
          readFrom: () => Effect.succeed(log.batch(5, range(5, 9).map(entryOf))),
        },
      })
      yield* TestClock.adjust("1 minute")
      assert.isEmpty(stored(sink))
      assert.include(row()?.lastCause ?? "", "record 0 was asked for, the trail gave 5")
    }),
  )

  it.effect("looks again where the trail does not show a durable record yet", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(5).release()
      log.hidden = 5
      const sink = MemorySink.make()
      yield* dispatch([sink], { trail: log })
      yield* TestClock.adjust("1 second")
      assert.isEmpty(stored(sink))
      log.hidden = 0
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(stored(sink), range(0, 5))
    }),
  )

  it.effect("looks again at once when a batch came while it was reading", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(5).release()
      log.hidden = 5
      const sink = MemorySink.make()
      const news: Array<() => void> = []
      const { publish } = yield* dispatch([sink], {
        trail: log,
        options: {
          readFrom: (sequence) =>
            Effect.tap(log.readFrom(sequence), () => Effect.sync(() => news.pop()?.())),
        },
      })
      news.push(() => {
        publish(1)
        log.hidden = 0
      })
      yield* TestClock.adjust("50 millis")
      assert.deepStrictEqual(stored(sink), range(0, 6))
    }),
  )

  it.effect("retries when the trail can't be read", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(5).release()
      const disk = new MemoryDisk()
      let failures = 3
      const sink = MemorySink.make()
      yield* dispatch([sink], {
        trail: log,
        options: {
          readFrom: (sequence) =>
            failures-- > 0
              ? Effect.as(disk.disk.readFile("/nowhere"), undefined)
              : log.readFrom(sequence),
        },
      })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(stored(sink), range(0, 5))
    }),
  )

  it.effect(
    "close lets sinks catch up, saves cursors, closes sinks, and waits for none for ever",
    () =>
      Effect.gen(function* () {
        const log = new FakeTrail()
        log.append(30).release()
        const good = MemorySink.make({ name: "good" })
        const hanging = new FaultySink(MemorySink.make({ name: "hanging" }))
        hanging.hang()
        const { dispatcher, memory, publish, rows } = yield* dispatch([good, hanging], {
          trail: log,
          options: { drainTimeout: "3 seconds", deliverTimeout: "1 hour" },
        })
        publish(5)
        const closing = yield* Effect.forkChild(dispatcher.close, { startImmediately: true })
        yield* TestClock.adjust("2999 millis")
        assert.deepStrictEqual(stored(good), range(0, 35))
        assert.strictEqual(cursorOf(memory, "good"), 35)
        assert.isUndefined(closing.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.isDefined(closing.pollUnsafe())
        yield* dispatcher.close
        assert.isEmpty([...log.lent])
        const states = rows().map(({ id, state }) => `${id} ${state}`)
        assert.deepStrictEqual(states.slice(1), ["sink:good stopped", "sink:hanging stopped"])
        const refused = yield* Effect.flip(good.deliver(log.batch(0, [])))
        assert.strictEqual(refused.reason, "unavailable")
      }),
  )

  it.effect("close waits for durable records that the trail does not show yet", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(5).release()
      log.hidden = 5
      const sink = MemorySink.make()
      const { dispatcher } = yield* dispatch([sink], { trail: log })
      const closing = yield* Effect.forkChild(dispatcher.close, { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.isUndefined(closing.pollUnsafe())
      log.hidden = 0
      yield* TestClock.adjust("100 millis")
      assert.isDefined(closing.pollUnsafe())
      assert.deepStrictEqual(stored(sink), range(0, 5))
    }),
  )

  it.effect("refuses names that can't name files, and two sinks of one name", () =>
    Effect.gen(function* () {
      for (const name of ["", "../up", "a/b", ".hidden", "x".repeat(65), "nul\0", "\u00e9"]) {
        const error = yield* Effect.flip(dispatch([MemorySink.make({ name })]))
        assert.strictEqual(error.code, "AUD-4102")
      }
      const twins = [MemorySink.make({ name: "a" }), MemorySink.make({ name: "A" })]
      assert.include((yield* Effect.flip(dispatch(twins))).message, "taken by another sink")
    }),
  )

  const small = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 30 }))
  const refusable = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 30 }))
  const fault = Schema.Literals(["fail", "store-and-fail", "crash", "none"])

  for (const isExactlyOnce of [true, false]) {
    it.effect.prop(
      `whatever fails when, ${isExactlyOnce ? "exactly" : "at least"} once: nothing is lost, the order is kept`,
      {
        behind: small,
        counts: Schema.Array(small),
        faults: Schema.Array(fault),
        // The first is never refused: of a sink that has taken nothing no refusal is believed.
        rejected: Schema.Array(refusable).check(Schema.isMaxLength(3)),
      },
      ({ behind, counts, faults, rejected }) =>
        Effect.gen(function* () {
          const log = new FakeTrail()
          log.append(behind).release()
          const sink = MemorySink.make({ isExactlyOnce })
          const faulty = new FaultySink(sink)
          for (const each of faults) if (each !== "none") faulty.next(each)
          for (const sequence of rejected) faulty.reject(sequence)
          const { dispatcher, memory, publish } = yield* dispatch([faulty], {
            trail: log,
            options: { ringCountMax: 2 },
          })
          for (const count of counts) {
            if (count > 0) publish(count)
            if (count % 3 === 0) yield* TestClock.adjust("20 millis")
          }
          yield* TestClock.adjust("2 hours")
          yield* dispatcher.close
          const expected = range(0, log.size).filter((sequence) => !rejected.includes(sequence))
          const found = stored(sink)
          assert.deepStrictEqual(isExactlyOnce ? found : [...new Set(found)], expected)
          const letters = range(0, log.size).filter((sequence) => rejected.includes(sequence))
          assert.strictEqual(lettersOf(memory).length, letters.length)
          assert.isEmpty([...log.lent])
        }),
      { arbitrary: { runs: 60 } },
    )
  }
})

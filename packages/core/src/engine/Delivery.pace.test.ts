import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { dispatch, FakeTrail, range, stored } from "../testing/DispatchFixture.ts"
import { FaultySink } from "../testing/FaultySink.ts"
import * as MemorySink from "../testing/MemorySink.ts"
import { configured, type Sink, type SinkDelivery } from "./Sink.ts"

/** A sink that notes how many records each delivery had, and when it came. */
const counted = (inner: Sink, delivery: SinkDelivery = {}, millisEach = 0) => {
  const sizes: Array<number> = []
  const sink: Sink = {
    ...configured(inner, delivery),
    deliver: (batch) =>
      Effect.suspend(() => {
        sizes.push(batch.entries.length)
        return Effect.andThen(
          Effect.sleep(millisEach * batch.entries.length),
          Effect.suspend(() => inner.deliver(batch)),
        )
      }),
  }
  return { sink, sizes }
}

const wide = (log: FakeTrail) => ({
  readFrom: (sequence: number) =>
    Effect.sync(() =>
      sequence >= log.size
        ? undefined
        : log.batch(
            sequence,
            range(sequence, log.size).map((at) => Buffer.from(`{"id":"record-${at}"}`)),
          ),
    ),
})

describe("the pace of a delivery", () => {
  it.effect("small batches of the trail become one delivery for a sink that is behind", () =>
    Effect.gen(function* () {
      const memory = MemorySink.make()
      const hanging = new FaultySink(memory)
      hanging.hang()
      const { sink, sizes } = counted(hanging)
      const { log, publish } = yield* dispatch([sink])
      for (let times = 0; times < 4; times++) {
        publish(2)
        yield* TestClock.adjust(0)
      }
      assert.deepStrictEqual(sizes, [2])
      hanging.resume()
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(sizes, [2, 6])
      assert.strictEqual(log.reads, 0)
      assert.deepStrictEqual(stored(memory), range(0, 8))
    }),
  )

  it.effect("what is joined is copied: a sink that hangs on it keeps no memory of the engine", () =>
    Effect.gen(function* () {
      const memory = MemorySink.make()
      const gates = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
      const taken: Array<number> = []
      const hanging: Sink = {
        ...memory,
        deliver: (batch) =>
          Effect.suspend(() => {
            const gate = gates[taken.length]
            taken.push(batch.entries.length)
            return Effect.andThen(
              gate === undefined ? Effect.void : Deferred.await(gate),
              Effect.suspend(() => memory.deliver(batch)),
            )
          }),
      }
      const open = (index: number) => {
        const gate = gates[index]
        if (gate !== undefined) Deferred.doneUnsafe(gate, Effect.void)
        return TestClock.adjust("1 second")
      }
      const { dispatcher, log, publish } = yield* dispatch([hanging], {
        options: { deliverTimeout: "1 hour" },
      })
      publish(1)
      yield* TestClock.adjust(0)
      publish(1)
      publish(1)
      yield* open(0)
      assert.deepStrictEqual(taken, [1, 2])
      dispatcher.trim()
      assert.isEmpty([...log.lent])
      yield* open(1)
      assert.deepStrictEqual(stored(memory), [0, 1, 2])
    }),
  )

  it.effect("no delivery exceeds what the sink wishes, by count or by bytes", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(25).release()
      const byCount = counted(MemorySink.make({ name: "count" }), { recordsMax: 10 })
      // 17 bytes each for the first ten records, then 18.
      const byBytes = counted(MemorySink.make({ name: "bytes" }), { bytesMax: 100 })
      yield* dispatch([byCount.sink, byBytes.sink], { trail: log, options: wide(log) })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(byCount.sizes, [10, 10, 5])
      assert.deepStrictEqual(byBytes.sizes, [5, 5, 5, 5, 5])
    }),
  )

  it.effect("a sink that wishes for fuller deliveries gets them when they are full or old", () =>
    Effect.gen(function* () {
      const { sink, sizes } = counted(MemorySink.make(), { recordsMax: 5, waitMillis: 200 })
      const { publish } = yield* dispatch([sink])
      publish(2)
      yield* TestClock.adjust("150 millis")
      assert.deepStrictEqual(sizes, [])
      publish(1)
      yield* TestClock.adjust("50 millis")
      assert.deepStrictEqual(sizes, [3])
      publish(3)
      publish(2)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(sizes, [3, 5])
    }),
  )

  it.effect("an engine that closes waits for no fuller delivery", () =>
    Effect.gen(function* () {
      const memory = MemorySink.make()
      const { sink } = counted(memory, { waitMillis: 60_000 })
      const { dispatcher, publish } = yield* dispatch([sink])
      publish(2)
      yield* TestClock.adjust(0)
      yield* dispatcher.close
      assert.deepStrictEqual(stored(memory), [0, 1])
    }),
  )

  it.effect("a delivery that can't be done within its deadline shrinks until it can", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(100).release()
      const memory = MemorySink.make()
      const wishes = { recordsMax: 100, deliverMillisMax: 1000 }
      const { sink, sizes } = counted(memory, wishes, 40)
      yield* dispatch([sink], { trail: log, options: wide(log) })
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(stored(memory), range(0, 100))
      assert.deepStrictEqual(sizes.slice(0, 4), [100, 50, 25, 18])
    }),
  )

  it.effect("a sink's own deadline holds for it alone", () =>
    Effect.gen(function* () {
      const quick = new FaultySink(MemorySink.make({ name: "quick" }))
      const patient = new FaultySink(MemorySink.make({ name: "patient" }))
      quick.hang()
      patient.hang()
      const { publish, rows } = yield* dispatch(
        [configured(quick, { deliverMillisMax: 100 }), patient],
        { options: { deliverTimeout: "1 hour" } },
      )
      publish(1)
      yield* TestClock.adjust("100 millis")
      const causes = rows().map(({ id, lastCause }) => [id, lastCause?.includes("100 ms")])
      assert.deepStrictEqual(causes.slice(1), [
        ["sink:quick", true],
        ["sink:patient", undefined],
      ])
    }),
  )
})

describe("the circuit of a sink", () => {
  const options = {
    retry: { fromMillis: 1, toMillis: 1 },
    circuit: { failures: 3, openMillis: 10_000, openMillisMax: 15_000 },
  }

  it.effect("opens after failures in a row, lets the sink alone, then tries with few records", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(40).release()
      const memory = MemorySink.make()
      const faulty = new FaultySink(memory)
      faulty.next("fail", 4)
      const { sink, sizes } = counted(faulty)
      const { dispatcher, row } = yield* dispatch([sink], {
        trail: log,
        options: { ...options, ...wide(log) },
      })
      const circuit = () => dispatcher.status()[0]?.circuit
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual(faulty.calls, 3)
      assert.strictEqual(circuit(), "open")
      assert.strictEqual(row()?.waitsOn, "circuit")
      yield* TestClock.adjust("2 seconds")
      // The one that tries, which fails: it is left alone for longer.
      assert.strictEqual(faulty.calls, 4)
      yield* TestClock.adjust("12 seconds")
      assert.strictEqual(faulty.calls, 4)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(circuit(), "closed")
      assert.deepStrictEqual(stored(memory), range(0, 40))
      assert.deepStrictEqual(sizes.slice(3, 6), [16, 16, 24])
    }),
  )

  it.effect("takes a refusal by a sink that takes other records for an answer", () =>
    Effect.gen(function* () {
      const faulty = new FaultySink(MemorySink.make())
      for (const sequence of range(1, 20)) faulty.reject(sequence)
      const { dispatcher, publish } = yield* dispatch([faulty], { options })
      publish(20)
      yield* TestClock.adjust(0)
      assert.strictEqual(dispatcher.status()[0]?.circuit, "closed")
      assert.strictEqual(dispatcher.status()[0]?.deadLetters, 19)
    }),
  )

  it.effect("opens where a sink refuses everything", () =>
    Effect.gen(function* () {
      const faulty = new FaultySink(MemorySink.make())
      for (const sequence of range(0, 20)) faulty.reject(sequence)
      const { dispatcher, publish } = yield* dispatch([faulty], { options })
      publish(20)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(dispatcher.status()[0]?.circuit, "open")
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(dispatcher.status()[0]?.circuit, "open")
      assert.strictEqual(dispatcher.status()[0]?.deadLetters, 0)
    }),
  )

  it.effect("is not closed by a sink that tells its position and takes nothing", () =>
    Effect.gen(function* () {
      const faulty = new FaultySink(MemorySink.make({ isExactlyOnce: true }))
      faulty.next("fail", 100)
      const { dispatcher, publish } = yield* dispatch([faulty], { options })
      publish(1)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(dispatcher.status()[0]?.circuit, "open")
      assert.strictEqual(faulty.calls, 3)
    }),
  )
})

describe("how a sink stands", () => {
  it.effect("says how far it is behind, how fast it catches up and until when", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      const slow = counted(MemorySink.make(), { recordsMax: 10, isRequired: true }, 10)
      const { dispatcher, publish } = yield* dispatch([slow.sink], {
        trail: log,
        options: wide(log),
      })
      const status = () => dispatcher.status()[0]
      assert.deepInclude(status(), { lag: 0, oldestMillis: 0, catchUpMillis: 0, isRequired: true })
      for (let second = 0; second < 20; second++) {
        publish(200)
        yield* TestClock.adjust("1 second")
      }
      // It takes 100 a second of 200.
      assert.isTrue(Math.abs((status()?.lag ?? 0) - 2000) < 20)
      assert.isTrue(Math.abs((status()?.perSecond ?? 0) - 100) < 5)
      assert.isUndefined(status()?.catchUpMillis)
      assert.isTrue(Math.abs((status()?.oldestMillis ?? 0) - 10_000) <= 1000)
      yield* TestClock.adjust("10 seconds")
      assert.isTrue(Math.abs((status()?.catchUpMillis ?? 0) - 10_000) < 1000)
      assert.isTrue(Math.abs((status()?.lagBytes ?? 0) - 1000 * 20) < 2000)
      yield* TestClock.adjust("11 seconds")
      assert.deepInclude(status(), { lag: 0, lagBytes: 0, oldestMillis: 0, catchUpMillis: 0 })
    }),
  )
})

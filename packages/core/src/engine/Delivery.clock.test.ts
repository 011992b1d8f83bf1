import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { decide, dispatch, lettersOf, range, stored } from "../testing/DispatchFixture.ts"
import { FaultySink } from "../testing/FaultySink.ts"
import * as MemorySink from "../testing/MemorySink.ts"
import { configured } from "./Sink.ts"

const hourMillis = 3_600_000

/** The test's clock, whose date can be set while its time goes on. */
const settable = Effect.gen(function* () {
  const real = yield* Clock.clockWith(Effect.succeed)
  let offset = 0
  const currentTimeMillisUnsafe = (): number => real.currentTimeMillisUnsafe() + offset
  const currentTimeNanosUnsafe = (): bigint => BigInt(currentTimeMillisUnsafe()) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe,
    currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
    currentTimeNanosUnsafe,
    currentTimeNanos: Effect.sync(currentTimeNanosUnsafe),
    monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: real.monotonicTimeNanos,
    sleep: (duration) => real.sleep(duration),
  }
  return { clock, set: (offsetMillis: number) => void (offset = offsetMillis) }
})

describe("Delivery, under a clock that is set back", () => {
  it.effect("delivers what gathers when it is old enough", () =>
    Effect.gen(function* () {
      const { clock, set } = yield* settable
      set(hourMillis)
      const sink = MemorySink.make()
      const { dispatcher, publish } = yield* dispatch([configured(sink, { waitMillis: 200 })]).pipe(
        Effect.provideService(Clock.Clock, clock),
      )
      publish(3)
      yield* TestClock.adjust("100 millis")
      set(0)
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(stored(sink), range(0, 3))
      publish(3)
      yield* TestClock.adjust("150 millis")
      assert.strictEqual(dispatcher.status()[0]?.oldestMillis, 150)
    }),
  )

  it.effect("leaves a sink that failed alone no longer than ever", () =>
    Effect.gen(function* () {
      const { clock, set } = yield* settable
      set(hourMillis)
      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      faulty.next("fail", 5)
      const { dispatcher, publish } = yield* dispatch([faulty], {
        options: { retry: { fromMillis: 1, toMillis: 1 } },
      }).pipe(Effect.provideService(Clock.Clock, clock))
      publish(3)
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(dispatcher.status()[0]?.circuit, "open")
      set(0)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(stored(sink), range(0, 3))
    }),
  )

  it.effect("replays what people ask for as soon as ever", () =>
    Effect.gen(function* () {
      const { clock, set } = yield* settable
      set(hourMillis)
      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      faulty.reject(1)
      const { memory, publish } = yield* dispatch([faulty]).pipe(
        Effect.provideService(Clock.Clock, clock),
      )
      publish(3)
      yield* TestClock.adjust("1 second")
      faulty.mend()
      set(0)
      yield* decide(memory, "requested", 1)
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(stored(sink), [0, 2, 1])
      assert.isEmpty(lettersOf(memory))
    }),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { HighWater } from "./HighWater.ts"
import { QueryFailed } from "./QueryError.ts"
import type { QueryRunner } from "./QueryRunner.ts"

/** A database with one trail, of which a test says when it answers. */
const database = () => {
  let delivered = 0
  let asked = 0
  let gate = Deferred.makeUnsafe<void, QueryFailed>()
  const runner: QueryRunner = {
    // What the one statement of this test gives.
    read: (() =>
      Effect.suspend(() => {
        asked += 1
        const row = { source: [], trails: [[1, "a.example", delivered]], generations: {} }
        return Effect.as(Deferred.await(gate), [row])
      })) as QueryRunner["read"],
    write: () => Effect.void,
  }
  return {
    runner,
    asked: () => asked,
    deliver: () => void (delivered += 1),
    answer: (exit: Exit.Exit<void, QueryFailed>) => {
      const waiting = gate
      gate = Deferred.makeUnsafe()
      return Deferred.done(waiting, exit)
    },
  }
}

const sizeOf = ({ marks }: { readonly marks: ReadonlyArray<readonly [number, number]> }) =>
  marks[0]?.[1]
const now = { startImmediately: true }

describe("HighWater", () => {
  it.effect("reads twice for a hundred askers, and tells none less than was there", () =>
    Effect.gen(function* () {
      const { answer, asked, deliver, runner } = database()
      const highWater = new HighWater(runner, yield* Effect.scope, 0)
      const ask = Effect.forkChild(highWater.read(["all"]), now)
      const first = yield* ask
      deliver()
      const others = yield* Effect.all(Array.from({ length: 100 }, () => ask))
      // That it leaves is nothing to the others.
      yield* Fiber.interrupt(first)
      yield* answer(Exit.void)
      yield* Effect.yieldNow
      yield* answer(Exit.void)
      const sizes = new Set((yield* Effect.forEach(others, Fiber.join)).map(sizeOf))
      assert.deepStrictEqual([...sizes], [1])
      assert.strictEqual(asked(), 2)
    }),
  )

  it.effect("tells a failure to who waited for it, and asks again for the next", () =>
    Effect.gen(function* () {
      const { answer, asked, runner } = database()
      const highWater = new HighWater(runner, yield* Effect.scope, 0)
      const first = yield* Effect.forkChild(highWater.read(["all"]), now)
      const second = yield* Effect.forkChild(highWater.read(["all"]), now)
      yield* answer(Exit.fail(new QueryFailed({ reason: "unavailable", detail: "gone" })))
      yield* Effect.yieldNow
      yield* answer(Exit.void)
      assert.isTrue(Exit.isFailure(yield* Fiber.await(first)))
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(second)))
      const third = yield* Effect.forkChild(highWater.read(["all"]), now)
      yield* answer(Exit.void)
      yield* Fiber.join(third)
      assert.strictEqual(asked(), 3)
    }),
  )

  it.effect("tells of one time for as long as it may, unless it is to forget", () =>
    Effect.gen(function* () {
      const { answer, asked, deliver, runner } = database()
      const highWater = new HighWater(runner, yield* Effect.scope, 100)
      const read = Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(highWater.read(["all"]), now)
        yield* answer(Exit.void)
        return sizeOf(yield* Fiber.join(fiber))
      })
      assert.strictEqual(yield* read, 0)
      deliver()
      yield* TestClock.adjust("99 millis")
      assert.strictEqual(yield* read, 0)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* read, 1)
      deliver()
      highWater.forget()
      assert.strictEqual(yield* read, 2)
      assert.strictEqual(asked(), 3)
      // A reading that began before is not remembered after.
      yield* TestClock.adjust("1 second")
      const early = yield* Effect.forkChild(highWater.read(["all"]), now)
      deliver()
      highWater.forget()
      yield* answer(Exit.void)
      assert.strictEqual(sizeOf(yield* Fiber.join(early)), 2)
      assert.strictEqual(yield* read, 3)
    }),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { HighWater } from "./HighWater.ts"
import { QueryFailed } from "./QueryError.ts"
import type { QueryRunner } from "./QueryRunner.ts"

/** A database with one trail, of which a test says when it answers; all tags were invalidated once. */
const database = () => {
  let delivered = 0
  let asked = 0
  let gate = Deferred.makeUnsafe<void, QueryFailed>()
  const runner: QueryRunner = {
    // What the one statement of this test gives.
    read: (({ values }) =>
      Effect.suspend(() => {
        asked += 1
        // The tags that `QueryStatement.snapshot` asks for.
        const tags = JSON.parse(values[0] ?? "[]") as ReadonlyArray<string>
        const generations = Object.fromEntries(tags.map((tag) => [tag, 1]))
        const row = { source: [], trails: [[1, "a.example", delivered]], generations }
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

  it.effect("reads as often for a hundred who ask about different actors", () =>
    Effect.gen(function* () {
      const { answer, asked, runner } = database()
      const highWater = new HighWater(runner, yield* Effect.scope, 0)
      const fibers = yield* Effect.forEach(Array.from({ length: 100 }), (_, index) =>
        Effect.forkChild(highWater.read(["all", `actor:u-${index}`]), now),
      )
      yield* answer(Exit.void)
      yield* Effect.yieldNow
      yield* answer(Exit.void)
      const found = yield* Effect.forEach(fibers, Fiber.join)
      assert.strictEqual(asked(), 2)
      // A key of one actor's answers says nothing of the others.
      assert.deepStrictEqual(
        found.map(({ generations }) => generations),
        found.map((_, index) => ({ all: 1, [`actor:u-${index}`]: 1 })),
      )
    }),
  )

  it.effect("reads for all at once, who ask about different actors again and again", () =>
    Effect.gen(function* () {
      const { answer, asked, deliver, runner } = database()
      const highWater = new HighWater(runner, yield* Effect.scope, 100)
      const read = (tag: string) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(highWater.read(["all", tag]), now)
          yield* answer(Exit.void)
          return yield* Fiber.join(fiber)
        })
      const actors = Array.from({ length: 50 }, (_, index) => `actor:u-${index}`)
      yield* Effect.forEach(actors, read)
      assert.strictEqual(asked(), actors.length)
      deliver()
      yield* TestClock.adjust("100 millis")
      const found = yield* Effect.forEach(actors, read)
      assert.strictEqual(asked(), actors.length + 1)
      assert.deepStrictEqual(new Set(found.map(sizeOf)), new Set([1]))
      assert.deepStrictEqual(
        found.map(({ generations }) => generations),
        actors.map((actor) => ({ all: 1, [actor]: 1 })),
      )
    }),
  )

  it.effect("asks for no more than the tags of late, however many there were", () =>
    Effect.gen(function* () {
      const { answer, runner } = database()
      const sizes: Array<number> = []
      const watched: QueryRunner = {
        ...runner,
        read: (statement, scope) => {
          sizes.push((JSON.parse(statement.values[0] ?? "[]") as ReadonlyArray<string>).length)
          return runner.read(statement, scope)
        },
      }
      const highWater = new HighWater(watched, yield* Effect.scope, 100)
      for (let index = 0; index < 300; index++) {
        const fiber = yield* Effect.forkChild(highWater.read(["all", `actor:u-${index}`]), now)
        yield* answer(Exit.void)
        yield* Fiber.join(fiber)
      }
      assert.strictEqual(Math.max(...sizes), 256)
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

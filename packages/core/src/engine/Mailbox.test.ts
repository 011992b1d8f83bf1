import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Mailbox from "./Mailbox.ts"

const all = { countMax: 100, bytesMax: 1000, waitMax: 0 }
const of = (
  capacityItems: number,
  capacityBytes = 1000,
  sizeOf: (size: number) => number = () => 1,
) => Mailbox.bounded<number>({ capacityItems, capacityBytes, sizeOf })
const fork = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.forkChild(effect, { startImmediately: true })

describe("Mailbox", () => {
  it.effect("takes what is there, oldest first, up to the count and the bytes of the policy", () =>
    Effect.gen(function* () {
      const mailbox = of(10, 1000, (size) => size)
      yield* mailbox.offer([3, 4, 5, 6])
      assert.strictEqual(mailbox.depthItems(), 4)
      assert.strictEqual(mailbox.depthBytes(), 18)
      assert.deepStrictEqual(yield* mailbox.take({ ...all, countMax: 1 }), [3])
      assert.deepStrictEqual(yield* mailbox.take({ ...all, bytesMax: 9 }), [4, 5])
      assert.deepStrictEqual(yield* mailbox.take({ ...all, bytesMax: 2 }), [6])
      assert.strictEqual(mailbox.depthItems(), 0)
      assert.strictEqual(mailbox.depthBytes(), 0)
    }),
  )

  it.effect("waits for the first item, then at most waitMax for more", () =>
    Effect.gen(function* () {
      const mailbox = of(10)
      const taking = yield* fork(mailbox.take({ ...all, waitMax: "5 millis" }))
      yield* TestClock.adjust("1 minute")
      yield* mailbox.offer([1])
      yield* TestClock.adjust("4 millis")
      yield* mailbox.offer([2])
      assert.isUndefined(taking.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* Fiber.join(taking), [1, 2])
    }),
  )

  it.effect("does not wait for time once the batch is full by count or by bytes", () =>
    Effect.gen(function* () {
      const mailbox = of(10, 1000, (size) => size)
      const byCount = yield* fork(mailbox.take({ ...all, countMax: 2, waitMax: "1 hour" }))
      yield* mailbox.offer([1])
      yield* mailbox.offer([2])
      assert.deepStrictEqual(yield* Fiber.join(byCount), [1, 2])
      const byBytes = yield* fork(mailbox.take({ ...all, bytesMax: 50, waitMax: "1 hour" }))
      yield* mailbox.offer([49])
      yield* mailbox.offer([1])
      assert.deepStrictEqual(yield* Fiber.join(byBytes), [49, 1])
    }),
  )

  it.effect("suspends a writer until there is room, and makes its reader's batch due", () =>
    Effect.gen(function* () {
      const mailbox = of(2)
      yield* mailbox.offer([1, 2])
      const writing = yield* fork(mailbox.offer([3, 4]))
      yield* Effect.yieldNow
      assert.isUndefined(writing.pollUnsafe())
      assert.isFalse(mailbox.offerUnsafe([9]))
      // A policy that the mailbox can never fill must not wait while a writer does.
      assert.deepStrictEqual(yield* mailbox.take({ ...all, waitMax: "1 hour" }), [1, 2])
      yield* Fiber.join(writing)
      assert.deepStrictEqual(yield* mailbox.take(all), [3, 4])
    }),
  )

  it.effect("a writer that comes to wait wakes a reader that waits for more", () =>
    Effect.gen(function* () {
      const mailbox = of(2)
      yield* mailbox.offer([1])
      const reading = yield* fork(mailbox.take({ ...all, waitMax: "1 hour" }))
      const writing = yield* fork(mailbox.offer([2, 3]))
      assert.deepStrictEqual(yield* Fiber.join(reading), [1])
      yield* Fiber.join(writing)
    }),
  )

  it.effect("puts a list in all or nothing when it can ever fit", () =>
    Effect.gen(function* () {
      const mailbox = of(3)
      yield* mailbox.offer([1, 2])
      const writing = yield* fork(mailbox.offer([3, 4]))
      yield* Effect.yieldNow
      assert.strictEqual(mailbox.depthItems(), 2)
      yield* Fiber.interrupt(writing)
      assert.deepStrictEqual(yield* mailbox.take(all), [1, 2])
      assert.strictEqual(mailbox.depthItems(), 0)
    }),
  )

  it.effect("serves waiting writers in the order they came, even when a later one would fit", () =>
    Effect.gen(function* () {
      const mailbox = of(3)
      yield* mailbox.offer([1, 2])
      const first = yield* fork(mailbox.offer([3, 4, 5]))
      const second = yield* fork(mailbox.offer([6]))
      assert.deepStrictEqual(yield* mailbox.take(all), [1, 2])
      yield* Fiber.join(first)
      assert.isUndefined(second.pollUnsafe())
      assert.deepStrictEqual(yield* mailbox.take(all), [3, 4, 5])
      yield* Fiber.join(second)
      assert.deepStrictEqual(yield* mailbox.take(all), [6])
    }),
  )

  it.effect("lets those behind go in when the first waiting writer is interrupted", () =>
    Effect.gen(function* () {
      const mailbox = of(3)
      yield* mailbox.offer([1, 2])
      const first = yield* fork(mailbox.offer([3, 4, 5]))
      const second = yield* fork(mailbox.offer([6]))
      yield* Fiber.interrupt(first)
      yield* Fiber.join(second)
      assert.deepStrictEqual(yield* mailbox.take(all), [1, 2, 6])
    }),
  )

  it.effect("lets an item larger than the capacity in alone, once empty", () =>
    Effect.gen(function* () {
      const mailbox = of(10, 10, (size) => size)
      yield* mailbox.offer([1])
      const writing = yield* fork(mailbox.offer([5000]))
      assert.strictEqual(mailbox.depthBytes(), 1)
      assert.deepStrictEqual(yield* mailbox.take(all), [1])
      yield* Fiber.join(writing)
      assert.deepStrictEqual(yield* mailbox.take(all), [5000])
    }),
  )

  it.effect("after close, hands out what waits, waiting writers included, then says Done", () =>
    Effect.gen(function* () {
      const mailbox = of(1)
      yield* mailbox.offer([1])
      const writing = yield* fork(mailbox.offer([2]))
      yield* mailbox.close
      assert.isFalse(mailbox.offerUnsafe([3]))
      assert.isTrue(Exit.hasDies(yield* Effect.exit(mailbox.offer([3]))))
      assert.deepStrictEqual(yield* mailbox.take({ ...all, waitMax: "1 hour" }), [1])
      yield* Fiber.join(writing)
      assert.deepStrictEqual(yield* mailbox.take({ ...all, waitMax: "1 hour" }), [2])
      assert.deepStrictEqual(yield* Effect.exit(mailbox.take(all)), Exit.fail(Cause.Done()))
    }),
  )

  it.effect("close wakes a reader: with what is there, or with Done", () =>
    Effect.gen(function* () {
      const some = of(4)
      const reading = yield* fork(some.take({ ...all, waitMax: "1 hour" }))
      yield* some.offer([1])
      yield* Effect.yieldNow
      yield* some.close
      assert.deepStrictEqual(yield* Fiber.join(reading), [1])
      const none = of(4)
      const waiting = yield* fork(Effect.exit(none.take(all)))
      yield* none.close
      assert.deepStrictEqual(yield* Fiber.join(waiting), Exit.fail(Cause.Done()))
    }),
  )

  it.effect("an interrupted take leaves every item for the next one", () =>
    Effect.gen(function* () {
      const mailbox = of(4)
      const reading = yield* fork(mailbox.take({ ...all, waitMax: "1 hour" }))
      yield* mailbox.offer([1])
      yield* Effect.yieldNow
      yield* Fiber.interrupt(reading)
      assert.deepStrictEqual(yield* mailbox.take(all), [1])
    }),
  )

  const small = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))

  it.effect.prop(
    "loses nothing, invents nothing, reorders nothing, and stays within its bounds",
    {
      lists: Schema.Array(Schema.Array(small(20))),
      capacityItems: small(5),
      capacityBytes: small(30),
      countMax: small(7),
      bytesMax: small(40),
    },
    ({ lists, capacityItems, capacityBytes, countMax, bytesMax }) =>
      Effect.gen(function* () {
        interface Item {
          readonly id: string
          readonly size: number
        }
        const mailbox = Mailbox.bounded<Item>({
          capacityItems,
          capacityBytes,
          sizeOf: (i) => i.size,
        })
        const offered = lists.map((sizes, list) =>
          sizes.map((size, at) => ({ id: `${list}.${at}`, size })),
        )
        const writing = yield* fork(
          Effect.andThen(Effect.forEach(offered, mailbox.offer, { discard: true }), mailbox.close),
        )
        const taken: Array<Item> = []
        while (true) {
          assert.isAtMost(mailbox.depthItems(), capacityItems)
          assert.isTrue(mailbox.depthBytes() <= capacityBytes || mailbox.depthItems() === 1)
          const exit = yield* Effect.exit(mailbox.take({ countMax, bytesMax, waitMax: 0 }))
          if (Exit.isFailure(exit)) break
          const bytes = exit.value.reduce((sum, item) => sum + item.size, 0)
          assert.isTrue(exit.value.length === 1 || bytes <= bytesMax)
          assert.isTrue(exit.value.length >= 1 && exit.value.length <= countMax)
          taken.push(...exit.value)
        }
        yield* Fiber.join(writing)
        assert.deepStrictEqual(taken, offered.flat())
        assert.strictEqual(mailbox.depthBytes(), 0)
      }),
  )
})

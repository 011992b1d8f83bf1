import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { Standing } from "./Judge.ts"
import * as ReputationCache from "./ReputationCache.ts"

/** Answers `bad` for what begins with a `b`; fails, breaks and hangs as the name says. */
const lookup =
  (asked: Array<string>): ReputationCache.Lookup =>
  (subject) => {
    asked.push(subject)
    if (subject === "fails") return Effect.fail("no route")
    if (subject === "breaks") return Effect.die(new Error("a defect"))
    if (subject === "hangs") return Effect.never
    const standing: Standing = subject.startsWith("b") ? "bad" : "good"
    return Effect.succeed(standing)
  }

describe("ReputationCache", () => {
  it.effect("asks about each once while the answer holds, and again afterwards", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const cache = yield* ReputationCache.make(lookup(asked), { ttlMillis: 1000 })
      assert.strictEqual(cache.standingOf("b"), "unknown")
      yield* cache.learn(["b", "b", "g"])
      yield* cache.learn(["g", "b"])
      assert.deepStrictEqual([cache.standingOf("b"), cache.standingOf("g")], ["bad", "good"])
      assert.deepStrictEqual(asked, ["b", "g"])
      yield* TestClock.adjust(1000)
      assert.strictEqual(cache.standingOf("b"), "unknown")
      yield* cache.learn(["b"])
      assert.deepStrictEqual(asked, ["b", "g", "b"])
    }),
  )

  it.effect("takes whoever can't be asked about as unknown, for a shorter time", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const cache = yield* ReputationCache.make(lookup(asked), {
        failureTtlMillis: 100,
        lookupMillisMax: 50,
      })
      const learning = yield* Effect.forkChild(cache.learn(["fails", "breaks", "hangs", "g"]))
      yield* TestClock.adjust(50)
      yield* Fiber.join(learning)
      for (const subject of ["fails", "breaks", "hangs"]) {
        assert.strictEqual(cache.standingOf(subject), "unknown")
      }
      assert.deepStrictEqual(cache.counts(), { subjects: 4, asked: 4, failed: 3 })
      yield* cache.learn(["fails"])
      assert.strictEqual(asked.length, 4)
      yield* TestClock.adjust(100)
      yield* cache.learn(["fails"])
      assert.strictEqual(asked.length, 5)
    }),
  )

  it.effect("forgets who was not asked for longest", () =>
    Effect.gen(function* () {
      const cache = yield* ReputationCache.make(lookup([]), { subjectsMax: 2 })
      yield* cache.learn(["b1", "b2"])
      cache.standingOf("b1")
      yield* cache.learn(["b3"])
      assert.deepStrictEqual(
        ["b1", "b2", "b3"].map((subject) => cache.standingOf(subject)),
        ["bad", "unknown", "bad"],
      )
    }),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { RetryWaits } from "./RetryWaits.ts"

/** The waits of so many tries, where chance always says this. */
const waits = (count: number, share: number) => {
  const retry = new RetryWaits({ fromMillis: 100, toMillis: 3000 })
  return Effect.forEach(Array.from({ length: count }), () =>
    Effect.map(retry.next, Duration.toMillis),
  ).pipe(
    Effect.provideService(Random.Random, { nextIntUnsafe: () => 0, nextDoubleUnsafe: () => share }),
  )
}

describe("RetryWaits", () => {
  it.effect("doubles up to a bound", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(8, 1), [100, 200, 400, 800, 1600, 3000, 3000, 3000])
    }),
  )

  it.effect("draws each wait from nothing up to that", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(3, 0), [0, 0, 0])
      assert.deepStrictEqual(yield* waits(4, 0.5), [50, 100, 200, 400])
    }),
  )

  it.effect("begins again after a success", () =>
    Effect.gen(function* () {
      const retry = new RetryWaits({ fromMillis: 100, toMillis: 3000 })
      for (let times = 0; times < 10; times++) yield* retry.next
      retry.succeeded()
      assert.isAtMost(Duration.toMillis(yield* retry.next), 100)
    }),
  )
})

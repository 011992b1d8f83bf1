import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Ledger } from "./Ledger.ts"
import { Progress } from "./Progress.ts"

const setup = () => {
  const ledger = new Ledger()
  const progress = new Progress(ledger)
  const waiting = Effect.forkChild(progress.reached(), { startImmediately: true })
  return { ledger, progress, waiting }
}

describe("Progress", () => {
  it.effect("is reached at once where nothing is on its way", () =>
    Effect.gen(function* () {
      const { ledger, progress } = setup()
      yield* progress.reached()
      ledger.accepted[1] = 2
      ledger.recorded[1] = 2
      yield* progress.reached()
    }),
  )

  it.effect.each(["recorded", "sampledOut", "lost"] as const)(
    "counts an event as settled that is %s",
    (column) =>
      Effect.gen(function* () {
        const { ledger, progress, waiting } = setup()
        ledger.accepted[3] = 2
        const fiber = yield* waiting
        ledger[column][3] = 1
        progress.check()
        assert.isUndefined(fiber.pollUnsafe())
        ledger[column][3] = 2
        assert.isUndefined(fiber.pollUnsafe(), "nothing is looked at until it is told")
        progress.check()
        yield* Fiber.join(fiber)
      }),
  )

  it.effect("waits for each lane, the engine's own included, and lends none to another", () =>
    Effect.gen(function* () {
      const { ledger, progress, waiting } = setup()
      ledger.accepted.fill(1)
      const fiber = yield* waiting
      ledger.recorded[0] = 100
      for (const lane of [1, 2, 3]) {
        ledger.recorded[lane] = 1
        progress.check()
        assert.isUndefined(fiber.pollUnsafe())
      }
      ledger.recorded[4] = 1
      progress.check()
      yield* Fiber.join(fiber)
    }),
  )

  it.effect("does not wait for what is accepted later, so a flood can't hold it up", () =>
    Effect.gen(function* () {
      const { ledger, progress, waiting } = setup()
      ledger.accepted[2] = 5
      const early = yield* waiting
      ledger.accepted[2] = 9
      const late = yield* waiting
      ledger.recorded[2] = 5
      progress.check()
      yield* Fiber.join(early)
      assert.isUndefined(late.pollUnsafe())
      ledger.recorded[2] = 9
      progress.check()
      yield* Fiber.join(late)
    }),
  )

  it.effect("forgets who stopped waiting", () =>
    Effect.gen(function* () {
      const { ledger, progress, waiting } = setup()
      ledger.accepted[0] = 1
      const gone = yield* waiting
      const stays = yield* waiting
      yield* Fiber.interrupt(gone)
      ledger.recorded[0] = 1
      progress.check()
      yield* Fiber.join(stays)
    }),
  )
})

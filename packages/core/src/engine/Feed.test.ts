import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { FakeTrail } from "../testing/DispatchFixture.ts"
import { Feed } from "./Feed.ts"
import { RecentBatches } from "./RecentBatches.ts"

const feedOf = () => {
  const log = new FakeTrail()
  const nothing = () => Effect.succeed(undefined)
  const feed = new Feed(0, new RecentBatches(1000, 10), nothing, () => 0)
  return { feed, publish: (count: number) => feed.publish(log.append(count)) }
}

const waiting = <A>(effect: Effect.Effect<A>) =>
  Effect.forkChild(effect, { startImmediately: true })

describe("who waits for the trail to grow", () => {
  it.effect("is woken once so many records are durable, and by no batch before", () =>
    Effect.gen(function* () {
      const { feed, publish } = feedOf()
      const any = yield* waiting(feed.after(feed.version))
      const three = yield* waiting(feed.reached(3))
      publish(2)
      yield* Effect.yieldNow
      assert.isDefined(any.pollUnsafe())
      assert.isUndefined(three.pollUnsafe())
      publish(1)
      yield* Fiber.join(three)
      yield* feed.reached(3)
    }),
  )

  it.effect("is woken when no more will come", () =>
    Effect.gen(function* () {
      const { feed, publish } = feedOf()
      const three = yield* waiting(feed.reached(3))
      publish(2)
      feed.close()
      yield* Fiber.join(three)
      yield* feed.reached(3)
    }),
  )
})

import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as TrailFixture from "@countersign/core/testing/TrailFixture"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as TestClock from "effect/testing/TestClock"
import { connect } from "./MonitorClient.ts"
import { MonitorServer } from "./MonitorServer.ts"
import { askCopies, type FindCopy } from "./SecondCopy.ts"

/** A store that answers when it is let, and counts who asks. */
const counting = (until: Effect.Effect<unknown>) => {
  const counts = { begun: 0, underWay: 0, most: 0 }
  const find: FindCopy = () =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        counts.begun += 1
        counts.underWay += 1
        counts.most = Math.max(counts.most, counts.underWay)
      }),
      () => Effect.as(until, undefined),
      () => Effect.sync(() => void (counts.underWay -= 1)),
    )
  return { copies: new Map([["table", find]]), counts }
}

describe("SecondCopy", () => {
  it.effect("asks two questions at once, and lets nobody wait longer than for an answer", () =>
    Effect.gen(function* () {
      const { copies, counts } = counting(Effect.never)
      const turns = yield* Semaphore.make(2)
      const asking = yield* Effect.forkChild(
        Effect.forEach([1, 2, 3], (sequence) => askCopies(copies, sequence, turns), {
          concurrency: "unbounded",
        }),
      )
      yield* TestClock.adjust(5000)
      const answers = (yield* Fiber.join(asking)).flat()
      assert.deepStrictEqual(
        answers.map(({ detail }) => detail),
        Array.from({ length: 3 }, () => "it has not answered within 5 s"),
      )
      assert.deepStrictEqual([counts.most, counts.underWay], [2, 0])
    }),
  )

  it.live("counts the questions of all viewers", () =>
    Effect.gen(function* () {
      const answered = yield* Deferred.make<void>()
      const { copies, counts } = counting(Deferred.await(answered))
      const directory = yield* TrailFixture.trail(10)
      const context = yield* Layer.build(
        MonitorServer.layerDirectory(directory, { copies }).pipe(Layer.provide(NodeDisk.layer)),
      )
      const { token, url } = yield* Effect.provide(MonitorServer, context)
      const clients = yield* Effect.all([connect(url, token), connect(url, token)])
      const asking = yield* Effect.forkChild(
        Effect.forEach(
          [...clients, ...clients, ...clients],
          (each) => each.Copies({ sequence: 3 }),
          {
            concurrency: "unbounded",
          },
        ),
      )
      // What a viewer asks afterwards is begun afterwards.
      for (const client of clients) {
        yield* Effect.yieldNow
        yield* client.About()
        yield* client.DeadLetters()
      }
      assert.strictEqual(counts.begun, 2)
      yield* Deferred.succeed(answered, undefined)
      assert.lengthOf((yield* Fiber.join(asking)).flat(), 6)
      assert.deepStrictEqual([counts.begun, counts.most], [6, 2])
    }).pipe(Effect.scoped),
  )
})

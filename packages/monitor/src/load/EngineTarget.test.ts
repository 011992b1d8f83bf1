import { Audit } from "@countersign/core/Audit"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { EngineTarget } from "./EngineTarget.ts"
import { eventsOf } from "./LoadEvent.ts"

describe("a load on an engine that answers late or never", () => {
  it.live("gives up what is waited for as lost, once, whatever comes afterwards", () =>
    Effect.gen(function* () {
      const answers = yield* Latch.make()
      const recorded = yield* Latch.make()
      const audit: Audit["Service"] = {
        ...(yield* Effect.provide(Audit, Audit.layerOff)),
        recordUnsafe: () => ({ _tag: "Accepted" }),
        record: () =>
          Effect.andThen(
            answers.await,
            Effect.ensuring(Effect.die(new Error("too late")), recorded.open),
          ),
      }
      const ends: Array<readonly [string, number, number]> = []
      const target = new EngineTarget({
        audit,
        until: "durable",
        eventAt: eventsOf(400),
        done: (from, to) => ends.push(["done", from, to]),
        lost: (from, to) => ends.push(["lost", from, to]),
      })
      assert.strictEqual(target.start(0, 5), 5)
      assert.strictEqual(target.start(5, 7), 2)
      assert.strictEqual(target.waiting(), 2)
      target.abandon()
      assert.strictEqual(target.waiting(), 0)
      yield* answers.open
      yield* recorded.await
      yield* Effect.sleep(0)
      assert.deepStrictEqual(ends, [
        ["lost", 0, 5],
        ["lost", 5, 7],
      ])
    }),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { served } from "../testing/ServedEngine.ts"

describe("frames", () => {
  it.live("go on after one that could not be taken, since a part of it threw", () => {
    let asked = 0
    return served(
      ({ client }) =>
        Effect.gen(function* () {
          const updates = yield* client.Watch().pipe(Stream.take(3), Stream.runCollect)
          assert.lengthOf(updates, 3)
          assert.isAbove(asked, 3)
        }),
      {},
      {
        readings: () => {
          asked += 1
          if (asked === 2) throw new Error("once")
          return []
        },
        alerts: () => [],
        pastAlerts: () => [],
        findings: () => [],
      },
    )
  })
})

import type { Alert } from "../alert/Alert.ts"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Intent } from "../protocol/MonitorProtocol.ts"
import { firingAlert } from "../testing/AlertFixture.ts"
import { served } from "../testing/ServedEngine.ts"
import type { Views } from "./MonitorViews.ts"

const alert: Alert = { ...firingAlert, state: "acknowledged" }

const viewsThat = (acknowledge: NonNullable<Views["acknowledge"]>): Views => ({
  readings: () => [],
  alerts: () => [alert],
  pastAlerts: () => [],
  findings: () => [],
  acknowledge,
})

const intent = { actor: "u-1", reason: "mine" }

describe("what viewers change", () => {
  it.live("was done where the record of its outcome alone failed, and the answer says so", () => {
    const held: { close: Effect.Effect<unknown> } = { close: Effect.void }
    return served(
      ({ audit, client }) =>
        Effect.gen(function* () {
          held.close = Effect.ignore(audit.close)
          const error = yield* Effect.flip(client.Acknowledge({ alert: alert.id, intent }))
          const refused = error._tag === "MonitorRefused" ? error : undefined
          assert.strictEqual(refused?.reason, "unrecorded")
          assert.match(refused?.detail ?? "", /^it was done/)
          assert.isFalse(refused?.isRetryable)
          // By now nothing can be recorded, and so nothing is done.
          const later = yield* Effect.flip(client.Acknowledge({ alert: alert.id, intent }))
          assert.strictEqual(later._tag === "MonitorRefused" ? later.reason : "", "unavailable")
        }),
      { isWritable: true },
      // The engine ends once it is done, and before that can be recorded.
      viewsThat(() => Effect.suspend(() => Effect.as(held.close, alert))),
    )
  })

  it("has somebody who wants it and a reason: blanks are neither", () => {
    const isIntent = Schema.is(Intent)
    assert.isTrue(isIntent(intent))
    for (const blank of [{ actor: " \t" }, { reason: "\n " }, { actor: "" }]) {
      assert.isFalse(isIntent({ ...intent, ...blank }))
    }
  })

  it.live("is said with its reason in the engine's own record of a changed field as well", () =>
    served(
      ({ audit, client, fixture }) =>
        Effect.gen(function* () {
          yield* client.Configure({ path: "sampling.rate", value: 0.5, intent })
          yield* audit.publish
          const changed = (yield* fixture.trail).find(
            ({ type }) => type === "audit.configuration.changed",
          )
          assert.include(JSON.stringify(changed), '"mine"')
          assert.include(JSON.stringify(changed), '"u-1"')
        }),
      { isWritable: true },
    ),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as path from "node:path"
import { isWal, make, nodeDisk } from "@countersign/core/testing/AuditFixture"
import { FaultyDisk } from "@countersign/core/testing/FaultyDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import {
  type Answer,
  canaryBreakGlass,
  canaryPatient,
  withClinic,
} from "./testing/RunningClinic.ts"

/** The engine tries its disk again in its own time. */
const once = (ask: Effect.Effect<Answer>): Effect.Effect<Answer> =>
  Effect.repeat(ask, { while: ({ status }) => status === 503 })

describe("the clinic whose trail can't be made durable", () => {
  it.live("breaks no glass, hands out no record and changes none, until it can again", () =>
    Effect.gen(function* () {
      const trail = make(path.join(yield* temporaryDirectory, "trail"))
      const faulty = new FaultyDisk(nodeDisk)
      yield* withClinic(
        trail,
        (clinic) =>
          Effect.gen(function* () {
            const made = yield* clinic.ask("doctor", "POST", "/api/patients", canaryPatient)
            const record = `/api/patients/${String(made.body["id"])}`
            for (const call of ["datasync", "write"] as const) {
              faulty.plan({ call, path: isWal, errno: "EIO", times: Infinity })
            }

            const glass = yield* clinic.ask("other", "POST", `${record}/break-glass`, {
              ...canaryBreakGlass,
            })
            assert.strictEqual(glass.status, 503)
            assert.strictEqual(glass.body["type"], "urn:clinic:problem:not-recorded")
            const read = yield* clinic.ask("doctor", "GET", record)
            assert.strictEqual(read.status, 503)
            assert.notInclude(read.text, "Canary")
            const change = yield* clinic.ask("doctor", "PATCH", record, { phone: "changed" })
            assert.strictEqual(change.status, 503)
            assert.strictEqual((yield* clinic.ask(undefined, "GET", "/health")).status, 200)

            faulty.heal()
            // The glass was not broken, and nothing was changed.
            assert.strictEqual((yield* once(clinic.ask("other", "GET", record))).status, 403)
            const again = yield* once(clinic.ask("doctor", "GET", record))
            assert.strictEqual(again.status, 200)
            assert.strictEqual(again.body["phone"], canaryPatient.phone)
          }),
        {
          disk: faulty.disk,
          config: {
            deadlines: { ...trail.config.deadlines, criticalMillis: 200, complianceMillis: 200 },
          },
        },
      )
      assert.strictEqual(yield* trail.verdict, "verified")
      const broken = (yield* trail.trail).filter(({ type }) => type.endsWith("break-glass"))
      assert.notInclude(JSON.stringify(broken), "success")
    }),
  )
})

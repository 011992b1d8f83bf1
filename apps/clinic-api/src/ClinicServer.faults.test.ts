import { assert, describe, it } from "@effect/vitest"
import * as path from "node:path"
import { type AuditFixture, isWal, make, nodeDisk } from "@countersign/core/testing/AuditFixture"
import { FaultyDisk } from "@countersign/core/testing/FaultyDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ClinicStore } from "./store/ClinicStore.ts"
import * as MemoryStore from "./testing/MemoryStore.ts"
import {
  type Answer,
  canaryBreakGlass,
  canaryPatient,
  withClinic,
} from "./testing/RunningClinic.ts"

/** The engine tries its disk again in its own time. */
const once = (ask: Effect.Effect<Answer>): Effect.Effect<Answer> =>
  Effect.repeat(ask, { while: ({ status }) => status === 503 })

const breakDisk = (faulty: FaultyDisk): void => {
  for (const call of ["datasync", "write"] as const) {
    faulty.plan({ call, path: isWal, errno: "EIO", times: Infinity })
  }
}

const impatient = ({ config }: AuditFixture) => ({
  deadlines: { ...config.deadlines, criticalMillis: 200, complianceMillis: 200 },
})

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
            breakDisk(faulty)

            const glass = yield* clinic.ask("other", "POST", `${record}/break-glass`, {
              ...canaryBreakGlass,
            })
            assert.strictEqual(glass.status, 503)
            assert.strictEqual(glass.body["type"], "urn:clinic:problem:not-recorded")
            assert.isFalse(glass.body["isDone"])
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
        { disk: faulty.disk, config: impatient(trail) },
      )
      assert.strictEqual(yield* trail.verdict, "verified")
      const broken = (yield* trail.trail).filter(({ type }) => type.endsWith("break-glass"))
      assert.notInclude(JSON.stringify(broken), "success")
    }),
  )

  it.live("says so where a change was made and only its outcome could not be recorded", () =>
    Effect.gen(function* () {
      const trail = make(path.join(yield* temporaryDirectory, "trail"))
      const faulty = new FaultyDisk(nodeDisk)
      const breaking = Layer.effect(
        ClinicStore,
        Effect.map(ClinicStore, (store) => ({
          ...store,
          change: (...given: Parameters<typeof store.change>) =>
            Effect.tap(store.change(...given), () => Effect.sync(() => breakDisk(faulty))),
        })),
      ).pipe(Layer.provide(MemoryStore.layer))
      yield* withClinic(
        trail,
        (clinic) =>
          Effect.gen(function* () {
            const made = yield* clinic.ask("doctor", "POST", "/api/patients", canaryPatient)
            const record = `/api/patients/${String(made.body["id"])}`
            const change = yield* clinic.ask("doctor", "PATCH", record, { phone: "changed" })
            assert.strictEqual(change.status, 503)
            assert.isTrue(change.body["isDone"])
            faulty.heal()
            const again = yield* once(clinic.ask("doctor", "GET", record))
            assert.strictEqual(again.body["phone"], "changed")
          }),
        { disk: faulty.disk, store: breaking, config: impatient(trail) },
      )
      const first = (yield* trail.trail).find(({ type }) => type === "patient.record.update")
      assert.strictEqual(first?.outcome, "attempt")
    }),
  )
})

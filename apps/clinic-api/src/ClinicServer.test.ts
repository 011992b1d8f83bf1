import { assert, describe, it } from "@effect/vitest"
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import { make } from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import {
  canaryAppointment,
  canaryBreakGlass,
  canaryPatient,
  registered,
  request,
  withClinic,
} from "./testing/RunningClinic.ts"

const fixture = Effect.map(temporaryDirectory, (directory) => make(path.join(directory, "trail")))

const sendText = async (url: string, token: string, body: string) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
  const response = await fetch(url, { method: "POST", headers, body })
  return { status: response.status, text: await response.text() }
}

/** The clinic's own records: the engine's begin with `audit.`. */
const facts = (records: ReadonlyArray<AuditEvent>) =>
  records.flatMap(({ actor, outcome, type }) =>
    type.startsWith("audit.") ? [] : [`${actor.id} ${type} ${outcome}`],
  )

describe("the clinic's API", () => {
  it.live("registers, reads and changes a patient, with a record of each", () =>
    Effect.gen(function* () {
      const trail = yield* fixture
      yield* withClinic(trail, (clinic) =>
        Effect.gen(function* () {
          const record = yield* registered(clinic)
          const read = yield* clinic.ask("doctor", "GET", record)
          assert.strictEqual(read.status, 200)
          assert.strictEqual(read.body["name"], canaryPatient.name)
          const phone = "Canary-Phone-new"
          const changed = yield* clinic.ask("doctor", "PATCH", record, { phone })
          assert.strictEqual(changed.body["phone"], phone)
        }),
      )
      assert.deepStrictEqual(facts(yield* trail.trail), [
        "dr-imhotep patient.record.create attempt",
        "dr-imhotep patient.record.create success",
        "dr-imhotep patient.record.read success",
        "dr-imhotep patient.record.update attempt",
        "dr-imhotep patient.record.update success",
      ])
      assert.strictEqual(yield* trail.verdict, "verified")
    }),
  )

  it.live("books, lists and cancels appointments", () =>
    Effect.gen(function* () {
      const trail = yield* fixture
      yield* withClinic(trail, (clinic) =>
        Effect.gen(function* () {
          const diary = `${yield* registered(clinic)}/appointments`
          const booked = yield* clinic.ask("reception", "POST", diary, canaryAppointment)
          assert.strictEqual(booked.status, 201)
          const cancel = `/api/appointments/${String(booked.body["id"])}`
          assert.strictEqual((yield* clinic.ask("other", "DELETE", cancel)).status, 403)
          const cancelled = yield* clinic.ask("reception", "DELETE", cancel)
          assert.strictEqual(cancelled.body["status"], "cancelled")
          const listed = yield* clinic.ask("doctor", "GET", diary)
          assert.strictEqual(listed.status, 200)
          assert.include(listed.text, canaryAppointment.complaint)
        }),
      )
      assert.includeMembers(facts(yield* trail.trail), [
        "reception-1 appointment.create success",
        "dr-agnodice appointment.cancel denied",
        "reception-1 appointment.cancel success",
        "dr-imhotep appointment.list.read success",
      ])
    }),
  )

  it.live(
    "keeps a record shut to others until they break the glass, and says so in the trail",
    () =>
      Effect.gen(function* () {
        const trail = yield* fixture
        yield* withClinic(trail, (clinic) =>
          Effect.gen(function* () {
            const record = yield* registered(clinic)
            assert.strictEqual((yield* clinic.ask("other", "GET", record)).status, 403)
            const glass = yield* clinic.ask(
              "other",
              "POST",
              `${record}/break-glass`,
              canaryBreakGlass,
            )
            assert.strictEqual(glass.status, 201)
            assert.strictEqual((yield* clinic.ask("other", "GET", record)).status, 200)
          }),
        )
        const records = yield* trail.trail
        assert.deepStrictEqual(facts(records).slice(2), [
          "dr-agnodice patient.record.read denied",
          "dr-agnodice patient.access.break-glass attempt",
          "dr-agnodice patient.access.break-glass success",
          "dr-agnodice patient.record.read success",
        ])
        const [attempt, broken] = records.filter(
          ({ type }) => type === "patient.access.break-glass",
        )
        assert.strictEqual(broken?.class, "critical")
        assert.strictEqual(broken?.correlation, attempt?.id)
        assert.include(JSON.stringify(broken?.data), `"reason":"emergency"`)
      }),
  )

  it.live("gives nothing to who has no token, a wrong token or the wrong role", () =>
    Effect.gen(function* () {
      const trail = yield* fixture
      yield* withClinic(trail, (clinic) =>
        Effect.gen(function* () {
          const record = yield* registered(clinic)
          assert.strictEqual((yield* clinic.ask(undefined, "GET", record)).status, 401)
          const guessed = yield* Effect.promise(() =>
            request(`${clinic.url}${record}`, "GET", "guess"),
          )
          assert.strictEqual(guessed.status, 401)
          assert.strictEqual((yield* clinic.ask("auditor", "GET", record)).status, 403)
          assert.strictEqual((yield* clinic.ask("reception", "GET", record)).status, 403)
          assert.strictEqual((yield* clinic.ask("doctor", "GET", "/api/trail/export")).status, 403)
        }),
      )
    }),
  )

  it.live(
    "answers a malformed request with where it is malformed, never with what stood there",
    () =>
      Effect.gen(function* () {
        const trail = yield* fixture
        yield* withClinic(trail, (clinic) =>
          Effect.gen(function* () {
            const birthDate = "Canary-Not-A-Date"
            const wrong = { ...canaryPatient, birthDate }
            const answer = yield* clinic.ask("doctor", "POST", "/api/patients", wrong)
            assert.strictEqual(answer.status, 400)
            assert.strictEqual(answer.body["where"], "payload.birthDate")
            assert.notInclude(answer.text, "Canary")
            const large = { ...canaryPatient, history: "Canary".repeat(1_000_000) }
            const refused = yield* clinic.ask("doctor", "POST", "/api/patients", large)
            assert.deepStrictEqual([refused.status, refused.body["where"]], [400, "payload"])
            const cut = yield* Effect.promise(() =>
              sendText(`${clinic.url}/api/patients`, clinic.tokens.doctor, '{"name": "Canary-Cut'),
            )
            assert.strictEqual(cut.status, 400)
            assert.notInclude(cut.text, "Canary")
            const path = yield* clinic.ask("doctor", "GET", "/api/patients/Canary-Path")
            assert.strictEqual(path.status, 400)
            assert.notInclude(path.text, "Canary")
          }),
        )
        assert.notInclude(JSON.stringify(yield* trail.trail), "Canary")
      }),
  )

  it.live("lets nobody ask more often than agreed, and everybody else as before", () =>
    Effect.gen(function* () {
      const trail = yield* fixture
      yield* withClinic(
        trail,
        (clinic) =>
          Effect.gen(function* () {
            const absent = "/api/patients/01890000-0000-7000-8000-000000000000"
            for (let asked = 0; asked < 3; asked += 1) {
              assert.strictEqual((yield* clinic.ask("doctor", "GET", absent)).status, 404)
            }
            const refused = yield* clinic.ask("doctor", "GET", absent)
            assert.strictEqual(refused.status, 429)
            assert.isAbove(Number(refused.body["retryAfterMillis"]), 0)
            assert.strictEqual((yield* clinic.ask("other", "GET", absent)).status, 404)
          }),
        { requestsPerMinute: 3 },
      )
    }),
  )

  it.live("says whether it lives and serves, and documents itself", () =>
    Effect.gen(function* () {
      const trail = yield* fixture
      yield* withClinic(trail, (clinic) =>
        Effect.gen(function* () {
          assert.deepStrictEqual((yield* clinic.ask(undefined, "GET", "/health")).body, {
            status: "alive",
          })
          assert.deepStrictEqual((yield* clinic.ask(undefined, "GET", "/ready")).body, {
            status: "ready",
          })
          const api = yield* clinic.ask(undefined, "GET", "/openapi.json")
          assert.include(api.text, "/api/patients/{id}/break-glass")
          assert.strictEqual((yield* clinic.ask(undefined, "GET", "/docs")).status, 200)
        }),
      )
    }),
  )
})

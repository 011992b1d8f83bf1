import { assert, describe, it } from "@effect/vitest"
import * as path from "node:path"
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import { make } from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import { AuditQuery } from "@countersign/sinks/query/AuditQuery"
import { QueryCache } from "@countersign/sinks/query/QueryCache"
import { freshDatabase, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { storedRecords } from "@countersign/sinks/testing/PostgresRows"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as PostgresStore from "./store/PostgresStore.ts"
import {
  type Answer,
  canaries,
  canaryAppointment,
  canaryBreakGlass,
  canaryPatient,
  type Clinic,
  withClinic,
} from "./testing/RunningClinic.ts"

const pageRows = 7

const recordsOf = ({ body }: Answer) =>
  // As the API documents it.
  body["records"] as ReadonlyArray<AuditEvent>

/** What was done to one patient; the other one's is not to be seen. */
const done = Effect.fnUntraced(function* (clinic: Clinic) {
  const { body: other } = yield* clinic.ask("doctor", "POST", "/api/patients", canaryPatient)
  const { body: made } = yield* clinic.ask("doctor", "POST", "/api/patients", canaryPatient)
  const id = String(made["id"])
  const record = `/api/patients/${id}`
  yield* clinic.ask("other", "GET", record)
  yield* clinic.ask("other", "POST", `${record}/break-glass`, canaryBreakGlass)
  yield* clinic.ask("other", "GET", record)
  const { body: booked } = yield* clinic.ask(
    "reception",
    "POST",
    `${record}/appointments`,
    canaryAppointment,
  )
  yield* clinic.ask("doctor", "GET", `/api/patients/${String(other["id"])}`)
  const appointment = String(booked["id"])
  const cancelled = yield* clinic.ask("reception", "DELETE", `/api/appointments/${appointment}`)
  assert.strictEqual(cancelled.status, 200)
  return { id, record, appointment }
})

/** Resolves once the success of this type, the last of all, is in PostgreSQL. */
const delivered = (url: string, type: string) =>
  Effect.repeat(storedRecords(url), {
    until: (rows) =>
      rows.some(({ bytes }) => {
        const text = Buffer.from(bytes).toString("utf8")
        return text.includes(`"${type}"`) && text.includes('"success"')
      }),
  })

/** Newest first. */
const accountedFor = [
  "reception-1 appointment.cancel success",
  "reception-1 appointment.create success",
  "reception-1 appointment.create attempt",
  "dr-agnodice patient.record.read success",
  "dr-agnodice patient.access.break-glass success",
  "dr-agnodice patient.access.break-glass attempt",
  "dr-agnodice patient.record.read denied",
  "dr-imhotep patient.record.create success",
]

describe("the accounting of a patient's accesses", () => {
  it.live("pages through all that was done to the patient, as of one moment, and no text", () =>
    Effect.gen(function* () {
      const trail = make(path.join(yield* temporaryDirectory, "trail"))
      const server = yield* postgresServer()
      const url = Redacted.make(yield* Effect.promise(() => freshDatabase(server, "clinic")))
      const store = PostgresStore.layer.pipe(
        Layer.provide(PgClient.layer({ url, multiplex: true })),
      )
      const queries = AuditQuery.layer({ url, pageRowsMax: pageRows }).pipe(
        Layer.provide(QueryCache.layer()),
      )
      yield* withClinic(
        trail,
        Effect.fnUntraced(function* (clinic) {
          const { appointment, id, record } = yield* done(clinic)
          yield* delivered(Redacted.value(url), "appointment.cancel")
          const accesses = `${record}/accesses`
          const first = yield* clinic.ask("auditor", "GET", accesses)
          const after = encodeURIComponent(String(first.body["next"]))
          const second = yield* clinic.ask("auditor", "GET", `${accesses}?after=${after}`)
          assert.deepStrictEqual([first.status, second.status], [200, 200])
          assert.lengthOf(recordsOf(first), pageRows)
          assert.isUndefined(second.body["next"])
          assert.isNotEmpty(first.body["asOf"])
          assert.deepStrictEqual(second.body["asOf"], first.body["asOf"])

          const records = [first, second].flatMap(recordsOf)
          assert.deepStrictEqual(
            records.map(({ actor, outcome, type }) => `${actor.id} ${type} ${outcome}`),
            accountedFor,
          )
          const cancelled = records.find(({ type }) => type === "appointment.cancel")
          assert.deepStrictEqual(cancelled?.target, [
            { type: "Patient", id },
            { type: "Appointment", id: appointment, owner: id },
          ])
          for (const { text } of [first, second]) assert.notMatch(text, canaries)
        }),
        { sinks: [yield* PostgresSink.make({ url })], store, queries },
      )
    }),
  )
})

import { assert, describe, layer } from "@effect/vitest"
import { freshDatabase, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as MemoryStore from "../testing/MemoryStore.ts"
import { canaryAppointment, canaryBreakGlass, canaryPatient } from "../testing/RunningClinic.ts"
import { ClinicStore } from "./ClinicStore.ts"
import * as PostgresStore from "./PostgresStore.ts"

const absent = "01890000-0000-7000-8000-000000000000"
const second = 1000

const postgres = Layer.unwrap(
  Effect.gen(function* () {
    const server = yield* postgresServer()
    const url = yield* Effect.promise(() => freshDatabase(server, "clinic"))
    return PostgresStore.layer.pipe(
      Layer.provide(PgClient.layer({ url: Redacted.make(url), multiplex: true })),
    )
  }),
)
const stores = { memory: MemoryStore.layer, PostgreSQL: postgres }

describe.each(Object.entries(stores))("the clinic's store in %s", (_, store) => {
  layer(store, { excludeTestServices: true })((it) => {
    it.effect("gives back what it was given", () =>
      Effect.gen(function* () {
        const store = yield* ClinicStore
        const patient = yield* store.register(canaryPatient, ["dr-1"])
        assert.deepStrictEqual(yield* store.access(patient.id, "dr-1"), {
          patient: { id: patient.id, ...canaryPatient, careTeam: ["dr-1"] },
          isOpen: true,
        })
        const changed = yield* store.change(patient.id, { phone: "2", allergies: [] })
        assert.deepStrictEqual(changed, { ...patient, phone: "2", allergies: [] })
        assert.deepStrictEqual((yield* store.access(patient.id, "dr-1"))?.patient, changed)
      }),
    )

    it.effect("opens a record to somebody else until the time is over", () =>
      Effect.gen(function* () {
        const store = yield* ClinicStore
        const { id } = yield* store.register(canaryPatient, ["dr-1"])
        const isOpen = Effect.map(store.access(id, "dr-2"), (found) => found?.isOpen)
        assert.isFalse(yield* isOpen)
        const now = yield* Clock.currentTimeMillis
        yield* store.breakGlass(id, "dr-2", canaryBreakGlass, now - second)
        assert.isFalse(yield* isOpen)
        yield* store.breakGlass(id, "dr-2", canaryBreakGlass, now + 60 * second)
        assert.isTrue(yield* isOpen)
        assert.isFalse((yield* store.access(id, "dr-3"))?.isOpen)
      }),
    )

    it.effect("lists a patient's appointments, newest first", () =>
      Effect.gen(function* () {
        const store = yield* ClinicStore
        const { id } = yield* store.register(canaryPatient, [])
        const other = yield* store.register(canaryPatient, [])
        const earlier = yield* store.book(id, "dr-1", canaryAppointment)
        const later = yield* store.book(id, "dr-1", { ...canaryAppointment, minutes: 45 })
        yield* store.book(other.id, "dr-1", canaryAppointment)
        const cancelled = { ...earlier, status: "cancelled" as const }
        assert.deepStrictEqual(yield* store.cancel(earlier.id), cancelled)
        assert.deepStrictEqual(yield* store.appointments(id), [later, cancelled])
        assert.deepStrictEqual(yield* store.appointment(earlier.id), cancelled)
      }),
    )

    it.effect("finds nothing where nothing is", () =>
      Effect.gen(function* () {
        const store = yield* ClinicStore
        yield* store.ready
        assert.isUndefined(yield* store.access(absent, "dr-1"))
        assert.isUndefined(yield* store.change(absent, { phone: "2" }))
        assert.isUndefined(yield* store.appointment(absent))
        assert.isUndefined(yield* store.cancel(absent))
        assert.deepStrictEqual(yield* store.appointments(absent), [])
      }),
    )
  })
})

/**
 * The clinic's records in PostgreSQL.
 */
import { EventIdGenerator } from "@countersign/core/event/EventId"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Migrator from "effect/sql/Migrator"
import type { SqlError } from "effect/sql/SqlError"
import * as SqlClient from "effect/sql/SqlClient"
import { type Done, StoreUnavailable } from "../api/Problem.ts"
import type { Appointment, AppointmentForm } from "../domain/Appointment.ts"
import type { PatientForm } from "../domain/Patient.ts"
import { appointmentsMax, ClinicStore } from "./ClinicStore.ts"

interface PatientRow {
  readonly id: string
  readonly form: PatientForm
  readonly care_team: ReadonlyArray<string>
}

interface AppointmentRow {
  readonly id: string
  readonly patient_id: string
  readonly clinician: string
  readonly form: AppointmentForm
  readonly status: Appointment["status"]
}

// No unique index on anything personal: PostgreSQL's error would quote the value, into its log too.
const tables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create table clinic.patient (
    id uuid primary key, form jsonb not null, care_team jsonb not null)`
  yield* sql`create table clinic.break_glass (
    patient_id uuid not null references clinic.patient, principal text not null,
    form jsonb not null, expires_at timestamptz not null)`
  yield* sql`create index on clinic.break_glass (patient_id, principal, expires_at)`
  yield* sql`create table clinic.appointment (
    id uuid primary key, patient_id uuid not null references clinic.patient,
    clinician text not null, form jsonb not null, status text not null)`
  yield* sql`create index on clinic.appointment (patient_id, id)`
})

const migrate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create schema if not exists clinic`
  yield* Migrator.make({})({
    loader: Migrator.fromRecord({ "0001_tables": tables }),
    table: "clinic.migration",
  })
})

const patientOf = ({ care_team, form, id }: PatientRow) => ({ id, ...form, careTeam: care_team })

const appointmentOf = (row: AppointmentRow): Appointment => ({
  id: row.id,
  patientId: row.patient_id,
  clinician: row.clinician,
  ...row.form,
  status: row.status,
})

/** Says what kind of error it was, in the log; its message may quote a row. */
const contained =
  (isDone: Done) =>
  <A>(effect: Effect.Effect<A, SqlError>): Effect.Effect<A, StoreUnavailable> =>
    Effect.catch(effect, ({ reason }) =>
      Effect.andThen(
        Effect.logError(`clinic: the database failed: ${reason._tag}`),
        Effect.fail(new StoreUnavailable({ isDone })),
      ),
    )

const reading = contained("no")
/** Where the reply is missing, the statement may have been committed or not. */
const changing = contained("unknown")

const first = <A, B>(
  rows: Effect.Effect<ReadonlyArray<A>, StoreUnavailable>,
  of: (row: A) => B,
): Effect.Effect<B | undefined, StoreUnavailable> =>
  Effect.map(rows, ([row]) => (row === undefined ? undefined : of(row)))

const make = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const clock = yield* Clock.clockWith(Effect.succeed)
  const ids = new EventIdGenerator()
  const nextId = () => ids.next(clock.currentTimeMillisUnsafe())
  return ClinicStore.of({
    register: (form, careTeam) =>
      Effect.suspend(() => {
        const id = nextId()
        return changing(
          sql`insert into clinic.patient (id, form, care_team)
            values (${id}::uuid, ${sql.json(form)}, ${sql.json(careTeam)})`,
        ).pipe(Effect.as({ id, ...form, careTeam }))
      }),
    access: (id, principal) =>
      first(
        reading(sql<PatientRow & { readonly is_open: boolean }>`
          select id, form, care_team, care_team ? ${principal} or exists (
            select from clinic.break_glass b where b.patient_id = p.id
              and b.principal = ${principal} and b.expires_at > now()) as is_open
          from clinic.patient p where id = ${id}::uuid`),
        (row) => ({ patient: patientOf(row), isOpen: row.is_open }),
      ),
    change: (id, change) =>
      first(
        changing(sql<PatientRow>`update clinic.patient set form = form || ${sql.json(change)}
          where id = ${id}::uuid returning id, form, care_team`),
        patientOf,
      ),
    breakGlass: (id, principal, form, expiresAt) =>
      Effect.asVoid(
        changing(
          sql`insert into clinic.break_glass (patient_id, principal, form, expires_at)
            values (${id}::uuid, ${principal}, ${sql.json(form)},
              to_timestamp(${expiresAt / 1000}::float8))`,
        ),
      ),
    book: (patientId, clinician, form) =>
      Effect.suspend(() => {
        const id = nextId()
        const status = "booked" as const
        return changing(
          sql`insert into clinic.appointment (id, patient_id, clinician, form, status)
            values (${id}::uuid, ${patientId}::uuid, ${clinician}, ${sql.json(form)}, ${status})`,
        ).pipe(Effect.as({ id, patientId, clinician, ...form, status }))
      }),
    appointments: (patientId) =>
      Effect.map(
        reading(
          sql<AppointmentRow>`select * from clinic.appointment
            where patient_id = ${patientId}::uuid order by id desc limit ${appointmentsMax}::int`,
        ),
        (rows) => rows.map(appointmentOf),
      ),
    appointment: (id) =>
      first(
        reading(sql<AppointmentRow>`select * from clinic.appointment where id = ${id}::uuid`),
        appointmentOf,
      ),
    cancel: (id) =>
      first(
        changing(sql<AppointmentRow>`update clinic.appointment set status = 'cancelled'
          where id = ${id}::uuid returning *`),
        appointmentOf,
      ),
    ready: Effect.asVoid(reading(sql`select 1`)),
  })
})

/** Makes the tables where they are not there. */
export const layer = Layer.effect(ClinicStore, Effect.andThen(migrate, make))

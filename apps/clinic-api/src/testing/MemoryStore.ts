/**
 * A store that is gone with its layer, for tests of what stands in front of it.
 */
import { EventIdGenerator } from "@countersign/core/event/EventId"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Appointment } from "../domain/Appointment.ts"
import type { Patient } from "../domain/Patient.ts"
import { appointmentsMax, ClinicStore } from "../store/ClinicStore.ts"

export const layer: Layer.Layer<ClinicStore> = Layer.effect(
  ClinicStore,
  Effect.gen(function* () {
    const clock = yield* Clock.clockWith(Effect.succeed)
    const ids = new EventIdGenerator()
    const patients = new Map<string, Patient>()
    const appointments = new Map<string, Appointment>()
    const opened = new Map<string, number>()
    const nextId = () => ids.next(clock.currentTimeMillisUnsafe())
    return ClinicStore.of({
      register: (form, careTeam) =>
        Effect.sync(() => {
          const patient = { id: nextId(), ...form, careTeam }
          patients.set(patient.id, patient)
          return patient
        }),
      access: (id, principal) =>
        Effect.sync(() => {
          const patient = patients.get(id)
          if (patient === undefined) return undefined
          const until = opened.get(`${id} ${principal}`) ?? 0
          const isOpen =
            patient.careTeam.includes(principal) || until > clock.currentTimeMillisUnsafe()
          return { patient, isOpen }
        }),
      change: (id, change) =>
        Effect.sync(() => {
          const patient = patients.get(id)
          if (patient === undefined) return undefined
          const next = { ...patient, ...change }
          patients.set(id, next)
          return next
        }),
      breakGlass: (id, principal, _form, expiresAt) =>
        Effect.sync(() => void opened.set(`${id} ${principal}`, expiresAt)),
      book: (patientId, clinician, form) =>
        Effect.sync(() => {
          const status = "booked" as const
          const appointment = { id: nextId(), patientId, clinician, ...form, status }
          appointments.set(appointment.id, appointment)
          return appointment
        }),
      appointments: (patientId) =>
        Effect.sync(() =>
          [...appointments.values()]
            .filter((each) => each.patientId === patientId)
            .reverse()
            .slice(0, appointmentsMax),
        ),
      appointment: (id) => Effect.sync(() => appointments.get(id)),
      cancel: (id) =>
        Effect.sync(() => {
          const appointment = appointments.get(id)
          if (appointment === undefined) return undefined
          const cancelled = { ...appointment, status: "cancelled" as const }
          appointments.set(id, cancelled)
          return cancelled
        }),
      ready: Effect.void,
    })
  }),
)

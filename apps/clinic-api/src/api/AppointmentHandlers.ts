/**
 * Appointments: reception sees all of them, a clinician those of patients whose record is open.
 */
import type { Target } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { AuditNote } from "../audit/Auditing.ts"
import type { Appointment } from "../domain/Appointment.ts"
import { ClinicStore } from "../store/ClinicStore.ts"
import { requirePatient, requireRole } from "./Access.ts"
import { ClinicApi } from "./ClinicApi.ts"
import { Absent, AccessDenied } from "./Problem.ts"

const requireDiary = Effect.fnUntraced(function* (patientId: string) {
  const principal = yield* requireRole("clinician", "reception")
  const { isOpen } = yield* requirePatient(patientId, principal.id)
  if (!isOpen && !principal.roles.includes("reception")) return yield* new AccessDenied()
  return principal
})

/** The patient's too: who accounts for what was done to a patient asks for the patient. */
const targetsOf = ({ id, patientId }: Appointment): ReadonlyArray<Target> => [
  { type: "Patient", id: patientId },
  { type: "Appointment", id, owner: patientId },
]

export const layer = HttpApiBuilder.group(
  ClinicApi,
  "appointments",
  Effect.fnUntraced(function* (handlers) {
    const store = yield* ClinicStore
    return handlers.handleAll({
      book: Effect.fnUntraced(function* ({ params, payload }) {
        const note = yield* AuditNote
        note.input = payload
        const { id } = yield* requireDiary(params.id)
        const booked = yield* store.book(params.id, id, payload)
        note.targets = targetsOf(booked)
        return booked
      }),
      list: Effect.fnUntraced(function* ({ params }) {
        yield* requireDiary(params.id)
        return yield* store.appointments(params.id)
      }),
      cancel: Effect.fnUntraced(function* ({ params }) {
        const note = yield* AuditNote
        const found = (yield* store.appointment(params.id)) ?? (yield* new Absent())
        note.targets = targetsOf(found)
        yield* requireDiary(found.patientId)
        return (yield* store.cancel(params.id)) ?? (yield* new Absent())
      }),
    })
  }),
)

/**
 * Patients and break-glass access.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { AuditNote } from "../audit/Auditing.ts"
import { accessMillis } from "../domain/BreakGlass.ts"
import { ClinicStore } from "../store/ClinicStore.ts"
import { openPatient, requirePatient, requireRole } from "./Access.ts"
import { ClinicApi } from "./ClinicApi.ts"
import { Absent } from "./Problem.ts"

export const layer = HttpApiBuilder.group(
  ClinicApi,
  "patients",
  Effect.fnUntraced(function* (handlers) {
    const store = yield* ClinicStore
    return handlers.handleAll({
      register: Effect.fnUntraced(function* ({ payload }) {
        const note = yield* AuditNote
        note.input = payload
        const { id, roles } = yield* requireRole("clinician", "reception")
        const patient = yield* store.register(payload, roles.includes("clinician") ? [id] : [])
        note.targets = [{ type: "Patient", id: patient.id }]
        return patient
      }),
      read: ({ params }) => openPatient(params.id),
      change: Effect.fnUntraced(function* ({ params, payload }) {
        const note = yield* AuditNote
        note.input = payload
        note.targets = [{ type: "Patient", id: params.id, fields: Object.keys(payload) }]
        yield* openPatient(params.id)
        return (yield* store.change(params.id, payload)) ?? (yield* new Absent())
      }),
      breakGlass: Effect.fnUntraced(function* ({ params, payload }) {
        const note = yield* AuditNote
        note.input = payload
        const principal = yield* requireRole("clinician")
        yield* requirePatient(params.id, principal.id)
        const expiresAt = (yield* Clock.currentTimeMillis) + accessMillis
        yield* store.breakGlass(params.id, principal.id, payload, expiresAt)
        return { expiresAt: DateTime.formatIso(DateTime.makeUnsafe(expiresAt)) }
      }),
    })
  }),
)

/**
 * Who may do what.
 */
import * as Effect from "effect/Effect"
import type { Role } from "../domain/Principal.ts"
import { ClinicStore, type PatientAccess } from "../store/ClinicStore.ts"
import { CurrentPrincipal } from "./CurrentPrincipal.ts"
import { Absent, AccessDenied } from "./Problem.ts"

/** The one who asks, if they have one of these roles. */
export const requireRole = (...allowed: ReadonlyArray<Role>) =>
  Effect.flatMap(CurrentPrincipal, (principal) =>
    principal.roles.some((role) => allowed.includes(role))
      ? Effect.succeed(principal)
      : Effect.fail(new AccessDenied()),
  )

/** A patient whose record is open to the one who asks. */
export const openPatient = Effect.fnUntraced(function* (id: string) {
  const principal = yield* requireRole("clinician")
  const found = yield* requirePatient(id, principal.id)
  if (!found.isOpen) return yield* new AccessDenied()
  return found.patient
})

/** A patient, whoever asks. */
export const requirePatient = Effect.fnUntraced(function* (id: string, principal: string) {
  const store = yield* ClinicStore
  const found: PatientAccess | undefined = yield* store.access(id, principal)
  return found ?? (yield* new Absent())
})

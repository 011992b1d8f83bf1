/**
 * Where the clinic keeps its records.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StoreUnavailable } from "../api/Problem.ts"
import type { Appointment, AppointmentForm } from "../domain/Appointment.ts"
import type { BreakGlassForm } from "../domain/BreakGlass.ts"
import type { Patient, PatientChange, PatientForm } from "../domain/Patient.ts"

/** A patient, and whether somebody may read the record: as one of the care team, or by break-glass. */
export interface PatientAccess {
  readonly patient: Patient
  readonly isOpen: boolean
}

/** A patient's appointments, newest first. Units: appointments. */
export const appointmentsMax = 100

/** `undefined` stands for what is not there. */
export class ClinicStore extends Context.Service<
  ClinicStore,
  {
    readonly register: (
      form: PatientForm,
      careTeam: ReadonlyArray<string>,
    ) => Effect.Effect<Patient, StoreUnavailable>
    readonly access: (
      id: string,
      principal: string,
    ) => Effect.Effect<PatientAccess | undefined, StoreUnavailable>
    readonly change: (
      id: string,
      change: PatientChange,
    ) => Effect.Effect<Patient | undefined, StoreUnavailable>
    /** Opens a patient's record to somebody until `expiresAt`. Units: milliseconds since 1970. */
    readonly breakGlass: (
      id: string,
      principal: string,
      form: BreakGlassForm,
      expiresAt: number,
    ) => Effect.Effect<void, StoreUnavailable>
    readonly book: (
      patientId: string,
      clinician: string,
      form: AppointmentForm,
    ) => Effect.Effect<Appointment, StoreUnavailable>
    readonly appointments: (
      patientId: string,
    ) => Effect.Effect<ReadonlyArray<Appointment>, StoreUnavailable>
    readonly appointment: (id: string) => Effect.Effect<Appointment | undefined, StoreUnavailable>
    readonly cancel: (id: string) => Effect.Effect<Appointment | undefined, StoreUnavailable>
    /** Succeeds when the store answers. */
    readonly ready: Effect.Effect<void, StoreUnavailable>
  }
>()("@countersign/clinic-api/store/ClinicStore") {}

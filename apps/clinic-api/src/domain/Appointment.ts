/**
 * A patient's appointment with somebody of the clinic.
 */
import * as Schema from "effect/Schema"
import { PatientId } from "./Patient.ts"
import type { Disclosure } from "./Personal.ts"
import { prose } from "./Text.ts"

export const AppointmentId = PatientId

export const AppointmentForm = Schema.Struct({
  /** RFC 3339 in UTC. */
  startsAt: Schema.String.check(
    Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/),
  ),
  minutes: Schema.Int.check(Schema.isBetween({ minimum: 5, maximum: 480 })),
  /** In the patient's words: why they come is about their health. */
  complaint: prose(2000),
})

export type AppointmentForm = typeof AppointmentForm.Type

export const Appointment = Schema.Struct({
  id: AppointmentId,
  patientId: PatientId,
  clinician: Schema.String,
  ...AppointmentForm.fields,
  status: Schema.Literals(["booked", "cancelled"]),
})

export type Appointment = typeof Appointment.Type

export const appointmentDisclosure: Disclosure<AppointmentForm> = {
  startsAt: "keep",
  minutes: "keep",
  complaint: "remove",
}

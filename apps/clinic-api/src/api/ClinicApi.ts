/**
 * The clinic's API: every endpoint with its schema, its middleware and its declared audit.
 */
import * as Schema from "effect/Schema"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { Audited } from "../audit/Audited.ts"
import { Auditing } from "../audit/Auditing.ts"
import * as ClinicEvent from "../audit/ClinicEvent.ts"
import { Appointment, AppointmentForm, AppointmentId } from "../domain/Appointment.ts"
import { BreakGlassAccess, BreakGlassForm } from "../domain/BreakGlass.ts"
import { Patient, PatientChange, PatientForm, PatientId } from "../domain/Patient.ts"
import { Authentication } from "./Authentication.ts"
import { Containment } from "./Containment.ts"
import { Absent, AccessDenied, NotReady, RequestMalformed, StoreUnavailable } from "./Problem.ts"
import { RequestRate } from "./RequestRate.ts"

const ofPatient = { id: PatientId }
const error = [Absent, AccessDenied, StoreUnavailable]

const Patients = HttpApiGroup.make("patients")
  .add(
    HttpApiEndpoint.post("register", "/patients", {
      payload: PatientForm,
      success: Patient.pipe(HttpApiSchema.status(201)),
      error,
    }).annotate(Audited, {
      event: ClinicEvent.patientRegistered,
      action: "CREATE",
      when: "both",
      purpose: "treatment",
    }),
    HttpApiEndpoint.get("read", "/patients/:id", {
      params: ofPatient,
      success: Patient,
      error,
    }).annotate(Audited, {
      event: ClinicEvent.patientRead,
      action: "READ",
      target: "Patient",
      when: "after",
      purpose: "treatment",
    }),
    HttpApiEndpoint.patch("change", "/patients/:id", {
      params: ofPatient,
      payload: PatientChange,
      success: Patient,
      error,
    }).annotate(Audited, {
      event: ClinicEvent.patientChanged,
      action: "UPDATE",
      target: "Patient",
      when: "both",
      purpose: "treatment",
    }),
    HttpApiEndpoint.post("breakGlass", "/patients/:id/break-glass", {
      params: ofPatient,
      payload: BreakGlassForm,
      success: BreakGlassAccess.pipe(HttpApiSchema.status(201)),
      error,
    }).annotate(Audited, {
      event: ClinicEvent.glassBroken,
      action: "BREAK_GLASS",
      target: "Patient",
      when: "both",
      purpose: "treatment",
    }),
  )
  .prefix("/api")

const Appointments = HttpApiGroup.make("appointments")
  .add(
    HttpApiEndpoint.post("book", "/patients/:id/appointments", {
      params: ofPatient,
      payload: AppointmentForm,
      success: Appointment.pipe(HttpApiSchema.status(201)),
      error,
    }).annotate(Audited, {
      event: ClinicEvent.appointmentBooked,
      action: "CREATE",
      target: "Patient",
      when: "both",
      purpose: "operations",
    }),
    HttpApiEndpoint.get("list", "/patients/:id/appointments", {
      params: ofPatient,
      success: Schema.Array(Appointment),
      error,
    }).annotate(Audited, {
      event: ClinicEvent.appointmentsRead,
      action: "READ",
      target: "Patient",
      when: "after",
      purpose: "operations",
    }),
    HttpApiEndpoint.delete("cancel", "/appointments/:id", {
      params: { id: AppointmentId },
      success: Appointment,
      error,
    }).annotate(Audited, {
      event: ClinicEvent.appointmentCancelled,
      action: "CANCEL",
      target: "Appointment",
      when: "both",
      purpose: "operations",
    }),
  )
  .prefix("/api")

/** Who did what to a patient, newest first: the accounting of disclosures (45 CFR 164.528). */
const Accesses = Schema.Struct({
  records: Schema.Array(Schema.Json),
  /** How many records of each trail had been delivered, and are accounted for: on each page the same. */
  asOf: Schema.Record(Schema.String, Schema.Int),
  /** Leads to the next page. */
  next: Schema.optionalKey(Schema.String),
})

const Trail = HttpApiGroup.make("trail")
  .add(
    HttpApiEndpoint.get("accesses", "/patients/:id/accesses", {
      params: ofPatient,
      query: { after: Schema.optionalKey(Schema.String) },
      success: Accesses,
      error: [AccessDenied, RequestMalformed, StoreUnavailable],
    }).annotate(Audited, {
      event: ClinicEvent.accessesRead,
      action: "READ",
      target: "Patient",
      when: "after",
      purpose: "operations",
    }),
    HttpApiEndpoint.get("export", "/trail/export", {
      query: { filter: Schema.optionalKey(Schema.String) },
      success: HttpApiSchema.StreamUint8Array({ contentType: "application/x-ndjson" }),
      error: [AccessDenied, RequestMalformed],
    }).annotate(Audited, {
      event: ClinicEvent.trailExported,
      action: "EXPORT",
      when: "both",
      purpose: "operations",
    }),
  )
  .prefix("/api")

const Status = HttpApiGroup.make("status").add(
  HttpApiEndpoint.get("health", "/health", {
    success: Schema.Struct({ status: Schema.Literal("alive") }),
  }),
  HttpApiEndpoint.get("ready", "/ready", {
    success: Schema.Struct({ status: Schema.Literal("ready") }),
    error: NotReady,
  }),
)

/** From the inside outwards: the last one meets a request first. */
export const ClinicApi = HttpApi.make("clinic")
  .add(Patients, Appointments, Trail)
  .middleware(Auditing)
  .middleware(RequestRate)
  .middleware(Authentication)
  .add(Status)
  .middleware(Containment)
  .annotateMerge(
    OpenApi.annotations({
      title: "Clinic",
      version: "0.1.0",
      description: "Patients, appointments and break-glass access; everything is audited.",
    }),
  )

/**
 * Every type of event that the clinic records, declared once: its class, its sensitivity, and
 * which fields of a form never get into a record.
 */
import {
  type Declared,
  defineEvent,
  type EventType,
  type Redaction,
} from "@countersign/core/event/EventType"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import type { EventClass } from "@countersign/core/event/EventClass"
import type { InvalidEvent } from "@countersign/core/event/InvalidEvent"
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { AppointmentForm, appointmentDisclosure } from "../domain/Appointment.ts"
import { BreakGlassForm, breakGlassDisclosure } from "../domain/BreakGlass.ts"
import { PatientChange, PatientForm, patientDisclosure } from "../domain/Patient.ts"
import { redactionAt } from "../domain/Personal.ts"

/** How a request went, beside what was asked. */
export interface Conduct {
  /** What was asked, as the endpoint decoded it. Its personal fields don't leave the constructor. */
  readonly input?: unknown
  /** The id of the record that was made before the action. */
  readonly attempt?: string
  readonly durationMillis?: number
  /** What kind of error was answered. */
  readonly failure?: string
  /** How many records were handed out. */
  readonly count?: number
}

/** A declared type of event, with the same data around each form. */
export interface ClinicEvent {
  readonly type: string
  readonly class: EventClass
  readonly parse: (event: Declared<Conduct>) => Result.Result<AuditEventInput, InvalidEvent>
}

const conduct = {
  attempt: Schema.optionalKey(Schema.String),
  durationMillis: Schema.optionalKey(Schema.Finite),
  failure: Schema.optionalKey(Schema.String),
  count: Schema.optionalKey(Schema.Int),
}

interface Terms {
  readonly class: EventClass
  readonly redact?: Readonly<Record<string, Redaction>>
}

const declare = <F extends Schema.Codec<unknown, unknown>>(
  type: string,
  form: F,
  terms: Terms,
): ClinicEvent => {
  const event: EventType<Schema.Codec<Conduct, unknown>> = defineEvent(type, {
    // The form's own type is of no use to the middleware, which records all of them alike; the
    // schema still checks what it is given.
    data: Schema.Struct({ input: Schema.optionalKey(form), ...conduct }) as Schema.Codec<
      Conduct,
      unknown
    >,
    classification: "PHI",
    frameworks: ["HIPAA"],
    // 45 CFR 164.316(b)(2)(i): six years.
    retention: "P6Y",
    ...terms,
  })
  return { type, class: terms.class, parse: event.parse }
}

const nothing = Schema.Struct({})

export const patientRegistered = declare("patient.record.create", PatientForm, {
  class: "compliance",
  redact: redactionAt("input", patientDisclosure),
})

export const patientRead = declare("patient.record.read", nothing, { class: "compliance" })

export const patientChanged = declare("patient.record.update", PatientChange, {
  class: "compliance",
  redact: redactionAt("input", patientDisclosure),
})

/** Critical: an access that nobody could account for must not be given. */
export const glassBroken = declare("patient.access.break-glass", BreakGlassForm, {
  class: "critical",
  redact: redactionAt("input", breakGlassDisclosure),
})

export const appointmentBooked = declare("appointment.create", AppointmentForm, {
  class: "compliance",
  redact: redactionAt("input", appointmentDisclosure),
})

export const appointmentsRead = declare("appointment.list.read", nothing, { class: "compliance" })

export const appointmentCancelled = declare("appointment.cancel", nothing, { class: "compliance" })

export const accessesRead = declare("patient.access.list.read", nothing, { class: "compliance" })

/** What an auditor looked for may itself say something about a patient: it is not kept. */
export const trailExported = declare(
  "trail.export",
  Schema.Struct({ filter: Schema.optionalKey(Schema.String) }),
  { class: "compliance", redact: { "input.filter": "remove" } },
)

export const trailExportEnded = declare("trail.export.end", nothing, { class: "compliance" })

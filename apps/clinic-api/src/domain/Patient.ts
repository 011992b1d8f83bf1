/**
 * A patient, as the clinic knows them.
 */
import * as Schema from "effect/Schema"
import type { Disclosure } from "./Personal.ts"
import { line, prose } from "./Text.ts"

const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export const isPatientId = (text: string): boolean => idForm.test(text)

/** An id that says nothing about the patient: a UUID of version 7, so that rows lie in order. */
export const PatientId = Schema.String.check(Schema.isPattern(idForm))

/** What is known of a patient when they are registered. */
export const PatientForm = Schema.Struct({
  name: line(200),
  birthDate: Schema.String.check(Schema.isPattern(/^\d{4}-\d\d-\d\d$/)),
  socialSecurity: line(32),
  phone: line(32),
  email: line(254),
  address: line(500),
  allergies: Schema.Array(line(200)).check(Schema.isMaxLength(50)),
  history: prose(16_384),
})

export type PatientForm = typeof PatientForm.Type

/** Some fields of a patient, to be changed. */
export const PatientChange = Schema.Struct({
  phone: Schema.optionalKey(line(32)),
  email: Schema.optionalKey(line(254)),
  address: Schema.optionalKey(line(500)),
  allergies: Schema.optionalKey(Schema.Array(line(200)).check(Schema.isMaxLength(50))),
  history: Schema.optionalKey(prose(16_384)),
})

export type PatientChange = typeof PatientChange.Type

export const Patient = Schema.Struct({
  id: PatientId,
  ...PatientForm.fields,
  /** Ids of those who treat the patient, and may read the record. */
  careTeam: Schema.Array(Schema.String),
})

export type Patient = typeof Patient.Type

/** Who the patient is, the target's id says: of all else an auditor needs to know nothing. */
export const patientDisclosure: Disclosure<PatientForm> = {
  name: "remove",
  birthDate: "remove",
  socialSecurity: "remove",
  phone: "remove",
  email: "remove",
  address: "remove",
  allergies: "remove",
  history: "remove",
}

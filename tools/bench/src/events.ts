/** The events of every row: 400 bytes of JSON each, as an application writes them. */
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"

/** JSON of one event object in UTF-8, before anyone adds an id, a time or a level. */
export const eventBytes = 400

const fields = [["name", "birthDate"], ["allergies"], ["medication", "dosage"], ["address"]]
const agents = [
  "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
  "ClinicTablet/7.4 (ward; build 2210)",
  "HL7Gateway/3.1",
]
const reasons = ["ward round", "refill of a prescription", "discharge letter"]
// One event in sixteen isn't ASCII, as among people's names.
const reasonOf = (index: number): string | undefined =>
  index % 16 === 15 ? "Überweisung" : reasons[index % 3]

const withNote = (index: number, note: string | undefined) => ({
  type: "patient.record.read",
  actor: { id: `u-${1000 + (index % 977)}`, type: "user" as const },
  outcome: "success" as const,
  classification: "PHI" as const,
  action: "READ",
  target: [{ id: `p-${10_000 + ((index * 7919) % 50_021)}`, type: "Patient" }],
  tenant: "north",
  source: {
    ip: `10.1.${100 + (index % 151)}.${100 + (index % 149)}`,
    userAgent: agents[index % 3],
  },
  data: {
    fields: fields[index % 4],
    reason: reasonOf(index),
    durationMillis: 10 + (index % 90),
    note,
  },
})

// What differs in length repeats after 48 events; the note makes up for it.
const padding = "routine access during treatment; ".repeat(10)
const notes = Array.from({ length: 48 }, (_, index) => {
  const missing = eventBytes - Buffer.byteLength(JSON.stringify(withNote(index, "")))
  // A text of its own, as from a parser or a driver: a slice of a longer one is slower to print.
  return Buffer.from(padding.slice(0, missing)).toString()
})

/** A fresh event; the same index gives the same event. */
export const eventAt = (index: number): AuditEventInput => withNote(index, notes[index % 48])

/** Events to take in turn: more than a processor's cache holds, so none is there by chance. */
export const prepare = (count: number): ReadonlyArray<AuditEventInput> =>
  Array.from({ length: count }, (_, index) => eventAt(index))

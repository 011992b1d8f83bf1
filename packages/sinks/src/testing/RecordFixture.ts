/**
 * Records for the tests of mappings and of network sinks.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import { canonicalizeUnsafe } from "@countersign/core/event/CanonicalJson"
import type { ExportRecord } from "../mapping/ExportRecord.ts"

/** Origin of the trail that the records are of. */
export const trail = "clinic.example/audit"

/** An event as the record it is in a trail. */
export const recordOf = (event: AuditEvent, sequence: number): ExportRecord => ({
  trail,
  sequence,
  text: canonicalizeUnsafe(event),
  event,
})

/** What an encoder would have refused, in a form that it takes. */
const mended = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  if (typeof value === "number") return Math.abs(value) > 2 ** 53 ? 1 : value
  if (Array.isArray(value)) return value.map(mended)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), mended(member)]),
  )
}

/** A record of whatever the schema of events makes. */
export const anyRecordOf = (event: AuditEvent, sequence = 7): ExportRecord =>
  // Only characters and numbers within were changed.
  recordOf(mended(event) as AuditEvent, sequence)

const minimal: AuditEvent = {
  id: "019ab000-0000-7000-8000-000000000001",
  time: "2026-11-21T09:00:00.000Z",
  type: "report.printed",
  class: "standard",
  actor: { id: "u-1", type: "user" },
  outcome: "success",
  classification: "INTERNAL",
}

const full: AuditEvent = {
  id: "019ab000-0000-7000-8000-000000000002",
  time: "2026-11-21T09:00:00.123456789Z",
  observed: "2026-11-21T09:00:01.500Z",
  type: "patient.record.read",
  class: "critical",
  actor: {
    id: "dr-jones",
    type: "user",
    onBehalfOf: "dr-smith",
    roles: ["physician", "on-call"],
    authMethod: "webauthn",
  },
  outcome: "success",
  classification: "PHI",
  action: "READ",
  reason: "break-glass access",
  target: [
    { id: "p-17", type: "Patient", name: "chart", owner: "ward-3", fields: ["birthDate", "name"] },
    { id: "a/9 b", type: "appointment" },
  ],
  severity: "high",
  tenant: "clinic-7",
  session: "s-99",
  source: { ip: "192.0.2.17", userAgent: "Mozilla/5.0 (X11; Linux)" },
  trace: { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" },
  correlation: "req-5",
  purpose: "treatment",
  legalBasis: "vital interest",
  frameworks: ["HIPAA", "GDPR"],
  retention: "ten-years",
  change: { before: { ward: 2 }, after: { ward: 3 } },
  data: { durationMillis: 12.5, count: 3, nested: { list: [null, true, "é🙂"] } },
  sampling: { policy: "none", rate: 1 },
}

/** Whatever a line, a header or a quoted value could be broken with. */
const hostileText = 'a|b=c\\d"e]f\r\n<1>1 g\tCEF:0|h\u0000\u007f\u2028é🙂\ufeff=1+1'

const hostile: AuditEvent = {
  ...minimal,
  id: "id ]|=\\\n\u00e9",
  actor: { id: hostileText, type: "anonymous", roles: [hostileText], onBehalfOf: hostileText },
  outcome: "denied",
  action: hostileText,
  reason: hostileText,
  target: [{ id: hostileText, type: hostileText, name: hostileText, owner: hostileText }],
  severity: "critical",
  tenant: hostileText,
  session: hostileText,
  source: { ip: hostileText, userAgent: hostileText },
  trace: { traceId: hostileText, spanId: "0000000000000000" },
  correlation: hostileText,
  purpose: hostileText,
  data: { [hostileText]: hostileText },
}

const login: AuditEvent = {
  ...minimal,
  id: "019ab000-0000-7000-8000-000000000004",
  type: "session.opened",
  action: "LOGIN",
  outcome: "failure",
  severity: "medium",
  reason: "wrong password",
  source: { ip: "2001:db8::17" },
}

const opened: AuditEvent = {
  ...minimal,
  id: "019ab000-0000-7000-8000-000000000005",
  type: "audit.opened",
  class: "compliance",
  actor: { id: "countersign", type: "system" },
  data: { fence: 1, recovered: 0 },
}

/** One of each kind: small, with every member, hostile, a login, and one of the engine's own. */
export const records: ReadonlyArray<ExportRecord> = [minimal, full, hostile, login, opened].map(
  recordOf,
)

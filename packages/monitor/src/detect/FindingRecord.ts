/**
 * A finding as an event of the trail, so that what was noticed can be proved as well.
 *
 * @since 0.1.0
 */
import type { AuditEventInput, Severity } from "@countersign/core/event/AuditEvent"
import type { Finding } from "./Finding.ts"

const severityOf: Readonly<Record<Finding["severity"], Severity>> = {
  info: "info",
  warning: "medium",
  error: "high",
  critical: "critical",
}

/**
 * Its type is `countersign.finding.` and the rule's name; rules don't look at such events.
 *
 * @category conversions
 * @since 0.1.0
 */
export const recordOf = (finding: Finding): AuditEventInput => ({
  type: `countersign.finding.${finding.rule}`,
  class: "compliance",
  actor: { id: "countersign", type: "system" },
  outcome: "success",
  severity: severityOf[finding.severity],
  target: [{ id: finding.subject, type: "Subject" }],
  reason: finding.explanation,
  data: finding,
})

const prefix = '"type":"countersign.finding.'

/**
 * The id of the finding that an entry of the trail records; `undefined` where it is no such entry.
 *
 * @param entry canonical JSON
 * @category decoding
 * @since 0.1.0
 */
export const findingIdOf = (entry: Buffer): string | undefined => {
  if (!entry.includes(prefix)) return undefined
  try {
    const value: unknown = JSON.parse(entry.toString("utf8"))
    if (typeof value !== "object" || value === null || !("data" in value)) return undefined
    const { data } = value
    const isOne = typeof data === "object" && data !== null && "id" in data
    return isOne && typeof data.id === "string" ? data.id : undefined
  } catch {
    return undefined
  }
}

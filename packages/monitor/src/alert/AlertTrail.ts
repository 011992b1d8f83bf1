/**
 * Alerts as events of the trail: who was told what, who took it on, when it was over.
 *
 * @since 0.1.0
 */
import type { Audit } from "@countersign/core/Audit"
import type { AuditEventInput, Severity } from "@countersign/core/event/AuditEvent"
import type { AlertSeverity } from "./Alert.ts"
import type { AlertChange } from "./AlertBook.ts"

/**
 * With what the types of these events begin.
 *
 * @category constants
 * @since 0.1.0
 */
export const alertTypePrefix = "countersign.alert."

/** Changes that wait for the engine to have room. */
const waitingMax = 1000

const severities: Readonly<Record<AlertSeverity, Severity>> = {
  info: "info",
  warning: "medium",
  error: "high",
  critical: "critical",
}

/**
 * The event of a change, of the class `compliance`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const eventOf = ({ alert, turn }: AlertChange): AuditEventInput => {
  const { acknowledgedBy, ending, escalation, evidence, group, id, note, quietBy, rule } = alert
  const isPersons = turn === "acknowledged" && acknowledgedBy !== undefined
  return {
    type: `${alertTypePrefix}${turn}`,
    class: "compliance",
    actor: isPersons
      ? { id: acknowledgedBy, type: "user" }
      : { id: "countersign.monitor", type: "system" },
    outcome: "success",
    severity: severities[alert.severity],
    target: [{ id, type: "alert", name: rule }],
    ...(isPersons && note !== undefined ? { reason: note } : {}),
    data: {
      rule,
      severity: alert.severity,
      subject: alert.subject,
      summary: alert.summary,
      value: alert.value,
      group,
      since: new Date(alert.sinceMillis).toISOString(),
      escalation,
      evidence,
      ...(quietBy === undefined ? {} : { quietBy }),
      ...(ending === undefined ? {} : { ending }),
    },
  }
}

/**
 * Writes changes into a trail, in their order. While the engine has no room or is no more, they
 * wait, the newest thousand of them.
 *
 * @category models
 * @since 0.1.0
 */
export class AlertTrail {
  private readonly record: Audit["Service"]["recordUnsafe"]
  private waiting: Array<AlertChange> = []
  private lost = 0

  constructor(record: Audit["Service"]["recordUnsafe"]) {
    this.record = record
  }

  /** Changes that no trail holds. */
  get unrecorded(): number {
    return this.waiting.length + this.lost
  }

  /** `pending` is no news: what may be over in a moment would fill the trail. */
  add(changes: ReadonlyArray<AlertChange>): void {
    for (const change of changes) if (change.turn !== "pending") this.waiting.push(change)
    if (this.waiting.length > waitingMax) {
      this.lost += this.waiting.splice(0, this.waiting.length - waitingMax).length
    }
    this.retry()
  }

  retry(): void {
    let written = 0
    for (const change of this.waiting) {
      const outcome = this.tried(change)
      if (outcome === "no room") break
      if (outcome === "never") this.lost += 1
      written += 1
    }
    if (written > 0) this.waiting = this.waiting.slice(written)
  }

  private tried(change: AlertChange): "recorded" | "no room" | "never" {
    try {
      const verdict = this.record(eventOf(change))
      if (verdict._tag !== "Refused") return "recorded"
      // What is invalid will not become valid by waiting.
      return verdict.error._tag === "InvalidEvent" ? "never" : "no room"
    } catch {
      // A defect of the engine: people were told, and are told of what comes after it.
      return "never"
    }
  }
}

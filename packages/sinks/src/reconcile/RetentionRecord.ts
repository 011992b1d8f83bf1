/**
 * What the trail says of months that were dropped from a database.
 *
 * @since 0.1.0
 */
import type { AuditEventInput, Outcome } from "@countersign/core/event/AuditEvent"

/**
 * The type of the event. An attempt is recorded before anything is dropped, and names the months;
 * a failure names those that are still there.
 *
 * @category constants
 * @since 0.1.0
 */
export const dropType = "retention.partitions.dropped"

/**
 * A month and how many records it held.
 *
 * @category models
 * @since 0.1.0
 */
export interface DroppedMonth {
  /** Such as `2019-11`. */
  readonly month: string
  /** Not known before it is dropped. */
  readonly records?: number
}

/**
 * The event that says that months are dropped, were, or could not be.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dropEvent = (
  outcome: Extract<Outcome, "attempt" | "success" | "failure">,
  monthsKept: number,
  months: ReadonlyArray<DroppedMonth>,
): AuditEventInput => ({
  type: dropType,
  class: "compliance",
  actor: { id: "countersign", type: "system" },
  outcome,
  data: { monthsKept, months },
})

const needle = Buffer.from(`"type":"${dropType}"`)

type Members = Readonly<Record<string, unknown>>

const membersOf = (value: unknown): Members =>
  // Parsed JSON: an object has no members but its own, and each is unknown.
  typeof value === "object" && value !== null ? (value as Members) : {}

/**
 * What a trail says of dropped months.
 *
 * An attempt counts until its failure is recorded: a process that died after the drop could not
 * say more. Nothing explains the absence of a record that came after it.
 *
 * @category models
 * @since 0.1.0
 */
export class RecordedDrops {
  private readonly attempts = new Map<string, number>()
  private readonly successes = new Map<string, number>()

  /** Takes the next entry in; most are passed over without being parsed. */
  add(sequence: number, entry: Uint8Array): void {
    const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength)
    if (!bytes.includes(needle)) return
    const { data, outcome, type } = membersOf(JSON.parse(bytes.toString("utf8")))
    const { months } = membersOf(data)
    if (type !== dropType || !Array.isArray(months)) return
    for (const each of months) {
      const month = String(membersOf(each)["month"])
      if (outcome === "attempt") this.attempts.set(month, sequence)
      if (outcome === "failure") this.attempts.delete(month)
      if (outcome === "success") this.successes.set(month, sequence)
    }
  }

  /** Whether a drop of its month came after the record. */
  explains(month: string, sequence: number): boolean {
    return [this.attempts, this.successes].some((drops) => (drops.get(month) ?? -1) > sequence)
  }
}

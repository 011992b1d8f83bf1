/**
 * What the trail says of months that were dropped from a database.
 *
 * @since 0.1.0
 */
import type { AuditEventInput, Outcome } from "@countersign/core/event/AuditEvent"

/**
 * The type of the event. An attempt is recorded before anything is dropped, and names the months.
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

/**
 * The months that an entry of a trail says were dropped, or were about to be.
 *
 * @category decoding
 * @since 0.1.0
 */
export const monthsOfDrop = (entry: Uint8Array): ReadonlyArray<string> => {
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength)
  // Most entries are passed over without being parsed.
  if (!bytes.includes(needle)) return []
  const { data, type } = JSON.parse(bytes.toString("utf8")) as {
    readonly type: string
    readonly data?: { readonly months?: ReadonlyArray<DroppedMonth> }
  }
  const months = type === dropType ? data?.months : undefined
  return Array.isArray(months) ? months.map(({ month }) => String(month)) : []
}

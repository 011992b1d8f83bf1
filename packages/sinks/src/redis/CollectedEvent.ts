/**
 * A record of another engine as an event of this one, and back.
 *
 * The event keeps what the record says, its id and time included. What this engine can't take
 * as it is lies in `data.collected`: where the record comes from, and what had to be renamed.
 * `data.value` is the record's own `data`.
 *
 * @since 0.1.0
 */
import {
  type Actor,
  type AuditEventInput,
  type Outcome,
  reservedTypePrefix,
} from "@countersign/core/event/AuditEvent"

/**
 * Where a record comes from.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordOrigin {
  /** Origin of the trail that holds it. */
  readonly trail: string
  readonly sequence: number
}

/**
 * A record that was read from a stream.
 *
 * @category models
 * @since 0.1.0
 */
export interface CollectedRecord extends RecordOrigin {
  /** Canonical bytes. */
  readonly bytes: Buffer
  /**
   * Whether it was handed out before and not acknowledged: to another collector, whose trail
   * may hold it too, or to this one in an earlier life.
   */
  readonly isRepeated: boolean
}

/**
 * What the types of an engine's own records get in front, since no application may use those.
 *
 * @category constants
 * @since 0.1.0
 */
export const collectedTypePrefix = "collected."

type Members = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Members | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Members)
    : undefined

/**
 * The event that stands for a record; `undefined` where its bytes are none.
 *
 * Telemetry becomes `standard`: it was sampled where it was recorded, and is not again.
 *
 * @category encoding
 * @since 0.1.0
 */
export const eventOf = (record: CollectedRecord): AuditEventInput | undefined => {
  let members: Members | undefined
  try {
    members = objectOf(JSON.parse(record.bytes.toString("utf8")))
  } catch {
    return undefined
  }
  if (members === undefined) return undefined
  const { data, observed, ...event } = members
  const { class: of, type } = event
  const isReserved = typeof type === "string" && type.startsWith(reservedTypePrefix)
  const collected = {
    trail: record.trail,
    sequence: record.sequence,
    ...(record.isRepeated ? { repeated: true } : {}),
    ...(of === "telemetry" ? { class: of } : {}),
    ...(observed === undefined ? {} : { observed }),
  }
  return {
    // The encoder checks every member; here it is only handed on.
    ...(event as unknown as AuditEventInput),
    ...(isReserved ? { type: collectedTypePrefix + type } : {}),
    ...(of === "telemetry" ? { class: "standard" } : {}),
    data: { collected, ...(data === undefined ? {} : { value: data }) },
  }
}

const actor: Actor = { id: "countersign", type: "system" }
const outcome: Outcome = "failure"

/**
 * The event that stands for a record which this engine can't take.
 *
 * @param why the refusal's message
 * @category encoding
 * @since 0.1.0
 */
export const refusalOf = (record: CollectedRecord, why: string): AuditEventInput => ({
  type: "collected.record.refused",
  class: "compliance",
  actor,
  outcome,
  reason: why.slice(0, 1_000),
  data: { collected: { trail: record.trail, sequence: record.sequence } },
})

const mark = Buffer.from('"collected":{')

/**
 * Where an entry of a collector's trail comes from; `undefined` for everything else in there.
 *
 * @category encoding
 * @since 0.1.0
 */
export const originOf = (entry: Uint8Array): RecordOrigin | undefined => {
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength)
  if (!bytes.includes(mark)) return undefined
  const data = objectOf(objectOf(JSON.parse(bytes.toString("utf8")))?.["data"])
  const collected = objectOf(data?.["collected"])
  if (collected === undefined) return undefined
  const { sequence, trail } = collected
  return typeof trail === "string" && typeof sequence === "number" ? { trail, sequence } : undefined
}

/**
 * What the query columns of a row say, read from a record's bytes.
 *
 * The bytes are the record; a column only says where to look. So nothing is refused here: what
 * a record lacks, or says in another form, is `undefined`.
 *
 * @since 0.1.0
 */
import { timePattern } from "@countersign/core/event/AuditEvent"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordColumns {
  /**
   * The record's time: whole milliseconds since 1970, rounded down, and the microseconds above
   * them. `undefined` where it has none; the database then says `-infinity`.
   */
  readonly millis: number | undefined
  readonly micros: number
  /** In the order of {@link textColumns}. */
  readonly texts: ReadonlyArray<string | undefined>
  /** What was acted upon, as `Type/id`. */
  readonly targets: ReadonlyArray<string> | undefined
}

/**
 * The columns that hold one text each, in the order in which they are written.
 *
 * @category constants
 * @since 0.1.0
 */
export const textColumns = [
  "id",
  "type",
  "class",
  "outcome",
  "classification",
  "actor_id",
  "actor_type",
  "tenant",
  "action",
  "session",
  "correlation",
  "severity",
] as const

type Members = Readonly<Record<string, unknown>>

const nothing: Members = {}

/** An object's members, of which nothing is known; none of anything else. */
const membersOf = (value: unknown): Members =>
  // Parsed JSON: an object has no members but its own, and each is unknown.
  typeof value === "object" && value !== null ? (value as Members) : nothing

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined

const parsed = (entry: Uint8Array): Members => {
  try {
    const text = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString("utf8")
    return membersOf(JSON.parse(text))
  } catch {
    return nothing
  }
}

// `2026-11-21T09:00:00.` comes before the digits; the first three of them are the milliseconds.
const microsAt = 23

const microsOf = (time: string): number => {
  // Most times end here, with `Z`.
  if (time.length <= microsAt + 1) return 0
  return Number(time.slice(microsAt, Math.min(microsAt + 3, time.length - 1)).padEnd(3, "0"))
}

const millisOf = (time: unknown): number | undefined => {
  if (typeof time !== "string" || !timePattern.test(time)) return undefined
  const millis = Date.parse(time)
  return Number.isNaN(millis) ? undefined : millis
}

const targetsOf = (target: unknown): ReadonlyArray<string> | undefined => {
  if (!Array.isArray(target) || target.length === 0) return undefined
  const keys: Array<string> = []
  for (const each of target) {
    const { id, type } = membersOf(each)
    if (typeof id === "string" && typeof type === "string") keys.push(`${type}/${id}`)
  }
  return keys
}

/**
 * Reads the columns of one record. Never throws.
 *
 * - Cost: one `JSON.parse`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const recordColumns = (entry: Uint8Array): RecordColumns => {
  const record = parsed(entry)
  const actor = membersOf(record["actor"])
  const time = record["time"]
  const millis = millisOf(time)
  return {
    millis,
    micros: millis === undefined || typeof time !== "string" ? 0 : microsOf(time),
    texts: [
      textOf(record["id"]),
      textOf(record["type"]),
      textOf(record["class"]),
      textOf(record["outcome"]),
      textOf(record["classification"]),
      textOf(actor["id"]),
      textOf(actor["type"]),
      textOf(record["tenant"]),
      textOf(record["action"]),
      textOf(record["session"]),
      textOf(record["correlation"]),
      textOf(record["severity"]),
    ],
    targets: targetsOf(record["target"]),
  }
}

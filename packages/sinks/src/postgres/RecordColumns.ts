/**
 * What the query columns of a row say, read from a record's bytes.
 *
 * The bytes are the record; a column only says where to look. So nothing is refused here: what
 * a record lacks, or says in another form, is `undefined`; what no column or no index can hold is
 * written in a form that they can.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
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

/**
 * Those of them that are indexed, and so hold what {@link indexText} makes of a text.
 *
 * @category constants
 * @since 0.1.0
 */
export const indexedColumns: ReadonlySet<string> = new Set([
  "type",
  "classification",
  "actor_id",
  "tenant",
])

/**
 * Every text in an indexed column has fewer characters than this, or as many and is shortened: at
 * most 1,920 bytes, where an index takes 2,704. Units: code points.
 *
 * @category constants
 * @since 0.1.0
 */
export const indexTextLength = 512

/** SHA-256 in base64url, and the sign before it. */
const digestLength = 44

/**
 * A text as indexed columns hold it: a long one is its beginning and its digest, so that different
 * texts stay different, for conditions of equality as for row-level security.
 *
 * @category encoding
 * @since 0.1.0
 */
export const indexText = (text: string): string => {
  // Nearly every text ends here: it has no more code points than it has units.
  if (text.length < indexTextLength) return text
  let points = 0
  let units = 0
  let keptUnits = 0
  for (const character of text) {
    if (points === indexTextLength - digestLength) keptUnits = units
    points += 1
    units += character.length
    if (points === indexTextLength) break
  }
  if (points < indexTextLength) return text
  const digest = createHash("sha256").update(text).digest("base64url")
  return `${text.slice(0, keptUnits)}…${digest}`
}

type Members = Readonly<Record<string, unknown>>

const nothing: Members = {}

/** An object's members, of which nothing is known; none of anything else. */
const membersOf = (value: unknown): Members =>
  // Parsed JSON: an object has no members but its own, and each is unknown.
  typeof value === "object" && value !== null ? (value as Members) : nothing

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? storable(value) : undefined

/** PostgreSQL has no text with U+0000. */
const storable = (text: string): string =>
  text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text

const indexTextOf = (value: unknown): string | undefined =>
  typeof value === "string" ? indexText(storable(value)) : undefined

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

/**
 * The month of an instant in UTC, such as `2026-11`.
 *
 * @param millis since 1970
 * @category encoding
 * @since 0.1.0
 */
export const monthOf = (millis: number): string => new Date(millis).toISOString().slice(0, 7)

const targetsOf = (target: unknown): ReadonlyArray<string> | undefined => {
  if (!Array.isArray(target) || target.length === 0) return undefined
  const keys: Array<string> = []
  for (const each of target) {
    const { id, type } = membersOf(each)
    if (typeof id === "string" && typeof type === "string") {
      keys.push(indexText(storable(`${type}/${id}`)))
    }
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
      indexTextOf(record["type"]),
      textOf(record["class"]),
      textOf(record["outcome"]),
      indexTextOf(record["classification"]),
      indexTextOf(actor["id"]),
      textOf(actor["type"]),
      indexTextOf(record["tenant"]),
      textOf(record["action"]),
      textOf(record["session"]),
      textOf(record["correlation"]),
      textOf(record["severity"]),
    ],
    targets: targetsOf(record["target"]),
  }
}

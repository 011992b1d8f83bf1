/**
 * An event as it waits in the outbox: checked as the engine checks it, in its canonical bytes.
 *
 * What is refused here is refused before anything is inserted, so that a committed row can always
 * be recorded by an engine with the same limits.
 *
 * @since 0.1.0
 */
import { profiles } from "@countersign/core/config/Profile"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { laneOf } from "@countersign/core/event/EventClass"
import { EventEncoder, type EventLimits } from "@countersign/core/event/EventEncoder"
import { InvalidEvent } from "@countersign/core/event/InvalidEvent"

/**
 * The limits of an engine of which nothing else is said.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultLimits: EventLimits = profiles.balanced.values.limits

/**
 * @category models
 * @since 0.1.0
 */
export interface OutboxEvent {
  readonly id: string
  /** Canonical JSON. */
  readonly bytes: Buffer
}

// What the engine adds to an event that says its own time, as every event from here does.
const observedBytes = ',"observed":"2026-11-21T09:00:00.000Z"'.length
const encoders = new WeakMap<EventLimits, EventEncoder>()

const encoderOf = (limits: EventLimits): EventEncoder => {
  const known = encoders.get(limits)
  if (known !== undefined) return known
  const encoder = new EventEncoder(limits)
  encoders.set(limits, encoder)
  return encoder
}

const sampledAway = new InvalidEvent({
  path: "class",
  problem: "is telemetry, which an engine may sample away",
  expected: "critical, compliance or standard; telemetry is recorded without a transaction",
})

const strangeId = new InvalidEvent({
  path: "id",
  problem: "is not that of the row",
  expected: "the same id in the event as in the column, as recordInTransaction writes it",
})

/**
 * Checks an event, gives it its id and time, and writes it.
 *
 * Refuses what the engine refuses, and beside that telemetry, which an engine may sample away,
 * and the character U+0000, which PostgreSQL can't keep in a text.
 *
 * @param nowMillis milliseconds since 1970
 * @param limits those of the engine that will record it
 * @category encoding
 * @since 0.1.0
 */
export const encode = (
  event: AuditEventInput,
  nowMillis: number,
  limits: EventLimits = defaultLimits,
): OutboxEvent | InvalidEvent => {
  const encoder = encoderOf(limits)
  const invalid = encoder.encode(event, nowMillis)
  if (invalid !== undefined) return invalid
  const { id, json, lane } = encoder
  if (lane === laneOf.telemetry) return sampledAway
  const form = JSON.parse(json) as Readonly<Record<string, unknown>>
  const bytes = encoder.bytes + ("observed" in form ? 0 : observedBytes)
  if (bytes > limits.eventBytesMax) {
    return new InvalidEvent({
      path: "",
      problem: `has ${bytes} canonical bytes in the trail`,
      expected: `at most ${limits.eventBytesMax} (limits.eventBytesMax); keep large data elsewhere and record its digest`,
    })
  }
  const path = json.includes("\\u0000") ? nulIn(form, "") : undefined
  return path === undefined
    ? { id, bytes: Buffer.from(json) }
    : new InvalidEvent({
        path,
        problem: "holds the character U+0000, which PostgreSQL can't keep in a text",
        expected: "a text without it",
      })
}

/** Where the first U+0000 is, in a name or a value. The depth was bounded before. */
const nulIn = (value: unknown, path: string): string | undefined => {
  if (typeof value === "string") return value.includes("\0") ? path : undefined
  if (typeof value !== "object" || value === null) return undefined
  for (const [key, member] of Object.entries(value)) {
    const step = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`
    const found = key.includes("\0") ? path : nulIn(member, step)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * The event of a row, to be recorded. But for what only this module knows, the engine checks it.
 *
 * @param id the row's own. An event of another id could not be found in the trail by it
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array, id: string): AuditEventInput | InvalidEvent => {
  try {
    const { observed: _, ...event } = JSON.parse(Buffer.from(bytes).toString("utf8")) as {
      readonly observed?: unknown
      readonly class?: unknown
      readonly id?: unknown
    }
    if (event.class === "telemetry") return sampledAway
    if (event.id !== id) return strangeId
    // The engine's own encoder looks at every member.
    return event as unknown as AuditEventInput
  } catch {
    return new InvalidEvent({ path: "", problem: "is no JSON object", expected: "an event" })
  }
}

/**
 * The events that a load records: of one size, and never of a person.
 *
 * @since 0.1.0
 */
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"

/**
 * The sizes that an event of a load can have. Units: bytes of JSON, before the engine adds an id
 * and a time.
 *
 * @category constants
 * @since 0.1.0
 */
export const eventBytes = { least: 250, most: 60_000, default: 400 } as const

/** What their events are called. */
export const loadEventType = "load.event.recorded"

const actors = 977
const targets = 50_021
const actions = ["READ", "CREATE", "UPDATE", "EXPORT"]
const words = "load that nobody reads, as long as it was asked for; "

const withNote = (index: number, note: string): AuditEventInput => ({
  type: loadEventType,
  actor: { id: `loader-${String(index % actors).padStart(4, "0")}`, type: "service" },
  outcome: "success",
  action: actions[index % actions.length],
  target: [{ id: `record-${String((index * 7919) % targets).padStart(6, "0")}`, type: "Record" }],
  correlation: String(index).padStart(12, "0"),
  data: { note },
})

/**
 * Makes events of a size. The same number gives the same event.
 *
 * @param bytes within {@link eventBytes}; two more or fewer, as verbs differ in length
 * @category constructors
 * @since 0.1.0
 */
export const eventsOf = (bytes: number): ((index: number) => AuditEventInput) => {
  const missing = Math.max(0, bytes - Buffer.byteLength(JSON.stringify(withNote(0, ""))))
  const text = words.repeat(Math.ceil(missing / words.length)).slice(0, missing)
  // A text of its own, as from a parser: a slice of a longer one is slower to print.
  const note = Buffer.from(text).toString()
  return (index) => withNote(index, note)
}

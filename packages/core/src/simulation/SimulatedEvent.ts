/**
 * The events of a simulation.
 *
 * @since 0.1.0
 */
import type { AuditEventInput } from "../event/AuditEvent.ts"
import type { Burst } from "./Schedule.ts"

/**
 * The type of all of them.
 *
 * @category constants
 * @since 0.1.0
 */
export const eventType = "simulation.event.written"

/**
 * What a sink finds in the bytes of a record that it refuses.
 *
 * @category constructors
 * @since 0.1.0
 */
export const refusalMark = (sink: number): string => `"refusedBy":${sink}`

/**
 * @category constructors
 * @since 0.1.0
 */
export const eventOf = (
  id: string,
  { class: name, refusedBy, textLength, writer }: Burst,
): AuditEventInput => ({
  id,
  type: eventType,
  class: name,
  actor: { id: `writer-${writer}`, type: "user" },
  outcome: "success",
  data: { refusedBy, text: "x".repeat(textLength) },
})

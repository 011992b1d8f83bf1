/**
 * A synchronous operation that is worth a record only when it was slow.
 *
 * @since 0.1.0
 */
import type { Door } from "./engine/Door.ts"
import type { Actor } from "./event/AuditEvent.ts"

const system: Actor = { id: "countersign", type: "system" }

/**
 * @param thresholdMillis what takes longer is recorded as telemetry
 * @category running
 * @since 0.1.0
 */
export const criticalOperation = <A>(
  door: Pick<Door, "record">,
  id: string,
  thunk: () => A,
  thresholdMillis: number,
): A => {
  const from = performance.now()
  const result = thunk()
  const millis = performance.now() - from
  if (millis > thresholdMillis) {
    door.record({
      type: "operation.slow",
      class: "telemetry",
      actor: system,
      outcome: "success",
      target: [{ id, type: "operation" }],
      data: { millis, thresholdMillis },
    })
  }
  return result
}

/**
 * Who acts, for events that do not say it themselves.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Actor } from "./event/AuditEvent.ts"

/**
 * Who acts in this part of the program. `around` and `record` use it for events without an actor.
 *
 * ```ts
 * const program = handler.pipe(Effect.provideService(CurrentActor, { id: "u-1", type: "user" }))
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export const CurrentActor = Context.Reference<Actor | undefined>("@countersign/core/CurrentActor", {
  defaultValue: () => undefined,
})

/**
 * What runs at intervals beside the stages.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { RestartPolicy } from "./RestartPolicy.ts"
import type { Actor } from "./Supervisor.ts"

/**
 * An actor that takes a step at intervals; a fault of the world is tried again for ever.
 *
 * @param everyMillis the wait before each step, asked for anew each time
 * @category constructors
 * @since 0.1.0
 */
export const periodicService = <E extends Error>(
  name: string,
  restart: RestartPolicy,
  everyMillis: () => number,
  step: Effect.Effect<unknown, E>,
): Actor => ({
  name,
  kind: "service",
  restart,
  run: (entry) =>
    Effect.gen(function* () {
      entry.enter("idle")
      yield* Effect.sleep(everyMillis())
      entry.enter("running")
      yield* Effect.tapError(step, (error) => Effect.logError(`countersign: ${name}`, error))
      entry.finished(1)
    }).pipe(Effect.forever),
  verdict: (cause) => (cause.reasons.every(Cause.isFailReason) ? "fault" : "crash"),
})

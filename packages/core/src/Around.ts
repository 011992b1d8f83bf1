/**
 * An operation between its `attempt` and its outcome.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Receipt, RecordError, RecordInput, RecordOptions } from "./Receipt.ts"

const tagOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string"
    ? error._tag
    : error instanceof Error
      ? error.name
      : typeof error

/** The first failure by its tag; its content may be personal and stays out of the trail. */
const failureOf = (cause: Cause.Cause<unknown>): Readonly<Record<string, string>> => {
  const [reason] = cause.reasons
  if (reason === undefined) return { kind: "empty" }
  if (Cause.isFailReason(reason)) return { kind: "failure", tag: tagOf(reason.error) }
  if (Cause.isDieReason(reason)) return { kind: "defect", tag: tagOf(reason.defect) }
  return { kind: "interruption" }
}

/**
 * Runs an effect and records attempt, outcome, duration and typed failure.
 *
 * @category running
 * @since 0.1.0
 */
export const around = <A, E, R>(
  record: (event: RecordInput, options?: RecordOptions) => Effect.Effect<Receipt, RecordError>,
  clock: Clock.Clock,
  event: Omit<RecordInput, "outcome">,
  effect: Effect.Effect<A, E, R>,
  options?: RecordOptions,
): Effect.Effect<A, E | RecordError, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const attempt = yield* restore(record({ ...event, outcome: "attempt" }, options))
      const from = clock.currentTimeMillisUnsafe()
      const exit = yield* Effect.exit(restore(effect))
      const durationMillis = clock.currentTimeMillisUnsafe() - from
      const failure = Exit.isFailure(exit) ? failureOf(exit.cause) : undefined
      const written = yield* Effect.exit(
        record(
          {
            ...event,
            // The attempt has it; an id names one event.
            id: undefined,
            outcome: failure === undefined ? "success" : "failure",
            correlation: event.correlation ?? attempt.id,
            data: {
              ...(event.data === undefined ? {} : { input: event.data }),
              attempt: attempt.id,
              durationMillis,
              ...(failure === undefined ? {} : { failure }),
            },
          },
          options,
        ),
      )
      if (Exit.isFailure(written)) {
        // Its own failure matters more to a caller than that it could not be recorded.
        if (failure === undefined) return yield* Effect.failCause(written.cause)
        yield* Effect.logError("countersign: an outcome was not recorded", written.cause)
      }
      return yield* exit
    }),
  )

/**
 * Time that only goes forward, for deadlines: a clock that is set must neither refuse everybody
 * who waits nor leave them waiting.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const nanosPerMilli = 1e6

/**
 * Milliseconds since some moment before.
 *
 * @category running
 * @since 0.1.0
 */
export const monotonicMillis = (clock: Clock.Clock): number =>
  Number(clock.monotonicTimeNanosUnsafe()) / nanosPerMilli

/**
 * As {@link monotonicMillis}.
 *
 * @category running
 * @since 0.1.0
 */
export const monotonicNow: Effect.Effect<number> = Clock.clockWith((clock) =>
  Effect.sync(() => monotonicMillis(clock)),
)

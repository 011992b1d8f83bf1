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

/**
 * A clock whose date is the time that only goes forward, for what reckons with dates.
 *
 * @category constructors
 * @since 0.1.0
 */
export const forwardOnly = (clock: Clock.Clock): Clock.Clock => ({
  currentTimeMillisUnsafe: () => Math.floor(monotonicMillis(clock)),
  currentTimeMillis: Effect.sync(() => Math.floor(monotonicMillis(clock))),
  currentTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  currentTimeNanos: clock.monotonicTimeNanos,
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  sleep: (duration) => clock.sleep(duration),
})

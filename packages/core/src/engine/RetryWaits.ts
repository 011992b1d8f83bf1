/**
 * The waits between tries of one thing.
 *
 * Full jitter: each wait is drawn evenly from nothing to the exponential one, so that many
 * processes that lost the same server come back spread over the whole time. (Marc Brooker,
 * "Exponential Backoff And Jitter", 2015.)
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"

/**
 * @category models
 * @since 0.1.0
 */
export interface RetryOptions {
  /** The bound of the first wait. Units: milliseconds. */
  readonly fromMillis: number
  /** The bound of every wait. Units: milliseconds. */
  readonly toMillis: number
}

/**
 * Doubling, bounded, fully jittered.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fullJitter = ({ fromMillis, toMillis }: RetryOptions) =>
  Schedule.min([
    Schedule.exponential(Duration.millis(fromMillis), 2),
    Schedule.spaced(Duration.millis(toMillis)),
  ]).pipe(
    Schedule.modifyDelay(({ duration }) =>
      Effect.map(Random.next, (share) => Duration.times(duration, share)),
    ),
  )

type Step = Effect.Success<ReturnType<typeof Schedule.toStep<unknown, unknown, never, never>>>

/**
 * The waits of a series of tries, from the shortest again after each success.
 *
 * @category models
 * @since 0.1.0
 */
export class RetryWaits {
  private readonly schedule: Schedule.Schedule<unknown>
  private step: Step | undefined

  constructor(options: RetryOptions) {
    this.schedule = fullJitter(options)
  }

  succeeded(): void {
    this.step = undefined
  }

  /** How long to wait now. */
  readonly next: Effect.Effect<Duration.Duration> = Effect.gen({ self: this }, function* () {
    this.step ??= yield* Schedule.toStep(this.schedule)
    // What a schedule of waits is given decides nothing.
    return yield* this.step(0, undefined).pipe(
      Effect.map(([, delay]) => delay),
      Pull.catchDone(() => Effect.succeed(Duration.zero)),
    )
  })
}

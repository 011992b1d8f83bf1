/**
 * When a crashed actor starts again, and when that is given up.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"

/**
 * @category models
 * @since 0.1.0
 */
export interface RestartPolicy {
  /** The wait before each restart. A schedule that ends gives the actor up. */
  readonly backoff: Schedule.Schedule<unknown>
  /** Crashes within `window` that are still answered by a restart; the next one goes up. */
  readonly restartsMax: number
  /** How long a crash counts. */
  readonly window: Duration.Input
  /** A life at least this long makes the next wait start from the shortest again. */
  readonly healthyAfter: Duration.Input
  /** Crashes on one batch after which it is bisected. Bounds: at least 1. */
  readonly poisonAfter: number
  /**
   * Whether a fault of the world counts towards `restartsMax`. `false`: a full disk or a dead
   * network is retried for as long as it takes.
   */
  readonly faultsCount: boolean
}

/**
 * What {@link make} takes.
 *
 * @category models
 * @since 0.1.0
 */
export interface RestartOptions extends Partial<Omit<RestartPolicy, "backoff">> {
  /** The first wait. Default 10 ms. */
  readonly from?: Duration.Input
  /** The longest wait. Default 5 s. */
  readonly to?: Duration.Input
}

/**
 * A policy with a doubling wait, jittered by 20 % so that actors that fell together do not
 * come back together.
 *
 * The default of 20 crashes a minute leaves room for five poison items: each costs three
 * crashes of its batch and one of its own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: RestartOptions = {}): RestartPolicy => ({
  backoff: Schedule.jittered(
    Schedule.min([
      Schedule.exponential(options.from ?? Duration.millis(10), 2),
      Schedule.spaced(options.to ?? Duration.seconds(5)),
    ]),
  ),
  restartsMax: options.restartsMax ?? 20,
  window: options.window ?? Duration.minutes(1),
  healthyAfter: options.healthyAfter ?? Duration.seconds(10),
  poisonAfter: options.poisonAfter ?? 3,
  faultsCount: options.faultsCount ?? false,
})

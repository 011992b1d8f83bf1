/**
 * The circuit breaker of one sink: a sink that fails again and again is left alone for a while.
 *
 * Closed, every delivery runs. After some failures in a row the circuit opens: nothing is asked
 * of the sink until the open time has passed, which doubles with each opening. Then one small
 * delivery runs, and decides. A refusal decides nothing: whether the sink is to blame or the record
 * shows when the sink takes another record, or none.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Schedule from "effect/Schedule"
import { forwardOnly } from "./Monotonic.ts"
import { SinkError } from "./Sink.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type CircuitState = "closed" | "open" | "half-open"

/**
 * @category models
 * @since 0.1.0
 */
export interface CircuitOptions {
  readonly sink: string
  /** Failures in a row that open it. Bounds: at least 1. */
  readonly failures: number
  /** How long it is open first. Units: milliseconds. */
  readonly openMillis: number
  /** How long it is open at most. Units: milliseconds. */
  readonly openMillisMax: number
}

/**
 * @category models
 * @since 0.1.0
 */
export class SinkCircuit {
  /** As it was after the newest call. */
  state: CircuitState = "closed"
  private readonly breaker: CircuitBreaker.CircuitBreaker
  private readonly key: string
  private readonly clock: Clock.Clock
  private readonly breakerClock: Clock.Clock

  constructor(breaker: CircuitBreaker.CircuitBreaker, key: string, clock: Clock.Clock) {
    this.breaker = breaker
    this.key = key
    this.clock = clock
    // The breaker reckons with dates: with a clock that was set back it would stay open till then.
    this.breakerClock = forwardOnly(clock)
  }

  /** Until the sink may be called again. Units: milliseconds. 0: now. */
  readonly waitMillis: Effect.Effect<number> = Effect.suspend(() =>
    this.breaker.state(this.key).pipe(
      Effect.map((state) => {
        const wait = state._tag === "Open" ? Duration.toMillis(state.retryAfter) : 0
        this.state = state._tag === "Closed" ? "closed" : wait > 0 ? "open" : "half-open"
        return wait
      }),
      // The store is in memory and can't fail.
      Effect.orDie,
      Effect.provideService(Clock.Clock, this.breakerClock),
    ),
  )

  /**
   * Runs a call unless the circuit is open, and counts how it ends.
   *
   * @param says whether a success says that the sink takes records
   */
  call<A>(
    effect: Effect.Effect<A, SinkError>,
    says: "something" | "nothing",
  ): Effect.Effect<A, SinkError> {
    const outcomeOf = (exit: Exit.Exit<A, SinkError>): CircuitBreaker.Outcome => {
      if (Exit.isSuccess(exit)) {
        return says === "something" ? CircuitBreaker.success : CircuitBreaker.ignored
      }
      return isRejected(exit.cause) ? CircuitBreaker.ignored : CircuitBreaker.failure()
    }
    const call = Effect.provideService(effect, Clock.Clock, this.clock)
    return this.breaker.execute(call, { key: this.key, classify: outcomeOf }).pipe(
      Effect.provideService(Clock.Clock, this.breakerClock),
      Effect.catchTag("CircuitBreakerError", (error) =>
        Effect.fail(
          new SinkError({ sink: this.key, reason: "unavailable", detail: error.message }),
        ),
      ),
      Effect.onExit(() => this.waitMillis),
    )
  }
}

/**
 * Whether a sink has refused content, and nothing else went wrong.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isRejected = (cause: Cause.Cause<SinkError>): boolean =>
  cause.reasons.length > 0 &&
  cause.reasons.every((reason) => Cause.isFailReason(reason) && reason.error.reason === "rejected")

/**
 * A closed circuit, which lives as long as the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: CircuitOptions) {
  const store = yield* Layer.build(CircuitBreaker.layerStoreMemory())
  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(options.failures),
    openDuration: Schedule.min([
      Schedule.exponential(Duration.millis(options.openMillis), 2),
      Schedule.spaced(Duration.millis(options.openMillisMax)),
    ]),
    maxOpenDuration: Duration.millis(options.openMillisMax),
  }).pipe(
    Effect.provideService(
      CircuitBreaker.CircuitBreakerStore,
      Context.get(store, CircuitBreaker.CircuitBreakerStore),
    ),
  )
  const clock = yield* Clock.clockWith(Effect.succeed)
  return new SinkCircuit(breaker, options.sink, clock)
})

/**
 * A place for answers beyond this process: what it is asked, and how it is kept from harm.
 *
 * A tier that fails, or takes longer than its deadline, costs a hit and nothing else: it is left
 * alone for a while, and the question goes to the next one.
 *
 * @since 0.1.0
 */
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"

/**
 * A place for answers beyond this process.
 *
 * @category models
 * @since 0.1.0
 */
export interface CacheTier {
  /** For metrics: `redis`, `postgres`. */
  readonly name: string
  readonly get: (key: string) => Effect.Effect<string | undefined, unknown>
  /** @param ttlMillis how long the answer is kept at most. Units: milliseconds */
  readonly set: (key: string, answer: string, ttlMillis: number) => Effect.Effect<void, unknown>
}

/**
 * How often a tier was asked, and what came of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface TierCounts {
  readonly hits: number
  readonly misses: number
  /** It failed, took too long, or was left alone after that. */
  readonly errors: number
}

const lookups = Metric.counter("countersign_query_cache_lookups_total", {
  description: "Questions to a tier of the query cache, by what came of them",
  incremental: true,
})

/**
 * Counts what comes of a tier's questions, for metrics and for `QueryCache.counts`.
 *
 * @category models
 * @since 0.1.0
 */
export class Tally {
  readonly tier: string
  private readonly numbers = { hits: 0, misses: 0, errors: 0 }
  private readonly metrics: Readonly<Record<keyof TierCounts, Metric.Counter<number>>>

  constructor(tier: string) {
    this.tier = tier
    const of = (result: string) => Metric.withAttributes(lookups, { tier, result })
    this.metrics = { hits: of("hit"), misses: of("miss"), errors: of("error") }
  }

  count(result: keyof TierCounts): void {
    this.numbers[result] += 1
    this.metrics[result].updateUnsafe(1, Context.empty())
  }

  snapshot(): TierCounts {
    return { ...this.numbers }
  }
}

/**
 * A tier that is asked for so long, and is left alone for a while after it failed.
 *
 * @category models
 * @since 0.1.0
 */
export class GuardedTier {
  readonly tally: Tally
  private readonly tier: CacheTier
  private readonly clock: Clock.Clock
  private readonly deadlineMillis: number
  private readonly restMillis: number
  private restsUntilMillis = -Infinity

  constructor(tier: CacheTier, clock: Clock.Clock, deadlineMillis: number, restMillis: number) {
    this.tier = tier
    this.tally = new Tally(tier.name)
    this.clock = clock
    this.deadlineMillis = deadlineMillis
    this.restMillis = restMillis
  }

  get(key: string): Effect.Effect<string | undefined> {
    return this.guarded(this.tier.get(key)).pipe(
      Effect.map((answer) => {
        const found = Option.getOrUndefined(answer)
        this.tally.count(Option.isNone(answer) ? "errors" : found === undefined ? "misses" : "hits")
        return found
      }),
    )
  }

  set(key: string, answer: string, ttlMillis: number): Effect.Effect<void> {
    return Effect.asVoid(this.guarded(this.tier.set(key, answer, ttlMillis)))
  }

  /** Nothing where the tier failed, was too slow, or is left alone. */
  private guarded<A>(call: Effect.Effect<A, unknown>): Effect.Effect<Option.Option<A>> {
    return Effect.suspend(() => {
      if (this.clock.currentTimeMillisUnsafe() < this.restsUntilMillis) {
        return Effect.succeed(Option.none())
      }
      return call.pipe(
        Effect.timeoutOption(this.deadlineMillis),
        Effect.catch(() => Effect.succeed(Option.none<A>())),
        Effect.tap((answer) => Effect.sync(() => this.restIf(Option.isNone(answer)))),
      )
    })
  }

  private restIf(hasFailed: boolean): void {
    if (hasFailed) {
      this.restsUntilMillis = this.clock.currentTimeMillisUnsafe() + this.restMillis
    }
  }
}

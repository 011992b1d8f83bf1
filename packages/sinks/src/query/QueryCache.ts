/**
 * Answers that were given before: in this process, and in tiers that processes share.
 *
 * A key holds everything that an answer depends on, the high-water marks of the trails among it.
 * What is found under a key is therefore right for as long as it is there, and time limits and
 * sizes are about memory alone.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { LRUCache } from "lru-cache"
import { type CacheTier, GuardedTier, Tally, type TierCounts } from "./CacheTier.ts"

/**
 * An answer, and where it was found: a tier's name, `memory`, `joined` for the answer to the same
 * question of somebody else at the same time, or `none` where the database was asked.
 *
 * @category models
 * @since 0.1.0
 */
export interface Found<A> {
  readonly value: A
  readonly from: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface QueryCacheOptions<E = never, R = never> {
  /** Room for answers in this process. Units: bytes of JSON. Default 32 MiB. */
  readonly memoryBytesMax?: number
  /** How long an answer is kept. Default 5 minutes. */
  readonly timeToLive?: Duration.Input
  /** Shared places, the nearest first. Default: none. */
  readonly tiers?: Effect.Effect<ReadonlyArray<CacheTier>, E, R>
  /** Longest time that a tier may take. Default 50 ms. */
  readonly tierDeadline?: Duration.Input
  /** How long a tier that failed is left alone. Default 1 s. */
  readonly tierRest?: Duration.Input
}

/**
 * @category services
 * @since 0.1.0
 */
export class QueryCache extends Context.Service<
  QueryCache,
  {
    /**
     * The answer under a key, or a new one.
     *
     * The same question asked many times at once is answered once. An answer that is being made
     * is finished also when its asker is gone.
     *
     * @param key names the kind of the answer and all that it depends on
     * @param compute makes the answer, which is JSON
     */
    readonly lookup: <A, E, R>(
      key: string,
      compute: Effect.Effect<A, E, R>,
    ) => Effect.Effect<Found<A>, E, R>
    /** Hits and misses by tier since the start; `none` are questions to the database. */
    readonly counts: () => Readonly<Record<string, TierCounts>>
  }
>()("@countersign/sinks/query/QueryCache") {
  /** Answers in memory, and in the tiers that the options name. */
  static readonly layer = <E = never, R = never>(
    options: QueryCacheOptions<E, R> = {},
  ): Layer.Layer<QueryCache, E, Exclude<R, Scope.Scope>> => Layer.effect(this, make(options))

  /** Keeps nothing: each question is asked of the database. */
  static readonly layerOff: Layer.Layer<QueryCache> = Layer.succeed(this, {
    lookup: (_key, compute) => Effect.map(compute, (value) => ({ value, from: "none" })),
    counts: () => ({}),
  })
}

const defaultBytesMax = 32 * 1024 * 1024
const defaultMillis = { timeToLive: 300_000, tierDeadline: 50, tierRest: 1_000 }
/** Writes to the tiers under way; further ones are left out, and cost a hit at most. */
const writesMax = 16

/** What one asker changed, the others would be told. */
const frozen = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}

const millisOf = (input: Duration.Input | undefined, otherwise: number): number =>
  input === undefined ? otherwise : Duration.toMillis(Duration.fromInputUnsafe(input))

interface Held {
  readonly value: unknown
  readonly bytes: number
}

/** `undefined` for what is no JSON: somebody else's writing. */
const parsed = (answer: string): unknown => {
  try {
    return JSON.parse(answer)
  } catch {
    return undefined
  }
}

/** The answers in memory, and those that are being made. */
class Answers {
  private readonly memory: LRUCache<string, Held>
  private readonly tiers: ReadonlyArray<GuardedTier>
  private readonly ttlMillis: number
  private readonly scope: Scope.Scope
  private readonly writes = Semaphore.makeUnsafe(writesMax)
  private readonly inFlight = new Map<string, Deferred.Deferred<Found<unknown>, unknown>>()
  private readonly tallies = {
    memory: new Tally("memory"),
    joined: new Tally("joined"),
    none: new Tally("none"),
  }

  constructor(
    bytesMax: number,
    ttlMillis: number,
    tiers: ReadonlyArray<GuardedTier>,
    clock: Clock.Clock,
    scope: Scope.Scope,
  ) {
    this.tiers = tiers
    this.ttlMillis = ttlMillis
    this.scope = scope
    this.memory = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: ({ bytes }) => Math.max(1, bytes),
      ttl: ttlMillis,
      // No timer of its own, and never the moment 0, which it takes for no moment at all.
      ttlResolution: 0,
      perf: { now: () => 1 + clock.currentTimeMillisUnsafe() },
    })
  }

  find<E, R>(
    key: string,
    compute: Effect.Effect<unknown, E, R>,
  ): Effect.Effect<Found<unknown>, unknown, R> {
    return Effect.suspend(() => {
      const held = this.memory.get(key)
      if (held !== undefined) {
        this.tallies.memory.count("hits")
        return Effect.succeed({ value: held.value, from: "memory" })
      }
      this.tallies.memory.count("misses")
      const other = this.inFlight.get(key)
      if (other !== undefined) {
        this.tallies.joined.count("hits")
        return Effect.map(Deferred.await(other), ({ value }) => ({ value, from: "joined" }))
      }
      const answer = Deferred.makeUnsafe<Found<unknown>, unknown>()
      this.inFlight.set(key, answer)
      return this.fill(key, compute).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            this.inFlight.delete(key)
            Deferred.doneUnsafe(answer, exit)
          }),
        ),
        // Not the asker's child: others may wait for it by the time that the asker leaves.
        Effect.forkIn(this.scope, { startImmediately: true }),
        Effect.andThen(Deferred.await(answer)),
      )
    })
  }

  counts(): Readonly<Record<string, TierCounts>> {
    const all = [...Object.values(this.tallies), ...this.tiers.map(({ tally }) => tally)]
    return Object.fromEntries(all.map((tally) => [tally.tier, tally.snapshot()]))
  }

  private readonly fill = Effect.fnUntraced(function* <E, R>(
    this: Answers,
    key: string,
    compute: Effect.Effect<unknown, E, R>,
  ) {
    for (const [index, tier] of this.tiers.entries()) {
      const answer = yield* tier.get(key)
      const value = answer === undefined ? undefined : frozen(parsed(answer))
      if (answer === undefined || value === undefined) continue
      this.memory.set(key, { value, bytes: answer.length })
      yield* this.write(this.tiers.slice(0, index), key, answer)
      return { value, from: tier.tally.tier }
    }
    this.tallies.none.count("hits")
    const value = frozen(yield* compute)
    const answer = JSON.stringify(value)
    this.memory.set(key, { value, bytes: answer.length })
    yield* this.write(this.tiers, key, answer)
    return { value, from: "none" }
  })

  private write(to: ReadonlyArray<GuardedTier>, key: string, answer: string): Effect.Effect<void> {
    if (to.length === 0) return Effect.void
    return Effect.forEach(to, (tier) => tier.set(key, answer, this.ttlMillis), {
      discard: true,
    }).pipe(this.writes.withPermitsIfAvailable(1), Effect.forkIn(this.scope), Effect.asVoid)
  }
}

const make = Effect.fnUntraced(function* <E, R>(options: QueryCacheOptions<E, R>) {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const scope = yield* Effect.scope
  const deadlineMillis = millisOf(options.tierDeadline, defaultMillis.tierDeadline)
  const restMillis = millisOf(options.tierRest, defaultMillis.tierRest)
  const given = yield* options.tiers ?? Effect.succeed([])
  const answers = new Answers(
    options.memoryBytesMax ?? defaultBytesMax,
    millisOf(options.timeToLive, defaultMillis.timeToLive),
    given.map((tier) => new GuardedTier(tier, clock, deadlineMillis, restMillis)),
    clock,
    scope,
  )
  return QueryCache.of({
    // One key, one kind of answer and one kind of failure: what others put there is of this type.
    lookup: <A, E, R>(key: string, compute: Effect.Effect<A, E, R>) =>
      answers.find(key, compute) as Effect.Effect<Found<A>, E, R>,
    counts: () => answers.counts(),
  })
})

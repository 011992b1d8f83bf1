/**
 * What is known of addresses and actors, kept for a time: asking is slow and may fail.
 *
 * Whoever can't be asked about in time is `unknown`, which is neither good nor bad, and is asked
 * about again soon.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Standing } from "./Judge.ts"

/**
 * Asks a list, a service or a file about one subject.
 *
 * @category models
 * @since 0.1.0
 */
export type Lookup = (subject: string) => Effect.Effect<Standing, unknown>

/**
 * @category models
 * @since 0.1.0
 */
export interface ReputationOptions {
  /** Most subjects that are remembered; who was not asked for longest goes first. Default 10,000. */
  readonly subjectsMax?: number
  /** How long an answer holds. Units: milliseconds. Default: an hour. */
  readonly ttlMillis?: number
  /** How long nobody asks again after a failure. Units: milliseconds. Default: a minute. */
  readonly failureTtlMillis?: number
  /** Longest time for one question. Units: milliseconds. Default 500. */
  readonly lookupMillisMax?: number
  /** Questions at the same time. Default 8. */
  readonly concurrency?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ReputationCache {
  /** What is known at this moment; asks nobody. */
  readonly standingOf: (subject: string) => Standing
  /** Asks about those of whom nothing is known. Never fails. */
  readonly learn: (subjects: Iterable<string>) => Effect.Effect<void>
  readonly counts: () => {
    readonly subjects: number
    readonly asked: number
    readonly failed: number
  }
}

interface Known {
  readonly standing: Standing
  readonly untilMillis: number
}

const hourMillis = 3_600_000
const minuteMillis = 60_000

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  lookup: Lookup,
  {
    concurrency = 8,
    failureTtlMillis = minuteMillis,
    lookupMillisMax = 500,
    subjectsMax = 10_000,
    ttlMillis = hourMillis,
  }: ReputationOptions = {},
): Effect.fn.Return<ReputationCache> {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const known = new Map<string, Known>()
  let asked = 0
  let failed = 0

  /** What still holds, as the most recently used. */
  const find = (subject: string): Known | undefined => {
    const found = known.get(subject)
    if (found === undefined) return undefined
    known.delete(subject)
    if (found.untilMillis <= clock.currentTimeMillisUnsafe()) return undefined
    known.set(subject, found)
    return found
  }
  const keep = (subject: string, standing: Standing, forMillis: number): void => {
    known.delete(subject)
    known.set(subject, { standing, untilMillis: clock.currentTimeMillisUnsafe() + forMillis })
    const [oldest] = known.keys()
    if (known.size > subjectsMax && oldest !== undefined) known.delete(oldest)
  }
  const ask = (subject: string): Effect.Effect<void> => {
    asked += 1
    return lookup(subject).pipe(
      Effect.timeoutOption(lookupMillisMax),
      // A defect of what is asked must not become one of whoever asks.
      Effect.catchCause(() => Effect.succeed(Option.none<Standing>())),
      Effect.map((answer) => {
        if (Option.isSome(answer)) return keep(subject, answer.value, ttlMillis)
        failed += 1
        keep(subject, "unknown", failureTtlMillis)
      }),
    )
  }
  return {
    standingOf: (subject) => find(subject)?.standing ?? "unknown",
    learn: (subjects) =>
      Effect.suspend(() => {
        const unknown = [...new Set(subjects)].filter((subject) => find(subject) === undefined)
        return Effect.forEach(unknown, ask, { concurrency, discard: true })
      }),
    counts: () => ({ subjects: known.size, asked, failed }),
  }
})

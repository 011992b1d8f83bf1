/**
 * Measures what auditing costs where it counts: on the application's own hot path, in short
 * slices with it and without it.
 *
 * A guess from the engine's own busy time misses what it does to others: caches, garbage, the
 * event loop. Slices of a few milliseconds stand beside each other, and a coin decides which of
 * a pair comes first. Time is the event loop's active time, so waiting for a disk is no cost and
 * encoding, hashing and callbacks are.
 *
 * While an audited slice waits for what comes after it, the program answers others, which is no
 * cost of auditing. So a bare slice waits as long, doing nothing of its own: what the loop does in
 * that time is what others need, and is taken off the audited one.
 *
 * @since 0.1.0
 */
import { performance } from "node:perf_hooks"
import { monotonicNow } from "@countersign/core/engine/Monotonic"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { measurementOf, type OverheadMeasurement, type SlicePair } from "./OverheadMeasurement.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ProbeOptions<E = never, R = never> {
  /** One operation of the hot path, with auditing or without. */
  readonly operation: (isAudited: boolean) => void
  /** Runs after each audited slice, within its time: what the engine does later is its cost, too. */
  readonly settle: Effect.Effect<unknown, E, R>
  /** Pairs of slices. 6 to 200; default 30. */
  readonly pairs?: number
  /** How long a slice should be. 1 to 50; default 5. */
  readonly sliceMillis?: number
  /** Rest after each slice, so that the probe takes a bounded part of the time. Default 45. */
  readonly pauseMillis?: number
  /** Milliseconds that the program has worked so far. Default: the event loop's active time. */
  readonly activeMillis?: () => number
}

/** More would make an operation of nanoseconds a slice of seconds, should the clock stand still. */
const operationsMax = 100_000

const bounded = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(value)))

const loopActiveMillis = (): number => performance.eventLoopUtilization().active

/** Operations that take about as long as a slice should. */
const countFor = (
  operation: (isAudited: boolean) => void,
  sliceMillis: number,
  activeMillis: () => number,
): number => {
  for (let count = 1; count < operationsMax; count *= 2) {
    const from = activeMillis()
    for (let done = 0; done < count; done++) operation(false)
    const took = activeMillis() - from
    if (took >= sliceMillis / 2) return bounded((count * sliceMillis) / took, 1, operationsMax)
  }
  return operationsMax
}

/** A slice: the work that it does itself, and the wait after it. Units: milliseconds. */
interface Slice {
  readonly worked: number
  readonly waitActive: number
  readonly waitPassed: number
}

/**
 * Of a pair, what each operation takes: in the audited slice with what the engine does for it
 * afterwards, and without what others do meanwhile.
 */
const pairOf = (audited: Slice, bare: Slice, count: number): SlicePair => {
  const others = bare.waitPassed > 0 ? Math.min(1, bare.waitActive / bare.waitPassed) : 0
  const after = audited.waitActive - others * audited.waitPassed
  // Others may have done less just then. How far below a pair lies makes no difference to ranks.
  const least = bare.worked / 100
  return { audited: Math.max(audited.worked + after, least) / count, bare: bare.worked / count }
}

/**
 * Runs the slices and says what auditing costs, with an interval.
 *
 * Takes about `pairs × 2 × (slice + settling + pause)`: some 3 seconds by default, a tenth of it
 * at work.
 *
 * @category running
 * @since 0.1.0
 */
export const measure = Effect.fnUntraced(function* <E, R>(options: ProbeOptions<E, R>) {
  const { activeMillis = loopActiveMillis, operation, pauseMillis = 45, settle } = options
  const sliceMillis = bounded(options.sliceMillis ?? 5, 1, 50)
  const count = countFor(operation, sliceMillis, activeMillis)
  let settledMillis = 0
  const slice = Effect.fnUntraced(function* (isAudited: boolean) {
    yield* Effect.sleep(pauseMillis)
    const from = activeMillis()
    for (let done = 0; done < count; done++) operation(isAudited)
    const worked = activeMillis() - from
    const waitFrom = yield* monotonicNow
    yield* isAudited ? settle : Effect.sleep(Math.ceil(settledMillis))
    const waitPassed = (yield* monotonicNow) - waitFrom
    if (isAudited) settledMillis = waitPassed
    const taken: Slice = { worked, waitActive: activeMillis() - from - worked, waitPassed }
    return taken
  })
  const pairs: Array<SlicePair> = []
  const number = bounded(options.pairs ?? 30, 6, 200)
  // The first pair warms up what runs for the first time, and shows how long settling takes.
  for (let at = 0; at <= number; at++) {
    const isAuditedFirst = at === 0 || (yield* Random.nextBoolean)
    const first = yield* slice(isAuditedFirst)
    const second = yield* slice(!isAuditedFirst)
    pairs.push(isAuditedFirst ? pairOf(first, second, count) : pairOf(second, first, count))
  }
  const measurement: OverheadMeasurement = measurementOf(pairs.slice(1))
  return measurement
})

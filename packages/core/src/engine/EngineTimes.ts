/**
 * How long the two calls take that everybody waits for: the log's sync, and publishing.
 *
 * One number a group of batches and one a checkpoint, so that it costs the engine nothing to speak
 * of. The histograms are Node's own (HdrHistogram); they are read, merged and never reset by others.
 *
 * @since 0.1.0
 */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { monotonicNow } from "./Monotonic.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface EngineTimes {
  /** From a group's write to the end of its sync. Units: microseconds. */
  readonly log: RecordableHistogram
  /** Of a checkpoint: tiles, signature, file. Units: microseconds. */
  readonly publish: RecordableHistogram
  /** Hands each number on as it comes, for histograms over shorter times. Returns what ends it. */
  readonly listen: (listener: TimesListener) => () => void
  /** Records a time, and tells those who listen. */
  readonly add: (which: TimedCall, micros: number) => void
}

/**
 * @category models
 * @since 0.1.0
 */
export type TimedCall = "log" | "publish"

/**
 * Called in the engine's turn: returns at once and never throws.
 *
 * @category models
 * @since 0.1.0
 */
export type TimesListener = (which: TimedCall, micros: number) => void

const hourMicros = 3_600_000_000

const histogram = (): RecordableHistogram =>
  createHistogram({ lowest: 1, highest: hourMicros, figures: 3 })

/**
 * @category constructors
 * @since 0.1.0
 */
export const makeTimes = (): EngineTimes => {
  const histograms = { log: histogram(), publish: histogram() }
  const listeners = new Set<TimesListener>()
  return {
    ...histograms,
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    add: (which, micros) => {
      histograms[which].record(micros)
      for (const listener of listeners) listener(which, micros)
    },
  }
}

/**
 * Runs an effect and records how long it took, where it succeeds.
 *
 * @category running
 * @since 0.1.0
 */
export const timed = <A, E, R>(
  times: EngineTimes,
  which: TimedCall,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.flatMap(monotonicNow, (from) =>
    Effect.tap(effect, () =>
      Effect.map(monotonicNow, (to) => {
        // It takes whole numbers within its bounds alone.
        times.add(which, Math.min(hourMicros, Math.max(1, Math.round((to - from) * 1000))))
      }),
    ),
  )

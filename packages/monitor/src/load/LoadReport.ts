/**
 * What a load has shown, as a document.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { LoadProfile } from "./LoadProfile.ts"

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const micros = Schema.Finite

/**
 * How long something took, over many. All 0 where there was none. Units: microseconds.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Quantiles = Schema.Struct({
  count,
  mean: micros,
  p50: micros,
  p95: micros,
  p99: micros,
  p999: micros,
  max: micros,
})

/**
 * @category models
 * @since 0.1.0
 */
export type Quantiles = typeof Quantiles.Type

/**
 * What was meant to start within one stretch of time, whenever it was done.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LoadInterval = Schema.Struct({
  /** From the beginning of the load, warming up included. */
  fromSeconds: Schema.Finite,
  seconds: Schema.Finite,
  isWarmup: Schema.Boolean,
  /** Starts that were meant to be made in it. */
  intended: count,
  /** Starts that were made in it. */
  sent: count,
  failed: count,
  /** From the intended start, of all of them. */
  latency: Quantiles,
  /** How late a start was made at most. Units: microseconds. */
  lagMax: micros,
})

/**
 * @category models
 * @since 0.1.0
 */
export type LoadInterval = typeof LoadInterval.Type

/**
 * A while in which something was due or on its way, and nothing was done.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Stall = Schema.Struct({ fromSeconds: Schema.Finite, seconds: Schema.Finite })

/**
 * @category models
 * @since 0.1.0
 */
export type Stall = typeof Stall.Type

/**
 * One thing that has to be true of a run.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LoadCheck = Schema.Struct({
  name: Schema.String,
  isKept: Schema.Boolean,
  detail: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type LoadCheck = typeof LoadCheck.Type

/**
 * What the load was put on, and how it stood afterwards.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LoadSubject = Schema.Union([
  Schema.Struct({
    kind: Schema.tag("engine"),
    until: Schema.Literals(["accepted", "durable", "published"]),
    eventBytes: count,
    accepted: count,
    recorded: count,
    lost: count,
    /** Times that a lane was full when a start was due. */
    refused: count,
    systemRecords: count,
    /** In the trail, as its verification counted them. */
    entries: count,
    verdict: Schema.String,
  }),
  Schema.Struct({
    kind: Schema.tag("http"),
    method: Schema.String,
    /** Without a query, which may hold what is secret. */
    url: Schema.String,
    connections: count,
    /** Answers by their status. */
    statuses: Schema.Record(Schema.String, count),
    /** Requests without an answer, by the error's code. */
    errors: Schema.Record(Schema.String, count),
  }),
])

/**
 * @category models
 * @since 0.1.0
 */
export type LoadSubject = typeof LoadSubject.Type

/**
 * The whole document. Figures speak of what was measured, which is all but the warming up;
 * intervals of everything.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LoadReport = Schema.Struct({
  format: Schema.tag("countersign-load-1"),
  /** When the load began. */
  startedAt: Schema.String,
  machine: Schema.Struct({
    processor: Schema.String,
    cores: count,
    memoryBytes: count,
    kernel: Schema.String,
    node: Schema.String,
  }),
  profile: LoadProfile,
  /** Stopped before its end, by a signal. */
  isStopped: Schema.Boolean,
  subject: LoadSubject,
  /** Of what was meant to start, as far as the run went. */
  rate: Schema.Struct({
    intended: count,
    /** Starts that were made. */
    sent: count,
    /** Starts that became what was waited for. */
    reached: count,
    failed: count,
    /** From the first intended start to the last, or to where the run was stopped. */
    seconds: Schema.Finite,
    intendedPerSecond: Schema.Finite,
    /** Starts, by the time that they took altogether, lateness included. */
    achievedPerSecond: Schema.Finite,
    /** Achieved ÷ intended − 1. */
    deviation: Schema.Finite,
    /** How far off it may be. */
    tolerance: Schema.Finite,
    /** Whether it is within that. */
    isReached: Schema.Boolean,
  }),
  /**
   * From the intended start, of all of them. What failed counts with the wait that it had, and what
   * was due when the run was stopped with the wait until then: at least so long.
   */
  latency: Quantiles,
  /** The same of those alone that became what was waited for. */
  reachedLatency: Quantiles,
  /** From the intended start until the generator began to make it; a part of the latency. */
  lag: Quantiles,
  /** The latency by rank, more densely towards its end. */
  distribution: Schema.Array(Schema.Struct({ percentile: Schema.Finite, micros })),
  intervals: Schema.Array(LoadInterval),
  /** The longest, in the order of time; at most 20. */
  stalls: Schema.Array(Stall),
  checks: Schema.Array(LoadCheck),
})

/**
 * @category models
 * @since 0.1.0
 */
export type LoadReport = typeof LoadReport.Type

/**
 * Whether all that has to be true of a run is.
 *
 * @category guards
 * @since 0.1.0
 */
export const isSound = ({ checks }: Pick<LoadReport, "checks">): boolean =>
  checks.every(({ isKept }) => isKept)

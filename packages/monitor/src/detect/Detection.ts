/**
 * Detection on a running engine: findings go into the engine's own trail, and time passes for the
 * rules also while nothing happens.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { instrument } from "../metric/Instruments.ts"
import { type Sample, sampleOf } from "../metric/Sample.ts"
import type { DetectionCounts, DetectionSink } from "./DetectionSink.ts"
import type { Finding } from "./Finding.ts"

const lookMillis = 1000

/**
 * What detection says in figures.
 *
 * @category conversions
 * @since 0.1.0
 */
export const samplesOf = (
  counts: DetectionCounts,
  byRule: ReadonlyMap<string, number>,
): ReadonlyArray<Sample> => [
  sampleOf(instrument("countersign_detection_judged_total"), counts.judged),
  sampleOf(instrument("countersign_detection_unreadable_total"), counts.unreadable),
  sampleOf(instrument("countersign_detection_keys"), counts.keys),
  sampleOf(instrument("countersign_detection_forgotten_keys_total"), counts.forgotten),
  sampleOf(instrument("countersign_detection_forgotten_values_total"), counts.forgottenValues),
  sampleOf(instrument("countersign_detection_waiting_findings"), counts.waiting),
  ...Array.from(byRule, ([rule, count]) =>
    sampleOf(instrument("countersign_detection_findings_total"), count, { rule }),
  ),
]

/**
 * @category services
 * @since 0.1.0
 */
export class Detection extends Context.Service<
  Detection,
  {
    /** The newest findings, the newest last; at most 256. */
    readonly recent: () => ReadonlyArray<Finding>
    readonly counts: () => DetectionCounts
    /** For `Metrics.source`. */
    readonly samples: () => ReadonlyArray<Sample>
    /** From 0 to 1: findings lower it, time brings it back. */
    readonly trustOf: (subject: string) => number
  }
>()("@countersign/monitor/detect/Detection") {
  /** @param detection the one whose sink the engine has */
  static readonly layer = (detection: DetectionSink): Layer.Layer<Detection, never, Audit> =>
    Layer.effect(this, attached(detection))
}

const attached = Effect.fnUntraced(function* (detection: DetectionSink) {
  const audit = yield* Audit
  const clock = yield* Clock.clockWith(Effect.succeed)
  detection.attach(audit)
  const look = Effect.suspend(() => {
    const status = audit.status().sinks.find(({ sink }) => sink === detection.sink.name)
    // While it catches up, the events tell the time.
    return status === undefined || status.lag > 0
      ? Effect.void
      : detection.advance(clock.currentTimeMillisUnsafe())
  })
  // What can't be recorded now waits, and is tried again with the next batch or look.
  yield* Effect.forkScoped(Effect.repeat(Effect.ignore(look), Schedule.spaced(lookMillis)))
  return Detection.of({
    recent: detection.recent,
    counts: detection.counts,
    samples: () => samplesOf(detection.counts(), detection.byRule()),
    trustOf: detection.trustOf,
  })
})

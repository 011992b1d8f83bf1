/**
 * Gives the adaptive sampler measurements in place of the engine's own estimate.
 *
 * The engine's controller does the rest: it goes by what is surely too much or surely little,
 * changes one step at a time within its bounds, and says each change in the trail with the
 * reason (`audit.sampling.changed`). It needs `sampling.adaptive`.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Reading } from "../metric/Reading.ts"
import { inWords, type OverheadMeasurement } from "./OverheadMeasurement.ts"
import * as OverheadProbe from "./OverheadProbe.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SamplingFeedbackOptions extends Omit<
  OverheadProbe.ProbeOptions,
  "operation" | "settle"
> {
  /** One operation of the hot path; records with `audit` where it is audited. */
  readonly operation: (isAudited: boolean, audit: Audit["Service"]) => void
  /**
   * From the end of one measurement to the next; twice as long after each that fails in a row, up
   * to 32 times, and from the second on the engine goes by its own estimate. Default 30,000. Units:
   * milliseconds.
   */
  readonly everyMillis?: number
}

const everyMillisDefault = 30_000
const doublingsMax = 5
/** So many failures in a row, and no measurement holds the rate any more. */
const failuresMax = 2

/**
 * Measures at intervals, beside the engine, what auditing costs.
 *
 * @category services
 * @since 0.1.0
 */
export class SamplingFeedback extends Context.Service<
  SamplingFeedback,
  {
    /** The newest measurement; `undefined` before the first. */
    readonly newest: () => OverheadMeasurement | undefined
    /** The newest measurement in words. */
    readonly explanation: () => string
    /**
     * `countersign_overhead_ratio` with the label `bound`: `estimate`, `low`, `high`; and
     * `countersign_overhead_failures_total`.
     */
    readonly readings: () => ReadonlyArray<Reading>
    /** Measurements that came to nothing, since the operation threw. */
    readonly failures: () => number
    /** Measures now, and tells the engine. Dies where the operation throws. */
    readonly measure: Effect.Effect<OverheadMeasurement>
  }
>()("@countersign/monitor/feedback/SamplingFeedback") {
  /** Measures for as long as the layer lives. */
  static readonly layer = (
    options: SamplingFeedbackOptions,
  ): Layer.Layer<SamplingFeedback, never, Audit> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const audit = yield* Audit
        const feedback = make(audit, options)
        const { everyMillis = everyMillisDefault } = options
        let inRow = 0
        const turn = Effect.gen(function* () {
          const before = feedback.failures()
          // What the operation does is the application's; it must not end what watches it.
          yield* Effect.ignoreCause(feedback.measure, {
            log: "Warn",
            message: "countersign: what auditing costs could not be measured",
          })
          inRow = feedback.failures() > before ? inRow + 1 : 0
          if (inRow >= failuresMax) audit.sampling.withdrawOverhead()
          yield* Effect.sleep(everyMillis * 2 ** Math.min(inRow, doublingsMax))
        })
        yield* Effect.forkScoped(Effect.forever(turn))
        return feedback
      }),
    )
}

const failuresName = "countersign_overhead_failures_total"

const ratios = (newest: OverheadMeasurement | undefined): ReadonlyArray<Reading> =>
  newest === undefined
    ? []
    : (["estimate", "low", "high"] as const).flatMap((bound) => {
        const value = newest[bound === "estimate" ? "overhead" : bound]
        return Number.isFinite(value)
          ? [{ name: "countersign_overhead_ratio", labels: { bound }, value }]
          : []
      })

const make = (
  audit: Audit["Service"],
  { operation, ...options }: SamplingFeedbackOptions,
): SamplingFeedback["Service"] => {
  let newest: OverheadMeasurement | undefined
  let failures = 0
  const probed = OverheadProbe.measure({
    ...options,
    operation: (isAudited) => operation(isAudited, audit),
    // A failed engine costs nothing more; the application goes on.
    settle: Effect.ignore(audit.flush),
  })
  const measure = Effect.gen(function* () {
    audit.sampling.observeOverhead(Number.NaN)
    newest = yield* probed
    const { high, low, overhead } = newest
    audit.sampling.observeOverhead(Math.max(0, overhead), { low, high })
    return newest
  }).pipe(
    Effect.tapCause((cause) =>
      Effect.sync(() => {
        if (!Cause.hasInterruptsOnly(cause)) failures += 1
      }),
    ),
  )
  return {
    failures: () => failures,
    newest: () => newest,
    explanation: () => (newest === undefined ? "nothing was measured yet" : inWords(newest)),
    readings: () => [...ratios(newest), { name: failuresName, labels: {}, value: failures }],
    measure,
  }
}

/**
 * Keeps what a program's own baselines throw from the rules that don't need them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { BaselineOf } from "./Meter.ts"

/**
 * Where asking throws there is no baseline, which is said once.
 *
 * @category models
 * @since 0.1.0
 */
export class BaselineGuard {
  private readonly asked: BaselineOf
  private failure: { readonly cause: unknown; isSaid: boolean } | undefined

  constructor(asked: BaselineOf | undefined) {
    this.asked = asked ?? (() => undefined)
  }

  readonly of: BaselineOf = (series) => {
    try {
      return this.asked(series)
    } catch (cause) {
      this.failure ??= { cause, isSaid: false }
      return undefined
    }
  }

  readonly sayFailure: Effect.Effect<void> = Effect.suspend(() => {
    const { failure } = this
    if (failure === undefined || failure.isSaid) return Effect.void
    failure.isSaid = true
    return Effect.logError("baselineOf throws: rules against a baseline say nothing", failure.cause)
  })
}

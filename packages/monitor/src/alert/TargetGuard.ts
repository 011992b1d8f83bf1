/**
 * Keeps what a target throws from everybody else.
 *
 * @since 0.1.0
 */
import type { AlertTarget, TargetCounts } from "./AlertTarget.ts"
import type { Notice } from "./Notice.ts"

const unheard: TargetCounts = {
  told: 0,
  waiting: 0,
  dropped: 0,
  failed: 0,
  lastFailure: undefined,
}

const worded = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/**
 * A target that does not keep to its contract: what it throws is counted as a notice that failed,
 * and neither the other targets nor the rules hear of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const guarded = (target: AlertTarget): AlertTarget => {
  let thrown = 0
  let lastThrown: string | undefined
  let lastCounts = unheard
  return {
    name: target.name,
    tell: (notice: Notice) => {
      try {
        target.tell(notice)
      } catch (cause) {
        thrown += 1
        lastThrown = `it threw: ${worded(cause)}`
      }
    },
    counts: () => {
      try {
        lastCounts = target.counts()
      } catch (cause) {
        lastThrown = `it threw: ${worded(cause)}`
      }
      const { failed, lastFailure } = lastCounts
      return { ...lastCounts, failed: failed + thrown, lastFailure: lastThrown ?? lastFailure }
    },
  }
}

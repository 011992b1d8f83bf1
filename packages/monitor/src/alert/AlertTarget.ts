/**
 * Who is told of alerts.
 *
 * A target does not go through the trail, so that an alert about a failed engine goes out.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import { monotonicMillis } from "@countersign/core/engine/Monotonic"
import type { Notice } from "./Notice.ts"

/**
 * How a target has fared.
 *
 * @category models
 * @since 0.1.0
 */
export interface TargetCounts {
  /** Notices that went out. */
  readonly told: number
  /** Notices that wait. */
  readonly waiting: number
  /** Notices for which there was no room. */
  readonly dropped: number
  /** Notices that were given up after their last try. */
  readonly failed: number
  /** Why the newest try failed. */
  readonly lastFailure: string | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface AlertTarget {
  /** As rules name it. */
  readonly name: string
  /** Takes a notice within the caller's turn. Waits for nobody and never throws. */
  readonly tell: (notice: Notice) => void
  readonly counts: () => TargetCounts
}

/**
 * A target that can't be: its address or its secret is none.
 *
 * @category errors
 * @since 0.1.0
 */
export class AlertTargetInvalid extends Schema.TaggedError<AlertTargetInvalid>(
  "@countersign/monitor/AlertTargetInvalid",
)("AlertTargetInvalid", {
  code: Schema.tag("AUD-6202"),
  isRetryable: Schema.tag(false),
  target: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the alert target ${this.target} can't be: ${this.detail}`
  }
}

/**
 * A notice that did not go out.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoticeFailed extends Schema.TaggedError<NoticeFailed>(
  "@countersign/monitor/NoticeFailed",
)("NoticeFailed", {
  code: Schema.tag("AUD-6203"),
  isRetryable: Schema.Boolean,
  target: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the alert target ${this.target} was not told: ${this.detail}`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface DeliveryOptions {
  /** Notices that wait at most. Default 256. */
  readonly waitingMax?: number | undefined
  /** Tries of one notice. Default 6. */
  readonly triesMax?: number | undefined
  /** Before the second try; each wait is twice the one before. Units: milliseconds. Default 500. */
  readonly backoffMillis?: number | undefined
  /** Longest time of one try. Units: milliseconds. Default 10,000. */
  readonly timeoutMillis?: number | undefined
  /** How long a close waits for what has not gone out. Units: milliseconds. Default 2000. */
  readonly drainMillis?: number | undefined
}

const backoffMillisMax = 30_000
const pollMillis = 20

/**
 * A target that sends one notice after the other, and tries again what fails. It lives as long as
 * the scope.
 *
 * @param send interrupted when it takes too long
 * @category constructors
 * @since 0.1.0
 */
export const sending = Effect.fnUntraced(function* (
  name: string,
  send: (notice: Notice) => Effect.Effect<void, NoticeFailed>,
  options: DeliveryOptions = {},
): Effect.fn.Return<AlertTarget, never, Scope> {
  const { backoffMillis = 500, drainMillis = 2000, timeoutMillis = 10_000 } = options
  const { triesMax = 6, waitingMax = 256 } = options
  const clock = yield* Clock.clockWith(Effect.succeed)
  const queue = yield* Queue.dropping<Notice>(waitingMax)
  const counts = { told: 0, waiting: 0, dropped: 0, failed: 0 }
  let lastFailure: string | undefined
  const late = new NoticeFailed({
    target: name,
    isRetryable: true,
    detail: `no answer within ${timeoutMillis} ms`,
  })
  const attempt = (notice: Notice, tries: number): Effect.Effect<void> =>
    Effect.suspend(() => send(notice)).pipe(
      Effect.timeoutOrElse({ duration: timeoutMillis, orElse: () => Effect.fail(late) }),
      // A defect of one notice must not end the fiber that sends those after it.
      Effect.catchDefect((defect) =>
        Effect.fail(
          new NoticeFailed({
            target: name,
            isRetryable: false,
            detail: `it threw: ${defect instanceof Error ? defect.message : String(defect)}`,
          }),
        ),
      ),
      Effect.andThen(Effect.sync(() => void (counts.told += 1))),
      Effect.catch((failure: NoticeFailed) => {
        lastFailure = failure.detail
        if (!failure.isRetryable || tries >= triesMax) {
          counts.failed += 1
          return Effect.logError(failure.message)
        }
        const wait = Math.min(backoffMillisMax, backoffMillis * 2 ** (tries - 1))
        return Effect.andThen(Effect.sleep(wait), attempt(notice, tries + 1))
      }),
    )
  yield* Queue.take(queue).pipe(
    Effect.flatMap((notice) => attempt(notice, 1)),
    Effect.andThen(Effect.sync(() => void (counts.waiting -= 1))),
    Effect.forever,
    Effect.forkScoped,
  )
  // Finalizers run backwards: this one while the fiber above still sends.
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      const deadline = monotonicMillis(clock) + drainMillis
      return Effect.whileLoop({
        while: () => counts.waiting > 0 && monotonicMillis(clock) < deadline,
        body: () => Effect.sleep(pollMillis),
        step: () => undefined,
      })
    }),
  )
  return {
    name,
    tell: (notice) => {
      if (Queue.offerUnsafe(queue, notice)) counts.waiting += 1
      else counts.dropped += 1
    },
    counts: () => ({ ...counts, lastFailure }),
  }
})

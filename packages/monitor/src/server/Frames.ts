/**
 * Frames of a running engine: one at each interval, and those of the last ten minutes.
 *
 * A frame is taken whether somebody looks or not, and once for all who look.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { Snapshot } from "../protocol/Snapshot.ts"
import { type Frame, sharing, type Update, updateFrom } from "../protocol/Update.ts"

/**
 * How long frames are kept. Units: milliseconds.
 *
 * @category constants
 * @since 0.1.0
 */
export const historyMillis = 600_000

/** More than these are never kept, however short the interval is. */
const framesMax = 2400

/**
 * @category models
 * @since 0.1.0
 */
export interface Frames {
  readonly newest: () => Frame
  /** The newest frame, once there is one after this number. */
  readonly after: (sequence: number) => Effect.Effect<Frame>
  /** Frames between two moments, oldest first. */
  readonly between: (fromMillis: number, toMillis: number) => ReadonlyArray<Frame>
}

/**
 * Takes frames until the scope ends.
 *
 * @param take a snapshot now; told the one before, and how many seconds ago that was
 * @param frameMillis between two frames
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  take: (before: Snapshot | undefined, seconds: number) => Snapshot,
  frameMillis: number,
) {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const first = clock.currentTimeMillisUnsafe()
  let newest: Frame = { sequence: 1, atMillis: first, snapshot: take(undefined, 0) }
  const kept: Array<Frame> = [newest]
  const most = Math.min(framesMax, Math.ceil(historyMillis / frameMillis))
  let next = Deferred.makeUnsafe<void>()
  let hasFailed = false
  const step = Effect.sync(() => {
    const before = newest
    const atMillis = clock.currentTimeMillisUnsafe()
    const taken = take(before.snapshot, (atMillis - before.atMillis) / 1000)
    const snapshot = sharing(before.snapshot, taken)
    newest = { sequence: before.sequence + 1, atMillis, snapshot }
    kept.push(newest)
    if (kept.length > most) kept.shift()
    const waking = next
    next = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(waking, Effect.void)
    hasFailed = false
  }).pipe(
    // What throws once would end the frames of all, who would go on to be shown the last as now.
    Effect.catchCause((cause) => {
      const isFirst = !hasFailed
      hasFailed = true
      return isFirst
        ? Effect.logWarning("countersign: a frame was not taken; it is tried again", cause)
        : Effect.void
    }),
  )
  yield* Effect.forkScoped(
    Effect.delay(Effect.repeat(step, Schedule.fixed(frameMillis)), frameMillis),
  )
  const after = (sequence: number): Effect.Effect<Frame> =>
    Effect.suspend(() =>
      newest.sequence > sequence
        ? Effect.succeed(newest)
        : Effect.flatMap(Deferred.await(next), () => after(sequence)),
    )
  const frames: Frames = {
    newest: () => newest,
    after,
    between: (fromMillis, toMillis) =>
      kept.filter(({ atMillis }) => atMillis >= fromMillis && atMillis <= toMillis),
  }
  return frames
})

/**
 * Updates for one viewer, made when it asks for the next: what differs then from what it has. It
 * waits for nobody, and nothing waits in it but one snapshot.
 *
 * @category running
 * @since 0.1.0
 */
export const watch = (frames: Frames): Stream.Stream<Update> =>
  Stream.unfold(undefined, (seen: Frame | undefined) =>
    Effect.map(
      frames.after(seen?.sequence ?? 0),
      (frame) => [updateFrom(seen, frame), frame] as const,
    ),
  )

/**
 * Frames of the past as updates: whole the first, and then what changed.
 *
 * @category running
 * @since 0.1.0
 */
export const replay = (past: ReadonlyArray<Frame>): Stream.Stream<Update> =>
  Stream.unfold(0, (index) => {
    const frame = past[index]
    return Effect.succeed(
      frame === undefined ? undefined : ([updateFrom(past[index - 1], frame), index + 1] as const),
    )
  })

/**
 * A sink that refuses some records for good, and meets the troubles of a schedule.
 *
 * What it has stored outlives the processes that deliver to it.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type DeliveredBatch, type Sink, SinkError, slice } from "../engine/Sink.ts"
import * as MemorySink from "../testing/MemorySink.ts"
import type { SinkTrouble } from "./Schedule.ts"
import { deliverMillisMax } from "./SimulatedEngine.ts"
import { refusalMark } from "./SimulatedEvent.ts"
import type { ProcessClock, Timeline } from "./Timeline.ts"

const lateMillis = deliverMillisMax * 0.7
// The engine has asked again by then, or its successor has.
const hangMillis = deliverMillisMax * 1.7

/**
 * @category models
 * @since 0.1.0
 */
export interface ScriptedStore {
  readonly name: string
  readonly number: 1 | 2
  readonly isExactlyOnce: boolean
  readonly store: MemorySink.MemoryStore
  readonly troubles: Array<SinkTrouble>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ScriptedSinkOptions {
  readonly timeline: Timeline
  readonly clock: ProcessClock
  readonly isAlive: () => boolean
  readonly met: (fault: string) => void
}

/** A copy, since the batch is only lent. */
const copyOf = (batch: DeliveredBatch): DeliveredBatch => ({
  ...batch,
  entries: batch.entries.map((entry) => Uint8Array.from(entry)),
})

/** No answer ever, and a store that nobody waits for any more. */
const hang = (
  inner: Sink,
  kept: DeliveredBatch,
  met: (fault: string) => void,
  timeline: Timeline,
): Effect.Effect<never> => {
  const began = timeline.now
  timeline.after(hangMillis, () => {
    const exit = Effect.runSync(Effect.exit(inner.deliver(kept)))
    if (Exit.isSuccess(exit)) met(`sink ${inner.name} stored late`)
  })
  return Effect.onInterrupt(Effect.never, () =>
    Effect.sync(() => {
      if (timeline.now - began >= deliverMillisMax) met(`sink ${inner.name} timed out`)
    }),
  )
}

/**
 * One process's connection to a store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  { isExactlyOnce, name, number, store, troubles }: ScriptedStore,
  { clock, isAlive, met, timeline }: ScriptedSinkOptions,
): Sink => {
  const inner = MemorySink.make({ name, store, isExactlyOnce })
  const mark = refusalMark(number)
  const failure = (reason: SinkError["reason"], detail: string) =>
    Effect.fail(new SinkError({ sink: name, reason, detail }))
  const unavailable = failure("unavailable", "scripted")
  const sleep = (millis: number) => clock.sleep(Duration.millis(millis))

  const troubled = (
    trouble: SinkTrouble | undefined,
    batch: DeliveredBatch,
  ): Effect.Effect<void, SinkError> => {
    switch (trouble) {
      case undefined:
      // It befalls no delivery.
      case "lost-position":
        return inner.deliver(batch)
      case "fail":
        return unavailable
      case "store-and-fail":
        return Effect.andThen(inner.deliver(batch), unavailable)
      case "partial":
        return Effect.andThen(
          inner.deliver(slice(batch, 0, batch.entries.length >>> 1)),
          unavailable,
        )
      case "late":
        return Effect.andThen(
          sleep(lateMillis),
          Effect.suspend(() => inner.deliver(batch)),
        )
      case "hang":
        return hang(inner, copyOf(batch), met, timeline)
      case "crash":
        return Effect.die(new Error("a scripted crash"))
    }
  }

  return {
    name,
    position: (trail) =>
      Effect.suspend(() => {
        if (!isAlive()) return Effect.never
        const index = troubles.indexOf("lost-position")
        if (index < 0) return inner.position(trail)
        troubles.splice(index, 1)
        met(`sink ${name} lost-position`)
        return unavailable
      }),
    deliver: (batch) =>
      Effect.suspend(() => {
        if (!isAlive()) return Effect.never
        if (batch.entries.some((entry) => Buffer.from(entry).includes(mark))) {
          return failure("rejected", "scripted")
        }
        const index = troubles.findIndex((each) => each !== "lost-position")
        const [trouble] = index < 0 ? [] : troubles.splice(index, 1)
        if (trouble !== undefined) met(`sink ${name} ${trouble}`)
        return troubled(trouble, batch)
      }),
    close: inner.close,
  }
}

/**
 * What a person decides about records that a sink refused, noted by the engine that runs.
 *
 * @since 0.1.0
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Disk } from "../platform/Disk.ts"
import type { OpenTrail } from "../trail/OpenTrail.ts"
import type { LetterNote } from "./DeadLetter.ts"
import { DeadLetters, type LetterFault } from "./DeadLetters.ts"
import { SinkNameInvalid } from "./Dispatcher.ts"
import type { EngineStatus } from "./EngineStatus.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface LetterDecision {
  readonly sink: string
  /** `requested`: deliver them again. `dropped`: leave them at that. */
  readonly act: "requested" | "dropped"
  readonly sequences: ReadonlyArray<number>
  readonly reason: string
  readonly actor: LetterNote["actor"]
}

/**
 * Notes a decision, signed when it returns. The sink's delivery looks for it at once.
 *
 * - Errors: `SinkNameInvalid` where the engine has no such sink; what keeps a note from being
 *   written, after which some of them may be there.
 *
 * @category models
 * @since 0.1.0
 */
export type DecideLetters = (
  decision: LetterDecision,
) => Effect.Effect<void, LetterFault | SinkNameInvalid>

/**
 * What of an engine it needs.
 *
 * @category models
 * @since 0.1.0
 */
export interface DecidingEngine {
  readonly trail: OpenTrail
  readonly status: () => Pick<EngineStatus, "directory" | "origin" | "sinks">
  readonly replay: (sink: string) => void
}

// The delivery holds the letters only while it writes some.
const whileLocked = {
  schedule: Schedule.spaced("200 millis"),
  times: 25,
  while: (error: { readonly _tag: string }) => error._tag === "TrailLocked",
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const decideLetters =
  (engine: DecidingEngine, disk: Disk["Service"], clock: Clock.Clock): DecideLetters =>
  ({ act, actor, reason, sequences, sink }) =>
    Effect.suspend((): Effect.Effect<void, LetterFault | SinkNameInvalid> => {
      const { directory, origin, sinks } = engine.status()
      if (sinks.every((known) => known.sink !== sink)) {
        const problem = "is no sink of this engine"
        return Effect.fail(new SinkNameInvalid({ sink: sink.slice(0, 80), problem }))
      }
      // One of its own: the delivery's is in the hands of its fiber.
      const letters = new DeadLetters({
        disk,
        directory,
        trail: origin,
        sink,
        signer: () => engine.trail.keys.signer,
        nowMillis: () => clock.currentTimeMillisUnsafe(),
      })
      const notes = sequences.map((sequence) => ({ act, actor, reason, sequence }))
      return Effect.retry(letters.write(notes), whileLocked).pipe(
        Effect.ensuring(Effect.ignore(letters.rest)),
        // Once the letters are given back, for a replay notes what became of it; after a failure too,
        // for any of the notes may be there.
        Effect.ensuring(Effect.sync(() => engine.replay(sink))),
        // Half of a note would be mended by whoever opens next; all of it is better.
        Effect.uninterruptible,
      )
    })

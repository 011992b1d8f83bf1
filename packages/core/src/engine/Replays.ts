/**
 * Refused records that somebody wants to be delivered again.
 *
 * A replay is asked for in the dead letters' own trail, by whoever has the key. It is done beside
 * the deliveries in their order, and may be done twice after a crash: a sink stores a record that
 * it is given again at most once, or promises copies to be harmless.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { DiskError } from "../platform/Disk.ts"
import { buried, engineActor, leafOf, type LetterNote, type OpenLetter } from "./DeadLetter.ts"
import { causeOf, type DeadLetters, type LetterFault } from "./DeadLetters.ts"
import type { TakenBatch } from "./Feed.ts"
import type { DeliveredBatch, Sink, SinkError } from "./Sink.ts"
import { isRejected } from "./SinkCircuit.ts"

// Looking costs one small read; so long a person waits for a decision that another process noted.
const lookMillis = 10_000
// One that fails may have taken a whole deadline, in which nothing new was delivered.
const failedMillisMax = 300_000
// Between two of these the sink goes on with what is new.
const replaysAtOnce = 64

/**
 * How a sink takes records that its position has passed; `undefined` where it can't.
 *
 * @category constructors
 * @since 0.1.0
 */
export const redelivery = (
  sink: Sink,
  ownsPosition: boolean,
): ((batch: DeliveredBatch) => Effect.Effect<void, SinkError>) | undefined => {
  const { redeliver } = sink
  if (redeliver !== undefined) return (batch) => redeliver.call(sink, batch)
  return ownsPosition ? undefined : (batch) => sink.deliver(batch)
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ReplayWay {
  readonly readFrom: (sequence: number) => Effect.Effect<TakenBatch | undefined, DiskError>
  /** `undefined`: the sink can't be replayed to. */
  readonly deliver: (batch: DeliveredBatch) => Effect.Effect<void, SinkError> | undefined
  /** A replay has failed, or the letters can't be read. */
  readonly failed: (cause: Cause.Cause<unknown>) => void
}

/**
 * The replays to one sink.
 *
 * @category models
 * @since 0.1.0
 */
export class Replays {
  private readonly letters: DeadLetters
  private readonly nowMillis: () => number
  private lookAt = -Infinity
  private isRead = false
  private isWoken = false
  /** In a row. */
  private failures = 0
  /** The letter that failed last, after which the others have their turn. */
  private tried = -1

  constructor(letters: DeadLetters, nowMillis: () => number) {
    this.letters = letters
    this.nowMillis = nowMillis
  }

  /** Until somebody should look. Units: milliseconds. `Infinity`: nothing could be asked for. */
  dueMillis(): number {
    if (this.isWoken) return 0
    if (this.isRead && this.letters.open.size === 0) return Infinity
    return Math.max(0, this.lookAt - this.nowMillis())
  }

  /** Somebody has decided: it is looked at once, even where a round is under way. */
  wake(): void {
    this.isWoken = true
  }

  /**
   * Looks, and tries again what is asked for. What fails waits for a turn of its own, longer each
   * time, and keeps nothing else from the sink.
   */
  readonly run = Effect.fnUntraced(function* (
    this: Replays,
    way: ReplayWay,
  ): Effect.fn.Return<void> {
    this.isWoken = false
    const exit = yield* Effect.exit(this.round(way))
    if (Exit.isSuccess(exit)) {
      this.failures = 0
      this.lookAt = this.nowMillis() + (exit.value ? 0 : lookMillis)
      return
    }
    if (exit.cause.reasons.some(Cause.isInterruptReason)) return yield* Effect.interrupt
    way.failed(exit.cause)
    this.lookAt = this.nowMillis() + Math.min(lookMillis * 2 ** this.failures, failedMillisMax)
    this.failures += 1
  })

  /** Tells whether there may be more to do. */
  private readonly round = Effect.fnUntraced(function* (
    this: Replays,
    way: ReplayWay,
  ): Effect.fn.Return<boolean, SinkError | LetterFault> {
    yield* this.isRead ? this.letters.look : this.letters.load
    this.isRead = true
    const wanted = this.letters.open.requested(replaysAtOnce, this.tried)
    for (const letter of wanted) {
      this.tried = letter.sequence
      yield* this.one(letter, way)
    }
    this.tried = -1
    if (this.letters.isHeld) yield* this.letters.rest
    return wanted.length === replaysAtOnce
  })

  private readonly one = Effect.fnUntraced(function* (
    this: Replays,
    letter: OpenLetter,
    { deliver, readFrom }: ReplayWay,
  ): Effect.fn.Return<void, SinkError | LetterFault> {
    const { leaf, sequence } = letter
    const again = (reason: string): LetterNote => ({
      act: "buried",
      sequence,
      leaf,
      reason,
      actor: engineActor,
    })
    const found = yield* readFrom(sequence)
    const entry = found?.batch.entries[0]
    if (found === undefined || entry === undefined || leafOf(entry) !== leaf) {
      found?.letGo()
      return yield* this.letters.write([again("the trail does not have this record any more")])
    }
    const call = deliver(found.batch)
    if (call === undefined) {
      found.letGo()
      return yield* this.letters.write([
        again("this sink keeps its own position and can't be replayed to: it has no redeliver"),
      ])
    }
    const exit = yield* Effect.ensuring(Effect.exit(call), Effect.sync(found.letGo))
    if (Exit.isSuccess(exit)) {
      return yield* this.letters.write([
        { act: "replayed", sequence, reason: "the sink took it", actor: engineActor },
      ])
    }
    if (!isRejected(exit.cause)) return yield* Effect.failCause(exit.cause)
    return yield* this.letters.write([buried(sequence, entry, causeOf(exit.cause))])
  })
}

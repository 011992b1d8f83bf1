/**
 * Refused records that somebody wants to be delivered again.
 *
 * A replay is asked for in the dead letters' own trail, by whoever has the key. It is done beside
 * the deliveries in their order, and may be done twice after a crash: a sink stores a record that
 * it is given again at most once, or promises copies to be harmless.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { DiskError } from "../platform/Disk.ts"
import { buried, engineActor, leafOf, type LetterNote, type OpenLetter } from "./DeadLetter.ts"
import { causeOf, type DeadLetters, type LetterFault } from "./DeadLetters.ts"
import type { TakenBatch } from "./Feed.ts"
import type { DeliveredBatch, Sink, SinkError } from "./Sink.ts"
import { isRejected } from "./SinkCircuit.ts"

// Looking costs one small read; so long a person waits for a decision to show.
const lookMillis = 10_000
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

  constructor(letters: DeadLetters, nowMillis: () => number) {
    this.letters = letters
    this.nowMillis = nowMillis
  }

  /** After a fault there is no need to wait for the next look. */
  begin(): void {
    this.lookAt = -Infinity
  }

  /** Until somebody should look. Units: milliseconds. `Infinity`: nothing could be asked for. */
  dueMillis(): number {
    if (this.isRead && this.letters.open.size === 0) return Infinity
    return Math.max(0, this.lookAt - this.nowMillis())
  }

  /** Looks, and tries again what is asked for. */
  run(way: ReplayWay): Effect.Effect<void, SinkError | LetterFault> {
    return Effect.gen({ self: this }, function* () {
      yield* this.isRead ? this.letters.look : this.letters.load
      this.isRead = true
      const wanted = this.letters.open.requested(replaysAtOnce)
      for (const letter of wanted) yield* this.one(letter, way)
      if (this.letters.isHeld) yield* this.letters.rest
      this.lookAt = this.nowMillis() + (wanted.length === replaysAtOnce ? 0 : lookMillis)
    })
  }

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

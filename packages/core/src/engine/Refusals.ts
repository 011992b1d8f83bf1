/**
 * Whether a refusal is about the record that was refused.
 *
 * A sink that refuses every record has no poison record: it is spoken to in the wrong way, such as
 * in the clear where it wants TLS, and believing it would empty the trail into the dead letters.
 * So a record is believed to be refused for itself only when the sink takes another: a neighbour
 * in the same delivery, or one that it has taken before and is given again, which the laws of
 * sinks call harmless.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { DiskError } from "../platform/Disk.ts"
import { causeOf } from "./DeadLetters.ts"
import type { TakenBatch } from "./Feed.ts"
import { type DeliveredBatch, endOf, SinkError } from "./Sink.ts"
import { isRejected, type SinkCircuit } from "./SinkCircuit.ts"

interface Probe {
  readonly readFrom: (sequence: number) => Effect.Effect<TakenBatch | undefined, DiskError>
  readonly deliver: (batch: DeliveredBatch) => Effect.Effect<void, SinkError>
}

/**
 * The refusals of one sink.
 *
 * @category models
 * @since 0.1.0
 */
export class Refusals {
  private readonly sink: string
  private readonly circuit: SinkCircuit
  private readonly probe: Probe
  private lastTaken: number | undefined
  /** Stays believed until its letter is written, which may take several tries. */
  private believed: number | undefined

  constructor(sink: string, circuit: SinkCircuit, probe: Probe) {
    this.sink = sink
    this.circuit = circuit
    this.probe = probe
  }

  took(batch: DeliveredBatch): void {
    this.lastTaken = endOf(batch) - 1
  }

  /** The sink took a neighbour of this record after it had refused both together. */
  believe(sequence: number): void {
    this.believed = sequence
  }

  /**
   * Gives the sink a record that it took before. Fails where it takes none, which the circuit
   * counts as one failure.
   */
  readonly check = Effect.fnUntraced(function* (
    this: Refusals,
    sequence: number,
    cause: Cause.Cause<SinkError>,
  ): Effect.fn.Return<void, SinkError | DiskError> {
    if (this.believed === sequence) return
    for (const known of this.candidates(sequence)) {
      if (yield* this.isTaken(known)) return this.believe(sequence)
    }
    const error = new SinkError({
      sink: this.sink,
      reason: "unavailable",
      detail: `it takes no record at all, so record ${sequence} is not to blame: ${causeOf(cause)}`,
    })
    return yield* this.circuit.call(Effect.fail(error), "nothing")
  })

  /**
   * Before anything was taken in this run: what stands before the record, which may be a dead
   * letter, and the trail's first record, which the engine itself has written.
   */
  private candidates(sequence: number): Iterable<number> {
    if (this.lastTaken !== undefined) return [this.lastTaken]
    return sequence === 0 ? [] : new Set([sequence - 1, 0])
  }

  private readonly isTaken = Effect.fnUntraced(function* (
    this: Refusals,
    sequence: number,
  ): Effect.fn.Return<boolean, SinkError | DiskError> {
    const { deliver, readFrom } = this.probe
    const found = yield* readFrom(sequence)
    if (found === undefined) return false
    const exit = yield* Effect.ensuring(Effect.exit(deliver(found.batch)), Effect.sync(found.letGo))
    if (Exit.isSuccess(exit)) return true
    return isRejected(exit.cause) ? false : yield* Effect.failCause(exit.cause)
  })
}

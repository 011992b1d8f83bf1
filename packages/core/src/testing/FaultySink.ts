/**
 * A sink that does to another sink what the world does to real ones, for tests.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import {
  endOf,
  SinkError,
  type DeliveredBatch,
  type Sink,
  type SinkDelivery,
} from "../engine/Sink.ts"

/**
 * What happens to one delivery.
 *
 * `fail` stores nothing and is unavailable; `store-and-fail` stores and is unavailable all the
 * same; `crash` dies; `lie` stores nothing and says it has.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault = "fail" | "store-and-fail" | "crash" | "lie"

/**
 * Wraps a sink. Without a fault it passes everything on.
 *
 * @category models
 * @since 0.1.0
 */
export class FaultySink implements Sink {
  readonly name: string
  /** Deliveries begun, refused ones included. */
  calls = 0
  private readonly inner: Sink
  private readonly faults: Array<Fault> = []
  private readonly rejected = new Set<number>()
  private gate: Deferred.Deferred<void> | undefined

  readonly redeliver?: NonNullable<Sink["redeliver"]>

  constructor(inner: Sink) {
    this.inner = inner
    this.name = inner.name
    const { redeliver } = inner
    if (redeliver !== undefined) {
      this.redeliver = (batch) =>
        Effect.suspend(() => this.meet(batch, (taken) => redeliver.call(inner, taken)))
    }
  }

  /** The next `times` deliveries meet this fault. */
  next(fault: Fault, times = 1): void {
    for (let count = 0; count < times; count++) this.faults.push(fault)
  }

  /** Every batch with this sequence is rejected. */
  reject(sequence: number): void {
    this.rejected.add(sequence)
  }

  /** Nothing is rejected any more. */
  mend(): void {
    this.rejected.clear()
  }

  /** Deliveries hang until {@link resume}. */
  hang(): void {
    this.gate ??= Deferred.makeUnsafe<void>()
  }

  resume(): void {
    if (this.gate !== undefined) Deferred.doneUnsafe(this.gate, Effect.void)
    this.gate = undefined
  }

  get delivery(): SinkDelivery {
    return this.inner.delivery ?? {}
  }

  readonly position: Sink["position"] = (trail) => this.inner.position(trail)

  readonly deliver: Sink["deliver"] = (batch) =>
    Effect.suspend(() => {
      this.calls += 1
      if (this.gate === undefined) return this.meet(batch)
      return Effect.andThen(
        Deferred.await(this.gate),
        Effect.suspend(() => this.meet(batch)),
      )
    })

  get close(): Effect.Effect<void> {
    return this.inner.close
  }

  private meet(
    batch: DeliveredBatch,
    take: Sink["deliver"] = (taken) => this.inner.deliver(taken),
  ): Effect.Effect<void, SinkError> {
    for (let sequence = batch.firstSequence; sequence < endOf(batch); sequence++) {
      if (this.rejected.has(sequence)) return this.failure("rejected", `record ${sequence}`)
    }
    switch (this.faults.shift()) {
      case undefined:
        return take(batch)
      case "fail":
        return this.failure("unavailable", "a scripted failure")
      case "store-and-fail":
        return Effect.andThen(
          take(batch),
          this.failure("unavailable", "a scripted failure after storing"),
        )
      case "crash":
        return Effect.die(new Error("a scripted crash"))
      case "lie":
        return Effect.void
    }
  }

  private failure(reason: SinkError["reason"], detail: string): Effect.Effect<never, SinkError> {
    return Effect.fail(new SinkError({ sink: this.name, reason, detail }))
  }
}

/**
 * Where records go after they are durable: the contract of a sink.
 *
 * Laws, which `testing/SinkLaws.ts` checks:
 *
 * 1. **Whole and in order.** When `deliver` succeeds, every entry of the batch can be read
 *    back, byte for byte, after all that was delivered before.
 * 2. **Redelivery is harmless.** The same records may come again, in other batches, at any
 *    time. A sink that promises `exactly-once` keeps one copy; one that promises
 *    `at-least-once` may keep several, and the first of them stands in order.
 * 3. **Gaps are allowed.** A batch may begin after the sequence wanted next: what lies
 *    between went to the dead letters.
 * 4. **The position is true.** A sink that has one stores it together with the records. It
 *    never moves back, never exceeds what is stored, and survives reopening.
 * 5. **Nothing is borrowed.** The bytes of a batch are only valid until `deliver` ends.
 * 6. **Close is a promise.** After `close` all that was delivered can be read back; a later
 *    `deliver` fails with `unavailable`; a second `close` does nothing.
 * 7. **All or nothing on `rejected`.** A sink that refuses a batch has stored none of it.
 * 8. **A replay is stored once.** Where there is `redeliver`, it stores what the sink lacks, though
 *    the position has passed it, and moves no position. What is replayed before the position has
 *    passed it may be delivered after that as any other.
 *
 * `unavailable` is retried for ever with backoff. `rejected` has the batch bisected until the
 * refused record stands alone. That goes to the dead letters if the sink takes another: a part of
 * the same batch, or else a record that it took before and is given again. A sink that takes none
 * counts as unavailable.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * Records that follow each other in one trail.
 *
 * @category models
 * @since 0.1.0
 */
export interface DeliveredBatch {
  /** Origin of the trail. */
  readonly trail: string
  readonly firstSequence: number
  /** Canonical bytes of the records; the n-th has the sequence `firstSequence + n`. */
  readonly entries: ReadonlyArray<Uint8Array>
  /** Bytes of all entries together. */
  readonly bytes: number
}

/**
 * A delivery that failed.
 *
 * @category errors
 * @since 0.1.0
 */
export class SinkError extends Schema.TaggedError<SinkError>("@countersign/core/SinkError")(
  "SinkError",
  {
    code: Schema.tag("AUD-4101"),
    sink: Schema.String,
    /** `unavailable`: try again later. `rejected`: this content is refused, now and later. */
    reason: Schema.Literals(["unavailable", "rejected"]),
    detail: Schema.String,
    cause: Schema.optionalKey(Schema.Defect()),
  },
) {
  get isRetryable(): boolean {
    return this.reason === "unavailable"
  }

  override get message(): string {
    const what = this.isRetryable ? "is unavailable and will be tried again" : "refused a record"
    return `${this.code}: sink ${this.sink} ${what}: ${this.detail}`
  }
}

/**
 * How a sink is delivered to. What is left out is the engine's choice.
 *
 * @category models
 * @since 0.1.0
 */
export interface SinkDelivery {
  /**
   * `true`: an event that asks for `delivered` waits for this sink, or for a quorum of those that
   * are required. Default `false`: best effort.
   */
  readonly isRequired?: boolean
  /** Most records in one delivery. Default 4096. Bounds: at least 1. */
  readonly recordsMax?: number
  /** Most bytes of entries in one delivery. Default, and at most: `dispatch.batchBytesMax`. */
  readonly bytesMax?: number
  /** How long records may gather for a fuller delivery. Units: milliseconds. Default 0. */
  readonly waitMillis?: number
  /** Longest time for one call. Units: milliseconds. Default: `dispatch.deliverMillisMax`. */
  readonly deliverMillisMax?: number
}

/**
 * What the trail has at a sequence, copied; `undefined` beyond its end. A sink that is asked for
 * its position may compare what it holds: another trail may have the same origin.
 *
 * @category models
 * @since 0.1.0
 */
export type EntryAt = (sequence: number) => Effect.Effect<Uint8Array | undefined, SinkError>

/**
 * A place that records are delivered to, one batch at a time.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sink {
  /** Names the sink's files: letters, digits, `.`, `_`, `-`, at most 64, a letter or digit first. */
  readonly name: string
  /**
   * The sequence wanted next of this trail, where the sink itself stores it with the records;
   * `undefined` where the engine is to keep the cursor.
   */
  readonly position: (
    trail: string,
    entryAt?: EntryAt,
  ) => Effect.Effect<number | undefined, SinkError>
  readonly deliver: (batch: DeliveredBatch) => Effect.Effect<void, SinkError>
  /**
   * Stores records that it refused before and that its position has passed, each at most once, and
   * leaves its position as it is. Without it, a sink that has a position can't be replayed to; one
   * that has none gets its replays by `deliver`.
   */
  readonly redeliver?: (batch: DeliveredBatch) => Effect.Effect<void, SinkError>
  /** What the sink wishes; {@link configured} overrides it. */
  readonly delivery?: SinkDelivery
  readonly close: Effect.Effect<void>
}

/**
 * The same sink, delivered to as the application says.
 *
 * ```ts
 * openAudit({ directory, sinks: [configured(postgres, { isRequired: true }), redis] })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const configured = (sink: Sink, delivery: SinkDelivery): Sink => {
  const { redeliver } = sink
  return {
    name: sink.name,
    position: (trail, entryAt) => sink.position(trail, entryAt),
    deliver: (batch) => sink.deliver(batch),
    ...(redeliver === undefined ? {} : { redeliver: (batch) => redeliver.call(sink, batch) }),
    delivery: { ...sink.delivery, ...delivery },
    close: Effect.suspend(() => sink.close),
  }
}

/**
 * The entries `from` up to, not including, `to` of a batch, as a batch.
 *
 * @category constructors
 * @since 0.1.0
 */
export const slice = (batch: DeliveredBatch, from: number, to: number): DeliveredBatch => {
  if (from <= 0 && to >= batch.entries.length) return batch
  const entries = batch.entries.slice(from, to)
  let bytes = 0
  for (const entry of entries) bytes += entry.byteLength
  return { trail: batch.trail, firstSequence: batch.firstSequence + from, entries, bytes }
}

/**
 * The sequence after the last one of a batch.
 *
 * @category constructors
 * @since 0.1.0
 */
export const endOf = (batch: DeliveredBatch): number => batch.firstSequence + batch.entries.length

/**
 * Feeds records from a Redis stream to whoever makes them durable, as a member of a group.
 *
 * An entry is acknowledged after its record is durable, never before. What a collector read
 * and did not acknowledge is read again: by itself when it comes back under its name, or by
 * another member once it was silent for long enough. So no record is lost, and one may be
 * handed over twice; the receiver knows what it has.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { RetryWaits } from "@countersign/core/engine/RetryWaits"
import type { CollectedRecord } from "./CollectedEvent.ts"
import { commandMillisOf, RedisConnection, type RedisOptions } from "./RedisConnection.ts"
import { RedisFault, RedisOptionsInvalid } from "./RedisFault.ts"
import { defaultStream } from "./RedisStreamSink.ts"
import { claimedEntriesOf, readEntriesOf, type StreamEntry } from "./StreamReply.ts"
import { join, keysOf } from "./StreamScripts.ts"

/**
 * What became of a batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface Received {
  /** The size of the receiver's trail: all it was given lies before. */
  readonly mark: number
  /** What it can never take; copied to the stream `<stream>:refused`. */
  readonly refused: ReadonlyArray<CollectedRecord>
}

/**
 * Whoever makes records durable.
 *
 * @category models
 * @since 0.1.0
 */
export interface Receiver<E> {
  /**
   * Called before the first record: what lies in the receiver's trail from `mark` on may not be
   * acknowledged yet, and comes again. `undefined`: nobody knows how far that reaches back.
   */
  readonly resume: (mark: number | undefined) => Effect.Effect<void, E>
  /** Succeeds when each record is durable, was so before, or is refused. */
  readonly record: (records: ReadonlyArray<CollectedRecord>) => Effect.Effect<Received, E>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface CollectorOptions extends RedisOptions {
  /** The stream's key. Default: the sink's. */
  readonly stream?: string
  /** Made where it is not there, at the stream's beginning. Default `collectors`. */
  readonly group?: string
  /** This collector's name: the same after each restart, and nobody else's. */
  readonly consumer: string
  /** Most records at once; twice as many are on their way. Default 1000. Bounds: 1 to 100,000. */
  readonly countMax?: number
  /** Silence after which another member's entries are taken over. Default 30 s. */
  readonly claimAfter?: Duration.Input
}

/**
 * What a collector has done since it was made.
 *
 * @category models
 * @since 0.1.0
 */
export interface CollectorStatus {
  readonly address: string
  readonly isConnected: boolean
  /** Entries that were read, repetitions included. */
  readonly read: number
  /** Entries of other members among them. */
  readonly takenOver: number
  readonly acknowledged: number
  readonly refused: number
  /** Entries that no sink wrote, or that were trimmed before they were read. */
  readonly foreign: number
  /** Why it waits; `undefined` while it works. */
  readonly fault: string | undefined
}

const countMaxDefault = 1_000
const claimMillisDefault = 30_000
const blockMillisMax = 1_000
const refusedMax = 10_000
const waits = { fromMillis: 100, toMillis: 5_000 }

/**
 * Makes a collector; `run` starts it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <E>(
  options: CollectorOptions,
  receiver: Receiver<E>,
): Effect.Effect<RedisCollector<E>, RedisOptionsInvalid> =>
  Effect.gen(function* () {
    const countMax = options.countMax ?? countMaxDefault
    if (!(Number.isSafeInteger(countMax) && countMax >= 1 && countMax <= 100_000)) {
      return yield* new RedisOptionsInvalid({
        option: "countMax",
        wanted: "a whole number from 1 to 100,000",
      })
    }
    return new RedisCollector(
      yield* RedisConnection.make(options),
      yield* RedisConnection.make(options),
      { ...options, countMax },
      receiver,
    )
  })

const placeOf = ({ sequence, trail }: CollectedRecord): string => `${sequence} ${trail}`

/**
 * A member of a group.
 *
 * @category models
 * @since 0.1.0
 */
export class RedisCollector<E> {
  private readonly reader: RedisConnection
  private readonly writer: RedisConnection
  private readonly receiver: Receiver<E>
  private readonly keys: ReturnType<typeof keysOf>
  private readonly group: string
  private readonly consumer: string
  private readonly countMax: number
  private readonly claimMillis: number
  private hasResumed = false
  /** The mark that Redis has confirmed last. */
  private markKept: number | undefined
  /** Entries that were read while others are in hand. */
  private ahead: ReadonlyArray<string> = []
  /** What the receiver refused, until Redis knows. */
  private readonly unsettled = new Map<string, CollectedRecord>()
  private readonly blockMillis: number
  private claimedAtMillis = 0
  private read = 0
  private takenOver = 0
  private acknowledged = 0
  private refused = 0
  private foreign = 0
  private fault: string | undefined

  constructor(
    reader: RedisConnection,
    writer: RedisConnection,
    options: CollectorOptions & { readonly countMax: number },
    receiver: Receiver<E>,
  ) {
    this.reader = reader
    this.writer = writer
    this.receiver = receiver
    this.keys = keysOf(options.stream ?? defaultStream)
    this.group = options.group ?? "collectors"
    this.consumer = options.consumer
    this.countMax = options.countMax
    // An empty stream has to answer before the command's own deadline.
    this.blockMillis = Math.min(blockMillisMax, Math.floor(commandMillisOf(options) / 2))
    this.claimMillis =
      options.claimAfter === undefined
        ? claimMillisDefault
        : Duration.toMillis(Duration.fromInputUnsafe(options.claimAfter))
  }

  readonly status = (): CollectorStatus => ({
    address: this.writer.address,
    isConnected: this.reader.isConnected && this.writer.isConnected,
    read: this.read,
    takenOver: this.takenOver,
    acknowledged: this.acknowledged,
    refused: this.refused,
    foreign: this.foreign,
    fault: this.fault,
  })

  /**
   * Collects until it is interrupted. A Redis that is away is waited for.
   *
   * - Errors: the receiver's; a Redis whose settings endanger records.
   */
  get run(): Effect.Effect<never, E | RedisFault> {
    const retry = new RetryWaits(waits)
    const tried = Effect.catchIf(
      Effect.scoped(this.session(retry)),
      (error): error is RedisFault => error instanceof RedisFault && error.reason !== "unfit",
      (fault) => {
        this.fault = fault.message
        return Effect.flatMap(retry.next, Effect.sleep)
      },
    )
    return Effect.ensuring(
      Effect.forever(tried),
      Effect.andThen(this.reader.close, this.writer.close),
    )
  }

  /** From the connection to its end. */
  private readonly session = Effect.fnUntraced(function* (
    this: RedisCollector<E>,
    retry: RetryWaits,
  ) {
    yield* this.writer.evaluate(join, [this.keys.stream], [this.group])
    yield* this.resume()
    yield* this.ownPending()
    this.claimedAtMillis = 0
    // The next entries are on their way while these become durable.
    let reading = yield* Effect.forkScoped(this.readNew)
    while (true) {
      const entries = yield* Fiber.join(reading)
      this.ahead = []
      reading = yield* Effect.forkScoped(this.readNew)
      this.fault = undefined
      retry.succeeded()
      yield* this.handle(entries)
      yield* this.claim()
    }
  })

  private readonly resume = Effect.fnUntraced(function* (this: RedisCollector<E>) {
    if (this.hasResumed) return
    yield* this.receiver.resume(yield* this.storedMark)
    this.hasResumed = true
  })

  private get storedMark(): Effect.Effect<number | undefined, RedisFault> {
    return Effect.map(this.writer.call("HGET", [this.keys.marks, this.markField]), (reply) =>
      Buffer.isBuffer(reply) ? Number(reply.toString()) : undefined,
    )
  }

  /**
   * A Redis that has lost the mark has lost positions too, and sinks deliver again what the
   * receiver may have had long ago. Looked at after each reading, so nothing slips between.
   */
  private readonly noticeForgetting = Effect.fnUntraced(function* (this: RedisCollector<E>) {
    if (this.markKept === undefined) return
    const stored = yield* this.storedMark
    if (stored !== undefined && stored >= this.markKept) return
    this.markKept = undefined
    yield* this.receiver.resume(undefined)
  })

  /** What this collector, or the process before it, read and did not acknowledge. */
  private readonly ownPending = Effect.fnUntraced(function* (this: RedisCollector<E>) {
    let after = "0-0"
    while (true) {
      const entries = readEntriesOf(
        yield* this.writer.call("XREADGROUP", this.readArgs(after)),
        true,
      )
      const last = entries.at(-1)
      if (last === undefined) return
      after = last.id
      yield* this.handle(entries)
    }
  })

  private get readNew() {
    const args = this.readArgs(">", ["BLOCK", this.blockMillis])
    return Effect.map(this.reader.call("XREADGROUP", args), (reply) => {
      const entries = readEntriesOf(reply, false)
      this.ahead = entries.map(({ id }) => id)
      return entries
    })
  }

  /** What other members left lying. */
  private readonly claim = Effect.fnUntraced(function* (this: RedisCollector<E>) {
    const nowMillis = yield* Clock.currentTimeMillis
    const sinceMillis = nowMillis - this.claimedAtMillis
    // A clock that was set back says nothing of how long it was.
    if (sinceMillis >= 0 && sinceMillis < this.claimMillis / 2) return
    this.claimedAtMillis = nowMillis
    const { claimMillis, consumer, countMax, group, keys } = this
    let next = "0-0"
    do {
      const args = [keys.stream, group, consumer, claimMillis, next, "COUNT", countMax]
      const reply = yield* this.writer.call("XAUTOCLAIM", args)
      const claimed = claimedEntriesOf(reply)
      next = claimed.next
      this.takenOver += claimed.entries.length
      yield* this.handle(claimed.entries)
    } while (next !== "0-0")
  })

  private readonly handle = Effect.fnUntraced(function* (
    this: RedisCollector<E>,
    entries: ReadonlyArray<StreamEntry>,
  ) {
    if (entries.length === 0) return
    this.read += entries.length
    const ids = entries.map(({ id }) => id)
    const records = entries.flatMap(({ record }) => (record === undefined ? [] : [record]))
    this.foreign += entries.length - records.length
    yield* this.noticeForgetting()
    const received = yield* Effect.raceFirst(this.receiver.record(records), this.hold(ids))
    // What was refused before and could not be acknowledged is no longer new to the receiver.
    for (const record of received.refused) this.unsettled.set(placeOf(record), record)
    const refused = records.flatMap((record) => this.unsettled.get(placeOf(record)) ?? [])
    yield* this.acknowledge(ids, { mark: received.mark, refused })
    for (const record of refused) this.unsettled.delete(placeOf(record))
  })

  /**
   * Says now and then that these entries, and those read ahead, are still being worked on. A Redis
   * that fails meanwhile ends nothing: records half way to the receiver's disk would come twice.
   */
  private hold(ids: ReadonlyArray<string>): Effect.Effect<never> {
    const { claimMillis, consumer, group, keys, writer } = this
    const claim = Effect.suspend(() => {
      const all = [...ids, ...this.ahead]
      return writer.call("XCLAIM", [keys.stream, group, consumer, 0, ...all, "JUSTID"])
    })
    return Effect.forever(Effect.andThen(Effect.sleep(claimMillis / 3), Effect.ignore(claim)))
  }

  private acknowledge(
    ids: ReadonlyArray<string>,
    { mark, refused }: Received,
  ): Effect.Effect<void, RedisFault> {
    const { group, keys } = this
    return Effect.map(
      this.writer.use(async (client) => {
        for (const { bytes, sequence, trail } of refused) {
          const fields = ["trail", trail, "sequence", sequence, "event", bytes]
          await client.call("XADD", [keys.refused, "MAXLEN", "~", refusedMax, "*", ...fields])
        }
        const acknowledging = client.call("XACK", [keys.stream, group, ...ids])
        // A mark that lags costs a longer look back at the next start, nothing else.
        const marking = client.hset(keys.marks, this.markField, mark).then(
          () => mark,
          () => undefined,
        )
        await acknowledging
        return marking
      }),
      (marked) => {
        this.markKept = marked ?? this.markKept
        this.acknowledged += ids.length
        this.refused += refused.length
      },
    )
  }

  private get markField(): string {
    return `${this.group} ${this.consumer}`
  }

  private readArgs(after: string, block: ReadonlyArray<string | number> = []) {
    const { consumer, countMax, group, keys } = this
    return ["GROUP", group, consumer, "COUNT", countMax, ...block, "STREAMS", keys.stream, after]
  }
}

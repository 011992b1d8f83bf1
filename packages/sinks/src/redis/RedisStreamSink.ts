/**
 * Records as entries of a Redis stream, each of them once.
 *
 * An entry has the fields `trail`, `sequence` and `event`, which are the record's canonical
 * bytes. A script appends up to 250 records together with the trail's position, so
 * what comes again is cut off, and the position is never beside the truth.
 *
 * Redis is never the authority. What it forgets (a restart, a failover, `FLUSHALL`) is seen by
 * its position, which then lies before what it had confirmed, and comes again from the trail.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import {
  endOf,
  SinkError,
  slice,
  type DeliveredBatch,
  type Sink,
} from "@countersign/core/engine/Sink"
import type { RedisArgument } from "./FramedCommand.ts"
import { RedisConnection, type RedisOptions } from "./RedisConnection.ts"
import * as RedisFacts from "./RedisFacts.ts"
import { type RedisFault, RedisOptionsInvalid } from "./RedisFault.ts"
import { append, join, keysOf, release } from "./StreamScripts.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RedisStreamOptions extends RedisOptions {
  /** Default `redis`. */
  readonly name?: string
  /** The stream's key. Default {@link defaultStream}. */
  readonly stream?: string
  /** Entries the stream holds at most, but for one batch. Default 1,000,000; at least 1. */
  readonly countMax?: number
  /**
   * What happens when it is full. `unread` (the default) gives up what every group has
   * acknowledged, and takes no more while that is too little; a stream without groups
   * has nobody to wait for. `newest` gives up the oldest, read or not.
   */
  readonly keep?: "unread" | "newest"
  /** Groups that are made before the first record, so that they miss none. */
  readonly groups?: ReadonlyArray<string>
}

/**
 * How the sink stands with its server.
 *
 * @category models
 * @since 0.1.0
 */
export interface RedisStreamStatus {
  readonly address: string
  readonly isConnected: boolean
  /** What endangers speed or memory, never records. */
  readonly warnings: ReadonlyArray<string>
  /** How often the server had forgotten what it confirmed. */
  readonly forgotten: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RedisStreamSink extends Sink {
  readonly status: () => RedisStreamStatus
}

/**
 * The stream that sinks and collectors use where nothing else is said.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultStream = "countersign:events"

const countMaxDefault = 1_000_000
// A full stream is looked at again soon: its readers may be at work.
const fullWaitMillis = 50
const fullTriesMax = 40
// So many records that a script is short for everybody else, and its own cost does not show.
const partRecords = 250

/**
 * Opens the sink. A server that can't be reached yet is no error: records wait in the trail.
 *
 * - Errors: an address that is none, or a server whose settings endanger records, such as a
 *   policy that evicts any key.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: RedisStreamOptions,
): Effect.fn.Return<RedisStreamSink, RedisOptionsInvalid | RedisFault> {
  const countMax = options.countMax ?? countMaxDefault
  if (!(Number.isSafeInteger(countMax) && countMax >= 1)) {
    return yield* new RedisOptionsInvalid({ option: "countMax", wanted: "a whole number from 1" })
  }
  const sink = new StreamSink(yield* RedisConnection.make(options), options, countMax)
  yield* Effect.catchIf(
    sink.prepare,
    ({ reason }) => reason !== "unfit",
    () => Effect.void,
  )
  for (const warning of sink.status().warnings) {
    yield* Effect.logWarning(`countersign: Redis at ${sink.status().address}: ${warning}`)
  }
  return sink
})

class StreamSink implements RedisStreamSink {
  readonly name: string
  private readonly connection: RedisConnection
  private readonly keys: ReturnType<typeof keysOf>
  private readonly groups: ReadonlyArray<string>
  private readonly countMax: number
  private readonly keep: "unread" | "newest"
  /** What the server has confirmed of each trail. */
  private readonly confirmed = new Map<string, number>()
  private forgotten = 0
  private isClosed = false

  constructor(connection: RedisConnection, options: RedisStreamOptions, countMax: number) {
    this.name = options.name ?? "redis"
    this.connection = connection
    this.keys = keysOf(options.stream ?? defaultStream)
    this.groups = options.groups ?? []
    this.countMax = countMax
    this.keep = options.keep ?? "unread"
  }

  /** Connects, and makes the groups that are not there. */
  get prepare(): Effect.Effect<void, RedisFault> {
    const { connection, groups, keys } = this
    // Also without groups: a server that endangers records is found here.
    return Effect.asVoid(connection.evaluate(join, [keys.stream], groups))
  }

  readonly status = (): RedisStreamStatus => ({
    address: this.connection.address,
    isConnected: this.connection.isConnected,
    warnings: this.connection.facts === undefined ? [] : RedisFacts.warnings(this.connection.facts),
    forgotten: this.forgotten,
  })

  readonly position = (trail: string): Effect.Effect<number, SinkError> =>
    this.open(
      Effect.andThen(
        this.prepare,
        Effect.map(this.connection.call("HGET", [this.keys.positions, trail]), (reply) => {
          const wanted = Buffer.isBuffer(reply) ? Number(reply.toString()) : 0
          this.confirmed.set(trail, wanted)
          return wanted
        }),
      ),
    )

  readonly deliver = (batch: DeliveredBatch): Effect.Effect<void, SinkError> =>
    batch.entries.length === 0 ? this.open(Effect.void) : this.open(this.append(batch))

  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    this.isClosed = true
    return this.connection.close
  })

  private readonly append = Effect.fnUntraced(function* (
    this: StreamSink,
    whole: DeliveredBatch,
  ): Effect.fn.Return<void, RedisFault | SinkError> {
    const { trail } = whole
    let batch = whole
    for (let tries = 0; ; tries++) {
      const [outcome, wanted] = yield* this.send(batch)
      if (outcome === "stored") return
      if (outcome === "forgotten") {
        const before = this.confirmed.get(trail) ?? 0
        this.confirmed.set(trail, wanted)
        this.forgotten += 1
        return yield* this.unavailable(
          `it had confirmed ${trail} up to record ${before} and now holds it up to ${wanted}: ` +
            `what it forgot is delivered again`,
        )
      }
      if (tries === fullTriesMax) {
        return yield* this.unavailable(
          `the stream ${this.keys.stream} is full: ${this.countMax} entries, and its groups have not acknowledged the oldest`,
        )
      }
      const stored = (this.confirmed.get(trail) ?? 0) - batch.firstSequence
      batch = slice(batch, Math.max(0, stored), batch.entries.length)
      yield* Effect.sleep(fullWaitMillis)
    }
  })

  /**
   * Appends a batch part by part, and tells of the first part that is not stored. Where the
   * memory is full, what all have read makes room once.
   */
  private send(batch: DeliveredBatch): Effect.Effect<readonly [string, number], RedisFault> {
    const { connection, keep, keys } = this
    const call = Effect.map(
      Effect.suspend(() =>
        connection.evaluateAll(append, [keys.stream, keys.positions], this.parts(batch)),
      ),
      (replies) => {
        for (const reply of replies) {
          const [outcome, wanted] = outcomeOf(reply)
          if (outcome !== "stored") return [outcome, wanted] as const
          this.confirmed.set(batch.trail, wanted)
        }
        return ["stored", endOf(batch)] as const
      },
    )
    return Effect.catchIf(
      call,
      ({ word }) => word === "OOM" && keep === "unread",
      () => Effect.andThen(connection.evaluate(release, [keys.stream], []), call),
    )
  }

  /** The arguments for each part of a batch. A part wants the one before it to be stored. */
  private parts({ entries, firstSequence, trail }: DeliveredBatch) {
    const { confirmed, countMax, keep } = this
    let known = confirmed.get(trail) ?? 0
    const lists: Array<ReadonlyArray<RedisArgument>> = []
    for (let from = 0; from < entries.length; from += partRecords) {
      const part = entries.slice(from, from + partRecords).map(bufferOf)
      lists.push([trail, firstSequence + from, known, countMax, keep, ...part])
      known = Math.max(known, firstSequence + from + part.length)
    }
    return lists
  }

  private unavailable(detail: string): SinkError {
    return new SinkError({ sink: this.name, reason: "unavailable", detail })
  }

  /** Whatever Redis says, the records are not to blame. */
  private open<A>(effect: Effect.Effect<A, RedisFault | SinkError>): Effect.Effect<A, SinkError> {
    return Effect.suspend(() =>
      this.isClosed
        ? Effect.fail(this.unavailable("it is closed"))
        : Effect.catchTag(effect, "RedisFault", (fault) =>
            Effect.fail(this.unavailable(fault.message)),
          ),
    )
  }
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const outcomeOf = (reply: unknown): readonly [string, number] => {
  const [outcome, wanted] = Array.isArray(reply) ? (reply as ReadonlyArray<unknown>) : []
  return [String(outcome), Number(wanted)]
}

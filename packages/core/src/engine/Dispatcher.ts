/**
 * Delivers the trail to every sink, each at its own pace.
 *
 * The trail is the queue: a sink that keeps up is handed batches from memory, one that lags
 * reads the trail, and none can slow another or the engine.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { RandomBytes } from "../platform/RandomBytes.ts"
import type { Signer } from "../signer/Signer.ts"
import { DeadLetters, type DeadLettersOptions } from "./DeadLetters.ts"
import { Delivery } from "./Delivery.ts"
import type { DeliveryStatus } from "./DeliveryStatus.ts"
import { Feed } from "./Feed.ts"
import { monotonicMillis } from "./Monotonic.ts"
import { Quorum } from "./Quorum.ts"
import { RecentBatches, type PublishedBatch } from "./RecentBatches.ts"
import * as RestartPolicy from "./RestartPolicy.ts"
import type { RetryOptions } from "./RetryWaits.ts"
import type { DeliveredBatch, Sink } from "./Sink.ts"
import * as SinkCircuit from "./SinkCircuit.ts"
import type { Supervisor } from "./Supervisor.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface DispatcherOptions {
  /** Origin of the trail. */
  readonly trail: string
  /** Directory of the trail; cursors and dead letters lie in it. */
  readonly directory: string
  readonly sinks: ReadonlyArray<Sink>
  /** The sequence that the next new record will get. */
  readonly nextSequence: number
  /** Records from `sequence` on, about `bytesMax` of them; `undefined` where there are none yet. */
  readonly readFrom: (
    sequence: number,
    bytesMax: number,
  ) => Effect.Effect<DeliveredBatch | undefined, DiskError>
  /** Bytes of recent batches kept for the sinks that keep up. Default 8 MiB. */
  readonly ringBytesMax?: number
  /**
   * Recent batches kept at once. Default 4. Each may pin a slab of the engine's pool, and so may
   * each sink that is reading one: the pool needs that many slabs more than its own stages use.
   */
  readonly ringCountMax?: number
  /** Bytes read from the trail at once for a sink that lags. Default 1 MiB. */
  readonly batchBytesMax?: number
  /** Batches after which a cursor is saved. Default 64. */
  readonly cursorBatches?: number
  /** Time after which a cursor is saved. Default 1 s. */
  readonly cursorWait?: Duration.Input
  /** Longest time for one call to a sink. Default 30 s. */
  readonly deliverTimeout?: Duration.Input
  /** Longest time for the sinks to catch up, and then to close. Default 5 s each. */
  readonly drainTimeout?: Duration.Input
  /** Who signs the dead letters now. */
  readonly signer: () => Signer["Service"]
  /** Open dead letters at which a sink waits. Default 65,536. */
  readonly lettersMax?: number
  /** How many of the required sinks are enough for `delivered`. Default 0: all of them. */
  readonly quorum?: number
  /** Waits after a fault of a sink or of the disk, for as long as it takes. Default: 100 ms to 30 s. */
  readonly retry?: RetryOptions
  /** When a sink that fails is left alone. Default: after 5 failures in a row, for 1 s to 30 s. */
  readonly circuit?: Omit<SinkCircuit.CircuitOptions, "sink">
  /** Waits after a crash. Default: from 100 ms doubling to 30 s, for ever. */
  readonly restart?: RestartPolicy.RestartPolicy
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Dispatcher {
  /** Waits for the required sinks. */
  readonly quorum: Quorum
  /** Takes a durable batch over, in the order of the trail; never waits. */
  readonly publish: (batch: PublishedBatch) => void
  /** Gives back every recent batch that no sink is reading right now, for an engine short of slabs. */
  readonly trim: () => void
  /** Somebody has decided about dead letters of a sink: its delivery looks at them now. */
  readonly replay: (sink: string) => void
  readonly status: () => ReadonlyArray<DeliveryStatus>
  /** Lets every sink catch up, saves the cursors, closes the sinks; bounded by `drainTimeout`. Idempotent. */
  readonly close: Effect.Effect<void>
}

/**
 * A sink whose name can't name its files, or is another's.
 *
 * @category errors
 * @since 0.1.0
 */
export class SinkNameInvalid extends Schema.TaggedError<SinkNameInvalid>(
  "@countersign/core/SinkNameInvalid",
)("SinkNameInvalid", {
  code: Schema.tag("AUD-4102"),
  isRetryable: Schema.tag(false),
  sink: Schema.String,
  problem: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the sink name ${JSON.stringify(this.sink)} ${this.problem}`
  }
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u

/** Names are compared without case, since some disks do so with files. */
const problemOf = (sinks: ReadonlyArray<Sink>): SinkNameInvalid | undefined => {
  const seen = new Set<string>()
  for (const { name } of sinks) {
    if (!nameForm.test(name)) {
      return new SinkNameInvalid({
        sink: name.slice(0, 80),
        problem: "must be 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first",
      })
    }
    if (seen.has(name.toLowerCase())) {
      return new SinkNameInvalid({ sink: name, problem: "is taken by another sink of this trail" })
    }
    seen.add(name.toLowerCase())
  }
  return undefined
}

const retryDefault: RetryOptions = { fromMillis: 100, toMillis: 30_000 }
const circuitDefault = { failures: 5, openMillis: 1000, openMillisMax: 30_000 }

const forEver = RestartPolicy.make({
  from: Duration.millis(100),
  to: Duration.seconds(30),
  restartsMax: Infinity,
})

const quorumOf = (deliveries: ReadonlyArray<Delivery>, size: number): Quorum =>
  new Quorum(
    deliveries.flatMap((delivery) =>
      delivery.isRequired ? [{ name: delivery.sinkName, position: () => delivery.position }] : [],
    ),
    size,
  )

const lettersOf = (
  { directory, lettersMax, signer, trail }: DispatcherOptions,
  sink: string,
  platform: Pick<DeadLettersOptions, "disk" | "fillRandom" | "nowMillis">,
): DeadLetters =>
  new DeadLetters({
    ...platform,
    directory,
    trail,
    sink,
    signer,
    ...(lettersMax === undefined ? {} : { lettersMax }),
  })

const deliveryOptionsOf = (options: DispatcherOptions) => ({
  trail: options.trail,
  directory: options.directory,
  batchBytesMax: options.batchBytesMax ?? 1024 * 1024,
  deliverMillisMax: millis(options.deliverTimeout ?? Duration.seconds(30)),
  cursorBatches: options.cursorBatches ?? 64,
  cursorMillis: millis(options.cursorWait ?? Duration.seconds(1)),
  restart: options.restart ?? forEver,
  retry: options.retry ?? retryDefault,
})

const replaying = (deliveries: ReadonlyArray<Delivery>, feed: Feed) => (sink: string) => {
  for (const { replays, sinkName } of deliveries) if (sinkName === sink) replays.wake()
  feed.nudge()
}

/**
 * Starts one delivery for each sink under the supervisor.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: DispatcherOptions,
  supervisor: Supervisor["Service"],
): Effect.fn.Return<Dispatcher, SinkNameInvalid, Disk | Scope> {
  const { sinks } = options
  const problem = problemOf(sinks)
  if (problem !== undefined) return yield* problem
  const disk = yield* Disk
  const fillRandom = yield* RandomBytes
  const clock = yield* Clock.clockWith(Effect.succeed)
  const drainTimeout = options.drainTimeout ?? Duration.seconds(5)

  // Ages and waits are no business of whoever sets the clock; the time of a letter is.
  const nowMillis = (): number => Math.floor(monotonicMillis(clock))
  const timeMillis = (): number => clock.currentTimeMillisUnsafe()
  const feed = new Feed(
    options.nextSequence,
    new RecentBatches(options.ringBytesMax ?? 8 * 1024 * 1024, options.ringCountMax ?? 4),
    options.readFrom,
    nowMillis,
  )
  const shared = { ...deliveryOptionsOf(options), nowMillis }
  const deliveries: ReadonlyArray<Delivery> = yield* Effect.forEach(sinks, (sink) =>
    Effect.map(
      SinkCircuit.make({ sink: sink.name, ...(options.circuit ?? circuitDefault) }),
      (circuit) =>
        new Delivery(sink, feed, disk, {
          ...shared,
          circuit,
          letters: lettersOf(options, sink.name, { disk, fillRandom, nowMillis: timeMillis }),
          moved: () => {
            if (sink.delivery?.isRequired === true) quorum.moved()
          },
          refused: (sequence) => {
            if (sink.delivery?.isRequired === true) quorum.refused(sink.name, sequence)
          },
        }),
    ),
  )
  const quorum = quorumOf(deliveries, options.quorum ?? 0)
  feed.slowest = () => deliveries.reduce((least, each) => Math.min(least, each.position), Infinity)
  const handles = yield* Effect.forEach(deliveries, (delivery) => supervisor.start(delivery))

  const atMost = (effect: Effect.Effect<void>) =>
    Effect.asVoid(Effect.timeoutOption(effect, drainTimeout))
  const close = yield* Effect.cached(
    Effect.gen(function* () {
      feed.close()
      const drain = Effect.forEach(handles, ({ ended }) => Effect.ignore(ended), {
        concurrency: "unbounded",
        discard: true,
      })
      yield* atMost(drain)
      yield* Effect.forEach(
        handles.map((handle, index) => ({ handle, sink: sinks[index] })),
        ({ handle, sink }) =>
          Effect.andThen(atMost(handle.stop), atMost(Effect.exit(sink?.close ?? Effect.void))),
        { concurrency: "unbounded", discard: true },
      )
      quorum.close()
      feed.recent.passed(Infinity)
    }),
  )

  return {
    quorum,
    publish: (batch) => feed.publish(batch),
    trim: () => feed.recent.passed(Infinity),
    replay: replaying(deliveries, feed),
    status: () => deliveries.map((delivery) => delivery.status),
    close,
  }
})

const millis = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))

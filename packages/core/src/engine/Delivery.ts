/**
 * One sink's fiber: brings every record of the trail to the sink, at the sink's own pace.
 *
 * Its only memory is a cursor. What it delivers is held by the recent batches, or read from
 * the trail, so a sink that is slow or dead costs nothing but its own lag.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Disk, DiskError } from "../platform/Disk.ts"
import type { ActorEntry } from "./ActorRegistry.ts"
import * as DeadLetters from "./DeadLetters.ts"
import type { Feed } from "./Feed.ts"
import type { MailboxGauge } from "./Mailbox.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import { endOf, SinkError, slice, type DeliveredBatch, type Sink } from "./Sink.ts"
import * as SinkCursor from "./SinkCursor.ts"
import type { Actor, Verdict } from "./Supervisor.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface DeliveryOptions {
  /** Origin of the trail. */
  readonly trail: string
  /** Directory of the trail, for the cursor and the dead letters. */
  readonly directory: string
  /** Longest time for one `deliver`; then it is interrupted and counts as `unavailable`. */
  readonly deliverMillisMax: number
  /** A cursor is saved after so many batches … */
  readonly cursorBatches: number
  /** … or so much time, whichever is first. */
  readonly cursorMillis: number
  /** Size at which the dead letters of a sink are full. Units: bytes. */
  readonly deadLetterBytesMax: number
  readonly restart: RestartPolicy
  /** Virtual or real time. Units: milliseconds. */
  readonly nowMillis: () => number
}

/**
 * How one sink stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface DeliveryStatus {
  readonly sink: string
  /** The next sequence to deliver; `undefined` until the sink has said where it stands. */
  readonly cursor: number | undefined
  /** Records that are durable and not yet delivered. */
  readonly lag: number
  /** Records that the sink took, redeliveries included. */
  readonly delivered: number
  readonly deadLetters: number
}

/** How long a lagging sink waits before it looks at the trail again, where that has nothing yet. */
const rereadMillis = 50

/**
 * The delivery to one sink.
 *
 * @category models
 * @since 0.1.0
 */
export class Delivery implements Actor {
  readonly name: string
  readonly kind = "sink"
  readonly escalates = false
  readonly restart: RestartPolicy
  readonly mailbox: MailboxGauge
  private readonly sink: Sink
  private readonly feed: Feed
  private readonly disk: Disk["Service"]
  private readonly options: DeliveryOptions
  private readonly keeper: SinkCursor.Keeper
  private cursor: number | undefined
  /** Whether the sink stores its position itself; known once it was asked. */
  private ownsPosition = false
  /** Where the run of dead letters that ends at the cursor begins. */
  private lettersFrom: number | undefined
  private delivered = 0
  private letters = 0

  constructor(sink: Sink, feed: Feed, disk: Disk["Service"], options: DeliveryOptions) {
    this.sink = sink
    this.feed = feed
    this.disk = disk
    this.options = options
    this.name = `sink:${sink.name}`
    this.restart = options.restart
    this.keeper = new SinkCursor.Keeper(disk, {
      file: SinkCursor.fileOf(options.directory, sink.name),
      trail: options.trail,
      batchesMax: options.cursorBatches,
      millisMax: options.cursorMillis,
      nowMillis: options.nowMillis,
    })
    // What a sink has yet to get lies in the trail, which has no capacity to show.
    this.mailbox = {
      capacityItems: 0,
      capacityBytes: 0,
      depthItems: () => this.lag,
      depthBytes: () => 0,
    }
  }

  /** The next sequence to deliver, or 0 while unknown. */
  get position(): number {
    return this.cursor ?? 0
  }

  get lag(): number {
    return Math.max(0, this.feed.head - this.position)
  }

  get status(): DeliveryStatus {
    return {
      sink: this.sink.name,
      cursor: this.cursor,
      lag: this.lag,
      delivered: this.delivered,
      deadLetters: this.letters,
    }
  }

  /** Nobody else's content is to blame: whatever the sink fails with, it is tried again. */
  readonly verdict = (cause: Cause.Cause<unknown>): Verdict =>
    cause.reasons.every(Cause.isFailReason) ? "fault" : "crash"

  readonly run = (
    self: ActorEntry,
  ): Effect.Effect<void, SinkError | DiskError | DeadLetters.DeadLettersFull> =>
    Effect.ensuring(
      Effect.suspend(() => this.life(self)),
      Effect.suspend(() => this.save(self)),
    )

  private readonly life = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
  ): Effect.fn.Return<void, SinkError | DiskError | DeadLetters.DeadLettersFull> {
    let cursor = yield* this.locate(self)
    while (true) {
      const { version } = this.feed
      self.enter("running")
      const found = yield* this.next(self, cursor)
      if (found === undefined) {
        if (this.feed.isClosed && cursor >= this.feed.head) return
        yield* this.pause(self, cursor, version)
        continue
      }
      // Held until the sink is done with it, whichever way that ends.
      yield* Effect.ensuring(this.deliver(self, found.batch), Effect.sync(found.letGo))
      cursor = this.position
      this.feed.passed()
      this.keeper.delivered()
      if (this.saveMillis() === 0) yield* this.save(self)
    }
  })

  /** Where to begin: a sink that stores its position knows best, even after a partial failure. */
  private readonly locate = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
  ): Effect.fn.Return<number, SinkError | DiskError> {
    const { directory, trail } = this.options
    self.enter("blocked", this.sink.name)
    const wanted = yield* this.within(Effect.suspend(() => this.sink.position(trail)))
    const { head } = this.feed
    if (wanted !== undefined && !(Number.isSafeInteger(wanted) && wanted >= 0 && wanted <= head)) {
      return yield* new SinkError({
        sink: this.sink.name,
        reason: "unavailable",
        detail:
          `it wants record ${wanted} of ${trail} next, but ${directory} ends before ${head}. ` +
          `Has the trail been replaced by an older copy?`,
      })
    }
    this.ownsPosition = wanted !== undefined
    if (wanted !== undefined) {
      const isAfterLetters =
        this.cursor !== undefined &&
        this.lettersFrom !== undefined &&
        wanted >= this.lettersFrom &&
        wanted < this.cursor
      if (!isAfterLetters) this.cursor = wanted
    }
    this.cursor ??= yield* this.stored(self, head)
    return this.cursor
  })

  /** What the file says; a cursor of another trail, or beyond this one, is not believed. */
  private readonly stored = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
    head: number,
  ): Effect.fn.Return<number, DiskError> {
    const found = (yield* this.keeper.load) ?? 0
    if (found <= head) return found
    self.note(Cause.die(`the cursor ${found} lies beyond the trail's end ${head}: begun there`))
    return head
  })

  private readonly next = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
    cursor: number,
  ): Effect.fn.Return<
    { readonly batch: DeliveredBatch; readonly letGo: () => void } | undefined,
    DiskError
  > {
    const held = this.feed.recent.hold(cursor)
    if (held !== undefined) {
      const { batch } = held
      return {
        batch: slice(batch, cursor - batch.firstSequence, batch.entries.length),
        letGo: () => held.letGo(),
      }
    }
    if (cursor >= this.feed.head) return undefined
    self.enter("running", "trail")
    const read = yield* this.feed.readFrom(cursor)
    if (read === undefined || endOf(read) <= cursor) return undefined
    if (read.firstSequence > cursor) {
      return yield* Effect.die(
        new Error(`record ${cursor} was asked for, the trail gave ${read.firstSequence}`),
      )
    }
    return {
      batch: slice(read, cursor - read.firstSequence, read.entries.length),
      letGo: () => undefined,
    }
  })

  /** Delivers all of a batch, in order; what is refused alone goes to the dead letters. */
  private readonly deliver = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
    whole: DeliveredBatch,
  ): Effect.fn.Return<void, SinkError | DiskError | DeadLetters.DeadLettersFull> {
    const parts = [whole]
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const batch = part
      self.enter("blocked", this.sink.name)
      const exit = yield* Effect.exit(this.within(Effect.suspend(() => this.sink.deliver(batch))))
      if (Exit.isSuccess(exit)) {
        this.advance(batch)
        self.finished(batch.entries.length)
      } else if (!isRejected(exit.cause)) {
        return yield* Effect.failCause(exit.cause)
      } else if (batch.entries.length > 1) {
        const half = batch.entries.length >>> 1
        parts.push(slice(batch, half, batch.entries.length), slice(batch, 0, half))
      } else {
        self.note(exit.cause)
        yield* this.bury(batch, exit.cause)
      }
    }
  })

  private advance(batch: DeliveredBatch): void {
    this.cursor = endOf(batch)
    this.lettersFrom = undefined
    this.delivered += batch.entries.length
  }

  private bury(
    batch: DeliveredBatch,
    cause: Cause.Cause<SinkError>,
  ): Effect.Effect<void, DiskError | DeadLetters.DeadLettersFull> {
    const { deadLetterBytesMax, directory, trail } = this.options
    const letter = {
      trail,
      sequence: batch.firstSequence,
      cause: DeadLetters.causeOf(cause),
      entry: batch.entries[0] ?? new Uint8Array(),
    }
    const file = DeadLetters.fileOf(directory, this.sink.name)
    return Effect.map(DeadLetters.append(this.disk, file, letter, deadLetterBytesMax), () => {
      this.lettersFrom ??= batch.firstSequence
      this.cursor = endOf(batch)
      this.letters += 1
    })
  }

  /** A call to the sink, no longer than it may take. */
  private within<A>(call: Effect.Effect<A, SinkError>): Effect.Effect<A, SinkError> {
    const { deliverMillisMax } = this.options
    return Effect.timeoutOrElse(call, {
      duration: deliverMillisMax,
      orElse: () =>
        Effect.fail(
          new SinkError({
            sink: this.sink.name,
            reason: "unavailable",
            detail: `no answer within ${deliverMillisMax} ms`,
          }),
        ),
    })
  }

  /** Waits for the next batch; not past the moment when the cursor is to be saved. */
  private readonly pause = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
    cursor: number,
    version: number,
  ) {
    const isBehind = cursor < this.feed.head
    self.enter(isBehind ? "blocked" : "idle", isBehind ? "trail" : undefined)
    const news = this.feed.after(version)
    const waitMillis = Math.min(isBehind ? rereadMillis : Infinity, this.saveMillis())
    if (waitMillis === Infinity) return yield* news
    yield* Effect.timeoutOption(news, waitMillis)
    if (this.saveMillis() === 0) yield* this.save(self)
  })

  /** A sink that stores its position needs no file. */
  private saveMillis(): number {
    if (this.ownsPosition || this.cursor === undefined) return Infinity
    return this.keeper.dueMillis(this.cursor)
  }

  private save(self: ActorEntry): Effect.Effect<void> {
    if (this.ownsPosition || this.cursor === undefined) return Effect.void
    return this.keeper.save(this.cursor, (cause) => self.note(cause))
  }
}

const isRejected = (cause: Cause.Cause<SinkError>): boolean =>
  cause.reasons.length > 0 &&
  cause.reasons.every((reason) => Cause.isFailReason(reason) && reason.error.reason === "rejected")

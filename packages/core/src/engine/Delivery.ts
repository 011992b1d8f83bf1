/**
 * One sink's fiber: brings every record of the trail to the sink, at the sink's own pace.
 *
 * Its only memory is a cursor. What it delivers is held by the recent batches, or read from
 * the trail, so a sink that is slow or dead costs nothing but its own lag.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Disk, DiskError } from "../platform/Disk.ts"
import type { ActorEntry } from "./ActorRegistry.ts"
import { catchUpMillis, RateMeter } from "./CatchUp.ts"
import { buried } from "./DeadLetter.ts"
import { causeOf, type LetterFault } from "./DeadLetters.ts"
import type { DeliveryOptions } from "./DeliveryOptions.ts"
import { DeliverySize } from "./DeliverySize.ts"
import type { DeliveryStatus } from "./DeliveryStatus.ts"
import type { Feed, TakenBatch } from "./Feed.ts"
import type { MailboxGauge } from "./Mailbox.ts"
import { Refusals } from "./Refusals.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import { redelivery, Replays } from "./Replays.ts"
import { RetryWaits } from "./RetryWaits.ts"
import { endOf, SinkError, slice, type DeliveredBatch, type EntryAt, type Sink } from "./Sink.ts"
import { isRejected } from "./SinkCircuit.ts"
import * as SinkCursor from "./SinkCursor.ts"
import type { Actor } from "./Supervisor.ts"

/** What is tried again for as long as it takes. */
type DeliveryFault = SinkError | DiskError | LetterFault

const recordsMaxDefault = 4096
/** A delivery that takes longer than this part of its deadline makes the next one smaller. */
const slowShare = 1 / 4
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
  private readonly options: DeliveryOptions
  private readonly keeper: SinkCursor.Keeper
  private readonly retry: RetryWaits
  private readonly size: DeliverySize
  private readonly deliverMillisMax: number
  private readonly taken = new RateMeter()
  readonly replays: Replays
  private readonly refusals: Refusals
  private cursor: number | undefined
  /** Whether the sink stores its position itself; known once it was asked. */
  private ownsPosition = false
  /** Where the run of dead letters that ends at the cursor begins. */
  private lettersFrom: number | undefined
  private delivered = 0
  private deliveredBytes = 0
  private letters = 0

  constructor(sink: Sink, feed: Feed, disk: Disk["Service"], options: DeliveryOptions) {
    const { batchBytesMax } = options
    const { bytesMax, deliverMillisMax, recordsMax } = sink.delivery ?? {}
    this.sink = sink
    this.feed = feed
    this.options = options
    this.name = `sink:${sink.name}`
    this.restart = options.restart
    this.retry = new RetryWaits(options.retry)
    this.replays = new Replays(options.letters, options.nowMillis)
    const { circuit } = options
    const probe = { readFrom: this.readOne, deliver: this.hand }
    this.refusals = new Refusals(sink.name, circuit, probe)
    this.deliverMillisMax = deliverMillisMax ?? options.deliverMillisMax
    this.size = new DeliverySize(
      {
        recordsMax: recordsMax ?? recordsMaxDefault,
        bytesMax: Math.min(bytesMax ?? batchBytesMax, batchBytesMax),
      },
      this.deliverMillisMax * slowShare,
    )
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

  get sinkName(): string {
    return this.sink.name
  }

  get isRequired(): boolean {
    return this.sink.delivery?.isRequired ?? false
  }

  get status(): DeliveryStatus {
    const { feed, lag } = this
    const now = this.options.nowMillis()
    const perSecond = this.taken.perSecond(now)
    return {
      sink: this.sink.name,
      isRequired: this.isRequired,
      cursor: this.cursor,
      lag,
      lagBytes: Math.round(lag * this.meanBytes),
      oldestMillis: lag === 0 ? 0 : Math.max(0, now - feed.durableAt(this.position)),
      perSecond,
      catchUpMillis: catchUpMillis(lag, perSecond, feed.growth.perSecond(now)),
      circuit: this.options.circuit.state,
      recordsMax: this.size.limits.recordsMax,
      delivered: this.delivered,
      deadLetters: this.letters,
      openLetters: this.options.letters.open.size,
    }
  }

  private get meanBytes(): number {
    return this.delivered === 0 ? 0 : this.deliveredBytes / this.delivered
  }

  /** What is no fault ends the life: the supervisor restarts it, as long as its policy does. */
  readonly run = (self: ActorEntry): Effect.Effect<void, DeliveryFault> =>
    Effect.suspend(() => this.life(self))

  /** Delivers, and after a fault waits and delivers on: nobody's content is to blame for that. */
  private readonly life = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
  ): Effect.fn.Return<void, DeliveryFault> {
    while (true) {
      const exit = yield* Effect.exit(
        Effect.ensuring(
          this.deliverAll(self),
          Effect.andThen(
            Effect.suspend(() => this.save(self)),
            Effect.ignore(this.options.letters.rest),
          ),
        ),
      )
      if (Exit.isSuccess(exit)) return
      if (!exit.cause.reasons.every(Cause.isFailReason)) return yield* Effect.failCause(exit.cause)
      self.note(exit.cause)
      self.faulted()
      const delay = Duration.toMillis(yield* this.retry.next)
      const closed = yield* this.options.circuit.waitMillis
      self.enter("backing-off", closed > 0 ? "circuit" : undefined)
      yield* Effect.sleep(Math.ceil(Math.max(delay, closed)))
    }
  })

  private readonly deliverAll = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
  ): Effect.fn.Return<void, DeliveryFault> {
    const { circuit, letters } = this.options
    let cursor = yield* this.locate(self)
    while (true) {
      const { version } = this.feed
      self.enter("running")
      if (this.replays.dueMillis() === 0) yield* this.replay(self)
      if (yield* this.gather(self, cursor)) continue
      // A crash may have opened it as well, after which another life begins.
      const closed = circuit.state === "closed" ? 0 : yield* circuit.waitMillis
      if (closed > 0) {
        self.enter("backing-off", "circuit")
        yield* Effect.sleep(closed)
      }
      const limits = circuit.state === "closed" ? this.size.limits : this.size.probe
      const found = yield* this.feed.take(cursor, limits, () => self.enter("running", "trail"))
      if (found === undefined) {
        if (this.feed.isClosed && cursor >= this.feed.head) return
        yield* this.pause(self, cursor, version)
        continue
      }
      // Held until the sink is done with it, whichever way that ends.
      yield* Effect.ensuring(this.deliver(self, found), Effect.sync(found.letGo))
      cursor = this.position
      this.retry.succeeded()
      this.feed.passed()
      this.keeper.delivered()
      if (this.saveMillis() === 0) yield* this.save(self)
      if (letters.isHeld) yield* letters.rest
    }
  })

  /**
   * Tries again what people have asked for, a few at a time. Outside the circuit: one record that
   * does not go through says nothing about the others.
   */
  private replay(self: ActorEntry): Effect.Effect<void> {
    self.enter("running", "dead letters")
    return this.replays.run({
      readFrom: this.readOne,
      deliver: (batch) => {
        const call = redelivery(this.sink, this.ownsPosition)
        return call && this.within(Effect.suspend(() => call(batch)))
      },
      failed: (cause) => self.note(cause),
    })
  }

  /** Waits for a fuller delivery where the sink wishes for one; tells whether it has waited. */
  private readonly gather = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
    cursor: number,
  ) {
    const waitMillis = this.sink.delivery?.waitMillis ?? 0
    const lag = this.feed.head - cursor
    if (waitMillis === 0 || lag <= 0 || this.feed.isClosed) return false
    const { bytesMax, recordsMax } = this.size.limits
    const enough = Math.min(recordsMax, Math.ceil(bytesMax / this.meanBytes))
    if (lag >= enough) return false
    const age = this.options.nowMillis() - this.feed.durableAt(cursor)
    if (age >= waitMillis) return false
    self.enter("idle", "a fuller delivery")
    const left = Math.min(waitMillis - Math.max(0, age), this.saveMillis())
    // Timers know whole milliseconds: one that is early would need another.
    yield* Effect.timeoutOption(this.feed.reached(cursor + enough), Math.ceil(left))
    if (this.saveMillis() === 0) yield* this.save(self)
    return true
  })

  /** Where to begin: a sink that stores its position knows best, even after a partial failure. */
  private readonly locate = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
  ): Effect.fn.Return<number, SinkError | DiskError> {
    const { directory, trail } = this.options
    self.enter("blocked", this.sink.name)
    const asked = this.within(Effect.suspend(() => this.sink.position(trail, this.entryAt)))
    const wanted = yield* this.options.circuit.call(asked, "nothing")
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
    if (wanted === undefined) this.cursor ??= yield* this.stored(self, head)
    else this.cursor = yield* this.afterLetters(wanted, head)
    return this.cursor
  })

  private readonly entryAt: EntryAt = (sequence) =>
    this.feed
      .take(sequence, { recordsMax: 1, bytesMax: 1 }, () => undefined)
      .pipe(
        Effect.map((found) => {
          const entry = found?.batch.entries[0]
          const copy = entry === undefined ? undefined : Uint8Array.from(entry)
          found?.letGo()
          return copy
        }),
        Effect.mapError(
          (error) =>
            new SinkError({
              sink: this.sink.name,
              reason: "unavailable",
              detail: `record ${sequence} of the trail can't be read: ${error.message}`,
            }),
        ),
      )

  /** What the file says; a cursor of another trail, or beyond this one, is not believed. */
  private readonly stored = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
    head: number,
  ): Effect.fn.Return<number, DiskError> {
    const found = (yield* this.keeper.load)?.sequence ?? 0
    if (found <= head) return found
    self.note(Cause.die(`the cursor ${found} lies beyond the trail's end ${head}: begun there`))
    return head
  })

  /** A sink that stores its position wants what it refused last: that is for people to decide. */
  private readonly afterLetters = Effect.fnUntraced(function* (
    this: Delivery,
    wanted: number,
    head: number,
  ): Effect.fn.Return<number, DiskError> {
    const { cursor, lettersFrom } = this
    const run = cursor === undefined ? yield* this.keeper.load : { sequence: cursor, lettersFrom }
    const from = run?.lettersFrom ?? Infinity
    const end = run?.sequence ?? 0
    const isInRun = from <= wanted && wanted < end && end <= head
    this.lettersFrom = isInRun ? from : undefined
    return isInRun ? end : wanted
  })

  /** Delivers all of a batch, in order; what is refused alone goes to the dead letters. */
  private readonly deliver = Effect.fnUntraced(function* (
    this: Delivery,
    self: ActorEntry,
    { batch: whole, isFull }: TakenBatch,
  ): Effect.fn.Return<void, DeliveryFault> {
    const parts = [whole]
    let isAnyTaken = false
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const batch = part
      self.enter("blocked", this.sink.name)
      const from = this.options.nowMillis()
      const exit = yield* Effect.exit(this.hand(batch))
      if (Exit.isSuccess(exit)) {
        isAnyTaken = true
        this.size.took(this.options.nowMillis() - from, isFull && batch === whole)
        this.advance(batch)
        self.finished(batch.entries.length)
      } else if (!isRejected(exit.cause)) {
        this.size.failed()
        return yield* Effect.failCause(exit.cause)
      } else if (batch.entries.length > 1) {
        const half = batch.entries.length >>> 1
        parts.push(slice(batch, half, batch.entries.length), slice(batch, 0, half))
      } else {
        self.note(exit.cause)
        if (isAnyTaken) this.refusals.believe(batch.firstSequence)
        yield* this.refusals.check(batch.firstSequence, exit.cause)
        yield* this.bury(batch, exit.cause)
        // Whatever becomes of the letter, the record is not to be delivered as if it were new.
        yield* this.save(self)
      }
    }
  })

  private readonly readOne = (sequence: number): Effect.Effect<TakenBatch | undefined, DiskError> =>
    this.feed.take(sequence, { recordsMax: 1, bytesMax: 1 }, () => undefined)

  /** One call to the sink, in its time and counted by the circuit. */
  private readonly hand = (batch: DeliveredBatch): Effect.Effect<void, SinkError> =>
    this.options.circuit.call(
      this.within(Effect.suspend(() => this.sink.deliver(batch))),
      "something",
    )

  private advance(batch: DeliveredBatch): void {
    this.refusals.took(batch)
    this.cursor = endOf(batch)
    this.lettersFrom = undefined
    this.delivered += batch.entries.length
    this.deliveredBytes += batch.bytes
    this.taken.add(batch.entries.length, this.options.nowMillis())
    this.options.moved()
  }

  private bury(
    batch: DeliveredBatch,
    cause: Cause.Cause<SinkError>,
  ): Effect.Effect<void, LetterFault> {
    const entry = batch.entries[0] ?? new Uint8Array()
    const note = buried(batch.firstSequence, entry, causeOf(cause))
    return Effect.map(this.options.letters.bury(note), () => {
      this.options.refused(batch.firstSequence)
      this.lettersFrom ??= batch.firstSequence
      this.cursor = endOf(batch)
      this.letters += 1
      this.options.moved()
    })
  }

  /** A call to the sink, no longer than it may take. */
  private within<A>(call: Effect.Effect<A, SinkError>): Effect.Effect<A, SinkError> {
    const { deliverMillisMax } = this
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
    const waitMillis = Math.min(
      isBehind ? rereadMillis : Infinity,
      this.saveMillis(),
      this.replays.dueMillis(),
    )
    if (waitMillis === Infinity) return yield* news
    yield* Effect.timeoutOption(news, waitMillis)
    if (this.saveMillis() === 0) yield* this.save(self)
  })

  /** A sink that stores its position needs no file, but for dead letters at its end. */
  private get isSaved(): boolean {
    return this.ownsPosition && this.lettersFrom === undefined
  }

  private saveMillis(): number {
    if (this.isSaved || this.cursor === undefined) return Infinity
    return this.keeper.dueMillis(this.cursor)
  }

  private save(self: ActorEntry): Effect.Effect<void> {
    const { cursor: sequence, lettersFrom } = this
    if (this.isSaved || sequence === undefined) return Effect.void
    const cursor = { sequence, ...(lettersFrom === undefined ? {} : { lettersFrom }) }
    return this.keeper.save(cursor, (cause) => self.note(cause))
  }
}

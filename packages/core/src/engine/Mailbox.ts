/**
 * Where an actor's work waits: bounded by count and by bytes.
 *
 * A full mailbox suspends whoever fills it. That is the only way load travels backwards
 * through the engine; nothing is dropped here.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { isFull, type BatchPolicy } from "./BatchPolicy.ts"

/**
 * How full a mailbox is, readable at any moment.
 *
 * @category models
 * @since 0.1.0
 */
export interface MailboxGauge {
  readonly capacityItems: number
  /** Units: bytes. */
  readonly capacityBytes: number
  readonly depthItems: () => number
  /** Units: bytes. */
  readonly depthBytes: () => number
}

/**
 * The reading side, for one reader at a time.
 *
 * @category models
 * @since 0.1.0
 */
export interface Mailbox<A> extends MailboxGauge {
  /**
   * The next batch, oldest first: waits for at least one item and until the policy says due.
   * Fails with `Cause.Done` once closed and empty. An interrupted wait takes nothing.
   */
  readonly take: (policy: BatchPolicy) => Effect.Effect<ReadonlyArray<A>, Cause.Done>
}

/**
 * A mailbox with its writing side.
 *
 * @category models
 * @since 0.1.0
 */
export interface BoundedMailbox<A> extends Mailbox<A> {
  /**
   * Puts the items in, in order, suspending until there is room for all of them. More than the
   * capacity goes in by pieces, and an item larger than the capacity alone, into an empty
   * mailbox. Those who wait are served in the order they came. Dies on a closed mailbox:
   * whoever closes one must know that its writers have finished.
   */
  readonly offer: (items: ReadonlyArray<A>) => Effect.Effect<void>
  /** Puts all the items in at once, or none: `false` when full, closed, or others wait. */
  readonly offerUnsafe: (items: ReadonlyArray<A>) => boolean
  /** What was put in or is being put in and was not taken, oldest first. It stays where it is. */
  readonly waitingUnsafe: () => ReadonlyArray<A>
  /** Refuses newcomers; what waits, and whoever already waits for room, is still served. Idempotent. */
  readonly close: Effect.Effect<void>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface MailboxOptions<A> {
  /** Bounds: at least 1. */
  readonly capacityItems: number
  /** Units: bytes. Bounds: at least 1. */
  readonly capacityBytes: number
  /** Size of one item. Units: bytes. */
  readonly sizeOf: (item: A) => number
}

/** Someone who waits for room, and how much of the list is in already. */
interface Offer<A> {
  readonly items: ReadonlyArray<A>
  bytesLeft: number
  at: number
  readonly done: () => void
}

/** The reader who waits, and for how much. */
interface Reader {
  readonly count: number
  readonly bytes: number
  readonly wake: () => void
}

class ArrayMailbox<A> implements BoundedMailbox<A> {
  readonly capacityItems: number
  readonly capacityBytes: number
  private readonly sizeOf: (item: A) => number
  private items: Array<A> = []
  private sizes: Array<number> = []
  private head = 0
  private bytes = 0
  private isClosed = false
  private readonly offers: Array<Offer<A>> = []
  private reader: Reader | undefined

  constructor(options: MailboxOptions<A>) {
    this.capacityItems = options.capacityItems
    this.capacityBytes = options.capacityBytes
    this.sizeOf = options.sizeOf
  }

  readonly depthItems = (): number => this.items.length - this.head
  readonly depthBytes = (): number => this.bytes

  readonly waitingUnsafe = (): ReadonlyArray<A> => [
    ...this.items.slice(this.head),
    ...this.offers.flatMap((offer) => offer.items.slice(offer.at)),
  ]

  readonly offerUnsafe = (items: ReadonlyArray<A>): boolean => {
    if (this.isClosed || this.offers.length > 0) return false
    const bytes = this.sizeOfAll(items)
    if (!this.hasRoom(items.length, bytes)) return false
    for (const item of items) this.push(item)
    this.wakeReader()
    return true
  }

  readonly offer = (items: ReadonlyArray<A>): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (items.length === 0 || this.offerUnsafe(items)) return Effect.void
      if (this.isClosed) return Effect.die(new Error("an item was offered to a closed mailbox"))
      return this.waitForRoom(items)
    })

  readonly take = (policy: BatchPolicy): Effect.Effect<ReadonlyArray<A>, Cause.Done> =>
    Effect.suspend(() => {
      if (this.isDue(policy)) return this.taken(policy)
      // The items leave in a step that can't be interrupted: a stopped reader loses none.
      return Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(restore(this.untilDue(policy)), () => this.taken(policy)),
      )
    })

  readonly close: Effect.Effect<void> = Effect.sync(() => {
    this.isClosed = true
    const reader = this.reader
    this.reader = undefined
    reader?.wake()
  })

  private sizeOfAll(items: ReadonlyArray<A>): number {
    let bytes = 0
    for (const item of items) bytes += this.sizeOf(item)
    return bytes
  }

  /** An empty mailbox lets in a single item of any size. */
  private hasRoom(count: number, bytes: number): boolean {
    const depth = this.depthItems()
    if (depth === 0 && count === 1) return true
    return depth + count <= this.capacityItems && this.bytes + bytes <= this.capacityBytes
  }

  private push(item: A): void {
    const size = this.sizeOf(item)
    this.items.push(item)
    this.sizes.push(size)
    this.bytes += size
  }

  /** Lets those who wait in, in their order, as far as there is room. */
  private admit(): void {
    while (this.offers.length > 0) {
      const offer = this.offers[0]
      if (offer === undefined) return
      const count = offer.items.length - offer.at
      const fitsEver = count <= this.capacityItems && offer.bytesLeft <= this.capacityBytes
      if (fitsEver && !this.hasRoom(count, offer.bytesLeft)) return
      for (const item of offer.items.slice(offer.at)) {
        const size = this.sizeOf(item)
        if (!this.hasRoom(1, size)) return
        this.push(item)
        offer.at += 1
        offer.bytesLeft -= size
      }
      this.offers.shift()
      offer.done()
    }
  }

  private waitForRoom(items: ReadonlyArray<A>): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const offer: Offer<A> = {
        items,
        bytesLeft: this.sizeOfAll(items),
        at: 0,
        done: () => resume(Effect.void),
      }
      this.offers.push(offer)
      this.admit()
      this.wakeReader()
      return Effect.sync(() => {
        const index = this.offers.indexOf(offer)
        if (index < 0) return
        this.offers.splice(index, 1)
        this.admit()
        this.wakeReader()
      })
    })
  }

  /** A writer who waits makes any batch due: waiting for more would wait for nothing. */
  private isDue(policy: BatchPolicy): boolean {
    const depth = this.depthItems()
    if (depth === 0) return this.isClosed && this.offers.length === 0
    return this.isClosed || this.offers.length > 0 || isFull(policy, depth, this.bytes)
  }

  private untilDue(policy: BatchPolicy): Effect.Effect<void> {
    const first = this.depthItems() > 0 ? Effect.void : this.reach(1, 1)
    const waitMillis = Duration.toMillis(Duration.fromInputUnsafe(policy.waitMax))
    if (waitMillis <= 0) return first
    const full = Effect.suspend(() =>
      this.isDue(policy)
        ? Effect.void
        : Effect.asVoid(
            Effect.timeoutOption(this.reach(policy.countMax, policy.bytesMax), waitMillis),
          ),
    )
    return Effect.andThen(first, full)
  }

  /** Waits until so much is there; closing, or a writer who waits, ends it early. */
  private reach(count: number, bytes: number): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const reader: Reader = { count, bytes, wake: () => resume(Effect.void) }
      this.reader = reader
      return Effect.sync(() => {
        if (this.reader === reader) this.reader = undefined
      })
    })
  }

  private wakeReader(): void {
    const reader = this.reader
    if (reader === undefined) return
    const depth = this.depthItems()
    if (depth === 0) return
    if (depth < reader.count && this.bytes < reader.bytes && this.offers.length === 0) return
    this.reader = undefined
    reader.wake()
  }

  private taken(policy: BatchPolicy): Effect.Effect<ReadonlyArray<A>, Cause.Done> {
    const depth = this.depthItems()
    if (depth === 0) return Effect.fail(Cause.Done())
    const start = this.head
    const endMax = start + Math.min(policy.countMax, depth)
    let end = start + 1
    let bytes = this.sizes[start] ?? 0
    while (end < endMax && bytes + (this.sizes[end] ?? 0) <= policy.bytesMax) {
      bytes += this.sizes[end] ?? 0
      end += 1
    }
    const batch = this.cut(start, end)
    this.bytes -= bytes
    this.admit()
    return Effect.succeed(batch)
  }

  private cut(start: number, end: number): Array<A> {
    if (start === 0 && end === this.items.length) {
      const all = this.items
      this.items = []
      this.sizes = []
      return all
    }
    const batch = this.items.slice(start, end)
    this.head = end
    // Moving the rest to the front at the half keeps the cost of a taken item constant.
    if (end * 2 >= this.items.length) {
      this.items = this.items.slice(end)
      this.sizes = this.sizes.slice(end)
      this.head = 0
    }
    return batch
  }
}

/**
 * An empty mailbox.
 *
 * - Cost: array pushes and one slice; no Effect and no allocation for an item.
 *
 * @category constructors
 * @since 0.1.0
 */
export const bounded = <A>(options: MailboxOptions<A>): BoundedMailbox<A> =>
  new ArrayMailbox(options)

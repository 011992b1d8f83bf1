/**
 * Callers who wait for their event, each with a deadline.
 *
 * One sweep over all of them at intervals instead of a timer for each: a timer costs more
 * than the rest of a `record` together.
 *
 * @since 0.1.0
 */
import type { EventClass } from "../event/EventClass.ts"
import type { Waiter } from "./Lane.ts"

/**
 * The level that a receipt can reach.
 *
 * @category models
 * @since 0.1.0
 */
export type ReceiptLevel = "dropped" | "accepted" | "durable" | "published" | "delivered"

/**
 * How a wait ends.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome =
  | { readonly _tag: "Reached"; readonly sequence: number }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Lost"; readonly cause: string }

/**
 * @category models
 * @since 0.1.0
 */
export interface PendingOptions {
  readonly class: EventClass
  readonly level: "durable" | "published"
  /** Monotonic. */
  readonly deadlineMillis: number
  readonly done: (outcome: Outcome) => void
}

/**
 * One wait. Only its first end counts.
 *
 * @category models
 * @since 0.1.0
 */
export class PendingRecord implements Waiter {
  private readonly options: PendingOptions
  private readonly owner: PendingRecords

  constructor(owner: PendingRecords, options: PendingOptions) {
    this.owner = owner
    this.options = options
  }

  get wantsPublished(): boolean {
    return this.options.level === "published"
  }

  get deadlineMillis(): number {
    return this.options.deadlineMillis
  }

  durable(sequence: number): void {
    if (this.options.level === "durable") this.end({ _tag: "Reached", sequence })
  }

  published(sequence: number): void {
    this.end({ _tag: "Reached", sequence })
  }

  lost(cause: string): void {
    this.end({ _tag: "Lost", cause })
  }

  expire(): void {
    this.end({ _tag: "Expired" })
  }

  private end(outcome: Outcome): void {
    if (this.owner.delete(this)) this.options.done(outcome)
  }
}

/**
 * All waits of an engine.
 *
 * @category models
 * @since 0.1.0
 */
export class PendingRecords {
  private readonly waiting = new Set<PendingRecord>()

  get size(): number {
    return this.waiting.size
  }

  add(options: PendingOptions): PendingRecord {
    const pending = new PendingRecord(this, options)
    this.waiting.add(pending)
    return pending
  }

  /** `false` when the wait had ended before. */
  delete(pending: PendingRecord): boolean {
    return this.waiting.delete(pending)
  }

  /** Ends the waits whose deadline has passed. */
  sweep(nowMillis: number): void {
    for (const pending of this.waiting) {
      if (pending.deadlineMillis <= nowMillis) pending.expire()
    }
  }

  /** Ends all waits. */
  abandon(cause: string): void {
    for (const pending of this.waiting) pending.lost(cause)
  }
}

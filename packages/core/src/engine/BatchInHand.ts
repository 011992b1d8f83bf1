/**
 * The batch that a stage works on, and what its crashes say about its items.
 *
 * It lives outside the life that works on it, so it survives a crash and can be read after an
 * interruption. The order of its items never changes.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"

/**
 * Neighbours of one batch that are worked on together.
 *
 * @category models
 * @since 0.1.0
 */
export interface Portion<A, B> {
  readonly items: ReadonlyArray<A>
  /** Set once handled; only handing on is left to do. */
  outcome: ReadonlyArray<B> | undefined
  crashes: number
  /** A part of a bisected batch: one more crash splits it. */
  readonly isSuspect: boolean
  /** Set on a single item that crashed alone. */
  poisonedBy: Cause.Cause<unknown> | undefined
}

const portionOf = <A, B>(items: ReadonlyArray<A>, isSuspect: boolean): Portion<A, B> => ({
  items,
  outcome: undefined,
  crashes: 0,
  isSuspect,
  poisonedBy: undefined,
})

/**
 * What a crash means for the batch: another try, a step of bisecting, or an item found.
 *
 * @category models
 * @since 0.1.0
 */
export type CrashVerdict = "crash" | "probe" | "poison"

/**
 * A batch in hand: one portion, more only while it is bisected.
 *
 * @category models
 * @since 0.1.0
 */
export class BatchInHand<A, B> {
  private portions: Array<Portion<A, B>> = []
  private readonly poisonAfter: number

  /** @param poisonAfter crashes on the whole batch after which it is bisected */
  constructor(poisonAfter: number) {
    this.poisonAfter = poisonAfter
  }

  /** What to work on next. */
  get first(): Portion<A, B> | undefined {
    return this.portions[0]
  }

  get items(): ReadonlyArray<A> {
    return this.portions.flatMap((portion) => portion.items)
  }

  hold(items: ReadonlyArray<A>): void {
    if (items.length > 0) this.portions = [portionOf(items, false)]
  }

  /** The first portion is done with. */
  letGo(): void {
    this.portions.shift()
  }

  /** The first portion crashed: bisects it or marks its only item, when it is time to. */
  crashed(cause: Cause.Cause<unknown>): CrashVerdict {
    const portion = this.first
    if (portion === undefined || portion.poisonedBy !== undefined) return "crash"
    portion.crashes += 1
    if (!portion.isSuspect && portion.crashes < this.poisonAfter) return "crash"
    if (portion.items.length === 1) {
      portion.poisonedBy = cause
      return "poison"
    }
    const half = portion.items.length >>> 1
    this.portions.splice(
      0,
      1,
      portionOf(portion.items.slice(0, half), true),
      portionOf(portion.items.slice(half), true),
    )
    return portion.isSuspect ? "probe" : "crash"
  }
}

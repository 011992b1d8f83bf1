/**
 * An actor of the pipeline: takes a batch, handles it, hands the outcome on.
 *
 * The batch stays in hand, outside the life that works on it, until its outcome is handed on.
 * A crash therefore loses nothing and hands nothing on twice: the next life finds the batch
 * and does what was left to do.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { ActorEntry } from "./ActorRegistry.ts"
import type { BatchPolicy } from "./BatchPolicy.ts"
import type { Mailbox } from "./Mailbox.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import type { Actor, Verdict } from "./Supervisor.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface StageOptions<A, B, E, R> {
  readonly name: string
  readonly mailbox: Mailbox<A>
  readonly batch: BatchPolicy
  readonly restart: RestartPolicy
  /** Turns a batch into what the next stage gets. May run more than once for the same items. */
  readonly handle: (batch: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>
  /** Hands the outcome on, all or nothing; suspends while the next stage is full. Not called for none. */
  readonly emit: (out: ReadonlyArray<B>) => Effect.Effect<void, never, R>
  /** What `emit` suspends on, as the registry names it. */
  readonly next?: string
  /** A fault of the world: the same batch is tried again for ever, and no item is blamed. */
  readonly isFault: (error: E) => boolean
  /** Stores an item that crashes the handler on its own. The batch goes on without it afterwards. */
  readonly poison: (item: A, cause: Cause.Cause<unknown>) => Effect.Effect<void, never, R>
}

/**
 * A stage, to be started by a supervisor.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stage<A, R = never> extends Actor<R> {
  /** Items taken and not yet handed on, oldest first. Also readable after an interruption. */
  readonly inHand: () => ReadonlyArray<A>
}

/** Neighbours of one batch that are worked on together. */
interface Portion<A, B> {
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
 * A stage that ends in order once its mailbox is closed and empty.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A, B, E, R = never>(options: StageOptions<A, B, E, R>): Stage<A, R> => {
  const { emit, handle, mailbox, name, next, poison, restart } = options
  /** The batch in hand, in order; more than one portion only while it is bisected. */
  let portions: Array<Portion<A, B>> = []

  // Taking and keeping is one step for an interruption; so are handing on and letting go.
  const take = Effect.uninterruptibleMask((restore) =>
    Effect.map(restore(mailbox.take(options.batch)), (items) => {
      if (items.length > 0) portions = [portionOf(items, false)]
      return true
    }),
  ).pipe(Effect.catchIf(Cause.isDone, () => Effect.succeed(false)))

  const letGo = (self: ActorEntry, portion: Portion<A, B>): void => {
    portions.shift()
    self.finished(portion.items.length)
  }

  const finish = (self: ActorEntry, portion: Portion<A, B>, last: Effect.Effect<void, never, R>) =>
    Effect.uninterruptibleMask((restore) => Effect.map(restore(last), () => letGo(self, portion)))

  const run = Effect.fnUntraced(function* (self: ActorEntry) {
    while (true) {
      const portion = portions[0]
      if (portion === undefined) {
        self.enter("idle")
        if (!(yield* take)) return
        continue
      }
      self.enter("running")
      const item = portion.items[0]
      if (portion.poisonedBy !== undefined && item !== undefined) {
        yield* finish(self, portion, poison(item, portion.poisonedBy))
        continue
      }
      portion.outcome ??= yield* handle(portion.items)
      if (portion.outcome.length === 0) {
        letGo(self, portion)
        continue
      }
      // Set before every hand-over and read only between turns, so it shows only when it suspends.
      self.enter("blocked", next)
      yield* finish(self, portion, emit(portion.outcome))
    }
  })

  const verdict = (cause: Cause.Cause<unknown>): Verdict => {
    const portion = portions[0]
    if (portion === undefined || portion.poisonedBy !== undefined) return "crash"
    if (isFaultOnly(cause, options.isFault)) return "fault"
    portion.crashes += 1
    if (!portion.isSuspect && portion.crashes < restart.poisonAfter) return "crash"
    if (portion.items.length === 1) {
      portion.poisonedBy = cause
      return "poison"
    }
    const half = portion.items.length >>> 1
    portions.splice(
      0,
      1,
      portionOf(portion.items.slice(0, half), true),
      portionOf(portion.items.slice(half), true),
    )
    return portion.isSuspect ? "probe" : "crash"
  }

  return {
    name,
    kind: "stage",
    restart,
    mailbox,
    run,
    verdict,
    inHand: () => portions.flatMap((portion) => portion.items),
  }
}

/** Only the typed errors of `handle` reach `isFault`; a defect beside them makes it a crash. */
const isFaultOnly = <E>(cause: Cause.Cause<unknown>, isFault: (error: E) => boolean): boolean =>
  cause.reasons.length > 0 &&
  cause.reasons.every(
    // A life fails only with what `handle` fails with: `take`, `emit` and `poison` have no errors.
    (reason) => Cause.isFailReason(reason) && isFault(reason.error as E),
  )

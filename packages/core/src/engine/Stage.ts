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
import { BatchInHand } from "./BatchInHand.ts"
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

/**
 * A stage that ends in order once its mailbox is closed and empty.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A, B, E, R = never>(options: StageOptions<A, B, E, R>): Stage<A, R> => {
  const { emit, handle, isFault, mailbox, name, next, poison, restart } = options
  const hand = new BatchInHand<A, B>(restart.poisonAfter)

  // Taking and keeping is one step for an interruption; so are handing on and letting go.
  const take = Effect.uninterruptibleMask((restore) =>
    Effect.map(restore(mailbox.take(options.batch)), (items) => {
      hand.hold(items)
      return true
    }),
  ).pipe(Effect.catchIf(Cause.isDone, () => Effect.succeed(false)))

  const finish = (self: ActorEntry, items: number, last: Effect.Effect<void, never, R>) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.map(restore(last), () => {
        hand.letGo()
        self.finished(items)
      }),
    )

  const run = Effect.fnUntraced(function* (self: ActorEntry) {
    while (true) {
      const portion = hand.first
      if (portion === undefined) {
        self.enter("idle")
        if (!(yield* take)) return
        continue
      }
      self.enter("running")
      const item = portion.items[0]
      if (portion.poisonedBy !== undefined && item !== undefined) {
        yield* finish(self, 1, poison(item, portion.poisonedBy))
        continue
      }
      portion.outcome ??= yield* handle(portion.items)
      const out = portion.outcome
      // Set before every hand-over and read only between turns, so it shows only when it suspends.
      if (out.length > 0) self.enter("blocked", next)
      yield* finish(self, portion.items.length, out.length === 0 ? Effect.void : emit(out))
    }
  })

  const verdict = (cause: Cause.Cause<unknown>): Verdict =>
    // A life fails only with what `handle` fails with: `take`, `emit` and `poison` have no errors.
    everyReason(cause, (error) => isFault(error as E)) ? "fault" : hand.crashed(cause)

  return { name, kind: "stage", restart, mailbox, run, verdict, inHand: () => hand.items }
}

/** A defect or an interruption beside a fault makes it a crash. */
const everyReason = (cause: Cause.Cause<unknown>, isFault: (error: unknown) => boolean): boolean =>
  cause.reasons.length > 0 &&
  cause.reasons.every((reason) => Cause.isFailReason(reason) && isFault(reason.error))

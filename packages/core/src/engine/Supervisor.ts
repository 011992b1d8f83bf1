/**
 * Owner of the actors: restarts each one alone, and sends up what restarting can't cure.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Pull from "effect/Pull"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import {
  ActorRegistry,
  type ActorEntry,
  type ActorKind,
  type ActorSnapshot,
} from "./ActorRegistry.ts"
import { causeText } from "./CauseText.ts"
import type { MailboxGauge } from "./Mailbox.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import { StageFailed } from "./StageFailed.ts"

/**
 * What the end of a life means.
 *
 * | verdict | waits before the next life | counts towards `restartsMax` |
 * | --- | --- | --- |
 * | `crash` | yes | yes |
 * | `fault` | yes | as the policy says |
 * | `probe` | no | no: a step of bisecting, expected to crash |
 * | `poison` | no | yes: an item is about to be given up |
 *
 * @category models
 * @since 0.1.0
 */
export type Verdict = "crash" | "fault" | "probe" | "poison"

/**
 * What a supervisor runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Actor<R = never> {
  readonly name: string
  readonly kind: ActorKind
  readonly restart: RestartPolicy
  /** Shown in the registry. */
  readonly mailbox?: MailboxGauge
  /** Id of the owner in the registry. Default: the supervisor. */
  readonly parent?: string
  /** One life. Success ends the actor in order; any failure or defect ends this life only. */
  readonly run: (self: ActorEntry) => Effect.Effect<void, unknown, R>
  /** Called once at the end of each life that failed. Default: `crash`. */
  readonly verdict?: (cause: Cause.Cause<unknown>) => Verdict
  /** `false`: giving this actor up does not fail the supervisor. Default `true`. */
  readonly escalates?: boolean
}

/**
 * A running actor.
 *
 * @category models
 * @since 0.1.0
 */
export interface ActorHandle {
  readonly id: string
  /** Ends when the actor has ended or was stopped; fails when it was given up. */
  readonly ended: Effect.Effect<void, StageFailed>
  /** Interrupts the actor and waits for its end. */
  readonly stop: Effect.Effect<void>
  readonly snapshot: () => ActorSnapshot
}

/**
 * @category services
 * @since 0.1.0
 */
export class Supervisor extends Context.Service<
  Supervisor,
  {
    /** Runs the actor until it ends, is stopped, or the supervisor's scope closes. */
    readonly start: <R>(actor: Actor<R>) => Effect.Effect<ActorHandle, never, R>
    /** Never succeeds; fails with the first actor that was given up. */
    readonly failed: Effect.Effect<never, StageFailed>
    /** For what is not run here but should be seen here. */
    readonly registry: ActorRegistry
  }
>()("@countersign/core/engine/Supervisor") {
  /** Every actor is interrupted when the layer's scope closes. */
  static readonly layer = (name = "engine"): Layer.Layer<Supervisor> =>
    Layer.effect(this, make(name))
}

/**
 * A supervisor whose actors live at most as long as the scope.
 *
 * @param name its own row in the registry, the parent of its actors
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (name: string) {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const scope = yield* Scope.Scope
  const registry = new ActorRegistry(clock)
  const root = registry.register({ name, kind: "supervisor" })
  const failed = yield* Deferred.make<never, StageFailed>()
  root.enter("running")
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      if (!Deferred.isDoneUnsafe(failed)) root.enter("stopped")
    }),
  )

  const giveUp = (escalates: boolean, entry: ActorEntry, cause: Cause.Cause<unknown>) => {
    const { restarts, faults } = entry.snapshot()
    const lastCause = causeText(cause)
    const error = new StageFailed({
      actor: entry.id,
      restarts: restarts + faults,
      lastCause,
      cause,
    })
    if (escalates && Deferred.doneUnsafe(failed, Effect.fail(error))) {
      root.note(cause)
      root.enter("failed", entry.id)
    }
    return error
  }

  const start = Effect.fnUntraced(function* <R>(actor: Actor<R>) {
    const entry = registry.register({
      name: actor.name,
      kind: actor.kind,
      parent: actor.parent ?? root.id,
      mailbox: actor.mailbox,
    })
    const ended = yield* Deferred.make<void, StageFailed>()
    const fiber = yield* lives(actor, entry, clock).pipe(
      Effect.catch((cause) => Effect.fail(giveUp(actor.escalates !== false, entry, cause))),
      Effect.onExit((exit) =>
        Effect.sync(() => {
          const isFailed = Exit.isFailure(exit) && exit.cause.reasons.some(isGivenUp)
          entry.enter(isFailed ? "failed" : "stopped")
          Deferred.doneUnsafe(ended, isFailed ? exit : Effect.void)
        }),
      ),
      Effect.forkIn(scope, { startImmediately: true }),
    )
    return {
      id: entry.id,
      ended: Deferred.await(ended),
      stop: Fiber.interrupt(fiber),
      snapshot: () => entry.snapshot(),
    } satisfies ActorHandle
  })

  return Supervisor.of({ start, failed: Deferred.await(failed), registry })
})

const isGivenUp = (reason: Cause.Reason<unknown>): boolean => reason._tag === "Fail"

/** One life after the other; fails with the cause of the one that was one too many. */
const lives = Effect.fnUntraced(function* <R>(
  actor: Actor<R>,
  entry: ActorEntry,
  clock: Clock.Clock,
) {
  const { backoff, restartsMax } = actor.restart
  const windowMillis = millis(actor.restart.window)
  const healthyMillis = millis(actor.restart.healthyAfter)
  const counted: Array<number> = []
  let step = yield* Schedule.toStep(backoff)

  while (true) {
    const bornAt = clock.currentTimeMillisUnsafe()
    const exit = yield* Effect.exit(Effect.suspend(() => actor.run(entry)))
    if (Exit.isSuccess(exit)) return
    const now = clock.currentTimeMillisUnsafe()
    const verdict = judge(actor, exit.cause)
    entry.note(exit.cause)
    if (verdict === "fault") entry.faulted()
    else entry.restarted()

    const counts = verdict === "fault" ? actor.restart.faultsCount : verdict !== "probe"
    if (counts && Number.isFinite(restartsMax)) {
      counted.push(now)
      while ((counted[0] ?? now) < now - windowMillis) counted.shift()
      if (counted.length > restartsMax) return yield* Effect.fail(exit.cause)
    }

    if (verdict === "probe" || verdict === "poison") {
      yield* Effect.yieldNow
      continue
    }
    if (now - bornAt >= healthyMillis) step = yield* Schedule.toStep(backoff)
    let delay = yield* delayOf(step, now, exit.cause)
    if (delay === undefined) {
      if (counts) return yield* Effect.fail(exit.cause)
      step = yield* Schedule.toStep(backoff)
      delay = (yield* delayOf(step, now, exit.cause)) ?? Duration.zero
    }
    entry.enter("backing-off")
    yield* Effect.sleep(delay)
    entry.enter("starting")
  }
})

type Step = Effect.Success<ReturnType<typeof Schedule.toStep<unknown, unknown, never, never>>>

/** The next wait; `undefined` where the schedule has ended. */
const delayOf = (
  step: Step,
  now: number,
  cause: Cause.Cause<unknown>,
): Effect.Effect<Duration.Duration | undefined> =>
  step(now, cause).pipe(
    Effect.map(([, delay]): Duration.Duration | undefined => delay),
    Pull.catchDone(() => Effect.succeed(undefined)),
  )

/** A verdict that itself throws says nothing good about its actor. */
const judge = <R>(actor: Actor<R>, cause: Cause.Cause<unknown>): Verdict => {
  try {
    return actor.verdict?.(cause) ?? "crash"
  } catch {
    return "crash"
  }
}

const millis = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))

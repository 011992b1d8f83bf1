/**
 * The class's contract, as `record` keeps it: encode, find room, wait for the level.
 *
 * @since 0.1.0
 */
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"
import { CurrentActor } from "./CurrentActor.ts"
import { AuditRefused, NotDelivered } from "./engine/AuditError.ts"
import type { AuditEngine } from "./engine/AuditEngine.ts"
import { monotonicMillis } from "./engine/Monotonic.ts"
import type { Outcome as WaitOutcome, ReceiptLevel } from "./engine/PendingRecords.ts"
import type { Quorum, QuorumOutcome } from "./engine/Quorum.ts"
import type { Actor, AuditEventInput } from "./event/AuditEvent.ts"
import { contracts, type EventClass, laneOf } from "./event/EventClass.ts"
import type { Receipt, RecordError, RecordInput, RecordOptions } from "./Receipt.ts"

const telemetry = laneOf.telemetry

const withContext = (event: RecordInput, fiber: Fiber.Fiber<unknown, unknown>): AuditEventInput => {
  const span =
    event.trace === undefined ? Context.getOrUndefined(fiber.context, Tracer.ParentSpan) : undefined
  return {
    ...event,
    // Without any actor the encoder refuses the event and names the path, as for plain JavaScript.
    actor: (event.actor ?? fiber.getRef(CurrentActor)) as Actor,
    ...(span === undefined ? {} : { trace: { traceId: span.traceId, spanId: span.spanId } }),
  }
}

/**
 * Records events with one engine.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make =
  (engine: AuditEngine, clock: Clock.Clock) =>
  (event: RecordInput, options?: RecordOptions): Effect.Effect<Receipt, RecordError> =>
    Effect.withFiber((fiber) => recordIn(engine, clock, withContext(event, fiber), options?.until))

/** The class's contract, step by step: encode, find room, wait for the level. */
const recordIn = (
  engine: AuditEngine,
  clock: Clock.Clock,
  event: AuditEventInput,
  until: RecordOptions["until"],
): Effect.Effect<Receipt, RecordError> => {
  const { door, quorum } = engine
  if (until === "delivered" && (quorum === undefined || quorum.isEmpty)) return nobodyRequired
  const invalid = door.encode(event)
  if (invalid !== undefined) return Effect.fail(invalid)
  const held = door.hold()
  const contract = contracts[held.lane]
  const level = until ?? (contract.resolves === "durable" ? "durable" : undefined)
  const deadlineMillis = monotonicMillis(clock) + waitMillisOf(engine, contract.name)
  const receipt = (reached: ReceiptLevel, sequence: number | undefined): Receipt => ({
    id: held.id,
    trail: engine.options.origin,
    level: reached,
    sequence,
  })
  const whenRoom = roomBefore(engine, clock, contract.name, deadlineMillis)

  if (level === undefined) {
    if (door.offer(held, undefined)) return Effect.succeed(receipt("accepted", undefined))
    if (held.lane === telemetry) {
      door.drop()
      return Effect.succeed(receipt("dropped", undefined))
    }
    const accept: Effect.Effect<Receipt, RecordError> = Effect.flatMap(whenRoom, () =>
      door.offer(held, undefined) ? Effect.succeed(receipt("accepted", undefined)) : accept,
    )
    return accept
  }

  const settled = (outcome: WaitOutcome): Effect.Effect<Receipt, RecordError> => {
    switch (outcome._tag) {
      case "Reached":
        return level === "delivered" && quorum !== undefined
          ? Effect.as(
              delivered(engine, quorum, outcome.sequence),
              receipt("delivered", outcome.sequence),
            )
          : Effect.succeed(receipt(level, outcome.sequence))
      case "Expired":
        return Effect.fail(expired(engine, contract.name, "unknown"))
      case "Lost":
        return Effect.fail(door.unavailable("unknown"))
    }
  }
  const commit: Effect.Effect<Receipt, RecordError> = Effect.callback((resume) => {
    const pending = engine.pending.add({
      class: contract.name,
      level: level === "published" ? "published" : "durable",
      deadlineMillis,
      done: (outcome) => resume(settled(outcome)),
    })
    const withdraw = Effect.sync(() => void engine.pending.delete(pending))
    if (door.offer(held, pending)) return withdraw
    engine.pending.delete(pending)
    if (contract.otherwise === "fail") {
      door.refuse(held.lane)
      resume(Effect.fail(door.full(contract.name)))
    } else {
      resume(Effect.andThen(whenRoom, commit))
    }
    return undefined
  })
  return commit
}

const nobodyRequired = Effect.suspend(() =>
  Effect.fail(
    new NotDelivered({
      reason: "no-required-sink",
      recorded: "no",
      sinks: [],
      detail: "no sink is required; mark one as such (isRequired, or dispatch.required)",
    }),
  ),
)

/**
 * Waits for the required sinks. Called in the turn in which the event became durable, since only
 * what is followed from then on is told of a refusal.
 */
const delivered = (
  engine: AuditEngine,
  quorum: Quorum,
  sequence: number,
): Effect.Effect<void, NotDelivered> => {
  let ended: QuorumOutcome | undefined
  let wake = (): void => undefined
  const following = quorum.follow(sequence, (outcome) => {
    ended = outcome
    wake()
  })
  const failure = (
    reason: NotDelivered["reason"],
    sinks: ReadonlyArray<string>,
    detail: string,
  ): Effect.Effect<never, NotDelivered> =>
    Effect.fail(new NotDelivered({ reason, recorded: "yes", sequence, sinks, detail }))
  const settled = (): Effect.Effect<void, NotDelivered> => {
    if (ended === undefined || ended._tag === "Reached") return Effect.void
    if (ended._tag === "Closed") {
      return failure("closed", following.lacking(), "the engine was closed")
    }
    return failure("refused", ended.by, `refused by ${ended.by.join(", ")}: see the dead letters`)
  }
  const { deliveredMillis } = engine.options.deadlines
  return Effect.callback<void, NotDelivered>((resume) => {
    wake = () => resume(settled())
    if (ended !== undefined) wake()
    return Effect.sync(following.giveUp)
  }).pipe(
    Effect.timeoutOrElse({
      duration: deliveredMillis,
      orElse: () => {
        const sinks = following.lacking()
        return failure(
          "deadline",
          sinks,
          `after ${deliveredMillis} ms (deadlines.deliveredMillis) it is not with ${sinks.join(", ")}`,
        )
      },
    }),
  )
}

/** How long a caller of this class waits at most. Units: milliseconds. */
const waitMillisOf = (engine: AuditEngine, name: EventClass): number => {
  const { complianceMillis, criticalMillis } = engine.options.deadlines
  if (name === "critical") return criticalMillis
  return name === "compliance" ? complianceMillis : Infinity
}

const expired = (
  engine: AuditEngine,
  name: EventClass,
  recorded: "no" | "unknown",
): AuditRefused => {
  const log = engine.supervisor.registry
    .snapshot()
    .find((actor) => actor.kind === "stage" && actor.state === "backing-off")
  return new AuditRefused({
    class: name,
    reason: "deadline",
    recorded,
    detail:
      log === undefined
        ? `not durable within ${waitMillisOf(engine, name)} ms`
        : `not durable within ${waitMillisOf(engine, name)} ms; the stage ${log.id} is failing: ${log.lastCause ?? ""}`,
  })
}

const roomBefore = (
  engine: AuditEngine,
  clock: Clock.Clock,
  name: EventClass,
  deadlineMillis: number,
): Effect.Effect<void, RecordError> =>
  Effect.suspend(() => {
    const { door, intake } = engine
    if (door.state !== "open") return Effect.fail(door.unavailable("no"))
    const room = Effect.raceFirst(intake.room(laneOf[name]), engine.failed)
    const left = deadlineMillis - monotonicMillis(clock)
    if (left === Infinity) return room
    return Effect.timeoutOrElse(room, {
      duration: Math.max(0, left),
      orElse: () => {
        door.refuse(laneOf[name])
        return Effect.fail(expired(engine, name, "no"))
      },
    })
  })

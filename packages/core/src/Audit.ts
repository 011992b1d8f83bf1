/**
 * The service that applications use: record events, get receipts.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { AuditRefused, type AuditUnavailable } from "./engine/AuditError.ts"
import * as AuditEngine from "./engine/AuditEngine.ts"
import { defaultOptions } from "./engine/DefaultOptions.ts"
import type { EngineOptions } from "./engine/EngineOptions.ts"
import type { SinkNameInvalid } from "./engine/Dispatcher.ts"
import type { Verdict } from "./engine/Door.ts"
import type { Sink } from "./engine/Sink.ts"
import { verifySelf } from "./engine/SelfVerification.ts"
import type { Outcome as WaitOutcome, ReceiptLevel } from "./engine/PendingRecords.ts"
import type { Actor, AuditEventInput } from "./event/AuditEvent.ts"
import { contracts, type EventClass, laneOf } from "./event/EventClass.ts"
import type { InvalidEvent } from "./event/InvalidEvent.ts"
import { Disk, type DiskError } from "./platform/Disk.ts"
import * as NodeDisk from "./platform/NodeDisk.ts"
import * as KeySigner from "./signer/KeySigner.ts"
import { Signer, type SignerError } from "./signer/Signer.ts"
import type { VerifyReport } from "./trail/VerifyReport.ts"
import type { TrailDamaged, TrailLocked } from "./trail/TrailError.ts"

/**
 * What `record` returns: how far the event has got.
 *
 * @category models
 * @since 0.1.0
 */
export interface Receipt {
  /** The event's id. */
  readonly id: string
  /** The trail's origin. */
  readonly trail: string
  /** `dropped` only for telemetry without room. */
  readonly level: ReceiptLevel
  /** Its place in the trail; known from the level `durable` on. */
  readonly sequence: number | undefined
}

/**
 * An event whose actor and trace may come from the fiber's context.
 *
 * @category models
 * @since 0.1.0
 */
export type RecordInput = Omit<AuditEventInput, "actor"> & { readonly actor?: Actor | undefined }

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordOptions {
  /** Waits for a higher level than the class asks for. A lower one is ignored. */
  readonly until?: "durable" | "published"
}

/**
 * Why an event was not recorded.
 *
 * @category errors
 * @since 0.1.0
 */
export type RecordError = InvalidEvent | AuditRefused | AuditUnavailable

/**
 * Who acts in this part of the program. `around` and `record` use it for events without an actor.
 *
 * ```ts
 * const program = handler.pipe(Effect.provideService(CurrentActor, { id: "u-1", type: "user" }))
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export const CurrentActor = Context.Reference<Actor | undefined>(
  "@countersign/core/Audit/CurrentActor",
  { defaultValue: () => undefined },
)

/**
 * Records audit events.
 *
 * @category services
 * @since 0.1.0
 */
export class Audit extends Context.Service<
  Audit,
  {
    /**
     * Records an event and returns what is true of it: for `critical` and `compliance` events
     * when they are durable, for the others when they are accepted.
     */
    readonly record: (
      event: RecordInput,
      options?: RecordOptions,
    ) => Effect.Effect<Receipt, RecordError>
    /** Records within the caller's turn and says at once what became of it. For hot paths. */
    readonly recordUnsafe: (event: AuditEventInput) => Verdict
    /**
     * Runs an effect between an `attempt` and its outcome, with duration and typed failure. A
     * `critical` attempt that can't be recorded keeps the effect from running.
     */
    readonly around: (
      event: Omit<RecordInput, "outcome">,
    ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | RecordError, R>
    /**
     * Runs a synchronous function and records it as telemetry only when it was slower than the
     * threshold. For hot loops.
     *
     * @param thresholdMillis default 1
     */
    readonly criticalOperation: <A>(id: string, thunk: () => A, thresholdMillis?: number) => A
    /** Resolves when a lane that was full has room again. */
    readonly room: (name: EventClass) => Effect.Effect<void>
    /** Resolves when everything accepted so far is durable. */
    readonly flush: Effect.Effect<void, AuditUnavailable>
    /** Signs what is durable now; returns the signed size. */
    readonly publish: Effect.Effect<number, AuditUnavailable>
    /** Verifies what was published while the engine goes on, and records the result. */
    readonly verify: Effect.Effect<VerifyReport, DiskError | AuditUnavailable>
    readonly status: () => AuditEngine.EngineStatus
    /** Drains, writes the closing record and publishes. Idempotent; the layer does it too. */
    readonly close: Effect.Effect<void, AuditUnavailable>
    /** Never succeeds; fails when the engine has failed. */
    readonly failed: Effect.Effect<never, AuditUnavailable>
    /** For `process.on("exit")`: writes what is accepted without returning to the event loop. */
    readonly lastGaspUnsafe: () => number
  }
>()("@countersign/core/Audit") {
  /**
   * The engine over the real disk, with the key in `<directory>.key`; made for development
   * where there is none, with a warning.
   *
   * - Errors: the trail is written by another process, contradicts itself, or can't be read;
   *   the key is unfit.
   */
  static readonly layer = (input: AuditInput): Layer.Layer<Audit, OpenError> =>
    this.layerWith(input).pipe(
      Layer.provide(KeySigner.layerFile(`${input.directory}.key`)),
      Layer.provide(NodeDisk.layer),
    )

  /** The same over a disk and a signer of the caller's. */
  static readonly layerWith = (input: AuditInput): Layer.Layer<Audit, OpenError, Disk | Signer> =>
    Layer.effect(this, open(input))

  /** Takes no event and costs next to nothing: for programs that run with auditing switched off. */
  static readonly layerOff: Layer.Layer<Audit> = Layer.sync(this, () => off)
}

/**
 * What an engine is opened with.
 *
 * @category models
 * @since 0.1.0
 */
export type AuditInput = { readonly directory: string } & Partial<EngineOptions> & {
    /** Where records are delivered once they are durable. */
    readonly sinks?: ReadonlyArray<Sink>
  }

/**
 * Why an engine did not open.
 *
 * @category errors
 * @since 0.1.0
 */
export type OpenError = DiskError | SignerError | SinkNameInvalid | TrailDamaged | TrailLocked

const open = Effect.fnUntraced(function* (input: AuditInput) {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const signer = yield* Signer
  if (signer.isNew) {
    yield* Effect.logWarning(
      `countersign: made a development key, ${signer.key}. Whoever can read it can sign another history: for production give the engine a key of its own (countersign doctor says how)`,
    )
  }
  const { sinks, ...options } = input
  const engine = yield* AuditEngine.make({ ...defaultOptions(input.directory), ...options }, sinks)
  return fromEngine(engine, clock, yield* Disk)
})

const system: Actor = { id: "countersign", type: "system" }
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
 * The service over a running engine.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEngine = (
  engine: AuditEngine.AuditEngine,
  clock: Clock.Clock,
  disk: Disk["Service"],
): Audit["Service"] => {
  const { door, intake } = engine
  const record: Audit["Service"]["record"] = (event, options) =>
    Effect.withFiber((fiber) => recordIn(engine, clock, withContext(event, fiber), options?.until))
  return Audit.of({
    record,
    recordUnsafe: (event) => door.record(event),
    around: (event) => (effect) => around(record, clock, event, effect),
    criticalOperation: (id, thunk, thresholdMillis = 1) => {
      const from = performance.now()
      const result = thunk()
      const millis = performance.now() - from
      if (millis > thresholdMillis) {
        door.record({
          type: "operation.slow",
          class: "telemetry",
          actor: system,
          outcome: "success",
          target: [{ id, type: "operation" }],
          data: { millis, thresholdMillis },
        })
      }
      return result
    },
    room: (name) => intake.room(laneOf[name]),
    flush: engine.flush,
    publish: engine.publish,
    verify: verifySelf(engine, disk),
    status: () => engine.status(),
    close: engine.close,
    failed: engine.failed,
    lastGaspUnsafe: () => engine.lastGaspUnsafe(),
  })
}

/** The class's contract, step by step: encode, find room, wait for the level. */
const recordIn = (
  engine: AuditEngine.AuditEngine,
  clock: Clock.Clock,
  event: AuditEventInput,
  until: "durable" | "published" | undefined,
): Effect.Effect<Receipt, RecordError> => {
  const { door } = engine
  const invalid = door.encode(event)
  if (invalid !== undefined) return Effect.fail(invalid)
  const held = door.hold()
  const contract = contracts[held.lane]
  const level = until ?? (contract.resolves === "durable" ? "durable" : undefined)
  const deadlineMillis = clock.currentTimeMillisUnsafe() + waitMillisOf(engine, contract.name)
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
        return Effect.succeed(receipt(level, outcome.sequence))
      case "Expired":
        return Effect.fail(expired(engine, contract.name, "unknown"))
      case "Lost":
        return Effect.fail(door.unavailable("unknown"))
    }
  }
  const commit: Effect.Effect<Receipt, RecordError> = Effect.callback((resume) => {
    const pending = engine.pending.add({
      class: contract.name,
      level,
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

/** How long a caller of this class waits at most. Units: milliseconds. */
const waitMillisOf = (engine: AuditEngine.AuditEngine, name: EventClass): number => {
  const { complianceMillis, criticalMillis } = engine.options.deadlines
  if (name === "critical") return criticalMillis
  return name === "compliance" ? complianceMillis : Infinity
}

const expired = (
  engine: AuditEngine.AuditEngine,
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
  engine: AuditEngine.AuditEngine,
  clock: Clock.Clock,
  name: EventClass,
  deadlineMillis: number,
): Effect.Effect<void, RecordError> =>
  Effect.suspend(() => {
    const { door, intake } = engine
    if (door.state !== "open") return Effect.fail(door.unavailable("no"))
    const room = Effect.raceFirst(intake.room(laneOf[name]), engine.failed)
    const left = deadlineMillis - clock.currentTimeMillisUnsafe()
    if (left === Infinity) return room
    return Effect.timeoutOrElse(room, {
      duration: Math.max(0, left),
      orElse: () => {
        door.refuse(laneOf[name])
        return Effect.fail(expired(engine, name, "no"))
      },
    })
  })

const tagOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string"
    ? error._tag
    : error instanceof Error
      ? error.name
      : typeof error

/** The first failure by its tag; its content may be personal and stays out of the trail. */
const failureOf = (cause: Cause.Cause<unknown>): Readonly<Record<string, string>> => {
  const [reason] = cause.reasons
  if (reason === undefined) return { kind: "empty" }
  if (Cause.isFailReason(reason)) return { kind: "failure", tag: tagOf(reason.error) }
  if (Cause.isDieReason(reason)) return { kind: "defect", tag: tagOf(reason.defect) }
  return { kind: "interruption" }
}

const around = <A, E, R>(
  record: Audit["Service"]["record"],
  clock: Clock.Clock,
  event: Omit<RecordInput, "outcome">,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | RecordError, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const attempt = yield* restore(record({ ...event, outcome: "attempt" }))
      const from = clock.currentTimeMillisUnsafe()
      const exit = yield* Effect.exit(restore(effect))
      const durationMillis = clock.currentTimeMillisUnsafe() - from
      const failure = Exit.isFailure(exit) ? failureOf(exit.cause) : undefined
      yield* record({
        ...event,
        outcome: failure === undefined ? "success" : "failure",
        correlation: event.correlation ?? attempt.id,
        data: {
          ...(event.data === undefined ? {} : { input: event.data }),
          attempt: attempt.id,
          durationMillis,
          ...(failure === undefined ? {} : { failure }),
        },
      })
      return yield* exit
    }),
  )

const off: Audit["Service"] = {
  record: (event) =>
    Effect.succeed({ id: event.id ?? "", trail: "", level: "dropped", sequence: undefined }),
  recordUnsafe: () => ({ _tag: "Dropped" }),
  around: () => (effect) => effect,
  criticalOperation: (_id, thunk) => thunk(),
  room: () => Effect.void,
  flush: Effect.void,
  publish: Effect.succeed(0),
  verify: Effect.succeed({
    verdict: "unverifiable",
    reason: "auditing is switched off",
    directory: "",
    entries: 0,
    bundles: 0,
    tiles: 0,
    bytes: 0,
    cutLeftovers: 0,
    notChecked: [],
  }),
  status: () => ({
    state: "closed",
    detail: "auditing is switched off",
    origin: "",
    verifierKey: "",
    accounts: [],
    systemRecords: 0,
    durableSize: 0,
    publishedSize: 0,
    pool: { slabBytes: 0, slabsMax: 0, slabs: 0, leased: 0, leases: 0, reused: 0, utilisation: 0 },
    samplingRate: 0,
    waiting: 0,
    walSegments: 0,
    sinks: [],
  }),
  close: Effect.void,
  failed: Effect.never,
  lastGaspUnsafe: () => 0,
}

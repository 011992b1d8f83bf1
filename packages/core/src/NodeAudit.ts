/**
 * The engine for programs without Effect.
 *
 * @since 0.1.0
 */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import {
  Audit,
  type AuditInput,
  CurrentActor,
  type Receipt,
  type RecordInput,
  type RecordOptions,
} from "./Audit.ts"
import type { ConfigChange } from "./config/ConfigChange.ts"
import type { AuditConfigInput } from "./config/AuditConfig.ts"
import { resolve, type ResolveOptions } from "./config/ConfigResolution.ts"
import type { EngineStatus } from "./engine/EngineStatus.ts"
import type { EngineTimes } from "./engine/EngineTimes.ts"
import type { ActorSnapshot } from "./engine/ActorRegistry.ts"
import type { KeyRotated } from "./engine/KeyRotation.ts"
import type { Verdict } from "./engine/Door.ts"
import type { Actor, AuditEventInput } from "./event/AuditEvent.ts"
import * as NodeDisk from "./platform/NodeDisk.ts"
import { attend } from "./platform/ProcessEnd.ts"
import type { Signer } from "./signer/Signer.ts"
import type { VerifyReport } from "./trail/VerifyReport.ts"
import type { EventClass } from "./event/EventClass.ts"

/**
 * A running engine. Its promises reject with the typed errors of `Audit`.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeAudit {
  /** As `Audit.record`; the actor may come from {@link NodeAudit.withActor}. */
  readonly record: (event: RecordInput, options?: RecordOptions) => Promise<Receipt>
  /** As `Audit.recordUnsafe`. */
  readonly recordUnsafe: (event: RecordInput) => Verdict
  /** Runs a function between an `attempt` and its outcome. */
  readonly around: <A>(
    event: Omit<RecordInput, "outcome">,
    run: () => Promise<A> | A,
    options?: RecordOptions,
  ) => Promise<A>
  /** Everything recorded within `run`, in what it awaits too, has this actor. */
  readonly withActor: <A>(actor: Actor, run: () => A) => A
  /** As `Audit.criticalOperation`. */
  readonly criticalOperation: <A>(id: string, thunk: () => A, thresholdMillis?: number) => A
  readonly room: (name: EventClass) => Promise<void>
  readonly flush: () => Promise<void>
  readonly publish: () => Promise<number>
  /** As `Audit.verify`. */
  readonly verify: () => Promise<VerifyReport>
  /** As `Audit.reload`. */
  readonly reload: (input?: AuditConfigInput) => Promise<ReadonlyArray<ConfigChange>>
  /** As `Audit.rotateKey`. */
  readonly rotateKey: (next?: string | Signer["Service"]) => Promise<KeyRotated>
  readonly status: () => EngineStatus
  /** As `Audit.actors`. */
  readonly actors: () => ReadonlyArray<ActorSnapshot>
  /** As `Audit.times`. */
  readonly times: EngineTimes
  /** Resolves when everything accepted is durable, signed and published. Idempotent. */
  readonly close: () => Promise<void>
}

/**
 * Opens the trail in a directory and starts the engine.
 *
 * A process that ends without `close` still writes what was accepted, synchronously, on its
 * `exit` event; only a killed process loses what was accepted and not durable.
 *
 * ```ts
 * const audit = await openAudit({ directory: "./trail" })
 * await audit.record({
 *   type: "patient.record.read",
 *   actor: { id: "u-1" },
 *   target: [{ id: "p-1", type: "Patient" }],
 *   outcome: "success",
 * })
 * await audit.close()
 * ```
 *
 * A program on SIGTERM or SIGINT is closed in order (`signals` in the configuration). Where it
 * has no handler of its own, it then ends by that signal, as it would have without the engine.
 *
 * - Errors: rejects with `InvalidConfig`, `TrailLocked`, `TrailDamaged`, `SignerError` or `DiskError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const openAudit = async (
  input: AuditInput,
  options: ResolveOptions = {},
): Promise<NodeAudit> => {
  const { sinks: _sinks, ...given } = input
  const settled = resolve(given, { env: process.env, ...options })
  const { signals } = await Effect.runPromise(Effect.provide(settled, NodeDisk.layer))
  const runtime = ManagedRuntime.make(Audit.layer(input, options))
  const audit = await runtime.runPromise(Effect.service(Audit))
  const actors = new AsyncLocalStorage<Actor>()
  const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => {
    const actor = actors.getStore()
    return runtime.runPromise(
      actor === undefined ? effect : Effect.provideService(effect, CurrentActor, actor),
    )
  }
  let isClosing: Promise<void> | undefined
  const closeOnce = async (): Promise<void> => {
    try {
      await run(audit.close)
    } finally {
      leave()
      await runtime.dispose()
    }
  }
  const close = (): Promise<void> => {
    isClosing ??= closeOnce()
    return isClosing
  }
  const leave = attend({ close, lastGaspUnsafe: () => audit.lastGaspUnsafe(), signals })

  return {
    record: (event, recordOptions) => run(audit.record(event, recordOptions)),
    recordUnsafe: (event) =>
      audit.recordUnsafe(
        // Without any actor the encoder refuses the event and names the path.
        (event.actor === undefined
          ? { ...event, actor: actors.getStore() }
          : event) as AuditEventInput,
      ),
    around: (event, body, recordOptions) => {
      // The engine answers many callers in one turn: the body belongs to its own caller's context.
      const bound = AsyncResource.bind(body)
      return run(
        audit.around(
          event,
          recordOptions,
        )(
          // The body's own error is handed on as it is, whatever it is.
          // @effect-diagnostics-next-line unknownInEffectCatch:off
          Effect.tryPromise({ try: async () => bound(), catch: (error) => error }),
        ),
      )
    },
    withActor: (actor, body) => actors.run(actor, body),
    criticalOperation: audit.criticalOperation,
    room: (name) => run(audit.room(name)),
    flush: () => run(audit.flush),
    publish: () => run(audit.publish),
    verify: () => run(audit.verify),
    reload: (next) => run(audit.reload(next)),
    rotateKey: (next) => run(audit.rotateKey(next)),
    status: audit.status,
    actors: audit.actors,
    times: audit.times,
    close,
  }
}

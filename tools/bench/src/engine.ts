/** The one place where the rows open an engine: as a user does, with the defaults. */
import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Scope from "effect/Scope"
import { Audit, type AuditInput } from "@countersign/core/Audit"
import { type Sink, SinkError } from "@countersign/core/engine/Sink"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Verifier from "@countersign/core/trail/Verifier"

/** What a row needs of an engine, without Effect. */
export interface OpenEngine {
  /** The engine's own function, not a wrapper of it. */
  readonly recordUnsafe: Audit["Service"]["recordUnsafe"]
  /** Records through the Effect door and says when the level is reached, or that it never will be. */
  readonly recordUntil: (
    event: AuditEventInput,
    level: "durable" | "published",
    done: (isReached: boolean) => void,
  ) => void
  /** Room in the standard lane. Rejects when the engine has failed. */
  readonly room: () => Promise<void>
  readonly flush: () => Promise<void>
  readonly publish: () => Promise<number>
  readonly status: Audit["Service"]["status"]
  /** Builds what watches the running engine; the answer takes it down again. */
  readonly attach: <A, E>(layer: Layer.Layer<A, E, Audit>) => Promise<() => Promise<void>>
  readonly close: () => Promise<void>
}

/** A key of the row's own: without one the engine makes it, with a warning each time. */
export const makeKey = (file: string): void => {
  if (fs.existsSync(file)) return
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const { privateKey } = generateKeyPairSync("ed25519")
  fs.writeFileSync(file, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 })
}

/** Opens the trail in the directory `trail` under `scratch`; makes it where there is none. */
export const openEngine = async (
  scratch: string,
  options: Omit<AuditInput, "directory"> = {},
): Promise<OpenEngine> => {
  const directory = `${scratch}/trail`
  makeKey(`${directory}.key`)
  const runtime = ManagedRuntime.make(Audit.layer({ ...options, directory }))
  const audit = await runtime.runPromise(Effect.service(Audit))
  const room = Effect.raceFirst(audit.room("standard"), audit.failed)
  return {
    recordUnsafe: audit.recordUnsafe,
    recordUntil: (event, level, done) =>
      void runtime.runCallback(audit.record(event, { until: level }), {
        onExit: (exit) => done(Exit.isSuccess(exit)),
      }),
    room: () => runtime.runPromise(room),
    flush: () => runtime.runPromise(audit.flush),
    publish: () => runtime.runPromise(audit.publish),
    status: audit.status,
    attach: async (layer) => {
      const scope = Scope.makeUnsafe()
      await runtime.runPromise(Layer.buildWithScope(layer, scope))
      return () => runtime.runPromise(Scope.close(scope, Exit.void))
    },
    close: async () => {
      await runtime.runPromise(audit.close)
      await runtime.dispose()
    },
  }
}

/** `recordUnsafe` of a program that runs with auditing switched off. */
export const recordNothing = async (): Promise<OpenEngine["recordUnsafe"]> => {
  const runtime = ManagedRuntime.make(Audit.layerOff)
  const { recordUnsafe } = await runtime.runPromise(Effect.service(Audit))
  await runtime.dispose()
  return recordUnsafe
}

/** Two sinks that take nothing: one says so at once, the other never answers. */
export const deadSinks: ReadonlyArray<Sink> = [
  {
    name: "refusing",
    position: () => Effect.succeed(undefined),
    deliver: () =>
      Effect.fail(
        new SinkError({ sink: "refusing", reason: "unavailable", detail: "nobody is there" }),
      ),
    close: Effect.void,
  },
  {
    name: "silent",
    position: () => Effect.succeed(undefined),
    deliver: () => Effect.never,
    close: Effect.void,
  },
]

/** The verdict on the trail that {@link openEngine} made. `workers`: absent for the default. */
export const verify = async (
  scratch: string,
  workers?: number,
): Promise<{ readonly verdict: string; readonly entries: number }> =>
  Effect.runPromise(
    Verifier.verify(`${scratch}/trail`, workers === undefined ? {} : { workers }).pipe(
      Effect.provide(NodeDisk.layer),
    ),
  )

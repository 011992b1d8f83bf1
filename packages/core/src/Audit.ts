/**
 * The service that applications use: record events, get receipts.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { around } from "./Around.ts"
import type { AuditConfig, AuditConfigInput } from "./config/AuditConfig.ts"
import {
  changesBetween,
  type ConfigChange,
  shownFields,
  type ShownField,
  withLiveOf,
} from "./config/ConfigChange.ts"
import { fromInput } from "./config/ConfigInput.ts"
import { resolve, type ResolveOptions } from "./config/ConfigResolution.ts"
import { settle } from "./config/Configuration.ts"
import type { InvalidConfig } from "./config/InvalidConfig.ts"
import { criticalOperation } from "./CriticalOperation.ts"
import type { ActorSnapshot } from "./engine/ActorRegistry.ts"
import type { AuditUnavailable } from "./engine/AuditError.ts"
import type { AuditEngine } from "./engine/AuditEngine.ts"
import { configurationDigest } from "./engine/Bookends.ts"
import type { SinkNameInvalid } from "./engine/Dispatcher.ts"
import type { Verdict } from "./engine/Door.ts"
import type { EngineStatus } from "./engine/EngineStatus.ts"
import { type EngineTimes, makeTimes } from "./engine/EngineTimes.ts"
import { type KeyRotated, KeyRotationRefused, type RotateError } from "./engine/KeyRotation.ts"
import { type DecideLetters, decideLetters } from "./engine/LetterDecisions.ts"
import { openEngine } from "./engine/OpenEngine.ts"
import { verifySelf } from "./engine/SelfVerification.ts"
import type { Sink } from "./engine/Sink.ts"
import * as SystemRecord from "./engine/SystemRecord.ts"
import type { AuditEventInput } from "./event/AuditEvent.ts"
import { type EventClass, laneOf } from "./event/EventClass.ts"
import { Disk, type DiskError } from "./platform/Disk.ts"
import * as NodeDisk from "./platform/NodeDisk.ts"
import type { Receipt, RecordError, RecordInput, RecordOptions } from "./Receipt.ts"
import * as Recorder from "./Recorder.ts"
import * as KeySigner from "./signer/KeySigner.ts"
import type { Pkcs11Error } from "./signer/Pkcs11Error.ts"
import * as Pkcs11Signer from "./signer/Pkcs11Signer.ts"
import { Signer, SignerError } from "./signer/Signer.ts"
import type { TrailDamaged, TrailLocked } from "./trail/TrailError.ts"
import type { VerifyReport } from "./trail/VerifyReport.ts"
import type { PolicyMalformed } from "./witness/WitnessPolicy.ts"

export { CurrentActor } from "./CurrentActor.ts"
export type { Receipt, RecordError, RecordInput, RecordOptions } from "./Receipt.ts"

/**
 * Who changes the configuration, and why.
 *
 * @category models
 * @since 0.1.0
 */
export interface ChangeCause {
  readonly by: string
  readonly reason: string
}

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
     * `critical` attempt that can't be recorded keeps the effect from running. The options hold for
     * both records: with `until: "delivered"` it fails with `NotDelivered` also where the effect has
     * succeeded and its outcome, though recorded, is not with the required sinks. Do not run the
     * effect again for that; the error's `sequence` is the outcome's, or the attempt's where the
     * effect did not run.
     */
    readonly around: (
      event: Omit<RecordInput, "outcome">,
      options?: RecordOptions,
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
    /**
     * Reads the configuration again, records what changed, and then lets take effect what can
     * while the engine runs. What can't is named in the result, and holds from the next start.
     *
     * @param input in place of what the layer was given
     */
    readonly reload: (
      input?: AuditConfigInput,
    ) => Effect.Effect<ReadonlyArray<ConfigChange>, InvalidConfig | AuditUnavailable>
    /**
     * Changes fields of what is in force, whatever was configured: recorded first, like a reload,
     * and forgotten with the next reload or start.
     *
     * @param cause who changes it and why, for the record: at most 1,000 characters of each. It is what the
     *   caller says of itself, so whoever trusts it trusts the code of this process
     * - Errors: `InvalidConfig` where the fields don't fit; `AuditUnavailable` where the change can't
     *   be recorded. Nothing has changed then.
     */
    readonly adjust: (
      changes: AuditConfigInput,
      cause?: ChangeCause,
    ) => Effect.Effect<ReadonlyArray<ConfigChange>, InvalidConfig | AuditUnavailable>
    /** What is in force now, without what is secret. */
    readonly configuration: () => ReadonlyArray<ShownField>
    /**
     * Brings another signing key into force: both keys sign one checkpoint, and the one before is
     * destroyed where it lies in a file.
     *
     * @param next a private key (PKCS #8 PEM) for a key in a file; default: one is made. A signer
     *   for a key elsewhere, with which the next start has to open the trail
     */
    readonly rotateKey: (
      next?: string | Signer["Service"],
    ) => Effect.Effect<KeyRotated, RotateError>
    /** Notes what a person decides about records that a sink refused. */
    readonly decideLetters: DecideLetters
    readonly status: () => EngineStatus
    /** Everything that lives in the engine: stages, sinks, services. */
    readonly actors: () => ReadonlyArray<ActorSnapshot>
    /** How long the log's sync and publishing take. */
    readonly times: EngineTimes
    /** What steers the sampling of telemetry from outside; nothing here touches another class. */
    readonly sampling: {
      /**
       * Tells what auditing costs, as measured: an adaptive rate goes by it in place of the
       * engine's own estimate. Where the interval does not lie wholly above or below what is
       * wanted, nothing changes. What is no number says that a measurement is under way: until it
       * is there, or for ten minutes, the rate stays.
       *
       * @param overhead share of the application's time, 0 to 1
       * @param interval where it surely lies; default: there is no doubt
       */
      readonly observeOverhead: (
        overhead: number,
        interval?: { readonly low: number; readonly high: number },
      ) => void
      /** Whoever measured gives up: the engine goes by its own estimate again. */
      readonly withdrawOverhead: () => void
      /**
       * Records the reason, and then keeps the rate at or below a ceiling until it is lifted.
       *
       * @param ceiling a ratio above 0; 1 lifts it
       */
      readonly limit: (ceiling: number, reason: string) => Effect.Effect<void, AuditUnavailable>
    }
    /** Drains, writes the closing record and publishes. Idempotent; the layer does it too. */
    readonly close: Effect.Effect<void, AuditUnavailable>
    /** Never succeeds; fails when the engine has failed. */
    readonly failed: Effect.Effect<never, AuditUnavailable>
    /** For `process.on("exit")`: writes what is accepted without returning to the event loop. */
    readonly lastGaspUnsafe: () => number
  }
>()("@countersign/core/Audit") {
  /**
   * The engine over the real disk, configured by `input`, the environment and a YAML file.
   *
   * The key lies in `<directory>.key` unless the configuration says otherwise; for development
   * one is made where there is none, with a warning.
   *
   * - Errors: a configuration that contradicts itself; a trail that another process writes,
   *   that contradicts itself or can't be read; a key that is unfit.
   */
  static readonly layer = (
    input: AuditInput = {},
    { env = process.env, file }: ResolveOptions = {},
  ): Layer.Layer<Audit, OpenError | InvalidConfig> => {
    const { sinks, ...given } = input
    // Read again for each reload, so that a changed file counts.
    const read = (next: AuditConfigInput) =>
      Effect.provide(
        resolve(next, { env, ...(file === undefined ? {} : { file }) }),
        NodeDisk.layer,
      )
    const reload = (next: AuditConfigInput = given) => read(next)
    return Layer.unwrap(
      Effect.map(read(given), (config) =>
        this.layerWith(config, { reload, ...(sinks === undefined ? {} : { sinks }) }).pipe(
          Layer.provide(signerOf(config, env)),
          Layer.provide(NodeDisk.layer),
        ),
      ),
    )
  }

  /** The same for a resolved configuration, over a disk and a signer of the caller's. */
  static readonly layerWith = (
    config: AuditConfig,
    options: LayerOptions = {},
  ): Layer.Layer<Audit, OpenError, Disk | Signer> => Layer.effect(this, open(config, options))

  /** Takes no event and costs next to nothing: for programs that run with auditing switched off. */
  static readonly layerOff: Layer.Layer<Audit> = Layer.sync(this, () => off)
}

/**
 * What an engine is opened with: any part of the configuration, and sinks.
 *
 * @category models
 * @since 0.1.0
 */
export type AuditInput = AuditConfigInput & {
  /** Where records are delivered once they are durable. */
  readonly sinks?: ReadonlyArray<Sink>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface LayerOptions {
  readonly sinks?: ReadonlyArray<Sink>
  /** Reads the configuration again. Default: there is nothing to read, so nothing changes. */
  readonly reload?: (input?: AuditConfigInput) => Effect.Effect<AuditConfig, InvalidConfig>
}

/**
 * Why an engine did not open.
 *
 * @category errors
 * @since 0.1.0
 */
export type OpenError =
  | DiskError
  | InvalidConfig
  | SignerError
  | Pkcs11Error
  | PolicyMalformed
  | SinkNameInvalid
  | TrailDamaged
  | TrailLocked

/**
 * The signer that a configuration asks for.
 *
 * @category layers
 * @since 0.1.0
 */
export const signerOf = (
  { pkcs11, signer }: AuditConfig,
  env: NonNullable<ResolveOptions["env"]>,
): Layer.Layer<Signer, SignerError | Pkcs11Error | DiskError, Disk> => {
  if (signer.kind === "file") return KeySigner.layerFile(signer.path)
  if (signer.kind === "pkcs11") return Pkcs11Signer.layer(pkcs11, env)
  const pem = env[signer.variable]
  return pem === undefined || pem === ""
    ? Layer.effect(
        Signer,
        Effect.fail(
          new SignerError({
            key: `$${signer.variable}`,
            isRetryable: false,
            detail: "is not set; give it an Ed25519 key in PKCS #8 PEM form",
          }),
        ),
      )
    : KeySigner.layerPem(pem, `$${signer.variable}`)
}

const open = Effect.fnUntraced(function* (config: AuditConfig, options: LayerOptions) {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const signer = yield* Signer
  const disk = yield* Disk
  const engine = yield* openEngine(config, options.sinks)
  if (signer.isNew) {
    yield* Effect.logWarning(
      `countersign: made a development key, ${signer.key}. Whoever can read it can sign another history: for production give the engine a key of its own (countersign doctor says how)`,
    )
  }
  const record = Recorder.make(engine, clock)
  return Audit.of({
    record,
    recordUnsafe: (event) => engine.door.record(event),
    around: (event, options) => (effect) => around(record, clock, event, effect, options),
    criticalOperation: (id, thunk, thresholdMillis = 1) =>
      criticalOperation(engine.door, id, thunk, thresholdMillis),
    room: (name) => engine.intake.room(laneOf[name]),
    flush: engine.flush,
    publish: engine.publish,
    verify: verifySelf(engine, disk),
    ...configuring(engine, config, options.reload),
    rotateKey: (next) => engine.keyRotation.rotate(next),
    decideLetters: decideLetters(engine, disk, clock),
    status: () => engine.status(),
    actors: () => engine.actors(),
    times: engine.times,
    sampling: {
      observeOverhead: (overhead, { high, low } = { low: overhead, high: overhead }) =>
        engine.reports.observeOverhead({ overhead, low, high }),
      withdrawOverhead: () => engine.reports.withdrawOverhead(),
      limit: (ceiling, reason) => limitSampling(engine, ceiling, reason),
    },
    close: engine.close,
    failed: engine.failed,
    lastGaspUnsafe: () => engine.lastGaspUnsafe(),
  })
})

const reasonLengthMax = 1000

const limitSampling = (engine: AuditEngine, ceiling: number, reason: string) =>
  engine
    .recordSystem(
      SystemRecord.samplingLimited({
        before: engine.status().samplingRate,
        ceiling,
        reason: reason.slice(0, reasonLengthMax),
      }),
    )
    .pipe(Effect.andThen(Effect.sync(() => engine.reports.limitSampling(ceiling))))

const configuring = (
  engine: AuditEngine,
  opened: AuditConfig,
  read: LayerOptions["reload"],
): Pick<Audit["Service"], "adjust" | "configuration" | "reload"> => {
  let running = opened
  // One at a time: each begins with what the one before has left.
  const turns = Semaphore.makeUnsafe(1)
  const change = Effect.fnUntraced(function* (wanted: AuditConfig, cause?: ChangeCause) {
    const changes = changesBetween(running, wanted)
    if (changes.length === 0) return changes
    const next = withLiveOf(running, wanted)
    const digest = configurationDigest(next)
    const said =
      cause === undefined
        ? {}
        : { by: cause.by.slice(0, reasonLengthMax), reason: cause.reason.slice(0, reasonLengthMax) }
    yield* engine.recordSystem(SystemRecord.configurationChanged({ digest, changes, ...said }))
    running = next
    engine.reconfigure(next)
    return changes
  })
  return {
    adjust: (changes, cause) =>
      Effect.suspend(() =>
        Effect.fromResult(settle([fromInput(changes), fromInput(running)])),
      ).pipe(
        Effect.flatMap((wanted) => change(wanted, cause)),
        (adjusted) => turns.withPermit(adjusted),
      ),
    configuration: () => shownFields(running),
    reload: (input) =>
      read === undefined
        ? Effect.succeed([])
        : turns.withPermit(Effect.flatMap(read(input), (wanted) => change(wanted))),
  }
}

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
  reload: () => Effect.succeed([]),
  adjust: () => Effect.succeed([]),
  configuration: () => [],
  rotateKey: () =>
    Effect.fail(new KeyRotationRefused({ directory: "", detail: "auditing is switched off" })),
  decideLetters: () => Effect.void,
  status: () => ({
    state: "closed",
    detail: "auditing is switched off",
    origin: "",
    directory: "",
    verifierKey: "",
    accounts: [],
    systemRecords: 0,
    durableSize: 0,
    publishedSize: 0,
    publishedMillis: undefined,
    verification: undefined,
    pool: { slabBytes: 0, slabsMax: 0, slabs: 0, leased: 0, leases: 0, reused: 0, utilisation: 0 },
    samplingRate: 0,
    waiting: 0,
    walSegments: 0,
    walAbandoned: 0,
    sinks: [],
  }),
  actors: () => [],
  times: makeTimes(),
  sampling: {
    observeOverhead: () => undefined,
    withdrawOverhead: () => undefined,
    limit: () => Effect.void,
  },
  close: Effect.void,
  failed: Effect.never,
  lastGaspUnsafe: () => 0,
}

/**
 * The engine: lanes, stages and the trail as one thing that opens, runs and closes.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Disk, DiskError } from "../platform/Disk.ts"
import type { FillRandom } from "../platform/RandomBytes.ts"
import type { SignerError } from "../signer/Signer.ts"
import type { OpenTrail } from "../trail/OpenTrail.ts"
import type { TrailFenced } from "../trail/TrailError.ts"
import type { ActorSnapshot } from "./ActorRegistry.ts"
import type { AuditUnavailable } from "./AuditError.ts"
import { BufferPool } from "./BufferPool.ts"
import { closingBatch, openingRecords } from "./Bookends.ts"
import { closeTrail, unavailableBecause } from "./Closing.ts"
import type { Dispatcher } from "./Dispatcher.ts"
import { Door } from "./Door.ts"
import type { EngineStatus } from "./EngineStatus.ts"
import { makeTimes } from "./EngineTimes.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import { EngineReports } from "./EngineReports.ts"
import { engineServices } from "./EngineServices.ts"
import { Intake, laneCount } from "./Intake.ts"
import { lastGaspUnsafe } from "./LastGasp.ts"
import { Ledger } from "./Ledger.ts"
import { InSlabs, type LogStageOptions } from "./LogStage.ts"
import { keyBytes } from "./KeyedHash.ts"
import { KeyRotation } from "./KeyRotation.ts"
import { PendingRecords } from "./PendingRecords.ts"
import { Pipeline, type RunningPipeline } from "./Pipeline.ts"
import { Progress } from "./Progress.ts"
import { PublishStage } from "./PublishStage.ts"
import type { Quorum } from "./Quorum.ts"
import * as RestartPolicy from "./RestartPolicy.ts"
import { Sampler } from "./Sampler.ts"
import type { Sealer } from "./Sealer.ts"
import type { Sink } from "./Sink.ts"
import type * as Supervisor from "./Supervisor.ts"
import { dispatchTrail } from "./TrailDispatcher.ts"
import { publishedOf } from "./TrailFeed.ts"
import type { AuditEventInput } from "../event/AuditEvent.ts"

// Whoever waits for the engine waits no longer for its key; the actor goes on trying.
const keyAtStartMillis = 5000

/**
 * What an engine runs on.
 *
 * @category models
 * @since 0.1.0
 */
export interface EngineParts {
  readonly disk: Disk["Service"]
  readonly trail: OpenTrail
  readonly supervisor: Supervisor.Supervisor["Service"]
  readonly sinks: ReadonlyArray<Sink>
  /** Only where the configuration asks for seals. */
  readonly sealer: Sealer | undefined
  readonly nowMillis: () => number
  /** For ids and for the sampler's secret. */
  readonly fillRandom: FillRandom
}

/**
 * A running engine.
 *
 * @category models
 * @since 0.1.0
 */
export class AuditEngine {
  /** What holds now; `reconfigure` changes a part of it. */
  options: EngineOptions
  readonly supervisor: Supervisor.Supervisor["Service"]
  readonly ledger = new Ledger()
  readonly pending = new PendingRecords()
  readonly intake: Intake
  readonly door: Door
  readonly trail: OpenTrail
  readonly keyRotation: KeyRotation

  private readonly disk: Disk["Service"]
  private readonly inSlabs = new InSlabs(laneCount)
  private readonly progress = new Progress(this.ledger)
  private readonly failure = Deferred.makeUnsafe<never, AuditUnavailable>()
  private readonly pool: BufferPool
  private readonly sampler: Sampler
  /** How long what everybody waits for takes. */
  readonly times = makeTimes()
  /** What the engine's verification of itself said last. */
  verification: EngineStatus["verification"]
  private readonly log: LogStageOptions
  private readonly publishStage: PublishStage
  readonly reports: EngineReports
  private readonly pipeline: Pipeline
  private readonly sinks: ReadonlyArray<Sink>
  private readonly sealer: Sealer | undefined
  private stages: RunningPipeline | undefined
  /** Only where there are sinks: without, no batch is taken apart. */
  private dispatcher: Dispatcher | undefined
  /** The one close that all callers share. */
  private readonly closed = Deferred.makeUnsafe<void, AuditUnavailable>()
  private isClosing = false

  constructor(options: EngineOptions, parts: EngineParts) {
    const { inSlabs, ledger } = this
    const { fillRandom, nowMillis, trail } = parts
    const { lease, wal } = trail
    const { directory } = options
    this.options = options
    this.disk = parts.disk
    this.trail = trail
    this.supervisor = parts.supervisor
    this.sinks = parts.sinks
    this.sealer = parts.sealer
    this.intake = new Intake({ ...options.intake, paceMillis: options.batch.paceMillis })
    this.pool = new BufferPool(options.pool)
    const samplingKey = new Uint8Array(keyBytes)
    fillRandom(samplingKey)
    this.sampler = new Sampler(options.sampling, samplingKey)
    const { intake } = this
    this.door = new Door({ limits: options.limits, intake, ledger, nowMillis, fillRandom })
    this.log = { wal, lease, ledger, inSlabs, directory, nowMillis, times: this.times }
    this.publishStage = new PublishStage({
      writer: trail.recovered.writer,
      wal,
      lease,
      directory,
      retainBytesMax: options.wal.retainBytesMax,
      segmentBytesMax: options.wal.segmentBytesMax,
      times: this.times,
      deliver: (batch) => {
        const { dispatcher } = this
        this.sealer?.seal(batch)
        if (dispatcher === undefined) return
        dispatcher.publish(publishedOf(batch, options.origin))
        // Sinks must never keep the last slab from the stages.
        if (this.pool.isExhausted) dispatcher.trim()
      },
      nowMillis,
    })
    this.keyRotation = this.rotationOf(parts)
    this.reports = new EngineReports({
      options,
      door: this.door,
      ledger,
      sampler: this.sampler,
      restart: this.restart,
      nowMillis,
      published: () => trail.recovered.writer.publishedSize,
    })
    this.pipeline = new Pipeline({
      options,
      intake: this.intake,
      sampler: this.sampler,
      pool: this.pool,
      ledger,
      log: this.log,
      publish: this.publishStage,
      restart: this.restart,
      trim: () => this.dispatcher?.trim(),
      progressed: () => this.progress.check(),
      lose: (perLane, cause) => this.reports.lose(perLane, cause),
      fenced: (error) =>
        Effect.suspend(() => {
          this.fail(error.message)
          return Effect.never
        }),
    })
  }

  /** Starts the stages and services, after the opening record. */
  readonly start = Effect.fnUntraced({ self: this }, function* (this: AuditEngine) {
    if (this.sinks.length > 0) {
      const { disk, options, sinks, supervisor, trail } = this
      this.dispatcher = yield* dispatchTrail({ disk, options, sinks, supervisor, trail })
    }
    for (const record of openingRecords(this.options, this.trail)) this.door.recordSystem(record)
    this.stages = yield* this.pipeline.start(this.supervisor)
    for (const actor of [...this.reports.actors, ...this.services()]) {
      yield* this.supervisor.start(actor)
    }
    yield* this.supervisor.failed.pipe(
      Effect.catch((error) => Effect.sync(() => this.fail(error.message))),
      Effect.forkScoped,
    )
    // What is recorded today is not left to the key of yesterday; without a disk it has to be.
    yield* this.keyRotation.step.pipe(
      Effect.timeoutOption(keyAtStartMillis),
      Effect.ignore({ log: "Error" }),
    )
  })

  /**
   * Lets the options take effect that are read again and again: deadlines, intervals, sampling,
   * archiving, the drain's limit. The others must be as they were.
   */
  reconfigure(options: EngineOptions): void {
    this.reports.flushWindow()
    this.options = options
    this.reports.options = options
    this.sampler.reconfigure(options.sampling)
  }

  /** How the engine stands now. */
  status(): EngineStatus {
    const { door, inSlabs, intake, trail } = this
    return {
      state: door.state,
      detail: door.detail,
      origin: this.options.origin,
      directory: this.options.directory,
      verifierKey: trail.keys.verifierKey,
      accounts: this.ledger.accounts((lane) => intake.inFlight(lane) + (inSlabs.counts[lane] ?? 0)),
      systemRecords: this.ledger.recorded[laneCount - 1] ?? 0,
      durableSize: trail.wal.nextSequence,
      publishedSize: trail.recovered.writer.publishedSize,
      publishedMillis: this.publishStage.publishedMillis,
      verification: this.verification,
      pool: this.pool.status,
      samplingRate: this.sampler.rate,
      waiting: this.pending.size,
      walSegments: trail.wal.segments,
      walAbandoned: trail.wal.abandoned,
      sinks: this.dispatcher?.status() ?? [],
    }
  }

  /** Everything that lives in the engine, and how it is. */
  actors(): ReadonlyArray<ActorSnapshot> {
    return this.supervisor.registry.snapshot()
  }

  /** Looks now at what people want of the dead letters of a sink. */
  replay(sink: string): void {
    this.dispatcher?.replay(sink)
  }

  /** Waits for the required sinks; `undefined` where there are no sinks. */
  get quorum(): Quorum | undefined {
    return this.dispatcher?.quorum
  }

  /** Fails when the engine has failed; never succeeds. */
  readonly failed: Effect.Effect<never, AuditUnavailable> = Deferred.await(this.failure)

  /** Resolves when everything accepted so far is durable. */
  readonly flush: Effect.Effect<void, AuditUnavailable> = Effect.suspend(() =>
    this.door.state === "failed"
      ? Effect.fail(this.door.unavailable("unknown"))
      : this.untilFailure(this.flushed),
  )

  private readonly flushed = Effect.suspend(() => {
    this.intake.hurry()
    return this.progress.reached()
  })

  /** Signs what is durable now; returns the signed size. */
  readonly publish: Effect.Effect<number, AuditUnavailable> = this.flush.pipe(
    Effect.andThen(Effect.suspend(() => this.signed(this.trail.wal.nextSequence))),
    Effect.mapError((error) =>
      error._tag === "AuditUnavailable" ? error : unavailableBecause(error.message),
    ),
  )

  /** Signs so many entries, which are durable, or more. */
  private signed(size: number) {
    return Effect.andThen(
      this.untilFailure(this.publishStage.appended(size)),
      Effect.suspend(() => this.publishStage.checkpoint),
    )
  }

  /** Writes a record of the engine's own and waits until it is durable; returns its sequence number. */
  recordSystem(record: AuditEventInput): Effect.Effect<number, AuditUnavailable> {
    return Effect.suspend(() => {
      const { door } = this
      if (door.state !== "open") return Effect.fail(door.unavailable("no"))
      return Effect.callback<number, AuditUnavailable>((resume) => {
        const waiter = this.pending.add({
          class: "compliance",
          level: "durable",
          deadlineMillis: Infinity,
          done: (outcome) =>
            resume(
              outcome._tag === "Reached"
                ? Effect.succeed(outcome.sequence)
                : Effect.fail(door.unavailable("unknown")),
            ),
        })
        if (!door.recordSystem(record, waiter)) {
          this.pending.delete(waiter)
          resume(Effect.fail(door.unavailable("no")))
        }
      })
    })
  }

  /** Refuses newcomers, drains every stage in order, writes the closing records, publishes. Idempotent. */
  readonly close: Effect.Effect<void, AuditUnavailable> = Effect.suspend(() => {
    const ended = Deferred.await(this.closed)
    if (this.isClosing) return ended
    this.isClosing = true
    // On its own: a caller that gives up waiting must not leave half a drain behind.
    return Effect.andThen(
      Effect.forkDetach(Deferred.into(this.closeOnce, this.closed), { startImmediately: true }),
      ended,
    )
  })

  private readonly closeOnce: Effect.Effect<void, AuditUnavailable> = Effect.suspend(() => {
    const { door } = this
    if (door.state === "failed") return Effect.fail(door.unavailable("unknown"))
    door.state = "closing"
    door.detail = "it is being closed"
    return closeTrail({
      drainMillis: this.options.shutdown.drainMillis,
      drain: this.untilFailure(this.drain),
      stop: this.pipeline.stopLogging(this.stages),
      writeUnsafe: () => this.lastGaspUnsafe(),
      inFlight: () => this.status().accounts.reduce((sum, { inFlight }) => sum + inFlight, 0),
      settle: (millisMax) => this.publishStage.settle(millisMax),
    }).pipe(
      Effect.tapError((error) => Effect.sync(() => this.fail(error.detail))),
      // The trail is complete by now: what sinks and seals still do decides nothing about it.
      Effect.ensuring(this.closeExtras),
      Effect.map(() => {
        door.state = "closed"
        door.detail = "it was closed"
      }),
    )
  })

  /** For `process.on("exit")`: writes what is accepted, synchronously. Throws `DiskError`. */
  lastGaspUnsafe(): number {
    return this.door.state === "closed" ? 0 : lastGaspUnsafe(this.intake, this.pipeline, this.log)
  }

  private readonly closeExtras = Effect.suspend(() =>
    Effect.andThen(
      this.dispatcher?.close ?? Effect.void,
      Effect.andThen(
        Effect.ignore(this.sealer?.close ?? Effect.void, { log: "Warn" }),
        Effect.ignore(this.keyRotation.close, { log: "Warn" }),
      ),
    ),
  )

  private readonly drain: Effect.Effect<
    void,
    AuditUnavailable | DiskError | SignerError | TrailFenced
  > = Effect.gen({ self: this }, function* () {
    const { pipeline, publishStage, stages } = this
    if (stages === undefined) return
    const ended = (stage: RunningPipeline[keyof RunningPipeline]) =>
      Effect.mapError(stage.ended, (error) => unavailableBecause(error.message))
    this.intake.close()
    yield* ended(stages.sampled)
    yield* pipeline.admitted.close
    yield* ended(stages.pooled)
    const last = yield* closingBatch(this.reports.closing(), this.door, this.pool)
    this.ledger.accepted[laneCount - 1] = (this.ledger.accepted[laneCount - 1] ?? 0) + last.count
    this.inSlabs.add(last.perLane, 1)
    yield* pipeline.encoded.offer([last])
    yield* pipeline.encoded.close
    yield* ended(stages.logged)
    yield* pipeline.durable.close
    yield* ended(stages.hashed)
    yield* pipeline.hashed.close
    yield* ended(stages.published)
    yield* publishStage.checkpoint
  })

  private rotationOf({ disk, nowMillis, trail }: EngineParts): KeyRotation {
    return new KeyRotation({
      disk,
      nowMillis,
      trail,
      engine: this.options,
      recordSystem: (record) => this.recordSystem(record),
      publish: (size) => this.signed(size),
    })
  }

  /** How actors of this engine are started again. */
  get restart(): RestartPolicy.RestartPolicy {
    const { backoffMaxMillis, backoffMinMillis, restartsMax, windowMillis } = this.options.restart
    return RestartPolicy.make({
      from: backoffMinMillis,
      to: backoffMaxMillis,
      restartsMax,
      window: windowMillis,
    })
  }

  private services(): ReadonlyArray<Supervisor.Actor> {
    const { disk, keyRotation, pending, publishStage, restart, sealer, trail } = this
    const options = () => this.options
    return engineServices({
      disk,
      keyRotation,
      options,
      pending,
      publishStage,
      restart,
      sealer,
      trail,
    })
  }

  private fail(detail: string): void {
    const { door } = this
    if (door.state === "closed" || door.state === "failed") return
    door.state = "failed"
    door.detail = detail
    Deferred.doneUnsafe(this.failure, Effect.fail(door.unavailable("unknown")))
    this.pending.abandon(detail)
    this.publishStage.abandon(detail)
  }

  private untilFailure<A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | AuditUnavailable> {
    return Effect.raceFirst(effect, this.failed)
  }
}

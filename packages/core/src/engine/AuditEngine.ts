/**
 * The engine: lanes, stages and the trail as one thing that opens, runs and closes.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { Signer, type SignerError } from "../signer/Signer.ts"
import * as Checkpoint from "../trail/Checkpoint.ts"
import * as Lease from "../trail/Lease.ts"
import { recover, type Recovered } from "../trail/Recovery.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import type { TrailFenced } from "../trail/TrailError.ts"
import { WriteAheadLog } from "../trail/WriteAheadLog.ts"
import { AuditUnavailable } from "./AuditError.ts"
import { BufferPool, type BufferPoolStatus } from "./BufferPool.ts"
import { Door } from "./Door.ts"
import type { EncodedBatch } from "./EncodedBatch.ts"
import { EngineReports } from "./EngineReports.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import { Intake, laneCount, systemLane } from "./Intake.ts"
import { lastGaspUnsafe } from "./LastGasp.ts"
import { type Account, Ledger } from "./Ledger.ts"
import { InSlabs, type LogStageOptions } from "./LogStage.ts"
import { PendingRecords } from "./PendingRecords.ts"
import { Pipeline } from "./Pipeline.ts"
import { PublishStage } from "./PublishStage.ts"
import { Sampler } from "./Sampler.ts"
import { Progress } from "./Progress.ts"
import * as RestartPolicy from "./RestartPolicy.ts"
import * as Supervisor from "./Supervisor.ts"
import * as SystemRecord from "./SystemRecord.ts"

/**
 * How an engine stands, readable at any moment.
 *
 * @category models
 * @since 0.1.0
 */
export interface EngineStatus {
  readonly state: Door["state"]
  readonly detail: string
  readonly origin: string
  readonly verifierKey: string
  readonly accounts: ReadonlyArray<Account>
  /** The engine's own records in the trail. */
  readonly systemRecords: number
  readonly durableSize: number
  readonly publishedSize: number
  readonly pool: BufferPoolStatus
  readonly samplingRate: number
  /** Callers that wait for their event. */
  readonly waiting: number
  readonly walSegments: number
}

/**
 * A running engine.
 *
 * @category models
 * @since 0.1.0
 */
export interface AuditEngine {
  readonly door: Door
  readonly intake: Intake
  readonly pending: PendingRecords
  readonly options: EngineOptions
  readonly supervisor: Supervisor.Supervisor["Service"]
  readonly status: () => EngineStatus
  /** Resolves when everything accepted so far is durable. */
  readonly flush: Effect.Effect<void, AuditUnavailable>
  /** Signs what is durable now. */
  readonly publish: Effect.Effect<number, AuditUnavailable>
  /** Writes a record of the engine's own and waits until it is durable. */
  readonly recordSystem: (
    record: Parameters<Door["recordSystem"]>[0],
  ) => Effect.Effect<number, AuditUnavailable>
  /** Refuses newcomers, drains every stage, writes the closing record, publishes. Idempotent. */
  readonly close: Effect.Effect<void, AuditUnavailable>
  /** Fails when the engine has failed; never succeeds. */
  readonly failed: Effect.Effect<never, AuditUnavailable>
  /** For `process.on("exit")`. Throws `DiskError`. */
  readonly lastGaspUnsafe: () => number
}

const unavailableBecause = (detail: string): AuditUnavailable =>
  new AuditUnavailable({ state: "closing", recorded: "unknown", detail })

const digestOf = (value: unknown): string => hash("sha256", JSON.stringify(value))

const typeOf = (entry: Uint8Array | undefined): unknown => {
  if (entry === undefined) return undefined
  try {
    const event: unknown = JSON.parse(Buffer.from(entry).toString("utf8"))
    return typeof event === "object" && event !== null && "type" in event ? event.type : undefined
  } catch {
    return undefined
  }
}

/**
 * Opens the trail and starts the engine; both end with the scope.
 *
 * - Errors: `TrailLocked`, `TrailDamaged`, `SignerError`, `DiskError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: EngineOptions) {
  const disk = yield* Disk
  const signer = yield* Signer
  const clock = yield* Clock.clockWith(Effect.succeed)
  const nowMillis = (): number => clock.currentTimeMillisUnsafe()
  const { directory, origin } = options

  const lease = yield* Effect.acquireRelease(Lease.acquire(directory), (held) =>
    Effect.ignore(held.release),
  )
  const keyId = SignedNote.keyIdOf(origin, signer.publicKey)
  const verifierKeyText = SignedNote.formatVerifierKey(origin, signer.publicKey)
  const verifierKey = yield* Effect.fromResult(SignedNote.parseVerifierKey(verifierKeyText)).pipe(
    Effect.orDie,
  )
  yield* disk.replaceFile(`${directory}.vkey`, [Buffer.from(`${verifierKeyText}\n`)])
  const sign = (size: number, root: Uint8Array) => {
    const text = Checkpoint.format({ origin, size, root, extensions: [] })
    return Effect.map(signer.sign(Buffer.from(text)), (bytes) =>
      Buffer.from(SignedNote.format({ text, signatures: [{ name: origin, keyId, bytes }] })),
    )
  }
  const recovered = yield* recover({ directory, origin, verifierKey, nowMillis, sign })

  const wal = new WriteAheadLog(disk, {
    directory,
    segmentBytesMax: options.wal.segmentBytesMax,
    fence: lease.fence,
    nextSequence: recovered.nextSequence,
  })
  wal.adopt(recovered.segments)
  yield* Effect.addFinalizer(() => wal.roll)
  yield* wal.open

  const ledger = new Ledger()
  const intake = new Intake(options.intake)
  const pool = new BufferPool(options.pool)
  const sampler = new Sampler(options.sampling)
  const inSlabs = new InSlabs(laneCount)
  const pending = new PendingRecords()
  const door = new Door({ limits: options.limits, intake, ledger, nowMillis })
  const supervisor = yield* Supervisor.make("engine")
  const logOptions: LogStageOptions = { wal, lease, ledger, inSlabs, directory, nowMillis }
  const publish = new PublishStage({
    writer: recovered.writer,
    wal,
    lease,
    directory,
    retainBytesMax: options.wal.retainBytesMax,
    segmentBytesMax: options.wal.segmentBytesMax,
    nowMillis,
  })
  const reports = new EngineReports({
    options,
    door,
    ledger,
    sampler,
    restart: policyOf(options),
    nowMillis,
    published: () => recovered.writer.publishedSize,
  })

  const failure = yield* Deferred.make<never, AuditUnavailable>()
  const fail = (detail: string): void => {
    if (door.state === "closed" || door.state === "failed") return
    door.state = "failed"
    door.detail = detail
    Deferred.doneUnsafe(failure, Effect.fail(door.unavailable("unknown")))
    pending.abandon(detail)
    publish.abandon(detail)
  }
  const progress = new Progress(ledger)
  const pipeline = new Pipeline({
    options,
    intake,
    sampler,
    pool,
    ledger,
    log: logOptions,
    publish,
    deliver: () => undefined,
    progressed: () => progress.check(),
    lose: (perLane, cause) => reports.lose(perLane, cause),
    fenced: (error) =>
      Effect.suspend(() => {
        fail(error.message)
        return Effect.never
      }),
  })

  door.recordSystem(SystemRecord.opened(openingOf(options, recovered, lease.fence, keyId)))
  const stages = yield* pipeline.start(supervisor)
  for (const actor of reports.actors) yield* supervisor.start(actor)
  const interval = options.checkpoint.intervalMillis
  const services = [
    service("checkpoint", options, Effect.andThen(Effect.sleep(interval), publish.checkpoint)),
    service("prune", options, Effect.andThen(Effect.sleep(1000), publish.prune)),
    service(
      "deadlines",
      options,
      Effect.andThen(
        Effect.sleep(50),
        Effect.sync(() => pending.sweep(nowMillis())),
      ),
    ),
  ]
  for (const actor of services) yield* supervisor.start(actor)
  yield* supervisor.failed.pipe(
    Effect.catch((error) => Effect.sync(() => fail(error.message))),
    Effect.forkScoped,
  )

  const unavailable = (recordedIs: "no" | "unknown") =>
    Effect.suspend(() => Effect.fail(door.unavailable(recordedIs)))
  const untilFailure = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.raceFirst(effect, Deferred.await(failure))

  const flush = Effect.suspend(() =>
    door.state === "failed" ? unavailable("unknown") : untilFailure(progress.reached()),
  )
  const publishAll = flush.pipe(
    Effect.andThen(Effect.suspend(() => untilFailure(publish.appended(wal.nextSequence)))),
    Effect.andThen(publish.checkpoint),
    Effect.mapError((error) =>
      error._tag === "AuditUnavailable" ? error : unavailableBecause(error.message),
    ),
  )
  const recordSystem: AuditEngine["recordSystem"] = (record) =>
    Effect.suspend(() => {
      if (door.state !== "open") return unavailable("no")
      return untilFailure(
        Effect.callback<number, AuditUnavailable>((resume) => {
          const waiter = pending.add({
            class: "compliance",
            level: "durable",
            deadlineMillis: Infinity,
            done: (outcome) =>
              resume(
                outcome._tag === "Reached"
                  ? Effect.succeed(outcome.sequence)
                  : unavailable("unknown"),
              ),
          })
          if (!door.recordSystem(record, waiter)) {
            pending.delete(waiter)
            resume(unavailable("no"))
          }
        }),
      )
    })

  const drain = Effect.gen(function* () {
    intake.close()
    yield* stages.sampled.ended
    yield* pipeline.admitted.close
    yield* stages.pooled.ended
    const last = yield* closingBatch(door, pool, ledger, inSlabs, reports)
    yield* pipeline.encoded.offer([last])
    yield* pipeline.encoded.close
    yield* stages.logged.ended
    yield* pipeline.durable.close
    yield* stages.published.ended
    yield* publish.checkpoint
    if (recovered.writer.unsyncedFiles <= syncAtCloseMax) {
      yield* recovered.writer.syncAll
      yield* wal.roll
      yield* wal.prune(recovered.writer.syncedSize)
    }
  })
  const close = yield* Effect.cached(
    Effect.gen(function* () {
      if (door.state === "failed") return yield* unavailable("unknown")
      door.state = "closing"
      door.detail = "it is being closed"
      yield* untilFailure(drain).pipe(
        Effect.timeoutOrElse({
          duration: options.shutdown.drainMillis,
          orElse: () =>
            Effect.fail(
              unavailableBecause(
                `the stages were not empty after ${options.shutdown.drainMillis} ms (shutdown.drainMillis)`,
              ),
            ),
        }),
        Effect.mapError((error) =>
          error._tag === "AuditUnavailable" ? error : unavailableBecause(error.message),
        ),
        Effect.tapError((error) => Effect.sync(() => fail(error.detail))),
      )
      door.state = "closed"
      door.detail = "it was closed"
    }),
  )

  const engine: AuditEngine = {
    door,
    intake,
    pending,
    options,
    supervisor,
    status: () => ({
      state: door.state,
      detail: door.detail,
      origin,
      verifierKey: verifierKeyText,
      accounts: ledger.accounts((lane) => intake.inFlight(lane) + (inSlabs.counts[lane] ?? 0)),
      systemRecords: ledger.recorded[laneCount - 1] ?? 0,
      durableSize: wal.nextSequence,
      publishedSize: recovered.writer.publishedSize,
      pool: pool.status,
      samplingRate: sampler.rate,
      waiting: pending.size,
      walSegments: wal.segments,
    }),
    flush,
    publish: publishAll,
    recordSystem,
    close,
    failed: Deferred.await(failure),
    lastGaspUnsafe: () =>
      door.state === "closed" ? 0 : lastGaspUnsafe(intake, pipeline, logOptions),
  }
  yield* Effect.addFinalizer(() => Effect.ignore(engine.close, { log: "Warn" }))
  return engine
})

// Above this many files a close would take seconds; the log stays instead, and is replayed.
const syncAtCloseMax = 1024

const policyOf = (options: EngineOptions): RestartPolicy.RestartPolicy =>
  RestartPolicy.make({
    from: options.restart.backoffMinMillis,
    to: options.restart.backoffMaxMillis,
    restartsMax: options.restart.restartsMax,
    window: options.restart.windowMillis,
  })

/** What runs at intervals beside the stages; a fault of the disk is tried again for ever. */
const service = (
  name: string,
  options: EngineOptions,
  step: Effect.Effect<unknown, DiskError | SignerError | TrailFenced>,
): Supervisor.Actor => ({
  name,
  kind: "service",
  restart: policyOf(options),
  run: () => Effect.forever(step),
  verdict: (cause) => (cause.reasons.every(Cause.isFailReason) ? "fault" : "crash"),
})

const openingOf = (
  options: EngineOptions,
  recovered: Recovered,
  fence: number,
  keyId: number,
): SystemRecord.Opening => {
  const { checkpoint } = recovered
  return {
    origin: options.origin,
    fence,
    keyId: keyId.toString(16).padStart(8, "0"),
    configurationDigest: digestOf(options),
    previous:
      checkpoint === undefined
        ? undefined
        : {
            size: checkpoint.size,
            root: Buffer.from(checkpoint.root).toString("base64"),
            isClosed: typeOf(recovered.lastEntry) === "audit.closed",
          },
    recovered: recovered.nextSequence - (checkpoint?.size ?? 0),
    tornBytes: recovered.torn.reduce((total, tail) => total + tail.bytes, 0),
  }
}

/** The closing records go straight into a slab: the lanes are closed by then. */
const closingBatch = (
  door: Door,
  pool: BufferPool,
  ledger: Ledger,
  inSlabs: InSlabs,
  reports: EngineReports,
): Effect.Effect<EncodedBatch> =>
  Effect.map(pool.lease, (slab) => {
    let bytes = 0
    let count = 0
    for (const record of reports.closing()) {
      bytes = door.encodeSystemInto(record, slab.bytes, bytes)
      count += 1
    }
    const perLane = Array.from({ length: laneCount }, (_, lane) =>
      lane === systemLane ? count : 0,
    )
    ledger.accepted[systemLane] = (ledger.accepted[systemLane] ?? 0) + count
    inSlabs.add(perLane, 1)
    return { slab, bytes, count, perLane, waiting: [], isLogged: false }
  })

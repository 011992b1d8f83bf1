/**
 * The stages behind the lanes, wired to each other.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { DiskError } from "../platform/Disk.ts"
import type { TrailFenced } from "../trail/TrailError.ts"
import type { BatchPolicy } from "./BatchPolicy.ts"
import type { BufferPool } from "./BufferPool.ts"
import type { DurableBatch, EncodedBatch } from "./EncodedBatch.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import type { AdmittedBatch, Intake } from "./Intake.ts"
import type { Ledger } from "./Ledger.ts"
import { log, type LogStageOptions } from "./LogStage.ts"
import * as Mailbox from "./Mailbox.ts"
import { encode } from "./Pooling.ts"
import type { PublishStage } from "./PublishStage.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import type { Sampler } from "./Sampler.ts"
import { sample } from "./Sampling.ts"
import * as Stage from "./Stage.ts"
import type { ActorHandle, Supervisor } from "./Supervisor.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface PipelineOptions {
  readonly options: EngineOptions
  readonly intake: Intake
  readonly sampler: Sampler
  readonly pool: BufferPool
  readonly ledger: Ledger
  readonly log: LogStageOptions
  readonly publish: PublishStage
  readonly restart: RestartPolicy
  /** Called when the pool has no slab left. */
  readonly trim: () => void
  /** Called whenever the ledger has moved. */
  readonly progressed: () => void
  /** Called with batches that no stage can take. */
  readonly lose: (perLane: ReadonlyArray<number>, cause: string) => void
  /** Called when another process has taken the trail over. */
  readonly fenced: (error: TrailFenced) => Effect.Effect<never>
}

/** A tree with a gap would contradict the log: there is nothing to do but to stop. */
const stopOnGap = (_item: DurableBatch, cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.orDie(Effect.failCause(cause))

const stageBatch = { waitMax: 0 } as const

// One message to the hashing thread for several batches, but not for all: the slabs of a batch
// come back only when the whole message is answered.
const hashedTogetherMax = 4

/**
 * The four stages of one engine, each supervised alone.
 *
 * @category models
 * @since 0.1.0
 */
export class Pipeline {
  readonly admitted: Mailbox.BoundedMailbox<AdmittedBatch>
  readonly encoded: Mailbox.BoundedMailbox<EncodedBatch>
  readonly durable: Mailbox.BoundedMailbox<DurableBatch>
  readonly hashed: Mailbox.BoundedMailbox<DurableBatch>
  readonly sample: Stage.Stage<AdmittedBatch>
  readonly poolStage: Stage.Stage<AdmittedBatch>
  readonly log: Stage.Stage<EncodedBatch>
  readonly tree: Stage.Stage<DurableBatch>
  readonly publish: Stage.Stage<DurableBatch>

  /** Taken from the lanes by the synchronous end, which may have to be tried again. */
  readonly unwritten: Array<EncodedBatch> = []

  private readonly parts: PipelineOptions

  constructor(parts: PipelineOptions) {
    this.parts = parts
    const { batch, pool, wal } = parts.options
    const slabs = { capacityItems: pool.slabsMax, capacityBytes: pool.slabsMax * pool.slabBytes }
    const sizeOf = (item: { readonly bytes: number }): number => item.bytes
    const few = { capacityItems: 2, capacityBytes: 2 * batch.bytesMax }
    this.admitted = Mailbox.bounded<AdmittedBatch>({ ...few, sizeOf })
    this.encoded = Mailbox.bounded<EncodedBatch>({ ...slabs, sizeOf })
    this.durable = Mailbox.bounded<DurableBatch>({ ...slabs, sizeOf })
    this.hashed = Mailbox.bounded<DurableBatch>({ ...slabs, sizeOf })
    const { restart: policy } = parts
    const one = { ...stageBatch, countMax: 1, bytesMax: pool.slabBytes }

    this.sample = Stage.make({
      name: "sample",
      mailbox: parts.intake,
      batch: {
        countMax: batch.countMax,
        bytesMax: Math.min(batch.bytesMax, pool.slabBytes),
        waitMax: batch.waitMillis,
      },
      restart: policy,
      handle: (batches) =>
        Effect.sync(() => batches.map((item) => sample(item, parts.intake, parts.sampler))),
      emit: this.admitted.offer,
      next: "pool",
      isFault: () => false,
      poison: (item) => Effect.sync(() => this.loseAdmitted(item)),
    })
    this.poolStage = Stage.make({
      name: "pool",
      mailbox: this.admitted,
      batch: one,
      restart: policy,
      handle: ([item]) => (item === undefined ? Effect.succeed([]) : this.intoSlab(item)),
      emit: this.encoded.offer,
      next: "log",
      isFault: () => false,
      poison: (item) => Effect.sync(() => this.loseAdmitted(item)),
    })
    this.log = Stage.make({
      name: "log",
      mailbox: this.encoded,
      batch: { ...stageBatch, countMax: pool.slabsMax, bytesMax: wal.groupBytesMax },
      restart: policy,
      handle: (batches) => this.intoLog(batches),
      emit: this.durable.offer,
      next: "tree",
      isFault: (error) => error instanceof DiskError,
      poison: (item) =>
        Effect.sync(() => {
          parts.log.inSlabs.add(item.perLane, -1)
          this.lose(item.perLane, item.waiting, "poison")
          item.slab.release()
        }),
    })
    this.tree = this.treeStage(policy, {
      ...stageBatch,
      countMax: hashedTogetherMax,
      bytesMax: slabs.capacityBytes,
    })
    this.publish = this.publishStage(policy, one)
  }

  /** Hashing the next batch goes on while the files of the one before are written. */
  private treeStage(restart: RestartPolicy, batch: BatchPolicy): Stage.Stage<DurableBatch> {
    return Stage.make<DurableBatch, DurableBatch, never>({
      name: "tree",
      mailbox: this.durable,
      batch,
      restart,
      handle: (batches) => Effect.as(this.parts.publish.add(batches), batches),
      emit: this.hashed.offer,
      next: "publish",
      isFault: () => false,
      poison: stopOnGap,
    })
  }

  private publishStage(restart: RestartPolicy, batch: BatchPolicy): Stage.Stage<DurableBatch> {
    return Stage.make<DurableBatch, never, DiskError>({
      name: "publish",
      mailbox: this.hashed,
      batch,
      restart,
      handle: ([item]) =>
        item === undefined ? Effect.succeed([]) : Effect.as(this.parts.publish.write(item), []),
      emit: () => Effect.void,
      isFault: (error) => error instanceof DiskError,
      poison: stopOnGap,
    })
  }

  /** Starts the stages, each of which closes the next one's mailbox when it has ended. */
  readonly start = Effect.fnUntraced(function* (this: Pipeline, supervisor: Supervisor["Service"]) {
    const sampled = yield* supervisor.start(this.sample)
    const pooled = yield* supervisor.start(this.poolStage)
    const logged = yield* supervisor.start(this.log)
    const hashed = yield* supervisor.start(this.tree)
    const published = yield* supervisor.start(this.publish)
    return { sampled, pooled, logged, hashed, published }
  })

  /** Ends the stages up to the log, whose hands stay as they are. */
  stopLogging(stages: RunningPipeline | undefined): Effect.Effect<void> {
    if (stages === undefined) return Effect.void
    const { logged, pooled, sampled } = stages
    return Effect.forEach([sampled, pooled, logged], ({ stop }) => stop, {
      concurrency: "unbounded",
      discard: true,
    })
  }

  /**
   * Everything taken from the lanes and not in the log, oldest first, for the last moments of
   * a process. A batch that is just being handed on is named once.
   */
  unloggedUnsafe(): {
    readonly inHand: ReadonlyArray<EncodedBatch>
    readonly encoded: ReadonlyArray<EncodedBatch>
    readonly admitted: ReadonlyArray<AdmittedBatch>
  } {
    const { lanes } = this.parts.intake
    const seen = new Set<ReadonlyArray<number>>()
    const admitted = [
      ...this.poolStage.inHand(),
      ...this.admitted.waitingUnsafe(),
      ...this.sample.inHand(),
    ].filter((item) => {
      const isNew = !seen.has(item.ends)
      seen.add(item.ends)
      const isInSlab = item.ends.every((end, lane) => end <= (lanes[lane]?.head ?? 0))
      return isNew && !isInSlab
    })
    return {
      inHand: this.log.inHand().filter((batch) => !batch.isLogged),
      encoded: [...this.encoded.waitingUnsafe(), ...this.unwritten].filter(
        (batch) => !batch.isLogged,
      ),
      admitted,
    }
  }

  private intoSlab(item: AdmittedBatch): Effect.Effect<ReadonlyArray<EncodedBatch>> {
    const { intake, pool } = this.parts
    if (item.count === 0) {
      return Effect.sync(() => {
        this.free(item)
        return []
      })
    }
    if (pool.isExhausted) this.parts.trim()
    return Effect.map(pool.lease, (slab) => {
      const batch = encode(item, intake, slab)
      pool.filled(batch.bytes)
      this.parts.log.inSlabs.add(batch.perLane, 1)
      this.free(item)
      return [batch]
    })
  }

  /** The slots' events are in a slab or sampled out from here on: booked in the same step. */
  private free(item: AdmittedBatch): void {
    const { intake, ledger, progressed } = this.parts
    if (item.skipped > 0) ledger.sampledOut[3] = (ledger.sampledOut[3] ?? 0) + item.skipped
    intake.free(item)
    progressed()
  }

  private intoLog(
    batches: ReadonlyArray<EncodedBatch>,
  ): Effect.Effect<ReadonlyArray<DurableBatch>, DiskError> {
    const { fenced, progressed } = this.parts
    return log(batches, this.parts.log).pipe(
      Effect.catchTag("TrailFenced", fenced),
      // An alarm for people: the stage itself goes on trying for as long as it takes.
      Effect.tapError((error) => Effect.logError("countersign: log", error)),
      Effect.map((durable) => {
        for (const batch of durable) this.parts.publish.follow(batch)
        progressed()
        return durable
      }),
    )
  }

  private loseAdmitted(item: AdmittedBatch): void {
    const { intake } = this.parts
    const perLane = intake.lanes.map((_, lane) =>
      item.runs.reduce((sum, run) => sum + (run.lane === lane ? run.to - run.from : 0), 0),
    )
    for (const run of item.runs) {
      const lane = intake.lanes[run.lane]
      for (let slot = run.from; slot < run.to; slot++) lane?.waiterOf(slot)?.lost("poison")
    }
    this.lose(perLane, [], "poison")
    this.free(item)
  }

  private lose(
    perLane: ReadonlyArray<number>,
    waiting: EncodedBatch["waiting"],
    cause: string,
  ): void {
    const { ledger, lose } = this.parts
    for (const [lane, count] of perLane.entries()) {
      ledger.lost[lane] = (ledger.lost[lane] ?? 0) + count
    }
    for (const { waiter } of waiting) waiter.lost(cause)
    lose(perLane, cause)
  }
}

/**
 * The handles of the running stages.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunningPipeline {
  readonly sampled: ActorHandle
  readonly pooled: ActorHandle
  readonly logged: ActorHandle
  readonly hashed: ActorHandle
  readonly published: ActorHandle
}

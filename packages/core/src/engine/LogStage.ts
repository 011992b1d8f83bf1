/**
 * The log stage: a group of batches becomes durable.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { DiskError } from "../platform/Disk.ts"
import type { Lease } from "../trail/Lease.ts"
import { TrailFenced } from "../trail/TrailError.ts"
import type { WalBatch, WriteAheadLog } from "../trail/WriteAheadLog.ts"
import type { DurableBatch, EncodedBatch } from "./EncodedBatch.ts"
import { type EngineTimes, timed } from "./EngineTimes.ts"
import type { Ledger } from "./Ledger.ts"

/**
 * Slabs between the pool and the log, counted by lane for the ledger.
 *
 * @category models
 * @since 0.1.0
 */
export class InSlabs {
  readonly counts: Float64Array

  constructor(lanes: number) {
    this.counts = new Float64Array(lanes)
  }

  add(perLane: ReadonlyArray<number>, sign: 1 | -1): void {
    for (const [lane, count] of perLane.entries()) {
      this.counts[lane] = (this.counts[lane] ?? 0) + sign * count
    }
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface LogStageOptions {
  readonly wal: WriteAheadLog
  readonly lease: Lease
  readonly ledger: Ledger
  readonly inSlabs: InSlabs
  readonly directory: string
  readonly times: EngineTimes
  readonly nowMillis: () => number
}

/** The bytes of a batch as the log takes them. */
export const payloadOf = (batch: EncodedBatch): WalBatch => ({
  payload: batch.slab.bytes.subarray(0, batch.bytes),
  count: batch.count,
})

/**
 * Writes and syncs a group, then tells those who wait.
 *
 * Nobody is told before the sync has returned and the lease was found still held: a writer
 * that was replaced while it slept may have written to a log that nobody reads any more.
 *
 * @category running
 * @since 0.1.0
 */
export const log = (
  batches: ReadonlyArray<EncodedBatch>,
  options: LogStageOptions,
): Effect.Effect<ReadonlyArray<DurableBatch>, DiskError | TrailFenced> => {
  const { directory, lease, wal } = options
  const fenced = Effect.suspend(() =>
    Effect.fail(new TrailFenced({ path: directory, fence: lease.fence })),
  )
  return Effect.suspend(() => {
    // A segment begun after another writer took over would stand beside its segments.
    if (!lease.isHeldUnsafe()) return fenced
    const firstSequence = wal.nextSequence
    const append = wal.append(batches.map(payloadOf), options.nowMillis())
    return Effect.andThen(
      timed(options.times, "log", append),
      Effect.suspend(() =>
        lease.isHeldUnsafe() ? Effect.succeed(settle(batches, firstSequence, options)) : fenced,
      ),
    )
  })
}

/** Books a group as recorded. Also the end of the synchronous path at process exit. */
export const settle = (
  batches: ReadonlyArray<EncodedBatch>,
  firstSequence: number,
  { inSlabs, ledger }: LogStageOptions,
): ReadonlyArray<DurableBatch> => {
  let sequence = firstSequence
  return batches.map((batch) => {
    batch.isLogged = true
    const durable: DurableBatch = { ...batch, firstSequence: sequence }
    inSlabs.add(batch.perLane, -1)
    for (const [lane, count] of batch.perLane.entries()) {
      ledger.recorded[lane] = (ledger.recorded[lane] ?? 0) + count
    }
    for (const { index, waiter } of batch.waiting) waiter.durable(sequence + index)
    sequence += batch.count
    return durable
  })
}

/**
 * The pool stage: from the lanes into one slab.
 *
 * @since 0.1.0
 */
import type { SlabLease } from "./BufferPool.ts"
import type { EncodedBatch, WaitingEntry } from "./EncodedBatch.ts"
import { type AdmittedBatch, type Intake, laneCount } from "./Intake.ts"

/**
 * Copies a batch into a slab. The lanes still hold their slots afterwards.
 *
 * @category running
 * @since 0.1.0
 */
export const encode = (batch: AdmittedBatch, intake: Intake, slab: SlabLease): EncodedBatch => {
  const perLane = Array.from({ length: laneCount }, () => 0)
  const waiting: Array<WaitingEntry> = []
  let bytes = 0
  let count = 0
  for (const run of batch.runs) {
    const lane = intake.lanes[run.lane]
    if (lane === undefined) continue
    bytes += lane.copy(run.from, run.to, slab.bytes, bytes)
    if (lane.waiters > 0) {
      for (let slot = run.from; slot < run.to; slot++) {
        const waiter = lane.waiterOf(slot)
        if (waiter !== undefined) waiting.push({ index: count + slot - run.from, waiter })
      }
    }
    count += run.to - run.from
    perLane[run.lane] = (perLane[run.lane] ?? 0) + run.to - run.from
  }
  return { slab, bytes, count, perLane, waiting, isLogged: false }
}

/**
 * Batches of the trail made into deliveries: cut where they are too large, joined where small.
 *
 * A trail's batch is as large as what came within some milliseconds; a database wants thousands
 * of rows in a transaction. What is joined is copied, so that a delivery under way keeps the
 * memory of one batch of the engine at most, however long it takes.
 *
 * @since 0.1.0
 */
import type { DeliveryLimits } from "./DeliverySize.ts"
import { endOf, slice, type DeliveredBatch } from "./Sink.ts"

/**
 * As much of a batch, from a sequence that lies in it, as the limits allow: at least one record.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fit = (
  batch: DeliveredBatch,
  sequence: number,
  { bytesMax, recordsMax }: DeliveryLimits,
): DeliveredBatch => {
  const from = sequence - batch.firstSequence
  const last = Math.min(batch.entries.length, from + recordsMax)
  let bytes = 0
  let to = from
  for (; to < last; to++) {
    bytes += batch.entries[to]?.byteLength ?? 0
    if (bytes > bytesMax && to > from) break
  }
  return slice(batch, from, to)
}

/**
 * Batches that follow each other as one, with entries of its own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const join = (
  first: DeliveredBatch,
  others: ReadonlyArray<DeliveredBatch>,
): DeliveredBatch => {
  const parts = [first, ...others]
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  const memory = Buffer.allocUnsafe(bytes)
  const entries: Array<Uint8Array> = []
  let at = 0
  let next = first.firstSequence
  for (const part of parts) {
    if (part.firstSequence !== next) {
      throw new Error(`record ${next} was to follow, and ${part.firstSequence} did`)
    }
    next = endOf(part)
    for (const entry of part.entries) {
      memory.set(entry, at)
      entries.push(memory.subarray(at, at + entry.byteLength))
      at += entry.byteLength
    }
  }
  return { trail: first.trail, firstSequence: first.firstSequence, entries, bytes }
}

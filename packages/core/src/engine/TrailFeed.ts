/**
 * The trail as the sinks read it: live batches from their slabs, older ones from the bundles.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk, DiskError } from "../platform/Disk.ts"
import * as EntryBundle from "../trail/EntryBundle.ts"
import { tileWidth } from "../trail/Tile.ts"
import { readBundle } from "../trail/TrailReader.ts"
import type { TrailWriter } from "../trail/TrailWriter.ts"
import type { DurableBatch } from "./EncodedBatch.ts"
import type { PublishedBatch } from "./RecentBatches.ts"
import type { DeliveredBatch } from "./Sink.ts"

const sizeOf = (entries: ReadonlyArray<Uint8Array>): number =>
  entries.reduce((total, entry) => total + entry.byteLength, 0)

/**
 * A durable batch as sinks take it; it holds its slab until it is released.
 *
 * @category constructors
 * @since 0.1.0
 */
export const publishedOf = (batch: DurableBatch, trail: string): PublishedBatch => {
  const entries = Result.getOrThrow(
    EntryBundle.decode(batch.slab.bytes.subarray(0, batch.bytes), batch.count),
  )
  const slab = batch.slab.retain()
  return {
    trail,
    firstSequence: batch.firstSequence,
    entries,
    bytes: sizeOf(entries),
    release: () => slab.release(),
  }
}

/**
 * What the trail holds from a sequence number on: about `bytesMax` bytes, at least one entry;
 * `undefined` where there is none yet.
 *
 * - Errors: `DiskError`; a bundle that can't be read as one is a `DiskError` too, since a sink
 *   can only wait until somebody has mended it.
 *
 * @category running
 * @since 0.1.0
 */
export const readFrom =
  (disk: Disk["Service"], directory: string, trail: string, writer: TrailWriter) =>
  (sequence: number, bytesMax: number): Effect.Effect<DeliveredBatch | undefined, DiskError> =>
    Effect.gen(function* () {
      const found: Array<Uint8Array> = []
      let bytes = 0
      let next = sequence
      while (next < writer.bundledSize && bytes < bytesMax) {
        const bundle = yield* bundleAt(disk, directory, Math.floor(next / tileWidth))
        const rest = bundle.slice(next % tileWidth)
        found.push(...rest)
        bytes += sizeOf(rest)
        next += rest.length
      }
      if (bytes < bytesMax) found.push(...openEntries(writer, next))
      if (found.length === 0) return undefined
      return { trail, firstSequence: sequence, entries: found, bytes: sizeOf(found) }
    })

/** Entries that are in the tree and in no full bundle, if the sequence number has got so far. */
const openEntries = (writer: TrailWriter, sequence: number): ReadonlyArray<Uint8Array> => {
  const start = writer.size - (writer.size % tileWidth)
  if (sequence < start || sequence >= writer.size) return []
  const entries = Result.getOrThrow(EntryBundle.decode(writer.openBundle()))
  return entries.slice(sequence - start)
}

const bundleAt = (
  disk: Disk["Service"],
  directory: string,
  index: number,
): Effect.Effect<ReadonlyArray<Uint8Array>, DiskError> =>
  readBundle(directory, index, tileWidth).pipe(
    Effect.provideService(Disk, disk),
    Effect.catchTag("TrailDamaged", (error) =>
      Effect.fail(
        new DiskError({ call: "read", path: error.path, errno: "EIO", detail: error.detail }),
      ),
    ),
  )

/**
 * What the tree gains by a run of entries, computed without touching the tree.
 *
 * A pure function from the tree's edge and the entries to hashes, so any thread can compute it,
 * and one that died half-way has spoilt nothing. No Effect here: loading it would cost the
 * thread 45 MB and a tenth of a second.
 *
 * @since 0.1.0
 */
import { entryBytesMax, lengthBytes } from "./EntryLayout.ts"
import { hashBytes, sha256Into, TreeHead } from "./MerkleTree.ts"
import { tileWidth } from "./Tile.ts"

/**
 * Entries that lie in a buffer as they will lie in an entry bundle.
 *
 * @category models
 * @since 0.1.0
 */
export interface Entries {
  readonly bytes: Uint8Array
  /** Bytes in use from the start of the buffer. */
  readonly usedBytes: number
  readonly count: number
}

/**
 * The edge of a tree, and entries that follow it.
 *
 * @category models
 * @since 0.1.0
 */
export interface HashJob {
  /** Entries in the tree. */
  readonly size: number
  /** The hashes of its right edge, as `TreeHead.fromFrontier` takes them. */
  readonly frontier: ReadonlyArray<Uint8Array>
  readonly runs: ReadonlyArray<Entries>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface EntryHashes {
  /** The tree with the entries. */
  readonly size: number
  readonly frontier: ReadonlyArray<Uint8Array>
  /** The entries' leaf hashes, one after the other. */
  readonly leaves: Uint8Array
  /** Hashes of the subtrees that tiles above the lowest level hold, in their order. */
  readonly tileHashes: ReadonlyArray<{ readonly level: number; readonly hash: Uint8Array }>
  /** For each run, the offsets in its buffer at which an entry bundle is complete. */
  readonly bundleEnds: ReadonlyArray<ReadonlyArray<number>>
}

// SHA-256 of `0x00` and the entry. The entry is copied behind that byte: setting the byte before
// it in place is cheaper, and would spoil the buffer for good if the thread died that moment.
const prefixed = Buffer.alloc(1 + entryBytesMax)

/**
 * Hashes the entries and the subtrees that they complete.
 *
 * - Cost: two SHA-256 an entry.
 *
 * @category hashing
 * @since 0.1.0
 */
export const hashEntries = ({ frontier, runs, size }: HashJob): EntryHashes => {
  const tileHashes: Array<{ level: number; hash: Uint8Array }> = []
  const head = TreeHead.fromFrontier(size, frontier, (level, _index, buffer, offset) => {
    tileHashes.push({ level, hash: Uint8Array.from(buffer.subarray(offset, offset + hashBytes)) })
  })
  const count = runs.reduce((total, run) => total + run.count, 0)
  const leaves = Buffer.allocUnsafeSlow(count * hashBytes)
  let leaf = 0
  const bundleEnds = runs.map(({ bytes, usedBytes }) => {
    const slab = Buffer.from(bytes.buffer, bytes.byteOffset, usedBytes)
    const ends: Array<number> = []
    let at = 0
    while (at < usedBytes) {
      const entry = at + lengthBytes
      at = entry + (((slab[at] ?? 0) << 8) | (slab[at + 1] ?? 0))
      slab.copy(prefixed, 1, entry, at)
      sha256Into(prefixed.subarray(0, 1 + at - entry), leaves, leaf)
      head.append(leaves, leaf)
      leaf += hashBytes
      if (head.size % tileWidth === 0) ends.push(at)
    }
    return ends
  })
  return { size: head.size, frontier: head.frontier, leaves, tileHashes, bundleEnds }
}

/**
 * The tree of a trail as it grows: its edge, its open tiles, and the tiles that became full.
 *
 * @since 0.1.0
 */
import type { Entries, EntryHashes, HashJob } from "./EntryHashes.ts"
import { hashBytes, rootOfFrontier } from "./MerkleTree.ts"
import { formatTilePath, tileBytes, type TileLevel, tileWidth } from "./Tile.ts"

/**
 * A tree whose tiles are all full at the lowest level.
 *
 * @category models
 * @since 0.1.0
 */
export interface TrailBase {
  /** Bounds: a multiple of 256 entries. */
  readonly size: number
  /** The hashes of the tree's right edge, as `TreeHead.fromFrontier` takes them. */
  readonly frontier: ReadonlyArray<Uint8Array>
  /** For each level of tiles, the hashes of its open tile, one after the other. */
  readonly openTiles: ReadonlyArray<Uint8Array>
}

/**
 * A file to be written, named from the trail's directory.
 *
 * @category models
 * @since 0.1.0
 */
export interface TreeFile {
  readonly path: string
  readonly chunks: ReadonlyArray<Uint8Array>
}

/** The tile being filled at one level of tiles. */
interface OpenTile {
  readonly bytes: Buffer
  /** Hashes that the whole level has, closed tiles included. */
  count: number
}

/** Where the partial tiles of one tile lie. */
const partialsOf = (level: TileLevel, index: number): string =>
  `${formatTilePath({ level, index, width: tileWidth })}.p`

/**
 * @category models
 * @since 0.1.0
 */
export class GrowingTree {
  /** Entries in the tree. */
  size: number
  /** Full tiles and bundles, until whoever writes them takes them off. */
  readonly full: Array<TreeFile> = []
  /** Directories of partial tiles that the full ones replace. */
  readonly stale: Array<string> = []

  private frontier: ReadonlyArray<Uint8Array>
  private readonly foundSize: number
  private readonly levels: Array<OpenTile> = []
  /** Directories of partial tiles, which go when the full tile is there. */
  private readonly partials = new Set<string>()
  private tail = Buffer.allocUnsafeSlow(64 * 1024)
  private tailBytes = 0

  /** @param foundSize an earlier writer may have left partial tiles up to this entry */
  constructor(base: TrailBase, foundSize: number) {
    this.size = base.size
    this.frontier = base.frontier
    this.foundSize = foundSize
    for (const [level, hashes] of base.openTiles.entries()) {
      const tile = this.levelAt(level)
      tile.bytes.set(hashes)
      const closed = Math.floor(base.size / tileWidth ** (level + 1))
      tile.count = closed * tileWidth + hashes.length / hashBytes
      this.partials.add(partialsOf(level, closed))
      if (level === 0) this.partials.add(partialsOf("entries", closed))
    }
  }

  /** The root of the tree as it is. */
  root(): Uint8Array {
    return rootOfFrontier(this.frontier)
  }

  /** What has to be hashed before `runs` can be {@link add}ed. */
  jobOf(runs: ReadonlyArray<Entries>): HashJob {
    return { size: this.size, frontier: this.frontier, runs }
  }

  /**
   * Adds entries that were hashed. The files of {@link full} borrow their buffers.
   *
   * @param runs those that the hashes are of, and the tree has not grown since
   */
  add(runs: ReadonlyArray<Entries>, hashes: EntryHashes): void {
    const sizeBefore = this.size
    if (hashes.size - hashes.leaves.length / hashBytes !== sizeBefore) {
      throw new Error(`hashes up to entry ${hashes.size} were given to a tree of ${sizeBefore}`)
    }
    this.addLeaves(hashes.leaves)
    for (const { hash, level } of hashes.tileHashes) this.addHashes(level, hash)
    let index = Math.floor(sizeBefore / tileWidth)
    for (const [run, { bytes, usedBytes }] of runs.entries()) {
      let from = 0
      for (const end of hashes.bundleEnds[run] ?? []) {
        this.closeBundle(bytes.subarray(from, end), index)
        index += 1
        from = end
      }
      this.keepTail(bytes.subarray(from, usedBytes))
    }
    this.frontier = hashes.frontier
    this.size = hashes.size
  }

  /** A copy of the entries behind the last full bundle, as they lie in a bundle. */
  openBundle(): Buffer {
    return Buffer.from(this.tail.subarray(0, this.tailBytes))
  }

  /** Copies of the tiles that are not full yet, and of the open bundle, as partial tiles. */
  openFiles(): ReadonlyArray<TreeFile> {
    const files: Array<TreeFile> = []
    const open = (level: TileLevel, index: number, width: number, bytes: Buffer): void => {
      files.push({ path: formatTilePath({ level, index, width }), chunks: [bytes] })
      this.partials.add(partialsOf(level, index))
    }
    for (const [level, tile] of this.levels.entries()) {
      const width = tile.count % tileWidth
      if (width === 0) continue
      const index = Math.floor(tile.count / tileWidth)
      open(level, index, width, Buffer.from(tile.bytes.subarray(0, width * hashBytes)))
      if (level === 0) open("entries", index, width, this.openBundle())
    }
    return files
  }

  private levelAt(level: number): OpenTile {
    const known = this.levels[level]
    if (known !== undefined) return known
    const made = { bytes: Buffer.allocUnsafeSlow(tileBytes), count: 0 }
    this.levels[level] = made
    return made
  }

  private addLeaves(hashes: Uint8Array): void {
    for (let from = 0; from < hashes.length;) {
      const open = (this.levelAt(0).count % tileWidth) * hashBytes
      const to = Math.min(hashes.length, from + tileBytes - open)
      this.addHashes(0, hashes.subarray(from, to))
      from = to
    }
  }

  /** At most as many hashes as the open tile has room for. */
  private addHashes(level: number, hashes: Uint8Array): void {
    const tile = this.levelAt(level)
    tile.bytes.set(hashes, (tile.count % tileWidth) * hashBytes)
    tile.count += hashes.length / hashBytes
    if (tile.count % tileWidth !== 0) return
    this.close(level, tile.count / tileWidth - 1, [Buffer.from(tile.bytes)])
  }

  private closeBundle(own: Uint8Array, index: number): void {
    const chunks = this.tailBytes === 0 ? [own] : [this.openBundle(), own]
    this.tailBytes = 0
    this.close("entries", index, chunks)
  }

  private close(level: TileLevel, index: number, chunks: ReadonlyArray<Uint8Array>): void {
    this.full.push({ path: formatTilePath({ level, index, width: tileWidth }), chunks })
    const partials = partialsOf(level, index)
    const span = tileWidth ** (level === "entries" ? 1 : level + 1)
    const mayBeLeft = index * span < this.foundSize
    if (this.partials.delete(partials) || mayBeLeft) this.stale.push(partials)
  }

  /** The entries of the open bundle are copied, so that a slab is never held for a slow trickle. */
  private keepTail(entries: Uint8Array): void {
    const needed = this.tailBytes + entries.length
    if (needed > this.tail.length) {
      const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(needed)))
      this.tail.copy(larger, 0, 0, this.tailBytes)
      this.tail = larger
    }
    this.tail.set(entries, this.tailBytes)
    this.tailBytes = needed
  }
}

/**
 * From durable entries to the published trail: tree, tiles and the signed checkpoint.
 *
 * Nothing is signed that the write-ahead log does not hold. Tiles are written without a sync
 * of their own, since the log can make them again; they are synced before the log is pruned
 * (`docs/decisions/0002-trail-format.md`). A checkpoint is published only when every tile it
 * covers has been written, so whoever follows it never meets a half-written file.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Disk, DiskError } from "../platform/Disk.ts"
import type { SignerError } from "../signer/Signer.ts"
import { lengthBytes } from "./EntryBundle.ts"
import { hashBytes, hashLeafAt, TreeHead } from "./MerkleTree.ts"
import { formatTilePath, tileBytes, type TileLevel, tileWidth } from "./Tile.ts"

/** Full tiles of one flush: synced together, since the log is pruned by whole steps. */
interface UnsyncedGroup {
  readonly files: ReadonlyArray<string>
  readonly directories: ReadonlySet<string>
  /** Partial tiles that the full ones replace. */
  readonly stale: ReadonlyArray<string>
  /** Entries that lie in full tiles up to this group. */
  readonly size: number
  readonly writtenMillis: number
}

interface PendingFile {
  readonly path: string
  readonly chunks: ReadonlyArray<Uint8Array>
}

/** Where the partial tiles of one tile lie. */
const partialsOf = (level: TileLevel, index: number): string =>
  `${formatTilePath({ level, index, width: tileWidth })}.p`

/** The tile being filled at one level of tiles. */
interface OpenTile {
  readonly bytes: Buffer
  /** Hashes that the whole level has, closed tiles included. */
  count: number
}

/**
 * A tree whose tiles are all full at the lowest level.
 *
 * @category models
 * @since 0.1.0
 */
export interface TrailBase {
  /** Bounds: a multiple of 256 entries. */
  readonly size: number
  /** The hashes of the tree's right edge, as {@link TreeHead.fromFrontier} takes them. */
  readonly frontier: ReadonlyArray<Uint8Array>
  /** For each level of tiles, the hashes of its open tile, one after the other. */
  readonly openTiles: ReadonlyArray<Uint8Array>
}

/**
 * What a writer starts from.
 *
 * @category models
 * @since 0.1.0
 */
export interface TrailWriterOptions {
  readonly disk: Disk["Service"]
  /** The trail's directory. */
  readonly directory: string
  /** The tree so far; what follows it is appended. */
  readonly base: TrailBase
  /** The size of the newest checkpoint. */
  readonly publishedSize: number
  /** Entries of the log: an earlier writer may have left partial tiles up to here. Default: none. */
  readonly foundSize?: number
  readonly nowMillis: () => number
  /** Signs the tree as a checkpoint. */
  readonly sign: (size: number, root: Uint8Array) => Effect.Effect<Uint8Array, SignerError>
}

/**
 * Appends entries to the tree of one trail, in order.
 *
 * @category models
 * @since 0.1.0
 */
export class TrailWriter {
  /** Size and root of the newest checkpoint. */
  publishedSize: number
  /** Entries whose tiles survive a power failure; the log before it can be pruned. */
  syncedSize: number

  private readonly options: TrailWriterOptions
  private readonly head: TreeHead
  private readonly levels: Array<OpenTile> = []
  private readonly directories = new Set<string>()
  private readonly one = Semaphore.makeUnsafe(1)
  /** Syncs of groups, in their order: the writer's own turn and the drain's must not meet. */
  private readonly syncing = Semaphore.makeUnsafe(1)
  private readonly pending: Array<PendingFile> = []
  private readonly unsynced: Array<UnsyncedGroup> = []
  /** Directories with names that no sync has covered. */
  private newDirectories = new Set<string>()
  /** Directories of partial tiles, which go when the full tile is there. */
  private readonly partials = new Set<string>()
  private readonly stale: Array<string> = []
  private tail = Buffer.allocUnsafeSlow(64 * 1024)
  private tailBytes = 0
  /** After a failed sync the log is kept, and the next opening writes the tiles again from it. */
  private isDistrusted = false
  private flushedSize: number

  constructor(options: TrailWriterOptions) {
    this.options = options
    this.head = TreeHead.fromFrontier(
      options.base.size,
      options.base.frontier,
      (level, _index, buffer, offset) => this.addHash(level, buffer, offset),
    )
    this.publishedSize = options.publishedSize
    this.flushedSize = options.base.size
    this.syncedSize = options.base.size
    for (const [level, hashes] of options.base.openTiles.entries()) {
      const tile = this.levelAt(level)
      tile.bytes.set(hashes)
      const closed = Math.floor(options.base.size / tileWidth ** (level + 1))
      tile.count = closed * tileWidth + hashes.length / hashBytes
      this.partials.add(partialsOf(level, closed))
      if (level === 0) this.partials.add(partialsOf("entries", closed))
    }
  }

  /** Entries in the tree. */
  get size(): number {
    return this.head.size
  }

  /** The root of the tree as it is. */
  root(): Uint8Array {
    return this.head.root()
  }

  /**
   * Adds entries that lie in a buffer as they will lie in an entry bundle to the tree. Giving
   * the same entries again adds them once. The tiles that became full are written by {@link write}.
   *
   * The buffer is borrowed until `write` has succeeded.
   *
   * - Cost: two hashes an entry, on the caller's thread.
   */
  addUnsafe(bytes: Buffer, usedBytes: number, count: number, firstSequence: number): void {
    if (firstSequence + count <= this.head.size) return
    if (firstSequence !== this.head.size) {
      throw new Error(`entry ${firstSequence} was given to a tree of ${this.head.size}`)
    }
    this.hash(bytes, usedBytes)
  }

  /** Writes the tiles that became full. After a failure the next call writes them again. */
  readonly write: Effect.Effect<void, DiskError> = Effect.suspend(() =>
    this.one.withPermit(this.flush),
  )

  /** Adds entries and writes the tiles that became full. */
  append(
    bytes: Buffer,
    usedBytes: number,
    count: number,
    firstSequence: number,
  ): Effect.Effect<void, DiskError> {
    return Effect.suspend(() => {
      this.addUnsafe(bytes, usedBytes, count, firstSequence)
      return this.write
    })
  }

  /**
   * Writes the open tiles and a signed checkpoint over the tree as it is.
   *
   * @returns the published size
   */
  readonly publish: Effect.Effect<number, DiskError | SignerError> = Effect.suspend(() =>
    this.one.withPermit(
      Effect.suspend(() => {
        const size = this.head.size
        if (size === this.publishedSize) return Effect.succeed(size)
        // Taken together: the tree may grow while they are written.
        const root = this.head.root()
        const open = this.openFiles()
        const { directory, disk, sign } = this.options
        return this.flush.pipe(
          Effect.andThen(this.writeFiles(open)),
          Effect.andThen(sign(size, root)),
          Effect.flatMap((note) => disk.replaceFile(path.join(directory, "checkpoint"), [note])),
          Effect.map(() => {
            this.publishedSize = size
            return size
          }),
        )
      }),
    ),
  )

  /** Entries that lie in full bundles on the disk. */
  get bundledSize(): number {
    return this.flushedSize
  }

  /** A copy of the entries behind the last full bundle, as they lie in a bundle. */
  openBundle(): Buffer {
    return Buffer.from(this.tail.subarray(0, this.tailBytes))
  }

  /** Groups of files that a power failure could still take. */
  get unsyncedFiles(): number {
    return this.unsynced.reduce((total, group) => total + group.files.length, 0)
  }

  /**
   * Makes the full tiles that were written by a moment survive a power failure, and deletes
   * the partial tiles that they replace.
   *
   * @param writtenBefore milliseconds since 1970; a system has long written most of what is
   *   older than half a minute, and syncing that costs a fraction
   * @returns the entries that need the log no more: synced, and covered by a checkpoint, since
   *   a trail whose log begins behind its checkpoint can't be opened
   */
  sync(writtenBefore: number): Effect.Effect<number, DiskError> {
    return this.syncing.withPermit(this.syncGroups(writtenBefore))
  }

  private syncGroups(writtenBefore: number): Effect.Effect<number, DiskError> {
    return Effect.suspend(() => {
      const group = this.unsynced[0]
      if (group === undefined || group.writtenMillis > writtenBefore || this.isDistrusted) {
        return Effect.succeed(Math.min(this.syncedSize, this.publishedSize))
      }
      return this.syncGroup(group).pipe(
        Effect.andThen(
          Effect.sync(() => {
            this.unsynced.shift()
            this.syncedSize = Math.max(this.syncedSize, group.size)
          }),
        ),
        Effect.andThen(this.syncGroups(writtenBefore)),
      )
    })
  }

  /** Makes the open tiles of the newest checkpoint survive as well, so that no log is needed at all. */
  readonly syncAll: Effect.Effect<void, DiskError> = Effect.suspend(() => {
    const files = this.openFiles().map((file) => path.join(this.options.directory, file.path))
    const group = {
      files,
      directories: new Set([...files.map((file) => path.dirname(file)), ...this.newDirectories]),
      stale: [],
      size: this.head.size,
      writtenMillis: 0,
    }
    return this.syncGroups(Infinity).pipe(
      Effect.andThen(
        Effect.suspend(() => (this.isDistrusted ? Effect.void : this.syncGroup(group))),
      ),
      Effect.andThen(
        Effect.sync(() => {
          if (!this.isDistrusted) this.syncedSize = group.size
        }),
      ),
      (all) => this.syncing.withPermit(all),
    )
  })

  private syncGroup(group: UnsyncedGroup): Effect.Effect<void, DiskError> {
    const { directory, disk } = this.options
    const each = { concurrency: 2, discard: true } as const
    return Effect.forEach(group.files, (file) => this.trusted(disk.syncFile(file)), each).pipe(
      Effect.andThen(
        Effect.forEach(group.directories, (name) => this.trusted(disk.syncDirectory(name)), each),
      ),
      Effect.andThen(
        Effect.forEach(group.stale, (name) => disk.removeTree(path.join(directory, name)), each),
      ),
    )
  }

  /** A sync that failed is not asked again: it would report success for pages that are gone. */
  private trusted(sync: Effect.Effect<void, DiskError>): Effect.Effect<void, DiskError> {
    return Effect.uninterruptible(
      Effect.tapError(sync, () =>
        Effect.sync(() => {
          this.isDistrusted = true
        }),
      ),
    )
  }

  private levelAt(level: number): OpenTile {
    const known = this.levels[level]
    if (known !== undefined) return known
    const made = { bytes: Buffer.allocUnsafeSlow(tileBytes), count: 0 }
    this.levels[level] = made
    return made
  }

  /** The synchronous heart: per entry two hashes and no allocation of its own. */
  private hash(slab: Buffer, end: number): void {
    const leaves = this.levelAt(0)
    let at = 0
    let bundleStart = 0
    while (at < end) {
      const entry = at + lengthBytes
      const next = entry + (((slab[at] ?? 0) << 8) | (slab[at + 1] ?? 0))
      const slot = (leaves.count % tileWidth) * hashBytes
      hashLeafAt(slab, entry, next, leaves.bytes, slot)
      leaves.count += 1
      this.head.append(leaves.bytes, slot)
      at = next
      if (leaves.count % tileWidth === 0) {
        this.closeTile(0, leaves)
        this.closeBundle(slab, bundleStart, at, leaves.count / tileWidth - 1)
        bundleStart = at
      }
    }
    this.keepTail(slab, bundleStart, end)
  }

  private addHash(level: number, hash: Buffer, offset: number): void {
    const tile = this.levelAt(level)
    hash.copy(tile.bytes, (tile.count % tileWidth) * hashBytes, offset, offset + hashBytes)
    tile.count += 1
    if (tile.count % tileWidth === 0) this.closeTile(level, tile)
  }

  private closeTile(level: number, tile: OpenTile): void {
    this.close(level, tile.count / tileWidth - 1, [Buffer.from(tile.bytes)])
  }

  private closeBundle(slab: Buffer, from: number, to: number, index: number): void {
    const own = slab.subarray(from, to)
    const chunks =
      this.tailBytes === 0 ? [own] : [Buffer.from(this.tail.subarray(0, this.tailBytes)), own]
    this.tailBytes = 0
    this.close("entries", index, chunks)
  }

  private close(level: TileLevel, index: number, chunks: ReadonlyArray<Uint8Array>): void {
    this.pending.push({ path: formatTilePath({ level, index, width: tileWidth }), chunks })
    const partials = partialsOf(level, index)
    const span = tileWidth ** (level === "entries" ? 1 : level + 1)
    const mayBeLeft = index * span < (this.options.foundSize ?? 0)
    if (this.partials.delete(partials) || mayBeLeft) this.stale.push(partials)
  }

  /** The entries of the open bundle are copied, so that a slab is never held for a slow trickle. */
  private keepTail(slab: Buffer, from: number, to: number): void {
    const needed = this.tailBytes + to - from
    if (needed > this.tail.length) {
      const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(needed)))
      this.tail.copy(larger, 0, 0, this.tailBytes)
      this.tail = larger
    }
    this.tailBytes += slab.copy(this.tail, this.tailBytes, from, to)
  }

  private openFiles(): ReadonlyArray<PendingFile> {
    const files: Array<PendingFile> = []
    for (const [level, tile] of this.levels.entries()) {
      const open = tile.count % tileWidth
      if (open === 0) continue
      const index = Math.floor(tile.count / tileWidth)
      const hashes = Buffer.from(tile.bytes.subarray(0, open * hashBytes))
      files.push({ path: formatTilePath({ level, index, width: open }), chunks: [hashes] })
      this.partials.add(partialsOf(level, index))
      if (level === 0) {
        const entries = Buffer.from(this.tail.subarray(0, this.tailBytes))
        files.push({
          path: formatTilePath({ level: "entries", index, width: open }),
          chunks: [entries],
        })
        this.partials.add(partialsOf("entries", index))
      }
    }
    return files
  }

  private readonly flush: Effect.Effect<void, DiskError> = Effect.suspend(() => {
    // More may become full while these are written; it is left to the next call.
    const files = [...this.pending]
    const stale = this.stale.length
    const size = this.head.size - (this.head.size % tileWidth)
    if (files.length === 0) return Effect.void
    return this.writeFiles(files).pipe(
      Effect.andThen(
        Effect.sync(() => {
          this.pending.splice(0, files.length)
          this.flushedSize = size
          const full = files.map((file) => path.join(this.options.directory, file.path))
          this.unsynced.push({
            files: full,
            directories: new Set([
              ...full.map((file) => path.dirname(file)),
              ...this.newDirectories,
            ]),
            stale: this.stale.splice(0, stale),
            size,
            writtenMillis: this.options.nowMillis(),
          })
          this.newDirectories = new Set()
        }),
      ),
    )
  })

  private writeFiles(files: ReadonlyArray<PendingFile>): Effect.Effect<void, DiskError> {
    const { directory, disk } = this.options
    const whole = files.map(({ chunks, path: name }) => ({
      path: path.join(directory, name),
      chunks,
    }))
    const parents = new Set(whole.map((file) => path.dirname(file.path)))
    const made = [...parents].filter((parent) => !this.directories.has(parent))
    const written = disk.writeFiles(whole)
    return made.length === 0
      ? written
      : Effect.andThen(
          Effect.forEach(made, (parent) => this.makeDirectory(parent), { discard: true }),
          written,
        )
  }

  private makeDirectory(made: string): Effect.Effect<void, DiskError> {
    const { directory, disk } = this.options
    return Effect.map(disk.makeDirectory(made), () => {
      this.directories.add(made)
      // The names of new directories must survive as well.
      for (let above = made; above.length > directory.length; above = path.dirname(above)) {
        this.newDirectories.add(path.dirname(above))
      }
    })
  }
}

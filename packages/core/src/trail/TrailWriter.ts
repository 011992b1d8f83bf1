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
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { SignerError } from "../signer/Signer.ts"
import { EntryHasher } from "./EntryHasher.ts"
import type { Entries } from "./EntryHashes.ts"
import { GrowingTree, type TrailBase, type TreeFile } from "./GrowingTree.ts"
import { spoiltForms } from "./PartialForms.ts"
import { tileWidth } from "./Tile.ts"

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
  readonly sign: (
    size: number,
    root: Uint8Array,
  ) => Effect.Effect<Uint8Array, SignerError | DiskError>
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
  private readonly tree: GrowingTree
  private readonly directories = new Set<string>()
  private readonly one = Semaphore.makeUnsafe(1)
  /** Syncs of groups, in their order: the writer's own turn and the drain's must not meet. */
  private readonly syncing = Semaphore.makeUnsafe(1)
  private readonly unsynced: Array<UnsyncedGroup> = []
  /** Directories with names that no sync has covered. */
  private newDirectories = new Set<string>()
  /** After a failed sync the log is kept, and the next opening writes the tiles again from it. */
  private isDistrusted = false
  private flushedSize: number

  constructor(options: TrailWriterOptions) {
    this.options = options
    this.tree = new GrowingTree(options.base, options.foundSize ?? 0)
    this.publishedSize = options.publishedSize
    this.flushedSize = options.base.size
    this.syncedSize = options.base.size
  }

  /** Entries in the tree. */
  get size(): number {
    return this.tree.size
  }

  /** The root of the tree as it is. */
  root(): Uint8Array {
    return this.tree.root()
  }

  /**
   * Adds entries to the tree. Giving the same entries again adds them once. The tiles that became
   * full are written by {@link write}, and the buffers are borrowed until it has succeeded.
   *
   * - Cost: two hashes an entry, in the thread that `EntryHasher` says.
   *
   * @param runs entries that follow each other
   * @param firstSequence the place of the first of them
   */
  add(runs: ReadonlyArray<Entries>, firstSequence: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { tree } = this
      let at = firstSequence
      const rest = runs.filter(({ count }) => {
        at += count
        return at > tree.size
      })
      const missing = rest.reduce((total, { count }) => total + count, 0)
      if (missing === 0) return Effect.void
      if (at - missing !== tree.size) {
        throw new Error(`entry ${at - missing} was given to a tree of ${tree.size}`)
      }
      return EntryHasher.pipe(
        Effect.flatMap((hash) => hash(tree.jobOf(rest))),
        Effect.map((hashes) => tree.add(rest, hashes)),
      )
    })
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
    return Effect.andThen(this.add([{ bytes, usedBytes, count }], firstSequence), this.write)
  }

  /**
   * Writes the open tiles and a signed checkpoint over the tree as it is.
   *
   * @returns the published size
   */
  readonly publish: Effect.Effect<number, DiskError | SignerError> = Effect.suspend(() =>
    this.one.withPermit(
      Effect.suspend(() => {
        const size = this.tree.size
        if (size === this.publishedSize) return Effect.succeed(size)
        // Taken together: the tree may grow while they are written.
        const root = this.tree.root()
        const open = this.tree.openFiles()
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

  /** Writes again what a power failure took of the partial forms; see {@link spoiltForms}. */
  readonly mend: Effect.Effect<void, DiskError> = Effect.suspend(() => {
    const { base, directory, disk, publishedSize: signedSize } = this.options
    const range = { from: base.size, size: this.size, signedSize, open: this.tree.openFiles() }
    return spoiltForms(directory, range).pipe(
      Effect.provideService(Disk, disk),
      Effect.flatMap((files) => (files.length === 0 ? Effect.void : this.writeFiles(files))),
    )
  })

  /** Entries that lie in full bundles on the disk. */
  get bundledSize(): number {
    return this.flushedSize
  }

  /** A copy of the entries behind the last full bundle, as they lie in a bundle. */
  openBundle(): Buffer {
    return this.tree.openBundle()
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
    const open = this.tree.openFiles()
    const files = open.map((file) => path.join(this.options.directory, file.path))
    const group = {
      files,
      directories: new Set([...files.map((file) => path.dirname(file)), ...this.newDirectories]),
      stale: [],
      size: this.tree.size,
      writtenMillis: 0,
    }
    return this.syncGroups(Infinity).pipe(
      Effect.andThen(
        Effect.suspend(() =>
          this.isDistrusted
            ? Effect.void
            : Effect.andThen(
                this.isAsFound ? this.writeAllOver(open) : Effect.void,
                this.syncGroup(group),
              ),
        ),
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
    const parents = new Set(group.stale.map((name) => path.dirname(path.join(directory, name))))
    return Effect.forEach(group.files, (file) => this.trusted(disk.syncFile(file)), each).pipe(
      Effect.andThen(
        Effect.forEach(group.directories, (name) => this.trusted(disk.syncDirectory(name)), each),
      ),
      Effect.andThen(
        Effect.forEach(group.stale, (name) => disk.removeTree(path.join(directory, name)), each),
      ),
      // What comes back after a power failure has bytes that no sync covered, and by then the log
      // may be pruned that could tell what they were.
      Effect.andThen(
        Effect.forEach(parents, (name) => this.trusted(disk.syncDirectory(name)), each),
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

  private readonly flush: Effect.Effect<void, DiskError> = Effect.suspend(() => {
    // More may become full while these are written; it is left to the next call.
    const files = [...this.tree.full]
    const stale = this.tree.stale.length
    const size = this.tree.size - (this.tree.size % tileWidth)
    if (files.length === 0) return Effect.void
    // The names of directories that the run before made may be unsynced: also where no file lacks.
    return this.makeDirectories(files).pipe(
      Effect.andThen(this.lacking(files)),
      Effect.flatMap((lacking) => this.writeFiles(lacking)),
      Effect.andThen(
        Effect.sync(() => {
          this.tree.full.splice(0, files.length)
          this.flushedSize = size
          const full = files.map((file) => path.join(this.options.directory, file.path))
          this.unsynced.push({
            files: full,
            directories: new Set([
              ...full.map((file) => path.dirname(file)),
              ...this.newDirectories,
            ]),
            stale: this.tree.stale.splice(0, stale),
            size,
            writtenMillis: this.options.nowMillis(),
          })
          this.newDirectories = new Set()
        }),
      ),
    )
  })

  /**
   * After an opening: what is on the disk gets the same bytes in the same place. It may not be cut,
   * since a bundle may be the only place that still has its entries; and it may not be left as it
   * is, since after a failed sync the kernel may hold it for clean: another sync covers nothing.
   *
   * @returns the files that are not on the disk
   */
  private lacking(
    files: ReadonlyArray<TreeFile>,
  ): Effect.Effect<ReadonlyArray<TreeFile>, DiskError> {
    if (!this.isAsFound) return Effect.succeed(files)
    return Effect.filter(files, (file) => Effect.map(this.writeOver(file), (isThere) => !isThere))
  }

  /** Nothing came after what the opening found. */
  private get isAsFound(): boolean {
    return this.tree.size <= (this.options.foundSize ?? 0)
  }

  /** What is there and differs stays, for a verifier to name. */
  private writeAllOver(files: ReadonlyArray<TreeFile>): Effect.Effect<void, DiskError> {
    return Effect.forEach(files, (file) => this.writeOver(file), { discard: true })
  }

  private writeOver({ chunks, path: name }: TreeFile): Effect.Effect<boolean, DiskError> {
    const { directory, disk } = this.options
    const file = path.join(directory, name)
    const written = Effect.flatMap(disk.open(file, "update"), (opened) =>
      opened.write(chunks, 0).pipe(Effect.ensuring(opened.close)),
    )
    return disk.readFile(file).pipe(
      Effect.map((bytes) => Buffer.concat(chunks).equals(bytes)),
      Effect.catchIf(
        ({ errno }) => errno === "ENOENT",
        () => Effect.succeed(false),
      ),
      Effect.tap((isThere) => (isThere ? written : Effect.void)),
    )
  }

  private writeFiles(files: ReadonlyArray<TreeFile>): Effect.Effect<void, DiskError> {
    const { directory, disk } = this.options
    const whole = files.map(({ chunks, path: name }) => ({
      path: path.join(directory, name),
      chunks,
    }))
    return Effect.andThen(this.makeDirectories(files), disk.writeFiles(whole))
  }

  private makeDirectories(files: ReadonlyArray<TreeFile>): Effect.Effect<void, DiskError> {
    const parents = new Set(
      files.map((file) => path.join(this.options.directory, path.dirname(file.path))),
    )
    const made = [...parents].filter((parent) => !this.directories.has(parent))
    return Effect.forEach(made, (parent) => this.makeDirectory(parent), { discard: true })
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

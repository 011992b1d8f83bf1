/**
 * Every disk call of the engine, as one service.
 *
 * The trail's promises rest on what a disk call has really done, so all of them go
 * through this one door: a test puts a scripted fault plan in its place. Effect's own
 * `FileSystem` has neither `fdatasync` nor the sync of a directory, which is why it
 * does not serve here.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * A disk call that failed, with the call, the path and the system's code.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiskError extends Schema.TaggedError<DiskError>("@countersign/core/DiskError")(
  "DiskError",
  {
    code: Schema.tag("AUD-3101"),
    /** The call: `open`, `write`, `datasync`, … */
    call: Schema.String,
    path: Schema.String,
    /** The system's name for the failure, such as `ENOSPC`, `EIO`, `EROFS`, `ENOENT`. */
    errno: Schema.String,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: ${this.call} of ${this.path} failed: ${this.errno}: ${this.detail}`
  }
}

/**
 * What is known of a path.
 *
 * @category models
 * @since 0.1.0
 */
export interface DiskStatus {
  readonly sizeBytes: number
  readonly isDirectory: boolean
  /** Names that point at the file. `0` once the open file was deleted, replaced or renamed. */
  readonly links: number
  readonly inode: number
  /** Permission bits, such as `0o600`. */
  readonly mode: number
  readonly modifiedMillis: number
}

/**
 * An open file with positional writes.
 *
 * @category models
 * @since 0.1.0
 */
export interface DiskFile {
  readonly path: string
  /** Writes all chunks, one after the other, from `position` on: all bytes or an error. */
  readonly write: (
    chunks: ReadonlyArray<Uint8Array>,
    position: number,
  ) => Effect.Effect<void, DiskError>
  /**
   * Writes all chunks and makes them survive a power failure, where the system can as one call.
   *
   * An error of the call `write` has spoilt nothing: the same bytes can be written again at the
   * same place. After one of the call `datasync` the file can't be trusted with more.
   */
  readonly writeDurable: (
    chunks: ReadonlyArray<Uint8Array>,
    position: number,
  ) => Effect.Effect<void, DiskError>
  /** Makes the written bytes, and the size, survive a power failure (`fdatasync`). */
  readonly datasync: Effect.Effect<void, DiskError>
  /** Synchronous, for the last moments of a process. Throws `DiskError`. */
  readonly writeUnsafe: (chunks: ReadonlyArray<Uint8Array>, position: number) => void
  /** Synchronous, for the last moments of a process. Throws `DiskError`. */
  readonly datasyncUnsafe: () => void
  /** Synchronous and cheap (about 4 µs): is this still the file its name points at? Throws `DiskError`. */
  readonly statusUnsafe: () => DiskStatus
  readonly truncate: (sizeBytes: number) => Effect.Effect<void, DiskError>
  readonly close: Effect.Effect<void>
}

/**
 * How a file is made by {@link Disk.writeFile}.
 *
 * @category models
 * @since 0.1.0
 */
export interface WriteFileOptions {
  /** `true`: on the disk before the call returns. */
  readonly sync: boolean
  /** Permission bits of a new file. Default `0o640`. */
  readonly mode?: number
  /** `true`: fails with `EEXIST` where the path exists. */
  readonly exclusive?: boolean
}

/**
 * Reads and writes files for the trail.
 *
 * @category services
 * @since 0.1.0
 */
export class Disk extends Context.Service<
  Disk,
  {
    /** Makes the directory and its parents; nothing happens where it exists. */
    readonly makeDirectory: (path: string, mode?: number) => Effect.Effect<void, DiskError>
    /**
     * Opens for writing: `create` refuses an existing path with `EEXIST`, `update` makes it if
     * absent, `log` is as `create` and for a file that takes `writeDurable` alone.
     */
    readonly open: (
      path: string,
      how: "create" | "update" | "log",
    ) => Effect.Effect<DiskFile, DiskError>
    /** As `open` with `log`, synchronous, for the last moments of a process. Throws `DiskError`. */
    readonly openLogUnsafe: (path: string) => DiskFile
    readonly readFile: (path: string) => Effect.Effect<Uint8Array, DiskError>
    /**
     * Reads at most `lengthBytes` from `position`; shorter at the end of the file.
     *
     * @param into memory of at least `lengthBytes` that the answer may lie in; without it, or where
     *   the disk has bytes of its own, it lies in memory of its own
     */
    readonly readRange: (
      path: string,
      position: number,
      lengthBytes: number,
      into?: Uint8Array,
    ) => Effect.Effect<Uint8Array, DiskError>
    /** Synchronous: for tools that do nothing else meanwhile, where a thread hop costs more than the read. Throws `DiskError`. */
    readonly readFileUnsafe: (path: string) => Uint8Array
    /** Writes a whole file under its own name. A crash may leave it half-written. */
    readonly writeFile: (
      path: string,
      chunks: ReadonlyArray<Uint8Array>,
      options: WriteFileOptions,
    ) => Effect.Effect<void, DiskError>
    /**
     * Writes whole files under their own names, without a sync, in any order. After a failure
     * each of them may be absent or half-written.
     */
    readonly writeFiles: (
      files: ReadonlyArray<{ readonly path: string; readonly chunks: ReadonlyArray<Uint8Array> }>,
    ) => Effect.Effect<void, DiskError>
    /**
     * Writes under a temporary name, syncs, renames, syncs the directory: all or nothing. What lies
     * under that name is taken away, and never written to.
     */
    readonly replaceFile: (
      path: string,
      chunks: ReadonlyArray<Uint8Array>,
      mode?: number,
    ) => Effect.Effect<void, DiskError>
    /** Makes an existing file's bytes survive a power failure. */
    readonly syncFile: (path: string) => Effect.Effect<void, DiskError>
    /** Makes the names in a directory survive a power failure. */
    readonly syncDirectory: (path: string) => Effect.Effect<void, DiskError>
    /** As `syncDirectory`, synchronous, for the last moments of a process. Throws `DiskError`. */
    readonly syncDirectoryUnsafe: (path: string) => void
    /** Names in the directory, sorted; empty where it does not exist. */
    readonly list: (path: string) => Effect.Effect<ReadonlyArray<string>, DiskError>
    /** `undefined` where nothing is there. */
    readonly status: (path: string) => Effect.Effect<DiskStatus | undefined, DiskError>
    readonly rename: (from: string, to: string) => Effect.Effect<void, DiskError>
    /** Deletes a file; nothing happens where it is absent. */
    readonly remove: (path: string) => Effect.Effect<void, DiskError>
    /** Deletes a directory with all it holds; nothing happens where it is absent. */
    readonly removeTree: (path: string) => Effect.Effect<void, DiskError>
  }
>()("@countersign/core/platform/Disk") {}

/**
 * A disk in memory, for tests that run on virtual time.
 *
 * Every call is done when it returns, so a test that moves the clock need not wait for a real
 * disk. It loses nothing: wrap it in a `FaultyDisk` for what real disks do.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { type Disk, DiskError, type DiskFile, type DiskStatus } from "../platform/Disk.ts"

interface MemoryFile {
  readonly inode: number
  readonly mode: number
  bytes: Buffer
}

const failure = (call: string, file: string, errno: string): DiskError =>
  new DiskError({ call, path: file, errno, detail: "in memory" })

/** Runs a synchronous call and makes a value of the `DiskError` that it throws. */
const attempt = <A>(run: () => A): Effect.Effect<A, DiskError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (error) {
      return error instanceof DiskError ? Effect.fail(error) : Effect.die(error)
    }
  })

/**
 * @category models
 * @since 0.1.0
 */
export class MemoryDisk {
  /** Every file by its path. */
  readonly files = new Map<string, MemoryFile>()
  private readonly directories = new Set<string>()
  private inodes = 0

  /** A file's content as text; `undefined` where there is none. */
  text(file: string): string | undefined {
    return this.files.get(file)?.bytes.toString("utf8")
  }

  put(file: string, text: string): void {
    this.makeDirectory(path.dirname(file))
    this.store(file, [Buffer.from(text)], 0o644)
  }

  /** The disk to be given to what is tested. */
  readonly disk: Disk["Service"] = {
    makeDirectory: (directory) => attempt(() => this.makeDirectory(directory)),
    open: (file, how) => attempt(() => this.open(file, how)),
    openLogUnsafe: (file) => this.open(file, "log"),
    readFile: (file) => attempt(() => Buffer.from(this.find("read", file).bytes)),
    readRange: (file, position, lengthBytes) =>
      attempt(() =>
        Buffer.from(this.find("read", file).bytes.subarray(position, position + lengthBytes)),
      ),
    readFileUnsafe: (file) => Buffer.from(this.find("read", file).bytes),
    writeFile: (file, chunks, options) =>
      attempt(() => {
        if (options.exclusive === true && this.files.has(file)) {
          throw failure("open", file, "EEXIST")
        }
        this.store(file, chunks, options.mode ?? 0o644)
      }),
    writeFiles: (files) =>
      attempt(() => {
        for (const file of files) this.store(file.path, file.chunks, 0o644)
      }),
    replaceFile: (file, chunks, mode) => attempt(() => this.store(file, chunks, mode ?? 0o644)),
    syncFile: (file) => attempt(() => void this.find("fsync", file)),
    syncDirectory: (directory) => attempt(() => this.expectDirectory("fsync", directory)),
    syncDirectoryUnsafe: (directory) => this.expectDirectory("fsync", directory),
    list: (directory) => attempt(() => this.list(directory)),
    status: (file) => attempt(() => this.status(file)),
    rename: (from, to) =>
      attempt(() => {
        this.files.set(to, this.find("rename", from))
        this.files.delete(from)
      }),
    remove: (file) => attempt(() => void this.files.delete(file)),
    removeTree: (directory) =>
      attempt(() => {
        const isInside = (name: string): boolean =>
          name === directory || name.startsWith(`${directory}/`)
        for (const name of this.files.keys()) if (isInside(name)) this.files.delete(name)
        for (const name of this.directories) if (isInside(name)) this.directories.delete(name)
      }),
  }

  private makeDirectory(directory: string): void {
    this.directories.add(directory)
    const parent = path.dirname(directory)
    if (parent !== directory) this.makeDirectory(parent)
  }

  private expectDirectory(call: string, directory: string): void {
    if (!this.directories.has(directory)) throw failure(call, directory, "ENOENT")
  }

  private find(call: string, file: string): MemoryFile {
    const found = this.files.get(file)
    if (found === undefined) throw failure(call, file, "ENOENT")
    return found
  }

  private store(file: string, chunks: ReadonlyArray<Uint8Array>, mode: number): MemoryFile {
    this.expectDirectory("open", path.dirname(file))
    this.inodes += 1
    const stored = { inode: this.inodes, mode, bytes: Buffer.concat(chunks) }
    this.files.set(file, stored)
    return stored
  }

  private list(directory: string): ReadonlyArray<string> {
    const names = [...this.files.keys(), ...this.directories]
    return names
      .filter((name) => path.dirname(name) === directory && name !== directory)
      .map((name) => path.basename(name))
      .toSorted()
  }

  private status(file: string): DiskStatus | undefined {
    const found = this.files.get(file)
    if (found !== undefined) return this.statusOf(found, 1)
    if (!this.directories.has(file)) return undefined
    return {
      sizeBytes: 0,
      isDirectory: true,
      links: 1,
      inode: 0,
      mode: 0o755,
      modifiedMillis: 0,
    }
  }

  private statusOf(file: MemoryFile, links: number): DiskStatus {
    const { inode, mode } = file
    const sizeBytes = file.bytes.byteLength
    return { sizeBytes, isDirectory: false, links, inode, mode, modifiedMillis: 0 }
  }

  private open(name: string, how: "create" | "update" | "log"): DiskFile {
    const existing = this.files.get(name)
    if (how !== "update" && existing !== undefined) throw failure("open", name, "EEXIST")
    const file = existing ?? this.store(name, [], 0o644)
    const write = (chunks: ReadonlyArray<Uint8Array>, position: number): void => {
      const added = Buffer.concat(chunks)
      const end = Math.max(file.bytes.byteLength, position + added.byteLength)
      const bytes = Buffer.alloc(end)
      file.bytes.copy(bytes)
      added.copy(bytes, position)
      file.bytes = bytes
    }
    return {
      path: name,
      write: (chunks, position) => attempt(() => write(chunks, position)),
      writeDurable: (chunks, position) => attempt(() => write(chunks, position)),
      datasync: Effect.void,
      writeUnsafe: write,
      datasyncUnsafe: () => undefined,
      statusUnsafe: () => this.statusOf(file, this.files.get(name) === file ? 1 : 0),
      truncate: (sizeBytes) =>
        attempt(() => {
          file.bytes = Buffer.concat([file.bytes, Buffer.alloc(sizeBytes)]).subarray(0, sizeBytes)
        }),
      close: Effect.void,
    }
  }
}

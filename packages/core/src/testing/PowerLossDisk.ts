/**
 * A disk in memory that can lose power.
 *
 * It knows of each file which bytes a sync has covered, and of each name whether its directory
 * was synced since. A crash keeps what is durable, and of the rest what the seed says.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Disk, DiskError, type DiskFile, type DiskStatus } from "../platform/Disk.ts"

const sectorBytes = 512

interface Inode {
  readonly id: number
  readonly isDirectory: boolean
  bytes: Buffer
  durable: Buffer
  /** Sectors that the next sync covers. A failed sync forgets them, as Linux does. */
  readonly dirty: Set<number>
}

type Names = Map<string, Inode>
type Chunks = ReadonlyArray<Uint8Array>

/**
 * What befalls a call: it fails, having written so many of its bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface PowerFault {
  /** Counted from 1, over all calls that change something. */
  readonly call: number
  readonly errno: "EIO" | "ENOSPC"
  /** Bytes of a write that arrive all the same. Default 0. */
  readonly afterBytes?: number
}

/**
 * When the power goes: from then on every call fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface PowerLoss {
  /** Counted from 1, over all calls that change something. */
  readonly call: number
  readonly when: "before" | "after"
}

const sectorsOf = (from: number, to: number): ReadonlyArray<number> => {
  const first = Math.floor(from / sectorBytes)
  return Array.from({ length: Math.ceil(to / sectorBytes) - first }, (_, index) => first + index)
}

const resized = (bytes: Buffer, size: number): Buffer => {
  const copy = Buffer.alloc(size)
  bytes.copy(copy)
  return copy
}

/** What a crash leaves of a file: any of its changed sectors, and any size between the two. */
const remains = ({ bytes, durable }: Inode, random: () => number): Buffer => {
  const low = Math.min(bytes.length, durable.length)
  const high = Math.max(bytes.length, durable.length)
  const pick = random()
  const size = pick < 0.3 ? low : pick < 0.6 ? high : low + Math.floor(random() * (high - low + 1))
  const left = resized(durable, size)
  for (const sector of sectorsOf(0, size)) {
    if (random() < 0.5) continue
    const from = sector * sectorBytes
    if (from >= bytes.length) continue
    bytes.copy(left, from, from, Math.min(from + sectorBytes, size, bytes.length))
  }
  return left
}

/**
 * @category models
 * @since 0.1.0
 */
export class PowerLossDisk {
  /** Calls so far that change something; a compound call counts each of its steps. */
  calls = 0
  /** What each of them was, such as `write /trail/wal/0`. */
  readonly journal: Array<string> = []
  private names: Names = new Map()
  private durableNames: Names = new Map()
  /** The change that each name last saw: both names of a rename share one. */
  private readonly changes = new Map<string, number>()
  private inodes = 0
  private loss: PowerLoss | undefined
  private isOff = false
  private readonly faults = new Map<number, PowerFault>()

  /** @param directories those that are there, durably, from the start */
  constructor(directories: ReadonlyArray<string> = ["/"]) {
    for (const directory of directories) {
      for (let name = directory; ; name = path.dirname(name)) {
        if (!this.names.has(name)) this.names.set(name, this.inode(true))
        if (name === path.dirname(name)) break
      }
    }
    this.durableNames = new Map(this.names)
  }

  /** The disk as a layer. */
  get layer(): Layer.Layer<Disk> {
    return Layer.succeed(Disk, this.disk)
  }

  /** Cuts the power at a call. */
  cutPower(loss: PowerLoss): void {
    this.loss = loss
  }

  /** Adds a fault. A failed sync is never made good: only what is written again can be synced. */
  plan(fault: PowerFault): void {
    this.faults.set(fault.call, fault)
  }

  /** Forgets the faults that have not been met. */
  heal(): void {
    this.faults.clear()
    this.loss = undefined
  }

  /** What a reader would see now, also after the power went. */
  peek(file: string): Buffer | undefined {
    const found = this.names.get(file)
    return found === undefined || found.isDirectory ? undefined : Buffer.from(found.bytes)
  }

  /** The disk after a power loss and a restart, with all on it durable; this one stays as it is. */
  crash(random: () => number): PowerLossDisk {
    const next = new PowerLossDisk([])
    const kept = new Map<number, boolean>()
    const isKept = (name: string): boolean => {
      const change = this.changes.get(name)
      if (change === undefined) return true
      const known = kept.get(change) ?? random() < 0.5
      kept.set(change, known)
      return known
    }
    const left = new Map<Inode, Inode>()
    const all = [...new Set([...this.names.keys(), ...this.durableNames.keys()])].toSorted()
    for (const name of all) {
      const found = (isKept(name) ? this.names : this.durableNames).get(name)
      const parent = path.dirname(name)
      if (found === undefined || (parent !== name && !next.names.has(parent))) continue
      let copy = left.get(found)
      if (copy === undefined) {
        copy = next.inode(found.isDirectory)
        copy.bytes = remains(found, random)
        copy.durable = copy.bytes
        left.set(found, copy)
      }
      next.names.set(name, copy)
    }
    next.durableNames = new Map(next.names)
    return next
  }

  /** The disk to be given to what is tested. */
  readonly disk: Disk["Service"] = {
    makeDirectory: (directory) => this.attempt(() => this.makeDirectory(directory)),
    open: (file, how) => this.attempt(() => this.open(file, how)),
    openLogUnsafe: (file) => this.open(file, "log"),
    readFile: (file) => this.attempt(() => this.read(file)),
    readRange: (file, position, lengthBytes) =>
      this.attempt(() => this.read(file).subarray(position, position + lengthBytes)),
    readFileUnsafe: (file) => this.read(file),
    writeFile: (file, chunks, { exclusive, sync }) =>
      this.attempt(() => this.writeFile(file, chunks, sync, exclusive)),
    writeFiles: (files) =>
      this.attempt(() => {
        for (const file of files) this.writeFile(file.path, file.chunks, false)
      }),
    replaceFile: (file, chunks) =>
      this.attempt(() => {
        this.writeFile(`${file}.tmp`, chunks, true)
        this.rename(`${file}.tmp`, file)
        this.syncDirectory(path.dirname(file))
      }),
    syncFile: (file) => this.attempt(() => this.sync(file, this.find("fsync", file))),
    syncDirectory: (directory) => this.attempt(() => this.syncDirectory(directory)),
    syncDirectoryUnsafe: (directory) => this.syncDirectory(directory),
    list: (directory) => this.attempt(() => this.namesIn(directory)),
    status: (file) =>
      this.attempt(() => {
        const found = this.names.get(file)
        return found === undefined ? undefined : this.statusOf(found)
      }),
    rename: (from, to) => this.attempt(() => this.rename(from, to)),
    remove: (file) =>
      this.attempt(() => {
        if (this.names.has(file)) this.step("remove", file, () => this.unlink(file))
      }),
    removeTree: (directory) =>
      this.attempt(() => {
        const inside = [...this.names.keys()].filter(
          (name) => name === directory || name.startsWith(`${directory}/`),
        )
        // What is deepest goes first, as `rm -r` does.
        for (const name of inside.toSorted().toReversed()) {
          this.step("remove", name, () => this.unlink(name))
        }
      }),
  }

  private inode(isDirectory: boolean): Inode {
    this.inodes += 1
    const empty = Buffer.alloc(0)
    return { id: this.inodes, isDirectory, bytes: empty, durable: empty, dirty: new Set() }
  }

  private error(call: string, file: string, errno: string): DiskError {
    return new DiskError({ call, path: file, errno, detail: this.isOff ? "no power" : "in memory" })
  }

  private attempt<A>(run: () => A): Effect.Effect<A, DiskError> {
    return Effect.suspend(() => {
      try {
        if (this.isOff) throw this.error("call", "", "EIO")
        return Effect.succeed(run())
      } catch (error) {
        return error instanceof DiskError ? Effect.fail(error) : Effect.die(error)
      }
    })
  }

  /** Counts a call that changes something, and does it unless it is the one to fail. */
  private step<A>(call: string, file: string, run: () => A, failing?: (bytes: number) => void): A {
    if (this.isOff) throw this.error(call, file, "EIO")
    this.calls += 1
    this.journal.push(`${call} ${file}`)
    const isLast = this.loss?.call === this.calls
    if (isLast && this.loss?.when === "before") {
      this.isOff = true
      throw this.error(call, file, "EIO")
    }
    const fault = this.faults.get(this.calls)
    if (fault !== undefined) {
      failing?.(fault.afterBytes ?? 0)
      throw this.error(call, file, fault.errno)
    }
    const result = run()
    if (isLast) {
      this.isOff = true
      throw this.error(call, file, "EIO")
    }
    return result
  }

  private find(call: string, file: string): Inode {
    if (this.isOff) throw this.error(call, file, "EIO")
    const found = this.names.get(file)
    if (found === undefined) throw this.error(call, file, "ENOENT")
    return found
  }

  private read(file: string): Buffer {
    return Buffer.from(this.find("read", file).bytes)
  }

  private link(name: string, inode: Inode): void {
    this.names.set(name, inode)
    this.changes.set(name, this.calls)
  }

  private unlink(name: string): void {
    this.names.delete(name)
    this.changes.set(name, this.calls)
  }

  private makeDirectory(directory: string): void {
    if (this.names.has(directory)) return
    this.makeDirectory(path.dirname(directory))
    this.step("mkdir", directory, () => this.link(directory, this.inode(true)))
  }

  private syncDirectory(directory: string): void {
    this.find("fsync", directory)
    this.step("fsync", directory, () => {
      for (const name of this.changes.keys()) {
        if (path.dirname(name) !== directory) continue
        const found = this.names.get(name)
        if (found === undefined) this.durableNames.delete(name)
        else this.durableNames.set(name, found)
        this.changes.delete(name)
      }
    })
  }

  private rename(from: string, to: string): void {
    const found = this.find("rename", from)
    this.step("rename", to, () => {
      this.unlink(from)
      this.link(to, found)
    })
  }

  private create(file: string): Inode {
    this.find("open", path.dirname(file))
    return this.step("open", file, () => {
      const inode = this.inode(false)
      this.link(file, inode)
      return inode
    })
  }

  private write(file: string, inode: Inode, chunks: Chunks, position: number): void {
    const added = Buffer.concat(chunks)
    const put = (bytes: Buffer): void => {
      const end = position + bytes.length
      inode.bytes = resized(inode.bytes, Math.max(inode.bytes.length, end))
      bytes.copy(inode.bytes, position)
      for (const sector of sectorsOf(position, end)) inode.dirty.add(sector)
    }
    const some = (count: number): void => put(added.subarray(0, count))
    this.step("write", file, () => put(added), some)
  }

  private sync(file: string, inode: Inode): void {
    const done = (): void => {
      const durable = resized(inode.durable, inode.bytes.length)
      for (const sector of inode.dirty) {
        const from = sector * sectorBytes
        if (from >= inode.bytes.length) continue
        inode.bytes.copy(durable, from, from, Math.min(from + sectorBytes, inode.bytes.length))
      }
      inode.durable = durable
      inode.dirty.clear()
    }
    this.step("fsync", file, done, () => inode.dirty.clear())
  }

  private writeFile(file: string, chunks: Chunks, sync: boolean, exclusive = false): void {
    if (exclusive && this.names.has(file)) throw this.error("open", file, "EEXIST")
    const existing = this.names.get(file)
    const inode = existing ?? this.create(file)
    if (existing !== undefined) this.truncate(file, existing, 0)
    this.write(file, inode, chunks, 0)
    if (sync) {
      this.sync(file, inode)
    }
  }

  private truncate(file: string, inode: Inode, size: number): void {
    this.step("truncate", file, () => {
      inode.bytes = resized(inode.bytes.subarray(0, size), size)
      inode.dirty.add(Math.floor(size / sectorBytes))
    })
  }

  /** The names in a directory, as they are now. */
  namesIn(directory: string): ReadonlyArray<string> {
    return [...this.names.keys()]
      .filter((name) => path.dirname(name) === directory && name !== directory)
      .map((name) => path.basename(name))
      .toSorted()
  }

  private statusOf({ bytes, id, isDirectory }: Inode, links = 1): DiskStatus {
    const sizeBytes = bytes.length
    return { sizeBytes, isDirectory, links, inode: id, mode: 0o640, modifiedMillis: 0 }
  }

  private open(file: string, how: "create" | "update" | "log"): DiskFile {
    const existing = this.names.get(file)
    if (how !== "update" && existing !== undefined) throw this.error("open", file, "EEXIST")
    const inode = existing ?? this.create(file)
    const write = (chunks: Chunks, position: number): void =>
      this.write(file, inode, chunks, position)
    const datasync = (): void => this.sync(file, inode)
    return {
      path: file,
      write: (chunks, position) => this.attempt(() => write(chunks, position)),
      writeDurable: (chunks, position) =>
        Effect.andThen(
          this.attempt(() => write(chunks, position)),
          Effect.mapError(
            this.attempt(datasync),
            ({ detail, errno }) => new DiskError({ call: "datasync", path: file, errno, detail }),
          ),
        ),
      datasync: this.attempt(datasync),
      writeUnsafe: write,
      datasyncUnsafe: datasync,
      statusUnsafe: () => {
        if (this.isOff) throw this.error("status", file, "EIO")
        const links = [...this.names.values()].filter((found) => found === inode).length
        return this.statusOf(inode, links)
      },
      truncate: (size) => this.attempt(() => this.truncate(file, inode, size)),
      close: Effect.void,
    }
  }
}

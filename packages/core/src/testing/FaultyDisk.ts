/**
 * A disk that fails by plan: a layer over another disk, for tests.
 *
 * Nothing in it is random. A fault names the calls that it meets, which of them it hits, what
 * the caller is told, and what the disk has really done by then: the last two differ on
 * purpose, since that is what real disks do.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Disk, DiskError, type DiskFile } from "../platform/Disk.ts"

// What each call is named in a `DiskError`: as the real disk names it.
const errorCalls = {
  makeDirectory: "mkdir",
  open: "open",
  write: "write",
  datasync: "datasync",
  fileStatus: "status",
  truncate: "truncate",
  close: "close",
  readFile: "read",
  readRange: "read",
  writeFile: "write",
  replaceFile: "write",
  syncFile: "fsync",
  syncDirectory: "fsync",
  list: "list",
  status: "status",
  rename: "rename",
  remove: "remove",
  removeTree: "remove",
} as const

/**
 * A kind of call; the synchronous form of a call counts as the call.
 *
 * @category models
 * @since 0.1.0
 */
export type DiskCall = keyof typeof errorCalls

/**
 * What the disk did of a call that it reported as failed.
 *
 * - `lost`: nothing.
 * - `stored`: everything; only the report is wrong.
 * - `prefixBytes`: a short write of so many bytes.
 * - `hole`: a torn write: all bytes but those from `from` to `to`, counted from the write's start.
 *
 * The last two are for `write` and `writeFile`; other calls take them as `lost`.
 *
 * @category models
 * @since 0.1.0
 */
export type FaultOutcome =
  | "lost"
  | "stored"
  | { readonly prefixBytes: number }
  | { readonly hole: readonly [from: number, to: number] }

/**
 * One fault of a plan.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fault {
  readonly call: DiskCall
  /** Which paths it meets. Default: all. For `rename` the new one. */
  readonly path?: (path: string) => boolean
  /** The first call that it hits, among those that it meets, from 1 on. Default 1. */
  readonly nth?: number
  /** How many calls in a row it hits. Default 1; `Infinity` for a disk that stays broken. */
  readonly times?: number
  /** What the caller is told, such as `EIO`, `ENOSPC`, `EROFS`. */
  readonly errno: string
  /** Default `lost`. */
  readonly outcome?: FaultOutcome
}

/**
 * A call as it was made.
 *
 * @category models
 * @since 0.1.0
 */
export interface JournalEntry {
  readonly call: DiskCall
  readonly path: string
  /** Bytes given to a writing call. */
  readonly bytes: number
  /** What the plan made the caller be told, if it hit the call. */
  readonly errno: string | undefined
}

type Chunks = ReadonlyArray<Uint8Array>

const joined = (chunks: Chunks): Buffer => Buffer.concat(chunks)

/** The parts of a write that reach the disk, each with its distance from the write's start. */
const partsOf = (
  chunks: Chunks,
  outcome: FaultOutcome,
): ReadonlyArray<readonly [Buffer, number]> => {
  if (outcome === "lost") return []
  const bytes = joined(chunks)
  if (outcome === "stored") return [[bytes, 0]]
  if ("prefixBytes" in outcome) return [[bytes.subarray(0, outcome.prefixBytes), 0]]
  const [from, to] = outcome.hole
  return [
    [bytes.subarray(0, from), 0],
    [bytes.subarray(to), to],
  ]
}

/**
 * Wraps a disk, fails by plan, and keeps a journal of all calls.
 *
 * @category models
 * @since 0.1.0
 */
export class FaultyDisk {
  /** The disk to be given to what is tested. */
  readonly disk: Disk["Service"]
  /** All calls, in the order in which they were made. */
  readonly journal: Array<JournalEntry> = []

  private readonly inner: Disk["Service"]
  private readonly faults: Array<{ readonly fault: Fault; met: number }> = []

  constructor(inner: Disk["Service"], plan: ReadonlyArray<Fault> = []) {
    this.inner = inner
    this.disk = this.service()
    for (const fault of plan) this.plan(fault)
  }

  /** The disk as a layer. */
  get layer(): Layer.Layer<Disk> {
    return Layer.succeed(Disk, this.disk)
  }

  /** Adds a fault; it counts the calls from now on. */
  plan(fault: Fault): void {
    this.faults.push({ fault, met: 0 })
  }

  /** Forgets all faults: the disk is sound again. */
  heal(): void {
    this.faults.length = 0
  }

  /** How often a call was made, on all paths or on those that match. */
  count(call: DiskCall, path: (path: string) => boolean = () => true): number {
    return this.journal.filter((entry) => entry.call === call && path(entry.path)).length
  }

  /** Books a call, and returns the fault that hits it. Every fault that it meets counts it. */
  private meet(call: DiskCall, path: string, bytes = 0): Fault | undefined {
    let hit: Fault | undefined
    for (const planned of this.faults) {
      const { fault } = planned
      if (fault.call !== call || fault.path?.(path) === false) continue
      planned.met += 1
      const nth = fault.nth ?? 1
      if (planned.met >= nth && planned.met < nth + (fault.times ?? 1)) hit ??= fault
    }
    this.journal.push({ call, path, bytes, errno: hit?.errno })
    return hit
  }

  private errorOf(fault: Fault, path: string): DiskError {
    return new DiskError({
      call: errorCalls[fault.call],
      path,
      errno: fault.errno,
      detail: "as planned",
    })
  }

  private run<A>(
    call: DiskCall,
    path: string,
    real: Effect.Effect<A, DiskError>,
  ): Effect.Effect<A, DiskError> {
    return Effect.suspend(() => {
      const fault = this.meet(call, path)
      if (fault === undefined) return real
      const failed = Effect.fail(this.errorOf(fault, path))
      return fault.outcome === "stored" ? Effect.andThen(real, failed) : failed
    })
  }

  private runUnsafe<A>(call: DiskCall, path: string, real: () => A): A {
    const fault = this.meet(call, path)
    if (fault === undefined) return real()
    if (fault.outcome === "stored") real()
    throw this.errorOf(fault, path)
  }

  private file(inner: DiskFile): DiskFile {
    const { path } = inner
    const write: DiskFile["write"] = (chunks, position) =>
      Effect.suspend(() => {
        const fault = this.meet("write", path, joined(chunks).length)
        if (fault === undefined) return inner.write(chunks, position)
        return Effect.forEach(
          partsOf(chunks, fault.outcome ?? "lost"),
          ([bytes, at]) => inner.write([bytes], position + at),
          { discard: true },
        ).pipe(Effect.andThen(Effect.fail(this.errorOf(fault, path))))
      })
    const datasync = this.run("datasync", path, inner.datasync)
    return {
      path,
      write,
      datasync,
      // Both halves can fail, each in its own way.
      writeDurable: (chunks, position) => Effect.andThen(write(chunks, position), datasync),
      writeUnsafe: (chunks, position) => {
        const fault = this.meet("write", path, joined(chunks).length)
        if (fault === undefined) return inner.writeUnsafe(chunks, position)
        for (const [bytes, at] of partsOf(chunks, fault.outcome ?? "lost")) {
          inner.writeUnsafe([bytes], position + at)
        }
        throw this.errorOf(fault, path)
      },
      datasyncUnsafe: () => this.runUnsafe("datasync", path, inner.datasyncUnsafe),
      statusUnsafe: () => this.runUnsafe("fileStatus", path, inner.statusUnsafe),
      truncate: (sizeBytes) => this.run("truncate", path, inner.truncate(sizeBytes)),
      close: Effect.suspend(() => {
        this.meet("close", path)
        return inner.close
      }),
    }
  }

  private service(): Disk["Service"] {
    const { inner } = this
    return {
      makeDirectory: (path, mode) =>
        this.run("makeDirectory", path, inner.makeDirectory(path, mode)),
      open: (path, how) =>
        Effect.map(this.run("open", path, inner.open(path, how)), (file) => this.file(file)),
      openLogUnsafe: (path) =>
        this.file(this.runUnsafe("open", path, () => inner.openLogUnsafe(path))),
      readFile: (path) => this.run("readFile", path, inner.readFile(path)),
      readRange: (path, position, lengthBytes, into) =>
        this.run("readRange", path, inner.readRange(path, position, lengthBytes, into)),
      readFileUnsafe: (path) => this.runUnsafe("readFile", path, () => inner.readFileUnsafe(path)),
      writeFile: (path, chunks, options) =>
        Effect.suspend(() => {
          const fault = this.meet("writeFile", path, joined(chunks).length)
          if (fault === undefined) return inner.writeFile(path, chunks, options)
          const parts = partsOf(chunks, fault.outcome ?? "lost")
          const last = parts.at(-1)
          const failed = Effect.fail(this.errorOf(fault, path))
          if (last === undefined) return failed
          const bytes = Buffer.alloc(last[1] + last[0].length)
          for (const [part, at] of parts) part.copy(bytes, at)
          return Effect.andThen(inner.writeFile(path, [bytes], options), failed)
        }),
      // One after the other, so that each can meet its fault.
      writeFiles: (files) =>
        Effect.forEach(
          files,
          (file) => this.disk.writeFile(file.path, file.chunks, { sync: false }),
          { discard: true },
        ),
      replaceFile: (path, chunks, mode) =>
        this.run("replaceFile", path, inner.replaceFile(path, chunks, mode)),
      syncFile: (path) => this.run("syncFile", path, inner.syncFile(path)),
      syncDirectory: (path) => this.run("syncDirectory", path, inner.syncDirectory(path)),
      syncDirectoryUnsafe: (path) =>
        this.runUnsafe("syncDirectory", path, () => inner.syncDirectoryUnsafe(path)),
      list: (path) => this.run("list", path, inner.list(path)),
      status: (path) => this.run("status", path, inner.status(path)),
      rename: (from, to) => this.run("rename", to, inner.rename(from, to)),
      remove: (path) => this.run("remove", path, inner.remove(path)),
      removeTree: (path) => this.run("removeTree", path, inner.removeTree(path)),
    }
  }
}

/**
 * A faulty disk over the disk of the context.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (plan: ReadonlyArray<Fault> = []): Effect.Effect<FaultyDisk, never, Disk> =>
  Effect.map(Effect.service(Disk), (inner) => new FaultyDisk(inner, plan))

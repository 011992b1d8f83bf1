/**
 * One process's view of a disk: calls take time, some throw, and after its death none returns.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type Disk, DiskError, type DiskFile } from "../platform/Disk.ts"
import { type Random, wholeBelow } from "../testing/SeededRandom.ts"
import type { ProcessClock } from "./Timeline.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ProcessDiskOptions {
  readonly disk: Disk["Service"]
  readonly clock: ProcessClock
  readonly random: Random
  readonly isAlive: () => boolean
  /** Told of each call that failed or threw. */
  readonly failed: (fault: string) => void
}

/**
 * Slow or throwing calls to come.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallTrouble {
  readonly kind: "defect" | "slow" | "hang"
  after: number
  times: number
}

const slowMillis = 150
const hangMillis = 2500
// The system's calls for a directory entry are not told apart from a file that is simply absent.
const ordinary = new Set(["ENOENT", "EEXIST"])

/**
 * Whether a schedule has asked for this failure.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isScripted = (error: unknown): error is DiskError =>
  error instanceof DiskError &&
  (error.detail === "in memory" || error.detail === "no power") &&
  !ordinary.has(error.errno)

/**
 * @category models
 * @since 0.1.0
 */
export class ProcessDisk {
  private readonly options: ProcessDiskOptions
  private troubles: Array<CallTrouble> = []

  constructor(options: ProcessDiskOptions) {
    this.options = options
  }

  add(trouble: CallTrouble): void {
    this.troubles.push(trouble)
  }

  /** No call to come is slow or throws. */
  heal(): void {
    this.troubles = []
  }

  get disk(): Disk["Service"] {
    const { disk } = this.options
    const changing = <A>(name: string, call: Effect.Effect<A, DiskError>) => this.call(name, call)
    return {
      ...disk,
      makeDirectory: (path, mode) => changing("mkdir", disk.makeDirectory(path, mode)),
      open: (path, how) =>
        Effect.map(changing("open", disk.open(path, how)), (file) => this.file(file)),
      openLogUnsafe: (path) => this.now(() => this.file(disk.openLogUnsafe(path)), path),
      readFile: (path) => this.whileAlive(disk.readFile(path)),
      readRange: (path, position, length, into) =>
        this.whileAlive(disk.readRange(path, position, length, into)),
      readFileUnsafe: (path) => this.now(() => disk.readFileUnsafe(path), path),
      writeFile: (path, chunks, options) =>
        changing("write", disk.writeFile(path, chunks, options)),
      writeFiles: (files) => changing("write", disk.writeFiles(files)),
      replaceFile: (path, chunks, mode) =>
        changing("replace", disk.replaceFile(path, chunks, mode)),
      syncFile: (path) => changing("sync", disk.syncFile(path)),
      syncDirectory: (path) => changing("sync directory", disk.syncDirectory(path)),
      syncDirectoryUnsafe: (path) => this.now(() => disk.syncDirectoryUnsafe(path), path),
      list: (path) => this.whileAlive(disk.list(path)),
      status: (path) => this.whileAlive(disk.status(path)),
      rename: (from, to) => changing("rename", disk.rename(from, to)),
      remove: (path) => changing("remove", disk.remove(path)),
      removeTree: (path) => changing("remove", disk.removeTree(path)),
    }
  }

  private file(file: DiskFile): DiskFile {
    const datasync = this.call("sync", file.datasync)
    return {
      path: file.path,
      write: (chunks, position) => this.call("write", file.write(chunks, position)),
      // As two calls, since a process may die between them.
      writeDurable: (chunks, position) =>
        Effect.andThen(
          this.call("write", file.write(chunks, position)),
          Effect.mapError(
            datasync,
            ({ detail, errno, path }) => new DiskError({ call: "datasync", path, errno, detail }),
          ),
        ),
      datasync,
      writeUnsafe: (chunks, position) =>
        this.now(() => file.writeUnsafe(chunks, position), file.path),
      datasyncUnsafe: () => this.now(() => file.datasyncUnsafe(), file.path),
      statusUnsafe: () => this.now(() => file.statusUnsafe(), file.path),
      truncate: (size) => this.call("truncate", file.truncate(size)),
      close: file.close,
    }
  }

  private now<A>(run: () => A, path: string): A {
    if (this.options.isAlive()) return run()
    throw new DiskError({ call: "call", path, errno: "EIO", detail: "the process is dead" })
  }

  private whileAlive<A>(call: Effect.Effect<A, DiskError>): Effect.Effect<A, DiskError> {
    return Effect.suspend(() => (this.options.isAlive() ? call : Effect.never))
  }

  private call<A>(name: string, call: Effect.Effect<A, DiskError>): Effect.Effect<A, DiskError> {
    const { clock, failed, random } = this.options
    return Effect.suspend(() => {
      const kind = this.next()
      if (kind === "defect") {
        failed(`disk ${name} throws`)
        return Effect.die(new Error(`a scripted defect of ${name}`))
      }
      if (kind !== undefined) failed(`disk ${name} ${kind}`)
      const extra = kind === "slow" ? slowMillis : kind === "hang" ? hangMillis : 0
      const before = random() < 0.4 ? wholeBelow(random, 4) : 0
      const after = random() < 0.4 ? wholeBelow(random, 4) : 0
      const told = Effect.tapError(call, (error) =>
        Effect.sync(() => {
          if (isScripted(error)) failed(`disk ${name} ${error.errno}`)
        }),
      )
      const pause = (millis: number): Effect.Effect<void> =>
        millis === 0 ? Effect.void : clock.sleep(Duration.millis(millis))
      return Effect.andThen(
        pause(before + extra),
        // Succeeded or not: the answer takes its time as well.
        Effect.flatMap(Effect.exit(this.whileAlive(told)), (exit) =>
          Effect.andThen(pause(after), this.whileAlive(exit)),
        ),
      )
    })
  }

  private next(): CallTrouble["kind"] | undefined {
    if (!this.options.isAlive()) return undefined
    let met: CallTrouble["kind"] | undefined
    for (const trouble of this.troubles) {
      if (trouble.after > 0) trouble.after -= 1
      else if (met === undefined && trouble.times > 0) {
        trouble.times -= 1
        met = trouble.kind
      }
    }
    this.troubles = this.troubles.filter(({ times }) => times > 0)
    return met
  }
}

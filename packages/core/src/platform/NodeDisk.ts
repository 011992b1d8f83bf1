/**
 * The disk as Node sees it.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Disk, DiskError, type DiskFile, type DiskStatus } from "./Disk.ts"
import { FileWriter } from "./FileWriter.ts"

const failure = (call: string, file: string, cause: unknown): DiskError => {
  const errno =
    cause instanceof Error && "code" in cause && typeof cause.code === "string"
      ? cause.code
      : "UNKNOWN"
  return new DiskError({
    call,
    path: file,
    errno,
    detail: cause instanceof Error ? cause.message : String(cause),
  })
}

// Events are not for everybody on the machine.
const fileMode = 0o640
const directoryMode = 0o750

type Done<A> = (cause: NodeJS.ErrnoException | null, value: A) => void

/**
 * The system can't be told to stop, so an interruption waits: otherwise a descriptor would be
 * closed, and its number given to another file, while a write to it is still under way.
 */
const call = <A>(
  name: string,
  file: string,
  run: (done: Done<A>) => void,
): Effect.Effect<A, DiskError> =>
  Effect.uninterruptible(
    Effect.callback<A, DiskError>((resume) => {
      run((cause, value) => {
        resume(cause === null ? Effect.succeed(value) : Effect.fail(failure(name, file, cause)))
      })
    }),
  )

const attempt = <A>(name: string, file: string, run: () => A): A => {
  try {
    return run()
  } catch (cause) {
    throw failure(name, file, cause)
  }
}

const statusOf = (stats: fs.Stats): DiskStatus => ({
  sizeBytes: stats.size,
  isDirectory: stats.isDirectory(),
  links: stats.nlink,
  inode: stats.ino,
  mode: stats.mode & 0o777,
  modifiedMillis: stats.mtimeMs,
})

/**
 * As {@link statusOf}, but a file that lost its name has no links, even if it has another name now.
 *
 * Asked with each batch. While a file is open nobody else gets its number, so a name that still
 * leads to this number says all, with one call of the system.
 */
const openStatusOf = (fd: number, file: string): (() => DiskStatus) => {
  let known: fs.Stats | undefined
  return () => {
    let named: fs.Stats | undefined
    let isUnseen = false
    try {
      named = fs.statSync(file, { throwIfNoEntry: false })
    } catch {
      // Who may not look can't say that it is gone.
      isUnseen = true
    }
    if (known !== undefined && isSame(known, named)) return statusOf(named)
    const open = fs.fstatSync(fd)
    known = open
    return { ...statusOf(open), links: isUnseen || isSame(open, named) ? open.nlink : 0 }
  }
}

const isSame = (open: fs.Stats, named: fs.Stats | undefined): named is fs.Stats =>
  named?.ino === open.ino && named.dev === open.dev

const remaining = (
  chunks: ReadonlyArray<Uint8Array>,
  writtenBytes: number,
): ReadonlyArray<Uint8Array> => {
  let skip = writtenBytes
  const rest: Array<Uint8Array> = []
  for (const chunk of chunks) {
    if (skip >= chunk.byteLength) {
      skip -= chunk.byteLength
    } else {
      rest.push(skip === 0 ? chunk : chunk.subarray(skip))
      skip = 0
    }
  }
  return rest
}

const lengthOf = (chunks: ReadonlyArray<Uint8Array>): number => {
  let total = 0
  for (const chunk of chunks) total += chunk.byteLength
  return total
}

/** A short write is legal, so the rest is written again until nothing is left. */
const writeAll = (
  fd: number,
  file: string,
  chunks: ReadonlyArray<Uint8Array>,
  position: number,
): Effect.Effect<void, DiskError> => {
  const total = lengthOf(chunks)
  if (total === 0) return Effect.void
  return Effect.flatMap(
    call<number>("write", file, (done) => {
      fs.writev(fd, chunks, position, (cause, written) => done(cause, written))
    }),
    (written) =>
      written >= total
        ? Effect.void
        : written === 0
          ? Effect.fail(
              new DiskError({
                call: "write",
                path: file,
                errno: "EIO",
                detail: "the system wrote 0 bytes",
              }),
            )
          : writeAll(fd, file, remaining(chunks, written), position + written),
  )
}

const writeAllUnsafe = (fd: number, chunks: ReadonlyArray<Uint8Array>, position: number): void => {
  let rest = chunks
  let at = position
  while (rest.length > 0) {
    const written = fs.writevSync(fd, rest, at)
    rest = remaining(rest, written)
    if (written === 0 && rest.length > 0) throw new Error("the system wrote 0 bytes")
    at += written
  }
}

const closing = (fd: number, file: string): Effect.Effect<void> =>
  Effect.ignore(call<void>("close", file, (done) => fs.close(fd, (cause) => done(cause ?? null))))

/** A descriptor is gone whatever the system says. */
const closeUnsafe = (fd: number): void => {
  try {
    fs.closeSync(fd)
  } catch {
    // As with the asynchronous way.
  }
}

const datasyncOf = (fd: number, file: string): Effect.Effect<void, DiskError> =>
  call<void>("datasync", file, (done) => fs.fdatasync(fd, (cause) => done(cause)))

// One call instead of two: between two, the caller's thread has to find the time for a turn.
// Elsewhere the flag promises less than a sync does.
const syncsWrites = process.platform === "linux"
// Said before a byte has moved, or of bytes that are written anew when the call is repeated: no room,
// no memory for a moment, a signal.
const repeatable = new Set(["ENOSPC", "EDQUOT", "EFBIG", "ENOMEM", "EINTR"])

/** Which half of a write that also syncs has failed is not told: it is the worse one, mostly. */
const writeSynced: typeof writeAll = (fd, file, chunks, position) =>
  Effect.mapError(writeAll(fd, file, chunks, position), (error) =>
    repeatable.has(error.errno)
      ? error
      : new DiskError({
          call: "datasync",
          path: file,
          errno: error.errno,
          detail: error.detail,
        }),
  )

const fileOf = (fd: number, file: string, isSynced: boolean): DiskFile => {
  const status = openStatusOf(fd, file)
  return {
    path: file,
    write: (chunks, position) => writeAll(fd, file, chunks, position),
    writeDurable: (chunks, position) =>
      isSynced
        ? writeSynced(fd, file, chunks, position)
        : Effect.andThen(writeAll(fd, file, chunks, position), datasyncOf(fd, file)),
    datasync: datasyncOf(fd, file),
    writeUnsafe: (chunks, position) =>
      attempt("write", file, () => writeAllUnsafe(fd, chunks, position)),
    datasyncUnsafe: () => attempt("datasync", file, () => fs.fdatasyncSync(fd)),
    statusUnsafe: () => attempt("status", file, status),
    truncate: (sizeBytes) =>
      call<void>("truncate", file, (done) => fs.ftruncate(fd, sizeBytes, (cause) => done(cause))),
    close: closing(fd, file),
  }
}

const openAt = (
  file: string,
  flags: string | number,
  mode: number,
): Effect.Effect<number, DiskError> =>
  call<number>("open", file, (done) => fs.open(file, flags, mode, done))

const { O_CREAT, O_DSYNC, O_EXCL, O_WRONLY } = fs.constants
const logFlags = O_WRONLY | O_CREAT | O_EXCL | (syncsWrites ? O_DSYNC : 0)

const openLogUnsafe: Disk["Service"]["openLogUnsafe"] = (file) =>
  attempt("open", file, () => fileOf(fs.openSync(file, logFlags, fileMode), file, syncsWrites))

const syncDirectoryUnsafe: Disk["Service"]["syncDirectoryUnsafe"] = (directory) =>
  attempt("fsync", directory, () => {
    const fd = fs.openSync(directory, "r")
    try {
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  })

const syncAt = (file: string, flags: string): Effect.Effect<void, DiskError> =>
  Effect.acquireUseRelease(
    openAt(file, flags, 0),
    (fd) => call<void>("fsync", file, (done) => fs.fsync(fd, (cause) => done(cause))),
    // Nothing was written by it, so there is nothing to wait for: no hop to a thread and back.
    (fd) => Effect.sync(() => closeUnsafe(fd)),
  )

const writeFile: Disk["Service"]["writeFile"] = (file, chunks, options) =>
  Effect.acquireUseRelease(
    openAt(file, options.exclusive === true ? "wx" : "w", options.mode ?? fileMode),
    (fd) =>
      Effect.andThen(
        writeAll(fd, file, chunks, 0),
        options.sync
          ? call<void>("fsync", file, (done) => fs.fsync(fd, (cause) => done(cause)))
          : Effect.void,
      ),
    (fd) => closing(fd, file),
  )

const writer = new FileWriter()
// Fewer files at once are a trickle, for which a thread of 10 MB would be too much.
const filesForThread = 8
const filesAtOnce = 4

const writeEach: Disk["Service"]["writeFiles"] = (files) =>
  Effect.forEach(files, (file) => writeFile(file.path, file.chunks, { sync: false }), {
    concurrency: filesAtOnce,
    discard: true,
  })

const writeFiles: Disk["Service"]["writeFiles"] = (files) =>
  files.length < filesForThread
    ? writeEach(files)
    : // Without the thread the files are written as well, only slower.
      Effect.catchTag(writer.write(files), "ThreadEnded", (ended) =>
        Effect.andThen(ended.warn("writes tiles"), writeEach(files)),
      )

const isAbsent = (error: DiskError): boolean => error.errno === "ENOENT"

const rename: Disk["Service"]["rename"] = (from, to) =>
  call<void>("rename", to, (done) => fs.rename(from, to, (cause) => done(cause)))

const remove: Disk["Service"]["remove"] = (file) =>
  call<void>("remove", file, (done) => fs.unlink(file, (cause) => done(cause))).pipe(
    Effect.catch((error) => (isAbsent(error) ? Effect.void : Effect.fail(error))),
  )

const syncDirectory: Disk["Service"]["syncDirectory"] = (directory) => syncAt(directory, "r")

/**
 * The real disk.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Disk> = Layer.succeed(Disk, {
  makeDirectory: (directory, mode) =>
    Effect.asVoid(
      call<string | undefined>("mkdir", directory, (done) =>
        fs.mkdir(directory, { recursive: true, mode: mode ?? directoryMode }, done),
      ),
    ),
  open: (file, how) =>
    Effect.map(
      how !== "update"
        ? openAt(file, how === "log" ? logFlags : "wx", fileMode)
        : Effect.catch(openAt(file, "r+", fileMode), (error) =>
            isAbsent(error) ? openAt(file, "w+", fileMode) : Effect.fail(error),
          ),
      (fd) => fileOf(fd, file, how === "log" && syncsWrites),
    ),
  openLogUnsafe,
  readFile: (file) => call<Buffer>("read", file, (done) => fs.readFile(file, done)),
  readRange: (file, position, lengthBytes, into) =>
    Effect.acquireUseRelease(
      openAt(file, "r", 0),
      (fd) => {
        const bytes = into ?? Buffer.allocUnsafeSlow(lengthBytes)
        return Effect.map(
          call<number>("read", file, (done) =>
            fs.read(fd, bytes, 0, lengthBytes, position, (cause, count) => done(cause, count)),
          ),
          (count) => bytes.subarray(0, count),
        )
      },
      (fd) => closing(fd, file),
    ),
  readFileUnsafe: (file) => attempt("read", file, () => fs.readFileSync(file)),
  writeFile,
  writeFiles,
  replaceFile: (file, chunks, mode) => {
    const temporary = `${file}.tmp`
    const anew = writeFile(temporary, chunks, {
      sync: true,
      exclusive: true,
      ...(mode === undefined ? {} : { mode }),
    })
    return anew.pipe(
      // What a crash left, or somebody planted, may be a link, or open to others: it is not written to.
      Effect.catch((error) =>
        error.errno === "EEXIST" ? Effect.andThen(remove(temporary), anew) : Effect.fail(error),
      ),
      Effect.andThen(rename(temporary, file)),
      Effect.tapError(() => Effect.ignore(remove(temporary))),
      Effect.andThen(syncDirectory(path.dirname(file))),
    )
  },
  syncFile: (file) => syncAt(file, "r"),
  syncDirectory,
  syncDirectoryUnsafe,
  list: (directory) =>
    call<Array<string>>("list", directory, (done) => fs.readdir(directory, done)).pipe(
      Effect.map((names) => names.sort()),
      Effect.catch((error) => (isAbsent(error) ? Effect.succeed([]) : Effect.fail(error))),
    ),
  status: (file) =>
    call<fs.Stats>("status", file, (done) => fs.stat(file, done)).pipe(
      Effect.map(statusOf),
      Effect.catch((error) => (isAbsent(error) ? Effect.succeed(undefined) : Effect.fail(error))),
    ),
  rename,
  remove,
  removeTree: (directory) =>
    call<void>("remove", directory, (done) =>
      fs.rm(directory, { recursive: true, force: true }, (cause) => done(cause)),
    ),
})

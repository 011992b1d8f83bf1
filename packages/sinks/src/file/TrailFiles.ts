/**
 * The files of one trail in a sink's directory: one that grows, and those that are finished.
 *
 * Where the next record belongs is never kept apart from the records: it is read from the last
 * line of the growing file, or from the newest sidecar. So no crash can make the two differ.
 *
 * - What is acknowledged is on the disk.
 * - A finished file appears under its name whole and synced, its sidecar before it.
 * - What a crash has left of a write that was not acknowledged is cut at the first line that is
 *   none. The lines before it are written anew, since a sync of them may have failed unseen.
 *
 * @since 0.1.0
 */
import { createHash, type Hash, randomUUID } from "node:crypto"
import * as path from "node:path"
import { type DeliveredBatch, endOf } from "@countersign/core/engine/Sink"
import { type Disk, DiskError, type DiskFile } from "@countersign/core/platform/Disk"
import { checkpointName, tryReading } from "@countersign/core/trail/TrailReader"
import { noteBytesMax } from "@countersign/core/trail/SignedNote"
import * as Effect from "effect/Effect"
import { type CompressionFailed, compressor } from "./CompressedPieces.ts"
import type { Compression } from "./Compression.ts"
import { FileDamaged } from "./FileDamaged.ts"
import * as FileName from "./FileName.ts"
import * as NdjsonLine from "./NdjsonLine.ts"
import * as Sidecar from "./Sidecar.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TrailFilesOptions {
  /** Origin of the trail. */
  readonly trail: string
  /** Where the files lie. */
  readonly directory: string
  readonly compression: Compression
  /** Where the trail itself lies, for the checkpoint in the sidecars. */
  readonly trailDirectory: string | undefined
}

/**
 * What can go wrong with the files.
 *
 * @category errors
 * @since 0.1.0
 */
export type TrailFilesError = DiskError | FileDamaged | CompressionFailed

/** The file that grows. */
interface Part {
  file: DiskFile
  readonly path: string
  readonly name: FileName.FileName
  /** Of the lines that are on the disk. */
  readonly hash: Hash
  bytes: number
  count: number
  last: number
}

const chunkBytes = 1024 * 1024

/** No two writers have the same one, so none finds its own to be another's. */
const temporaryOf = (file: string): string => `${file}.${randomUUID().slice(0, 8)}.tmp`

/** What is found in a directory, as far as the next record depends on it. */
interface Found {
  readonly sidecar: string | undefined
  readonly part: { readonly file: string; readonly name: FileName.FileName } | undefined
}

/** Makes a directory, with those above it, that survive a power failure. */
const makeDurable = Effect.fnUntraced(function* (disk: Disk["Service"], directory: string) {
  const parents: Array<string> = []
  let at = directory
  while (at !== path.dirname(at) && (yield* disk.status(at)) === undefined) {
    at = path.dirname(at)
    parents.push(at)
  }
  yield* disk.makeDirectory(directory)
  // One that a crash has left may have its name only until the next power failure.
  if (parents.length === 0) parents.push(path.dirname(directory))
  for (const parent of parents) yield* disk.syncDirectory(parent)
})

/** Removes what a crash left halfway, and says what is there. */
const settle = Effect.fnUntraced(function* (disk: Disk["Service"], directory: string) {
  const names = yield* disk.list(directory)
  const known = names.map((file) => ({ file, parsed: FileName.parse(file) }))
  const stems = (kind: FileName.NamedFile["kind"]): ReadonlySet<number> =>
    new Set(
      known.flatMap(({ parsed }) =>
        parsed?.kind === kind && parsed.kind !== "temporary" ? [parsed.name.first] : [],
      ),
    )
  const finished = stems("finished")
  const open = stems("open")
  let removed = 0
  const remove = (file: string) => {
    removed += 1
    return disk.remove(path.join(directory, file))
  }
  let sidecar: string | undefined
  let part: Found["part"]
  for (const { file, parsed } of known) {
    if (parsed === undefined) continue
    if (parsed.kind === "temporary") yield* remove(file)
    else if (parsed.kind === "open") {
      if (part === undefined) part = { file, name: parsed.name }
      else {
        const detail = `two files are open, this one and ${part.file}; move away the one that is not this sink's`
        return yield* new FileDamaged({ path: path.join(directory, file), detail })
      }
    } else if (parsed.kind === "sidecar") {
      // Written for a file that did not come to its name; the open one will be finished again.
      if (open.has(parsed.name.first) && !finished.has(parsed.name.first)) yield* remove(file)
      else sidecar = file
    }
  }
  if (removed > 0) yield* disk.syncDirectory(directory)
  const found: Found = { sidecar, part }
  return found
})

const nextAfter = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  directory: string,
  file: string | undefined,
) {
  if (file === undefined) return 0
  const whole = path.join(directory, file)
  const sidecar = Sidecar.decode(yield* disk.readRange(whole, 0, Sidecar.sidecarBytesMax))
  if (sidecar?.last !== undefined) return sidecar.last + 1
  const detail =
    "is no sidecar, so it can't be told which records are delivered; put it back as it was, or remove it and its file, which will be written again"
  return yield* new FileDamaged({ path: whole, detail })
})

/** Writes the whole lines of an open file into a new one in its place. */
const rewrite = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  directory: string,
  { file, name }: NonNullable<Found["part"]>,
  least: number,
) {
  const source = path.join(directory, file)
  const temporary = temporaryOf(source)
  const part: Part = {
    file: yield* disk.open(temporary, "create"),
    path: source,
    name,
    hash: createHash("sha256"),
    bytes: 0,
    count: 0,
    last: least - 1,
  }
  const copy = Effect.gen(function* () {
    let held: Buffer = Buffer.alloc(0)
    for (let at = 0; ;) {
      const read = yield* disk.readRange(source, at, chunkBytes)
      at += read.byteLength
      held = Buffer.concat([held, read])
      const { bytes, isBroken, lines } = NdjsonLine.scan(held, part.last + 1)
      const good = held.subarray(0, bytes)
      yield* part.file.write([good], part.bytes)
      part.hash.update(good)
      part.bytes += bytes
      part.count += lines.length
      part.last = lines.at(-1)?.sequence ?? part.last
      held = held.subarray(bytes)
      if (isBroken || read.byteLength === 0) break
    }
    yield* part.file.datasync
  })
  const replace = Effect.gen(function* () {
    yield* Effect.ensuring(copy, part.file.close)
    yield* disk.rename(temporary, source)
    yield* disk.syncDirectory(directory)
    // Under its name, since an open file is known by the name that it was opened with.
    part.file = yield* disk.open(source, "update")
  })
  yield* Effect.tapError(replace, () => Effect.ignore(disk.remove(temporary)))
  if (part.count > 0) return part
  // Nothing of its first write has arrived; its name says a record that may never come.
  yield* part.file.close
  yield* disk.remove(source)
  yield* disk.syncDirectory(directory)
  return undefined
})

/**
 * The files of a trail, to be used by one at a time.
 *
 * @category models
 * @since 0.1.0
 */
export class TrailFiles {
  private readonly disk: Disk["Service"]
  private readonly options: TrailFilesOptions
  private part: Part | undefined
  private wanted: number
  private sound = true

  private constructor(
    disk: Disk["Service"],
    options: TrailFilesOptions,
    part: Part | undefined,
    wanted: number,
  ) {
    this.disk = disk
    this.options = options
    this.part = part
    this.wanted = wanted
  }

  /** Makes the directory, mends what a crash has left, and finds the next record. */
  static readonly open = (
    disk: Disk["Service"],
    options: TrailFilesOptions,
  ): Effect.Effect<TrailFiles, TrailFilesError> =>
    Effect.gen(function* () {
      const { directory } = options
      yield* makeDurable(disk, directory)
      const found = yield* settle(disk, directory)
      const least = yield* nextAfter(disk, directory, found.sidecar)
      const part =
        found.part === undefined ? undefined : yield* rewrite(disk, directory, found.part, least)
      return new TrailFiles(disk, options, part, part === undefined ? least : part.last + 1)
    })

  /** The sequence wanted next. */
  get next(): number {
    return this.wanted
  }

  /** Bytes of the growing file. */
  get bytes(): number {
    return this.part?.bytes ?? 0
  }

  /** When the growing file was begun; `Infinity` where there is none. Units: milliseconds since 1970. */
  get begunMillis(): number {
    return this.part?.name.begunMillis ?? Infinity
  }

  /** `false` after a failure that leaves it open what is on the disk: then it must be opened anew. */
  get isSound(): boolean {
    return this.sound
  }

  /** Adds these lines, which survive a power failure when it returns. */
  append(
    batch: DeliveredBatch,
    lines: Buffer,
    count: number,
    nowMillis: number,
  ): Effect.Effect<void, DiskError> {
    return Effect.gen({ self: this }, function* () {
      const isNew = this.part === undefined
      const part = this.part ?? (yield* this.begin(endOf(batch) - count, nowMillis))
      this.part = part
      yield* this.expectNamed(part)
      yield* Effect.tapError(part.file.writeDurable([lines], part.bytes), (error) =>
        error.call === "write" ? this.cut(part) : this.doubt,
      )
      if (isNew || part.count === 0) {
        yield* Effect.tapError(this.disk.syncDirectory(this.options.directory), () => this.doubt)
      }
      part.hash.update(lines)
      part.bytes += lines.length
      part.count += count
      part.last = endOf(batch) - 1
      this.wanted = endOf(batch)
    })
  }

  /** Gives the growing file its name, compressed, with its sidecar. */
  finish(nowMillis: number): Effect.Effect<void, TrailFilesError> {
    return Effect.suspend(() => {
      const { part } = this
      if (part === undefined || part.count === 0) return Effect.void
      const { compression, directory } = this.options
      const whole = path.join(directory, FileName.finished(part.name, compression))
      const temporary = temporaryOf(whole)
      // Whatever fails on the way is sorted out by opening the directory again, which may be late.
      return Effect.onError(
        Effect.andThen(
          this.seal(part, whole, temporary, nowMillis),
          Effect.sync(() => (this.part = undefined)),
        ),
        () => Effect.andThen(this.doubt, Effect.ignore(this.disk.remove(temporary))),
      )
    })
  }

  /** Lets go of the growing file, which the next opening continues. */
  get close(): Effect.Effect<void> {
    return Effect.suspend(() => this.part?.file.close ?? Effect.void)
  }

  private get doubt(): Effect.Effect<void> {
    return Effect.sync(() => (this.sound = false))
  }

  private begin(first: number, nowMillis: number): Effect.Effect<Part, DiskError> {
    const name = FileName.begun(first, nowMillis)
    const file = path.join(this.options.directory, FileName.open(name))
    return Effect.map(this.disk.open(file, "log"), (opened) => ({
      file: opened,
      path: file,
      name,
      hash: createHash("sha256"),
      bytes: 0,
      count: 0,
      last: first - 1,
    }))
  }

  /**
   * What is written to a file that somebody deleted is gone, and what a process does that was
   * replaced while it was stopped meets its successor's files: that one has renamed the file.
   */
  private expectNamed(part: Part): Effect.Effect<void, DiskError> {
    return Effect.flatMap(tryReading(part.file.statusUnsafe), ({ links }) => {
      if (links > 0) return Effect.void
      this.sound = false
      const detail = "the file was deleted or renamed while it was written"
      return Effect.fail(new DiskError({ call: "write", path: part.path, errno: "ENOENT", detail }))
    })
  }

  /** Changes names as long as the growing file is this writer's. */
  private whileNamed<A, E>(
    part: Part,
    change: Effect.Effect<A, E>,
  ): Effect.Effect<A, E | DiskError> {
    return Effect.andThen(this.expectNamed(part), change)
  }

  /** Takes back the beginning of lines that did not fit. */
  private cut(part: Part): Effect.Effect<void> {
    return Effect.catch(part.file.truncate(part.bytes), () => this.doubt)
  }

  private readonly seal = Effect.fnUntraced(function* (
    this: TrailFiles,
    part: Part,
    whole: string,
    temporary: string,
    nowMillis: number,
  ) {
    const { disk } = this
    const { compression, directory, trail } = this.options
    const name = path.basename(whole)
    const contentSha256 = part.hash.copy().digest("hex")
    const stored =
      compression === "none"
        ? { bytes: part.bytes, sha256: contentSha256 }
        : yield* this.compress(part, temporary)
    const checkpoint = yield* this.note
    const sidecar: Sidecar.Sidecar = {
      version: 1,
      file: name,
      format: "ndjson",
      trail,
      first: part.name.first,
      last: part.last,
      count: part.count,
      ...stored,
      compression,
      contentBytes: part.bytes,
      contentSha256,
      begun: Sidecar.instantOf(part.name.begunMillis),
      finished: Sidecar.instantOf(nowMillis),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    }
    const sidecarFile = FileName.sidecarOf(whole)
    yield* this.whileNamed(part, disk.replaceFile(sidecarFile, [Sidecar.encode(sidecar)]))
    const source = compression === "none" ? part.path : temporary
    yield* this.whileNamed(part, disk.rename(source, whole))
    if (compression !== "none") {
      yield* disk.syncDirectory(directory)
      yield* this.whileNamed(part, disk.remove(part.path))
    }
    yield* disk.syncDirectory(directory)
    yield* part.file.close
  })

  private readonly compress = Effect.fnUntraced(function* (
    this: TrailFiles,
    part: Part,
    target: string,
  ) {
    const { disk } = this
    const hash = createHash("sha256")
    const packed: Array<Uint8Array> = []
    let bytes = 0
    const file = yield* disk.open(target, "create")
    const write = Effect.gen(function* () {
      const pieces = packed.splice(0)
      yield* file.write(pieces, bytes)
      for (const piece of pieces) {
        hash.update(piece)
        bytes += piece.byteLength
      }
    })
    const { add, end } = compressor(this.options.compression, (piece) => packed.push(piece))
    const copy = Effect.gen(function* () {
      for (let at = 0; at < part.bytes;) {
        const read = yield* disk.readRange(part.path, at, Math.min(chunkBytes, part.bytes - at))
        if (read.byteLength === 0) {
          return yield* new FileDamaged({ path: part.path, detail: "became shorter by itself" })
        }
        at += read.byteLength
        yield* add(read)
        yield* write
      }
      yield* end
      yield* write
      yield* file.datasync
    })
    yield* Effect.ensuring(copy, file.close)
    return { bytes, sha256: hash.digest("hex") }
  })

  private get note(): Effect.Effect<string | undefined> {
    const { trail, trailDirectory } = this.options
    if (trailDirectory === undefined) return Effect.succeed(undefined)
    // The records are what counts: a note that can't be read is left out.
    return this.disk.readRange(path.join(trailDirectory, checkpointName), 0, noteBytesMax + 1).pipe(
      Effect.map((bytes) => Sidecar.noteOf(bytes, trail)),
      Effect.orElseSucceed(() => undefined),
    )
  }
}

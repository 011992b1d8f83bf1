/**
 * Opening a trail: what is on the disk becomes a writer that goes on where the last one stopped.
 *
 * The tree is computed again from the full tiles and the write-ahead log, and compared with
 * the newest checkpoint. If a signed size is larger than what can be computed, or the root
 * differs, the trail is refused and left as it is: signing a second history would be a
 * permanent proof of misbehaviour, and nobody could tell it from an attack.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { SignerError } from "../signer/Signer.ts"
import { type Checkpoint, parseSigned } from "./Checkpoint.ts"
import * as EntryBundle from "./EntryBundle.ts"
import type { TrailBase } from "./GrowingTree.ts"
import { hashBytes, hashLeafAt, nodeHash, rightEdge, tileHeight, TreeHead } from "./MerkleTree.ts"
import { RootHasher } from "./RootHasher.ts"
import type { Rotation } from "./Rotation.ts"
import { lostRotation } from "./RotationFiles.ts"
import { verify, type VerifierKey } from "./SignedNote.ts"
import { formatTilePath, tileBytes, tileWidth } from "./Tile.ts"
import { contentOf, formsOf } from "./TileFile.ts"
import { TrailDamaged } from "./TrailError.ts"
import { TrailWriter } from "./TrailWriter.ts"
import type { Frame } from "./WalFrame.ts"
import { makeDurable } from "./LogTail.ts"
import { listSegments, scan, type SegmentFile, startOf, type TornTail } from "./WalReader.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecoveryOptions {
  readonly directory: string
  readonly origin: string
  readonly verifierKey: VerifierKey
  /** The rotation that brought this key in, if one did: the trail holds at least what it signs. */
  readonly rotation?: Rotation | undefined
  /** What witnesses have cosigned: the trail holds at least that, whatever its own checkpoint says. */
  readonly witnessed?: Checkpoint | undefined
  readonly nowMillis: () => number
  /** Signs the tree as a checkpoint. */
  readonly sign: (
    size: number,
    root: Uint8Array,
  ) => Effect.Effect<Uint8Array, SignerError | DiskError>
}

/**
 * A trail that can be written on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Recovered {
  readonly writer: TrailWriter
  /** The next sequence number: all before it are durable. */
  readonly nextSequence: number
  readonly segments: ReadonlyArray<SegmentFile>
  /** The newest checkpoint, if the trail had one. */
  readonly checkpoint: Checkpoint | undefined
  /** `true`: a rotation was signed, and the power went before it became the checkpoint. */
  readonly isBehindRotation: boolean
  readonly torn: ReadonlyArray<TornTail>
  /** The newest entry's bytes, if there is one. */
  readonly lastEntry: Uint8Array | undefined
}

const damaged = (file: string, detail: string): TrailDamaged =>
  new TrailDamaged({ path: file, detail })

/**
 * Opens a trail for writing, or makes an empty one. The caller holds the lease.
 *
 * - Errors: `TrailDamaged` where the trail contradicts itself or what was signed; `DiskError`.
 * - Memory: one segment of the log.
 *
 * @category running
 * @since 0.1.0
 */
export const recover = Effect.fnUntraced(function* (options: RecoveryOptions) {
  const { directory } = options
  const disk = yield* Disk
  const published = yield* readCheckpoint(disk, options)
  const isBehindRotation = (published?.size ?? 0) < (options.rotation?.checkpoint.size ?? 0)
  const signed = isBehindRotation ? options.rotation?.checkpoint : published
  const { witnessed } = options
  const checkpoint = (witnessed?.size ?? 0) > (signed?.size ?? 0) ? witnessed : signed
  const segments = yield* listSegments(directory)
  const signedSize = checkpoint?.size ?? 0
  const start = startOf(segments)
  const logStart = start ?? Math.max(signed?.size ?? 0, segments.at(-1)?.firstSequence ?? 0)
  if (logStart > signedSize) {
    return yield* damaged(
      path.join(directory, "wal"),
      `the log begins at entry ${logStart}, but tiles are signed only up to ${signedSize}`,
    )
  }
  const base = yield* readBase(disk, directory, logStart - (logStart % tileWidth))
  const replay = Effect.fnUntraced(function* (tree: Tree, head: Buffer | undefined, until: number) {
    const feed = new Replay(tree, directory, checkpoint)
    yield* feed.check
    if (head !== undefined) yield* feed.head(head, logStart)
    const scanned = yield* scan(directory, segments, (frame) => feed.frame(frame), until)
    return { ...scanned, head, lastEntry: feed.lastEntry }
  })
  // Once without a trace, so that a trail that is refused is left as it is.
  const { head, lastEntry, newest, nextSequence, torn } = yield* rehearse(
    yield* readHeads(disk, directory, base.size, logStart, signedSize),
    (found) => replay(new Rehearsal(base, signedSize), found, Infinity),
  )
  const size = start === undefined ? logStart : nextSequence
  if (size < signedSize) {
    return yield* damaged(
      directory,
      `${signedSize} entries were signed, but only ${size} can be found`,
    )
  }
  const writer = new TrailWriter({
    disk,
    directory,
    base,
    publishedSize: published?.size ?? 0,
    foundSize: size,
    nowMillis: options.nowMillis,
    sign: options.sign,
  })
  // A write that a replaced writer began before may arrive meanwhile.
  yield* replay(writer, head, size)
  const kept = yield* makeDurable(disk, directory, segments, { torn, newest })
  yield* writer.mend
  const recovered: Recovered = {
    writer,
    nextSequence: size,
    segments: kept,
    checkpoint,
    isBehindRotation,
    torn,
    lastEntry: lastEntry ?? (yield* newestOf(disk, directory, base.size)),
  }
  return recovered
})

const readCheckpoint = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  { directory, origin, rotation, verifierKey }: RecoveryOptions,
) {
  const file = path.join(directory, "checkpoint")
  if ((yield* disk.status(file)) === undefined) return undefined
  const parsed = parseSigned(yield* disk.readFile(file))
  if (Result.isFailure(parsed)) {
    return yield* damaged(file, `is no signed checkpoint: ${parsed.failure.message}`)
  }
  const { checkpoint, note } = parsed.success
  if (checkpoint.origin !== origin) {
    return yield* damaged(file, `speaks of the trail ${checkpoint.origin}, expected ${origin}`)
  }
  const lost = yield* lostRotation(directory, checkpoint, rotation)
  if (lost !== undefined) return yield* damaged(file, lost)
  const isEarlier = rotation !== undefined && checkpoint.size < rotation.checkpoint.size
  const by = isEarlier ? rotation.before : verifierKey
  const signature = verify(note, by)
  if (signature !== "valid") {
    return yield* damaged(
      file,
      signature === "absent"
        ? "is not signed by this engine's key; give the engine the key that is in force"
        : "has a signature that does not fit its text",
    )
  }
  return checkpoint
})

/** The tree of the first `size` entries, from full tiles alone: those are on the disk for sure. */
const readBase = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  directory: string,
  size: number,
) {
  const openTiles: Array<Uint8Array> = []
  const hasher = new RootHasher()
  const fullTile = Effect.fnUntraced(function* (level: number, index: number) {
    const file = path.join(directory, formatTilePath({ level, index, width: tileWidth }))
    const bytes = yield* Effect.mapError(disk.readFile(file), (error): DiskError | TrailDamaged =>
      error.errno === "ENOENT" ? damaged(file, "is missing") : error,
    )
    if (bytes.byteLength !== tileBytes) {
      return yield* damaged(file, `has ${bytes.byteLength} bytes, expected ${tileBytes}`)
    }
    return bytes
  })
  for (let level = 0; ; level += 1) {
    const hashes = Math.floor(size / tileWidth ** level)
    if (hashes === 0) break
    const open = hashes % tileWidth
    const bytes = Buffer.alloc(open * hashBytes)
    for (let slot = 0; slot < open && level > 0; slot += 1) {
      hasher.hashes.set(yield* fullTile(level - 1, hashes - open + slot))
      hasher.reduce(tileWidth)
      hasher.hashes.copy(bytes, slot * hashBytes, 0, hashBytes)
    }
    openTiles.push(bytes)
  }
  const base: TrailBase = { size, frontier: frontierOf(size, openTiles), openTiles }
  return base
})

/** Each edge subtree is a run of neighbours in the open tile of its level. */
const frontierOf = (
  size: number,
  openTiles: ReadonlyArray<Uint8Array>,
): ReadonlyArray<Uint8Array> =>
  rightEdge(size).map((subtree) => {
    const level = Math.floor(subtree.level / tileHeight)
    const count = 2 ** (subtree.level % tileHeight)
    const first = (subtree.index * count) % tileWidth
    const tile = openTiles[level] ?? new Uint8Array()
    const hashes = Array.from({ length: count }, (_, slot) =>
      tile.subarray((first + slot) * hashBytes, (first + slot + 1) * hashBytes),
    )
    return rootOfRun(hashes)
  })

const rootOfRun = (hashes: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [first, second] = hashes
  if (first === undefined) throw new RangeError("a subtree has at least one hash")
  if (second === undefined) return first
  const half = hashes.length / 2
  return nodeHash(rootOfRun(hashes.slice(0, half)), rootOfRun(hashes.slice(half)))
}

/** What entries are fed to. */
interface Tree {
  readonly size: number
  readonly root: () => Uint8Array
  readonly append: (
    bytes: Buffer,
    usedBytes: number,
    count: number,
    firstSequence: number,
  ) => Effect.Effect<void, DiskError>
}

/** A tree that leaves no trace, as far as it has to be compared. */
class Rehearsal implements Tree {
  size: number
  private readonly head: TreeHead
  private readonly signedSize: number
  private readonly leaf = Buffer.alloc(hashBytes)

  constructor(base: TrailBase, signedSize: number) {
    this.size = base.size
    this.head = TreeHead.fromFrontier(base.size, base.frontier)
    this.signedSize = signedSize
  }

  root(): Uint8Array {
    return this.head.root()
  }

  append(bytes: Buffer, usedBytes: number, count: number): Effect.Effect<void> {
    return Effect.sync(() => {
      const isCompared = this.size < this.signedSize
      this.size += count
      for (let at = 0; isCompared && at < usedBytes;) {
        const entry = at + EntryBundle.lengthBytes
        at = entry + bytes.readUInt16BE(at)
        hashLeafAt(bytes, entry, at, this.leaf, 0)
        this.head.append(this.leaf, 0)
      }
    })
  }
}

/** Feeds entries to a tree and compares the root when it passes the signed size. */
class Replay {
  lastEntry: Uint8Array | undefined
  private readonly tree: Tree
  private readonly directory: string
  private readonly checkpoint: Checkpoint | undefined

  constructor(tree: Tree, directory: string, checkpoint: Checkpoint | undefined) {
    this.tree = tree
    this.directory = directory
    this.checkpoint = checkpoint
  }

  /** Where the tree has exactly the signed size, its root must be the signed one. */
  readonly check: Effect.Effect<void, TrailDamaged> = Effect.suspend(() => {
    const { checkpoint, directory, tree } = this
    if (checkpoint === undefined || tree.size !== checkpoint.size) return Effect.void
    return Buffer.compare(tree.root(), checkpoint.root) === 0
      ? Effect.void
      : Effect.fail(
          damaged(directory, `the root over ${checkpoint.size} entries is not the signed one`),
        )
  })

  /** The entries before the log that are in no full tile. */
  head(bytes: Buffer, end: number): Effect.Effect<void, DiskError | TrailDamaged> {
    return Effect.suspend(() => this.feed(bytes, end - this.tree.size, this.tree.size))
  }

  frame(frame: Frame): Effect.Effect<void, DiskError | TrailDamaged> {
    const bytes = Buffer.from(
      frame.payload.buffer,
      frame.payload.byteOffset,
      frame.payload.byteLength,
    )
    // What the tiles before the log's start already hold is not fed again.
    return this.feed(bytes, frame.count, frame.firstSequence)
  }

  private feed(
    bytes: Buffer,
    count: number,
    firstSequence: number,
  ): Effect.Effect<void, DiskError | TrailDamaged> {
    const decoded = EntryBundle.decode(bytes, count)
    if (Result.isFailure(decoded)) {
      return Effect.fail(damaged(this.directory, decoded.failure.message))
    }
    const entries = decoded.success
    if (entries.length !== count) {
      return Effect.fail(
        damaged(
          this.directory,
          `${entries.length} entries were found from entry ${firstSequence} on, expected ${count}`,
        ),
      )
    }
    const signed = this.checkpoint?.size ?? 0
    // A checkpoint may lie inside a batch: the tree has to stop there once to be compared.
    const split = Math.min(Math.max(signed - firstSequence, 0), count)
    const splitAt = entries
      .slice(0, split)
      .reduce((total, entry) => total + EntryBundle.lengthBytes + entry.byteLength, 0)
    const last = entries.at(-1)
    if (last !== undefined) this.lastEntry = Uint8Array.from(last)
    const part = (from: number, to: number, entryCount: number, sequence: number) =>
      entryCount === 0
        ? Effect.void
        : this.tree.append(
            // A copy that starts at 0: a tree pokes the byte before each entry.
            Buffer.from(bytes.subarray(from, to)),
            to - from,
            entryCount,
            sequence,
          )
    return part(0, splitAt, split, firstSequence).pipe(
      Effect.andThen(this.check),
      Effect.andThen(part(splitAt, bytes.length, count - split, firstSequence + split)),
    )
  }
}

/** The newest entry of a tree whose tiles are all full at the lowest level. */
const newestOf = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  directory: string,
  size: number,
) {
  if (size === 0) return undefined
  const index = size / tileWidth - 1
  const [bytes = Buffer.alloc(0)] = yield* readForms(disk, directory, index, [], tileWidth)
  const decoded = EntryBundle.decode(bytes)
  return Result.isFailure(decoded) ? undefined : decoded.success.at(-1)
})

/** What the entries between the last full bundle and the log may be; `undefined` where there are none. */
const readHeads = (
  disk: Disk["Service"],
  directory: string,
  from: number,
  end: number,
  signedSize: number,
): Effect.Effect<ReadonlyArray<Buffer | undefined>, DiskError | TrailDamaged> => {
  if (from === end) return Effect.succeed([undefined])
  const index = from / tileWidth
  const least = end - from
  const partial = formatTilePath({ level: "entries", index, width: least })
  // An interrupted deletion of the log leaves its beginning before the form that was synced for it.
  return Effect.flatMap(disk.list(path.dirname(path.join(directory, partial))), (names) => {
    const found = names.map(Number).filter((width) => width > least && width < tileWidth)
    const widths = [least, signedSize % tileWidth, ...found]
    return readForms(disk, directory, index, widths, least)
  })
}

/** Only the signed root tells a form that a power failure filled with zeros from one that is whole. */
const rehearse = <A, E>(
  [head, ...others]: ReadonlyArray<Buffer | undefined>,
  replay: (head: Buffer | undefined) => Effect.Effect<A, E | TrailDamaged, Disk>,
): Effect.Effect<A, E | TrailDamaged, Disk> =>
  others.length === 0
    ? replay(head)
    : Effect.catchIf(
        replay(head),
        (error) => error instanceof TrailDamaged,
        () => rehearse(others, replay),
      )

/**
 * The first `count` entries of a bundle, from each of its forms that holds as many: after a
 * power failure a form that was not synced may lie there spoilt, beside one that was.
 *
 * @param widths those of the partial forms that may be there
 * @returns at least one
 */
const readForms = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  directory: string,
  index: number,
  widths: ReadonlyArray<number>,
  count: number,
) {
  const forms = [...widths.filter((width) => width > 0), tileWidth].flatMap((width) =>
    formsOf({ level: "entries", index, width }),
  )
  const whole: Array<Buffer> = []
  let problem = "is missing, and so is its partial form"
  for (const form of new Map(forms.map((each) => [each.path, each])).values()) {
    const file = path.join(directory, form.path)
    if ((yield* disk.status(file)) === undefined) continue
    const content = contentOf(form, Buffer.from(yield* disk.readFile(file)))
    if (!Buffer.isBuffer(content)) {
      problem = content.detail
      continue
    }
    const length = EntryBundle.prefixBytes(content, count)
    if (Result.isFailure(length)) {
      problem = length.failure.message
      continue
    }
    const entries = content.subarray(0, length.success)
    if (!whole.some((other) => other.equals(entries))) whole.push(entries)
  }
  if (whole.length > 0) return whole
  return yield* damaged(
    path.join(directory, formatTilePath({ level: "entries", index, width: tileWidth })),
    problem,
  )
})

/**
 * A trail opened and written on by the trail's own modules, without an engine around them.
 *
 * @since 0.1.0
 */
import { sign as signBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as Checkpoint from "../trail/Checkpoint.ts"
import * as EntryBundle from "../trail/EntryBundle.ts"
import { recover, type RecoveryOptions } from "../trail/Recovery.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import { encodeFrameHeader } from "../trail/WalFrame.ts"
import { WriteAheadLog } from "../trail/WriteAheadLog.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"
import {
  bundleOf,
  checkpointText,
  filesOf,
  hashTiles,
  inTiles,
  origin,
  privateKey,
  tilePath,
  verifierKeyText,
} from "./TrailFixture.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SessionOptions {
  readonly segmentBytesMax?: number
  /** What differs from a rightful opening. */
  readonly recovery?: Partial<RecoveryOptions>
}

/**
 * Opens a trail with the fixture's key and origin; the log's file is closed with the scope.
 *
 * @category running
 * @since 0.1.0
 */
export const openSession = Effect.fnUntraced(function* (
  directory: string,
  { recovery = {}, segmentBytesMax = 1_000_000 }: SessionOptions = {},
) {
  const disk = yield* Disk
  const verifierKey = Result.getOrThrow(SignedNote.parseVerifierKey(verifierKeyText()))
  const recovered = yield* recover({
    directory,
    origin,
    verifierKey,
    nowMillis: () => 0,
    sign: (size, root) =>
      Effect.sync(() => {
        const text = Checkpoint.format({ origin, size, root, extensions: [] })
        const bytes = signBytes(null, Buffer.from(text), privateKey)
        const signature = { name: origin, keyId: verifierKey.keyId, bytes }
        return Buffer.from(SignedNote.format({ text, signatures: [signature] }))
      }),
    ...recovery,
  })
  const { nextSequence, segments, writer } = recovered
  const wal = new WriteAheadLog(disk, { directory, segmentBytesMax, fence: 1, nextSequence })
  wal.adopt(segments)
  yield* Effect.addFinalizer(() => wal.roll)

  /** Logs entries and adds them to the tree, so many at once. */
  const write = Effect.fnUntraced(function* (
    entries: ReadonlyArray<string>,
    batchSize: number = entries.length,
  ) {
    for (let from = 0; from < entries.length; from += batchSize) {
      const batch = entries.slice(from, from + batchSize)
      const payload = EntryBundle.encode(batch.map((entry) => Buffer.from(entry)))
      const firstSequence = wal.nextSequence
      yield* wal.append([{ payload, count: batch.length }], 0)
      yield* writer.append(payload, payload.length, batch.length, firstSequence)
    }
  })
  /** As an engine closes: nothing of the log stays. */
  const close = Effect.gen(function* () {
    yield* writer.publish
    yield* writer.syncAll
    yield* wal.roll
    yield* wal.prune(writer.syncedSize)
  })
  return { recovered, writer, wal, write, close }
})

/**
 * As {@link openSession}, on the machine's own disk.
 *
 * @category running
 * @since 0.1.0
 */
export const openOnDisk = (directory: string, options?: SessionOptions) =>
  Effect.provide(openSession(directory, options), NodeDisk.layer)

/**
 * An empty directory for a trail, in one of its own that goes with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const trailDirectory = Effect.map(temporaryDirectory, (root) => {
  const directory = path.join(root, "trail")
  fs.mkdirSync(directory)
  return directory
})

/**
 * A copy of a trail as it lies on the disk now: what a crash would leave. It lies beside the trail.
 *
 * @category running
 * @since 0.1.0
 */
export const crash = (directory: string, name = "crashed"): string => {
  const copy = path.join(path.dirname(directory), name)
  fs.rmSync(copy, { recursive: true, force: true })
  fs.cpSync(directory, copy, { recursive: true })
  return copy
}

/**
 * A segment of the log that holds some entries as one frame.
 *
 * @category encoding
 * @since 0.1.0
 */
export const segmentOf = (entries: ReadonlyArray<string>, firstSequence = 0): Buffer => {
  const payload = EntryBundle.encode(entries.map((entry) => Buffer.from(entry)))
  const header = {
    firstSequence,
    count: entries.length,
    payloadBytes: payload.length,
    fence: 1,
    writtenMillis: 0,
    groupOffset: 0,
  }
  return Buffer.concat([encodeFrameHeader(header, payload), payload])
}

/**
 * What the published files of a trail over some entries are, by their names.
 *
 * @category encoding
 * @since 0.1.0
 */
export const publishedFiles = (entries: ReadonlyArray<string>): ReadonlyMap<string, string> =>
  new Map([
    ...inTiles(entries).map((group, index): [string, string] => [
      tilePath("entries", index, group.length),
      bundleOf(group).toString("hex"),
    ]),
    ...hashTiles(entries).flatMap((tiles, level) =>
      tiles.map((bytes, index): [string, string] => [
        tilePath(level, index, bytes.length / 32),
        bytes.toString("hex"),
      ]),
    ),
  ])

/**
 * The tile files of a trail as they lie on the disk, by their names.
 *
 * @category decoding
 * @since 0.1.0
 */
export const tileFiles = (directory: string): ReadonlyMap<string, string> =>
  new Map(
    filesOf(directory)
      .filter((name) => name.startsWith("tile/"))
      .map((name) => [name, fs.readFileSync(path.join(directory, name), "hex")]),
  )

/**
 * Tells what a trail lacks to be the trail over some entries; nothing where it is.
 *
 * Older partial tiles may lie beside.
 *
 * @category predicates
 * @since 0.1.0
 */
export const differences = (
  directory: string,
  entries: ReadonlyArray<string>,
): ReadonlyArray<string> => {
  const found = tileFiles(directory)
  const note = fs.readFileSync(path.join(directory, "checkpoint"), "utf8")
  return [
    ...[...publishedFiles(entries)].flatMap(([name, hex]) => (found.get(name) === hex ? [] : name)),
    ...(note.startsWith(`${checkpointText(entries)}\n`) ? [] : ["checkpoint"]),
  ]
}

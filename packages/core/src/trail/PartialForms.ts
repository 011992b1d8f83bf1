/**
 * The partial forms of the tiles at a trail's end, as a power failure may leave them.
 *
 * They are written without a sync, so one may be gone, cut short, or hold zeros.
 * What they held is known: a form of 17 hashes is how every later form of its tile begins.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { prefixBytes } from "./EntryBundle.ts"
import type { TreeFile } from "./GrowingTree.ts"
import { hashBytes } from "./MerkleTree.ts"
import {
  formatTilePath,
  parseTilePath,
  type TileAddress,
  type TileLevel,
  tileLevels,
  tileSpan,
  tileWidth,
} from "./Tile.ts"
import { listExtras } from "./VerifierPlan.ts"

/**
 * What part of a trail's end to look at.
 *
 * @category models
 * @since 0.1.0
 */
export interface PartialRange {
  /** Tiles that were full and synced when the tree had this size have no partial forms. */
  readonly from: number
  /** Entries in the tree. */
  readonly size: number
  /** Entries under the newest checkpoint, of which each form has to be there. */
  readonly signedSize: number
  /** The newest form of each tile that is not full. */
  readonly open: ReadonlyArray<TreeFile>
}

/**
 * The forms that have to be written again: those that a checkpoint needs and that are gone, and all that
 * were cut short or hold zeros. What differs in any other way was no power failure's doing,
 * and is left for the verifier to name.
 *
 * - Cost: it lists the directories of the trail's end, and reads at most 255 forms of each tile
 *   there; most tiles have none.
 *
 * @category running
 * @since 0.1.0
 */
export const spoiltForms = Effect.fnUntraced(function* (directory: string, range: PartialRange) {
  const disk = yield* Disk
  const spoilt: Array<TreeFile> = []
  const read = (file: string) =>
    Effect.catch(disk.readFile(path.join(directory, file)), (error) =>
      error.errno === "ENOENT" ? Effect.succeed(undefined) : Effect.fail(error),
    )
  const newest = openTiles(range.size)
  // A reader of the checkpoint takes the full form where there is one.
  const due = new Set(
    openTiles(range.signedSize)
      .filter((signed) =>
        newest.some(({ index, level }) => level === signed.level && index === signed.index),
      )
      .map((address) => formatTilePath(address)),
  )
  const older = yield* listOlder(directory, range)
  for (const file of new Set([...due, ...older, ...newest.map(formatTilePath)])) {
    const address = parseTilePath(file)
    if (address === undefined) continue
    const whole = yield* newestOf(address, range, read)
    const expected = whole === undefined ? undefined : beginningOf(whole, address)
    if (expected === undefined) continue
    const found = yield* read(file)
    const isDue = found === undefined ? due.has(file) : isSpoilt(found, expected)
    if (isDue) spoilt.push({ path: file, chunks: [expected] })
  }
  return spoilt
})

const openTiles = (size: number): ReadonlyArray<TileAddress> =>
  levelsOf(size).flatMap((level) => {
    const { full, partialWidth } = tileSpan(size, level)
    return partialWidth === 0 ? [] : [{ level, index: full, width: partialWidth }]
  })

const levelsOf = (size: number): ReadonlyArray<TileLevel> => [
  "entries",
  ...Array.from({ length: tileLevels(size) }, (_, level) => level),
]

/** The older partial forms on the disk, of all tiles that were not full at the range's beginning. */
const listOlder = Effect.fnUntraced(function* (directory: string, { from, size }: PartialRange) {
  const paths: Array<string> = []
  for (const level of levelsOf(size)) {
    const extras = yield* listExtras(directory, level, { from: tileSpan(from, level).full, size })
    paths.push(...extras.filter((extra) => !extra.isCompressed).map((extra) => extra.path))
  }
  return paths
})

const newestOf = (
  { index, level }: TileAddress,
  { open, size }: PartialRange,
  read: (file: string) => Effect.Effect<Uint8Array | undefined, DiskError>,
): Effect.Effect<Uint8Array | undefined, DiskError> => {
  const { full, partialWidth } = tileSpan(size, level)
  if (index < full) return read(formatTilePath({ level, index, width: tileWidth }))
  const newest = formatTilePath({ level, index, width: partialWidth })
  return Effect.succeed(open.find((file) => file.path === newest)?.chunks[0])
}

const beginningOf = (newest: Uint8Array, { level, width }: TileAddress): Uint8Array | undefined => {
  if (level !== "entries") return newest.subarray(0, width * hashBytes)
  const length = prefixBytes(newest, width)
  return Result.isSuccess(length) ? newest.subarray(0, length.success) : undefined
}

/**
 * Cut short, or with zeros, and otherwise as expected. Not only whole sectors: a second failure
 * lengthens with zeros what the first one cut within a sector.
 */
const isSpoilt = (found: Uint8Array, expected: Uint8Array): boolean =>
  found.length <= expected.length &&
  Buffer.compare(found, expected) !== 0 &&
  found.every((byte, at) => byte === 0 || byte === expected[at])

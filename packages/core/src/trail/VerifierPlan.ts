/**
 * Cuts a trail into runs of bundles, and finds the files that lie beside the needed ones.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Disk, type DiskError } from "../platform/Disk.ts"
import {
  formatCompressedPath,
  formatTilePath,
  parseTilePath,
  type TileLevel,
  tileSpan,
  tileWidth,
  widthOf,
} from "./Tile.ts"
import { parseName } from "./TileFile.ts"
import type { ExtraFile, ShardJob } from "./VerifierShard.ts"

/** Tiles in one directory, by the way their names are made. */
const tilesPerDirectory = 1000

// A divisor of the above, so that a run lies in one directory; 50 bundles take about 15 ms.
const bundlesPerShard = 50

/** The directory of a tile. */
const directoryOf = (directory: string, level: TileLevel, index: number): string =>
  path.dirname(path.join(directory, formatTilePath({ level, index, width: tileWidth })))

/**
 * The older partial forms of a tile, narrower than the needed one.
 *
 * @category running
 * @since 0.1.0
 */
export const listPartials = Effect.fnUntraced(function* (
  directory: string,
  level: TileLevel,
  index: number,
  width: number,
) {
  const disk = yield* Disk
  const parent = `${formatTilePath({ level, index, width: tileWidth })}.p`
  const names = yield* disk.list(path.join(directory, parent))
  const extras: Array<ExtraFile> = []
  for (const name of names) {
    const address = parseTilePath(`${parent}/${name}`)
    // A wider one belongs to a later checkpoint, and may be half-written at this moment.
    if (address === undefined || address.width >= width) continue
    extras.push({ path: formatTilePath(address), width: address.width, isCompressed: false, index })
  }
  return extras
})

/** The extra files of all tiles of a directory, in the order of the tiles. */
const listDirectory = Effect.fnUntraced(function* (
  directory: string,
  level: TileLevel,
  group: number,
  size: number,
) {
  const disk = yield* Disk
  const first = group * tilesPerDirectory
  const names = yield* disk.list(directoryOf(directory, level, first))
  const extras: Array<ExtraFile> = []
  for (const name of names) {
    const parsed = parseName(level, name)
    if (parsed === undefined) continue
    const index = first + parsed.position
    const width = widthOf(size, level, index)
    if (parsed.kind === "partials" && width > 0) {
      extras.push(...(yield* listPartials(directory, level, index, width)))
    }
    if (parsed.kind === "compressed" && width === tileWidth) {
      extras.push({ path: formatCompressedPath(index), width, isCompressed: true, index })
    }
  }
  return extras
})

/**
 * The extra files of a level's tiles, of one tile on, in the order of the tiles.
 *
 * @param range `from` counts tiles, `size` the entries in the tree
 * @category running
 * @since 0.1.0
 */
export const listExtras = Effect.fnUntraced(function* (
  directory: string,
  level: TileLevel,
  { from, size }: { readonly from: number; readonly size: number },
) {
  const { full, partialWidth } = tileSpan(size, level)
  const end = full + (partialWidth > 0 ? 1 : 0)
  const extras: Array<ExtraFile> = []
  for (
    let group = Math.floor(from / tilesPerDirectory);
    group * tilesPerDirectory < end;
    group += 1
  ) {
    const listed = yield* listDirectory(directory, level, group, size)
    extras.push(...listed.filter(({ index }) => index >= from))
  }
  return extras
})

interface Listing {
  readonly group: number
  readonly bundles: ReadonlyArray<ExtraFile>
  readonly tiles: ReadonlyArray<ExtraFile>
}

const within = (
  extras: ReadonlyArray<ExtraFile>,
  first: number,
  count: number,
): ReadonlyArray<ExtraFile> => extras.filter(({ index }) => index >= first && index < first + count)

/**
 * The runs that cover a tree, in order. Directories are listed when their turn comes.
 *
 * @category running
 * @since 0.1.0
 */
export const planShards = (
  directory: string,
  size: number,
): Stream.Stream<ShardJob, DiskError, Disk> => {
  const end = Math.ceil(size / tileWidth)
  let listing: Listing = { group: -1, bundles: [], tiles: [] }
  const list = Effect.fnUntraced(function* (group: number) {
    if (listing.group === group) return listing
    listing = {
      group,
      bundles: yield* listDirectory(directory, "entries", group, size),
      tiles: yield* listDirectory(directory, 0, group, size),
    }
    return listing
  })
  if (end === 0) return Stream.empty
  return Stream.paginate(0, (firstBundle) =>
    Effect.map(list(Math.floor(firstBundle / tilesPerDirectory)), (listed) => {
      const bundles = Math.min(bundlesPerShard, end - firstBundle)
      const job: ShardJob = {
        size,
        firstBundle,
        bundles,
        extraBundles: within(listed.bundles, firstBundle, bundles),
        extraTiles: within(listed.tiles, firstBundle, bundles),
      }
      const next = firstBundle + bundles
      return [[job], next < end ? Option.some(next) : Option.none()] as const
    }),
  )
}

/**
 * Where the hashes and entries of a tree lie: tiles of 256, and their names.
 *
 * - Source: C2SP tlog-tiles.
 *
 * @since 0.1.0
 */
import { hashBytes } from "./MerkleTree.ts"

/**
 * Hashes in a full tile, and entries in a full bundle.
 *
 * @category constants
 * @since 0.1.0
 */
export const tileWidth = 256

/**
 * Size of a full hash tile. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const tileBytes = tileWidth * hashBytes

/**
 * The directory of all tiles, beside the checkpoint.
 *
 * @category constants
 * @since 0.1.0
 */
export const tileDirectory = "tile"

/**
 * Which tile: a level from 0 to 63 of hashes, or the bundles of entries.
 *
 * @category models
 * @since 0.1.0
 */
export type TileLevel = number | "entries"

/**
 * Names one tile or bundle.
 *
 * @category models
 * @since 0.1.0
 */
export interface TileAddress {
  readonly level: TileLevel
  readonly index: number
  /** From 1 to 256; below 256 the tile is partial. */
  readonly width: number
}

const elementMax = 1000
const levelMax = 63

const elementOf = (value: number): string => String(value).padStart(3, "0")

/**
 * The name of a tile within its level: `x001/x234/067` for 1,234,067.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatTileIndex = (index: number): string => {
  let text = elementOf(index % elementMax)
  for (let rest = Math.floor(index / elementMax); rest > 0; rest = Math.floor(rest / elementMax)) {
    text = `x${elementOf(rest % elementMax)}/${text}`
  }
  return text
}

/**
 * The path of a tile from the trail's directory: `tile/0/x001/x234/067`, `tile/entries/000.p/3`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatTilePath = ({ index, level, width }: TileAddress): string =>
  `${tileDirectory}/${level}/${formatTileIndex(index)}${width === tileWidth ? "" : `.p/${width}`}`

/**
 * The path of a full bundle that was compressed.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatCompressedPath = (index: number): string =>
  `${tileDirectory}/entries/${formatTileIndex(index)}.gz`

const pattern = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/**
 * The tile that a path names, or `undefined`. Accepts only what {@link formatTilePath} writes.
 *
 * @category encoding
 * @since 0.1.0
 */
export const parseTilePath = (path: string): TileAddress | undefined => {
  const match = pattern.exec(path)
  if (match === null) return undefined
  const [, levelText = "", high = "", low = "", widthText] = match
  const index = Number(`${high.replaceAll(/[x/]/g, "")}${low}`)
  const width = widthText === undefined ? tileWidth : Number(widthText)
  const level: TileLevel = levelText === "entries" ? levelText : Number(levelText)
  if (!Number.isSafeInteger(index) || (level !== "entries" && level > levelMax)) return undefined
  if (widthText !== undefined && width >= tileWidth) return undefined
  const address = { level, index, width }
  return formatTilePath(address) === path ? address : undefined
}

/**
 * The tiles of one level.
 *
 * @category models
 * @since 0.1.0
 */
export interface TileSpan {
  /** Full tiles, from index 0 on. */
  readonly full: number
  /** Width of the partial tile that follows them; `0` where there is none. */
  readonly partialWidth: number
}

/**
 * Hashes that a tree has at a level of tiles: complete subtrees of `256^level` entries.
 *
 * @category mathematics
 * @since 0.1.0
 */
export const hashesAtLevel = (size: number, level: number): number => {
  let count = size
  for (let each = 0; each < level; each += 1) count = Math.floor(count / tileWidth)
  return count
}

/**
 * The tiles that a tree of `size` entries has at a level; bundles are as level 0.
 *
 * @category mathematics
 * @since 0.1.0
 */
export const tileSpan = (size: number, level: TileLevel): TileSpan => {
  const count = hashesAtLevel(size, level === "entries" ? 0 : level)
  return { full: Math.floor(count / tileWidth), partialWidth: count % tileWidth }
}

/**
 * Levels of tiles in a tree: 0 for the empty one, 3 for one of 70,000 entries.
 *
 * @category mathematics
 * @since 0.1.0
 */
export const tileLevels = (size: number): number => {
  let levels = 0
  while (hashesAtLevel(size, levels) > 0) levels += 1
  return levels
}

/**
 * Width that a tile has in a tree of `size` entries: 256, less for the last one, 0 beyond it.
 *
 * @category mathematics
 * @since 0.1.0
 */
export const widthOf = (size: number, level: TileLevel, index: number): number => {
  const { full, partialWidth } = tileSpan(size, level)
  return index < full ? tileWidth : index === full ? partialWidth : 0
}

/**
 * Every tile and bundle that a tree of `size` entries has.
 *
 * @category mathematics
 * @since 0.1.0
 */
export function* tilesOf(size: number): Generator<TileAddress> {
  const levels: Array<TileLevel> = ["entries"]
  for (let level = 0; level < tileLevels(size); level += 1) levels.push(level)
  for (const level of levels) {
    const { full, partialWidth } = tileSpan(size, level)
    for (let index = 0; index < full; index += 1) yield { level, index, width: tileWidth }
    if (partialWidth > 0) yield { level, index: full, width: partialWidth }
  }
}

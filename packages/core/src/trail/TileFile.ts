/**
 * The files in which a tile or a bundle may lie, and how its content is had from them.
 *
 * A partial tile that is gone was replaced by the full one; a full bundle that is gone was
 * replaced by its compressed form. Each replacement is on the disk before the file it replaces
 * goes, so asking for the forms in this order finds one of them while a writer is at work.
 *
 * @since 0.1.0
 */
import { decompress } from "./ColdBundle.ts"
import type { LayoutProblem } from "./EntryLayout.ts"
import {
  formatCompressedPath,
  formatTilePath,
  type TileAddress,
  type TileLevel,
  tileWidth,
} from "./Tile.ts"

/**
 * One form of a tile or bundle on the disk.
 *
 * @category models
 * @since 0.1.0
 */
export interface TileFile {
  /** From the trail's directory. */
  readonly path: string
  /** Hashes or entries that it holds. */
  readonly width: number
  readonly isCompressed: boolean
}

/**
 * A file's bytes, or `undefined` where there is no such file.
 *
 * @category models
 * @since 0.1.0
 */
export type ReadFile = (path: string) => Buffer | undefined

/**
 * The forms in which the first `width` hashes or entries of a tile may be found, in the order
 * in which to ask.
 *
 * @category decoding
 * @since 0.1.0
 */
export const formsOf = ({ index, level, width }: TileAddress): ReadonlyArray<TileFile> => {
  const full = { path: formatTilePath({ level, index, width: tileWidth }), width: tileWidth }
  const forms: Array<TileFile> = [{ ...full, isCompressed: false }]
  if (width < tileWidth) {
    forms.unshift({ path: formatTilePath({ level, index, width }), width, isCompressed: false })
  }
  if (level === "entries") {
    forms.push({ path: formatCompressedPath(index), width: tileWidth, isCompressed: true })
  }
  return forms
}

/**
 * What a file holds, decompressed.
 *
 * @category decoding
 * @since 0.1.0
 */
export const contentOf = (file: TileFile, bytes: Buffer): Buffer | LayoutProblem =>
  file.isCompressed ? decompress(bytes) : bytes

/**
 * The first form that exists, with its bytes as they lie on the disk.
 *
 * @category decoding
 * @since 0.1.0
 */
export const findForm = (
  address: TileAddress,
  read: ReadFile,
): { readonly file: TileFile; readonly bytes: Buffer } | undefined => {
  for (const file of formsOf(address)) {
    const bytes = read(file.path)
    if (bytes !== undefined) return { file, bytes }
  }
  return undefined
}

const pattern = /^(\d{3})(\.gz|\.p)?$/

/**
 * What a name in a directory of tiles stands for: a whole form, or the directory of a tile's
 * partial forms.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parseName = (
  level: TileLevel,
  name: string,
): { readonly position: number; readonly kind: "full" | "compressed" | "partials" } | undefined => {
  const match = pattern.exec(name)
  if (match === null) return undefined
  const position = Number(match[1])
  switch (match[2]) {
    case ".p":
      return { position, kind: "partials" }
    case ".gz":
      return level === "entries" ? { position, kind: "compressed" } : undefined
    default:
      return { position, kind: "full" }
  }
}

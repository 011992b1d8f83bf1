/**
 * Bytes of a trail as they lie on the disk, whatever became of them: for viewers that judge
 * themselves, and for showing what was tampered with.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { Disk } from "@countersign/core/platform/Disk"
import { bundleBytesMax, describe, locateEntries } from "@countersign/core/trail/EntryLayout"
import { hashBytes } from "@countersign/core/trail/MerkleTree"
import {
  formatTileIndex,
  type TileLevel,
  tileBytes,
  tileDirectory,
  tileWidth,
  widthOf,
} from "@countersign/core/trail/Tile"
import { contentOf, formsOf, type TileFile } from "@countersign/core/trail/TileFile"
import type { TrailReadError } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import type { BundlePiece, BundlesFound } from "../protocol/TrailProof.ts"

/**
 * Most bytes of bundles in one answer, beside the hashes of the last one. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const piecesBytesMax = 1024 * 1024

/** Bundles of small entries are many to a megabyte, and each has a tile. */
const piecesMax = 64

/**
 * What was found of a bundle or tile.
 *
 * @category models
 * @since 0.1.0
 */
export interface Found {
  readonly bytes: Buffer
  /** Why it can't be read; empty where it can. */
  readonly problem: string
}

const nothing = (problem: string): Found => ({ bytes: Buffer.alloc(0), problem })

/** Widths of the partial forms that are there: a writer at work may have gone on to a wider one. */
const partialForms = Effect.fnUntraced(function* (
  directory: string,
  level: TileLevel,
  index: number,
  width: number,
) {
  const disk = yield* Disk
  const names = yield* disk.list(
    path.join(directory, tileDirectory, String(level), `${formatTileIndex(index)}.p`),
  )
  return names
    .filter((name) => /^[1-9]\d{0,2}$/.test(name))
    .map(Number)
    .filter((each) => each > width && each < tileWidth)
    .toSorted((left, right) => right - left)
    .flatMap((each) => formsOf({ level, index, width: each }).slice(0, 1))
})

const readForm = Effect.fnUntraced(function* (directory: string, file: TileFile, bytesMax: number) {
  const disk = yield* Disk
  const whole = path.join(directory, file.path)
  const status = yield* disk.status(whole)
  if (status === undefined || status.isDirectory) return undefined
  if (status.sizeBytes > bytesMax) {
    return nothing(`${file.path} has ${status.sizeBytes} bytes, more than it can have`)
  }
  const bytes = yield* disk
    .readFile(whole)
    .pipe(
      Effect.catch((error) =>
        error.errno === "ENOENT" ? Effect.succeed(undefined) : Effect.fail(error),
      ),
    )
  // A writer has removed it since: there is another form by now.
  if (bytes === undefined) return undefined
  const content = contentOf(file, Buffer.from(bytes))
  return Buffer.isBuffer(content)
    ? { bytes: content, problem: "" }
    : nothing(`${file.path}: ${describe(content)}`)
})

/**
 * A bundle or a tile of hashes, in whichever form it lies there.
 *
 * @param width how many entries or hashes it should hold at least
 * @category running
 * @since 0.1.0
 */
export const readTile = Effect.fnUntraced(function* (
  directory: string,
  level: TileLevel,
  index: number,
  width: number,
) {
  const bytesMax = level === "entries" ? bundleBytesMax : tileBytes
  const exact = formsOf({ level, index, width })
  for (const file of exact) {
    const found = yield* readForm(directory, file, bytesMax)
    if (found !== undefined) return found
  }
  for (const file of yield* partialForms(directory, level, index, width)) {
    const found = yield* readForm(directory, file, bytesMax)
    if (found !== undefined) return found
  }
  return nothing(`${exact[0]?.path ?? ""} is missing, in every form`)
})

/**
 * The bytes of one entry, and the hash that the trail's tile holds for it, as far as either can be
 * had.
 *
 * @category running
 * @since 0.1.0
 */
export const readStored = Effect.fnUntraced(function* (
  directory: string,
  size: number,
  sequence: number,
) {
  const index = Math.floor(sequence / tileWidth)
  const within = sequence % tileWidth
  const width = Math.max(widthOf(size, "entries", index), 1)
  const bundle = yield* readTile(directory, "entries", index, width)
  const starts = new Uint32Array(tileWidth + 1)
  const located = locateEntries(bundle.bytes, starts, tileWidth)
  const count = typeof located === "number" ? located : located.index
  const at = within * hashBytes
  const tile = yield* readTile(directory, 0, index, width)
  const isThere = within < count
  return {
    // A start that follows is known for each entry that is whole.
    entry: isThere
      ? bundle.bytes.subarray(starts[within] ?? 0, (starts[within + 1] ?? 0) - 2)
      : undefined,
    tileHash:
      tile.bytes.length >= at + hashBytes ? tile.bytes.subarray(at, at + hashBytes) : undefined,
    problem: isThere
      ? ""
      : bundle.problem ||
        (typeof located === "number" ? "the bundle ends before it" : describe(located)),
  }
})

const base64 = (bytes: Buffer): string => bytes.toString("base64")

/**
 * Bundles from a place on, with the hashes that the trail's tiles hold for them.
 *
 * @category running
 * @since 0.1.0
 */
export const readBundles = (
  directory: string,
  {
    bundle,
    offset,
    size,
  }: { readonly bundle: number; readonly offset: number; readonly size: number },
): Effect.Effect<BundlesFound, TrailReadError, Disk> =>
  Effect.gen(function* () {
    const pieces: Array<BundlePiece> = []
    let room = piecesBytesMax
    let from = offset
    for (let index = bundle; ; index += 1, from = 0) {
      const width = widthOf(size, "entries", index)
      if (width === 0) return { pieces, next: null }
      if (room <= 0 || pieces.length >= piecesMax) {
        return { pieces, next: { bundle: index, offset: from } }
      }
      const found = yield* readTile(directory, "entries", index, width)
      const bytes = found.bytes.subarray(from, from + room)
      const isLast = from + bytes.length >= found.bytes.length
      const tile = isLast ? yield* readTile(directory, 0, index, width) : nothing("")
      pieces.push({
        bundle: index,
        offset: from,
        bytes: base64(bytes),
        total: found.bytes.length,
        tile: base64(tile.bytes),
        problem: [found.problem, tile.problem].filter((problem) => problem !== "").join("; "),
      })
      room -= bytes.length
      if (!isLast) return { pieces, next: { bundle: index, offset: from + bytes.length } }
    }
  })

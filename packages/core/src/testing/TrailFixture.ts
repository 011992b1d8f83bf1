/**
 * Small trails for tests, written by a second writer.
 *
 * It follows the text of C2SP tlog-tiles and RFC 6962 and shares no code with the trail's own
 * modules, so that one mistake can't hide on both sides.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import { noteOf, origin } from "./NoteFixture.ts"

export { noteOf, origin, privateKey, verifierKeyText } from "./NoteFixture.ts"

const tileWidth = 256
const hashBytes = 32

const sha256 = (...parts: ReadonlyArray<Uint8Array | string>): Buffer =>
  hash("sha256", Buffer.concat(parts.map((part) => Buffer.from(part))), "buffer")

/** RFC 6962, section 2.1, as it is written there. */
const treeOf = (hashes: ReadonlyArray<Buffer>): Buffer => {
  const [first, ...rest] = hashes
  if (first === undefined) return sha256()
  if (rest.length === 0) return first
  let split = 1
  while (split * 2 < hashes.length) split *= 2
  return sha256("\u0001", treeOf(hashes.slice(0, split)), treeOf(hashes.slice(split)))
}

const leafOf = (entry: string): Buffer => sha256("\u0000", entry)

/** The name of a tile among those of its level. Bounds: below a million. */
const nameOf = (index: number): string => {
  const low = String(index % 1000).padStart(3, "0")
  return index < 1000 ? low : `x${String(Math.floor(index / 1000)).padStart(3, "0")}/${low}`
}

/**
 * The path of a tile or bundle, from the trail's directory.
 *
 * @category encoding
 * @since 0.1.0
 */
export const tilePath = (level: number | "entries", index: number, width: number): string =>
  `tile/${level}/${nameOf(index)}${width === tileWidth ? "" : `.p/${width}`}`

/**
 * A list in parts of 256.
 *
 * @category encoding
 * @since 0.1.0
 */
export const inTiles = <A>(list: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(list.length / tileWidth) }, (_, index) =>
    list.slice(index * tileWidth, (index + 1) * tileWidth),
  )

/**
 * The bytes of a bundle.
 *
 * @category encoding
 * @since 0.1.0
 */
export const bundleOf = (entries: ReadonlyArray<string>): Buffer =>
  Buffer.concat(
    entries.map((entry) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(Buffer.byteLength(entry))
      return Buffer.concat([length, Buffer.from(entry)])
    }),
  )

/**
 * The text of a checkpoint over some entries.
 *
 * @category encoding
 * @since 0.1.0
 */
export const checkpointText = (entries: ReadonlyArray<string>): string =>
  `${origin}\n${entries.length}\n${treeOf(entries.map(leafOf)).toString("base64")}\n`

/**
 * The hash tiles over some entries: `tiles[level][index]`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const hashTiles = (entries: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<Buffer>> => {
  const tiles: Array<ReadonlyArray<Buffer>> = []
  let hashes: ReadonlyArray<Buffer> = entries.map(leafOf)
  while (hashes.length > 0) {
    const groups = inTiles(hashes)
    tiles.push(groups.map((group) => Buffer.concat(group)))
    hashes = groups.filter((group) => group.length === tileWidth).map(treeOf)
  }
  return tiles
}

/**
 * Writes one file of a trail, and the directories above it.
 *
 * @category running
 * @since 0.1.0
 */
export const put = (directory: string, name: string, bytes: Uint8Array | string): void => {
  const file = path.join(directory, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, bytes)
}

/**
 * Writes bundles, tiles and checkpoint over some entries. Partial files of an earlier, smaller
 * trail in the same directory stay.
 *
 * @category running
 * @since 0.1.0
 */
export const publish = (directory: string, entries: ReadonlyArray<string>): void => {
  for (const [index, group] of inTiles(entries).entries()) {
    put(directory, tilePath("entries", index, group.length), bundleOf(group))
  }
  for (const [level, tiles] of hashTiles(entries).entries()) {
    for (const [index, bytes] of tiles.entries()) {
      put(directory, tilePath(level, index, bytes.length / hashBytes), bytes)
    }
  }
  put(directory, "checkpoint", noteOf(checkpointText(entries)))
}

/**
 * As many different entries, with ids `e0`, `e1`, ….
 *
 * @category encoding
 * @since 0.1.0
 */
export const entriesOf = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `{"id":"e${index}","n":${index}}`)

/**
 * A directory for a trail, published once at each size; all of it is gone with the scope.
 *
 * @param sizes entries, ascending
 * @category running
 * @since 0.1.0
 */
export const trail = (...sizes: ReadonlyArray<number>): Effect.Effect<string, never, Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "countersign-trail-"))),
      (root) => Effect.sync(() => fs.rmSync(root, { recursive: true })),
    ),
    (root) => {
      const directory = path.join(root, "trail")
      fs.mkdirSync(directory)
      for (const size of sizes) publish(directory, entriesOf(size))
      return directory
    },
  )

/**
 * The names of all files of a trail, from its directory, sorted.
 *
 * @category running
 * @since 0.1.0
 */
export const filesOf = (directory: string): ReadonlyArray<string> =>
  fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort()

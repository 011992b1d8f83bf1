/**
 * Recomputes the hashes of a run of bundles from their entries and compares the tiles.
 *
 * Plain synchronous code over files, without any state between runs: it works the same in
 * this thread and in a worker.
 *
 * @since 0.1.0
 */
import { describe, lengthBytes, locateEntries } from "./EntryLayout.ts"
import { hashBytes, hashLeafAt } from "./MerkleTree.ts"
import { RootHasher } from "./RootHasher.ts"
import { formatTilePath, type TileAddress, tileWidth, widthOf } from "./Tile.ts"
import { contentOf, findForm, formsOf, type ReadFile, type TileFile } from "./TileFile.ts"
import type { Finding } from "./VerifyReport.ts"

/**
 * A file that lies beside the one that is needed, and must say the same.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExtraFile extends TileFile {
  readonly index: number
}

/**
 * What to verify: whole bundles, and the tiles of level 0 over them.
 *
 * @category models
 * @since 0.1.0
 */
export interface ShardJob {
  /** Entries in the tree. */
  readonly size: number
  readonly firstBundle: number
  readonly bundles: number
  readonly extraBundles: ReadonlyArray<ExtraFile>
  readonly extraTiles: ReadonlyArray<ExtraFile>
}

/**
 * What was found in a run of bundles.
 *
 * @category models
 * @since 0.1.0
 */
export interface ShardReport {
  /** The root over each bundle's entries, 32 bytes each. */
  readonly roots: Uint8Array
  readonly entries: number
  readonly bundles: number
  readonly tiles: number
  readonly bytes: number
  readonly cutLeftovers: number
  /** In the order of the bundles. An `entry` may prove to be a `tile`, once the root is known. */
  readonly findings: ReadonlyArray<Finding>
  /** `true`: a bundle could not be read, so there is no root for it, and what follows was left out. */
  readonly isCut: boolean
}

/**
 * Most findings that are kept: one wrong entry early in a trail can make all later ones wrong.
 *
 * @category constants
 * @since 0.1.0
 */
export const findingsMax = 100

const position = (buffer: Buffer, other: Buffer, length: number): number => {
  let at = 0
  while (at < length && buffer[at] === other[at]) at += 1
  return at
}

/**
 * Compares files with what was computed, and counts. One serves any number of runs.
 *
 * @category models
 * @since 0.1.0
 */
export class TileComparison {
  tiles = 0
  bytes = 0
  cutLeftovers = 0
  findings: Array<Finding> = []

  private readonly read: ReadFile
  private readonly below: ReadonlyArray<Finding>

  /** @param below what was found at the levels below */
  constructor(read: ReadFile, below: ReadonlyArray<Finding> = []) {
    this.read = read
    this.below = below
  }

  /**
   * The needed form of a tile, compared with the hashes; what was found wrong, if anything.
   *
   * @param expected begins with the tile's hashes
   * @param entriesEach entries under one hash of this level
   */
  tile(address: TileAddress, expected: Buffer, entriesEach: number): void {
    const { index, width } = address
    const first = index * tileWidth * entriesEach
    const found = findForm(address, this.read)
    const wanted = width * hashBytes
    if (found === undefined) {
      this.add("tile", first, formsOf(address)[0]?.path ?? "", "is missing")
      return
    }
    const { bytes, file } = found
    this.tiles += 1
    this.bytes += bytes.length
    if (bytes.length !== file.width * hashBytes) {
      const detail = `has ${bytes.length} bytes, expected ${file.width * hashBytes}`
      this.add("tile", first, file.path, detail)
      return
    }
    if (bytes.compare(expected, 0, wanted, 0, wanted) === 0) return
    for (let slot = 0; slot < width; slot += 1) {
      const at = slot * hashBytes
      if (bytes.compare(expected, at, at + hashBytes, at, at + hashBytes) === 0) continue
      const concerned = first + slot * entriesEach
      if (this.isKnown(concerned, entriesEach)) continue
      this.add("entry", concerned, file.path, hashDetail(slot, entriesEach))
    }
  }

  /** A second form of a file, of which `expected` must begin with what it holds. */
  extra(extra: ExtraFile, expected: Buffer, index: number): void {
    const bytes = this.read(extra.path)
    // A writer at work may have replaced it by now.
    if (bytes === undefined) return
    this.bytes += bytes.length
    const content = contentOf(extra, bytes)
    if (!Buffer.isBuffer(content)) {
      this.add("copy", index, extra.path, describe(content))
      return
    }
    if (content.equals(expected)) return
    const isPartial = extra.width < tileWidth
    if (isPartial && content.equals(expected.subarray(0, content.length))) {
      this.cutLeftovers += 1
      return
    }
    const at = position(content, expected, Math.min(content.length, expected.length))
    this.add("copy", index, extra.path, `differs from the newest form at byte ${at}`)
  }

  // An altered entry also gives other hashes in each tile above it, which is no news.
  private isKnown(first: number, entries: number): boolean {
    return this.below.some(
      ({ index = -1, kind }) => kind === "entry" && index >= first && index < first + entries,
    )
  }

  add(kind: Finding["kind"], index: number, path: string, detail: string): void {
    if (this.findings.length < findingsMax) this.findings.push({ kind, index, path, detail })
  }
}

const hashDetail = (slot: number, entriesEach: number): string =>
  entriesEach === 1
    ? `the entry does not hash to leaf ${slot} of this tile`
    : `the ${entriesEach} entries from here on do not hash to number ${slot} of this tile`

/**
 * Verifies runs of bundles. One serves any number of runs, with the same buffers.
 *
 * @category models
 * @since 0.1.0
 */
export class VerifierShard {
  private readonly read: ReadFile
  private readonly hasher = new RootHasher()
  private readonly starts = new Uint32Array(tileWidth + 1)

  constructor(read: ReadFile) {
    this.read = read
  }

  /** Throws what `read` throws. */
  run(job: ShardJob): ShardReport {
    const comparison = new TileComparison(this.read)
    const roots = Buffer.alloc(job.bundles * hashBytes)
    let entries = 0
    let bundles = 0
    for (; bundles < job.bundles; bundles += 1) {
      const index = job.firstBundle + bundles
      const width = widthOf(job.size, "entries", index)
      if (!this.bundle(job, index, width, comparison)) break
      this.hasher.reduce(width)
      this.hasher.hashes.copy(roots, bundles * hashBytes, 0, hashBytes)
      entries += width
    }
    const { bytes, cutLeftovers, findings, tiles } = comparison
    const isCut = bundles < job.bundles
    return { roots, entries, bundles, tiles, bytes, cutLeftovers, findings, isCut }
  }

  /** Leaves the leaf hashes in the hasher; `false` where there are none to be had. */
  private bundle(job: ShardJob, index: number, width: number, comparison: TileComparison): boolean {
    const first = index * tileWidth
    const address: TileAddress = { level: "entries", index, width }
    const found = findForm(address, this.read)
    if (found === undefined) {
      comparison.add("bundle", first, formatTilePath(address), "is missing")
      return false
    }
    comparison.bytes += found.bytes.length
    const content = contentOf(found.file, found.bytes)
    if (!Buffer.isBuffer(content)) {
      comparison.add("bundle", first, found.file.path, describe(content))
      return false
    }
    const located = locateEntries(content, this.starts, tileWidth)
    const whole = typeof located === "number" ? located : located.index
    const problem =
      typeof located !== "number"
        ? describe(located)
        : located === found.file.width
          ? undefined
          : `holds ${located} entries, expected ${found.file.width}`
    if (problem !== undefined) {
      const slot = this.firstOther(content, Math.min(whole, width - 1), address)
      comparison.add("bundle", first + slot, found.file.path, problem)
      return false
    }
    this.extras(job, index, found.file, content, comparison)
    this.leaves(content, width)
    const { hashes } = this.hasher
    comparison.tile({ level: 0, index, width }, hashes, 1)
    for (const extra of job.extraTiles) {
      if (extra.index !== index) continue
      comparison.extra(extra, hashes.subarray(0, extra.width * hashBytes), first)
    }
    return true
  }

  /** Where an entry was removed or inserted the count is wrong; the tile tells where it was. */
  private firstOther(content: Buffer, count: number, address: TileAddress): number {
    this.leaves(content, count)
    const tile = findForm({ ...address, level: 0 }, this.read)?.bytes
    if (tile === undefined) return 0
    const end = Math.min(count * hashBytes, tile.length)
    return Math.floor(position(tile, this.hasher.hashes, end) / hashBytes)
  }

  // The hot loop: two hashes an entry, no object.
  private leaves(content: Buffer, width: number): void {
    const { hasher, starts } = this
    const { hashes } = hasher
    for (let slot = 0; slot < width; slot += 1) {
      const end = (starts[slot + 1] ?? 0) - lengthBytes
      hashLeafAt(content, starts[slot] ?? 0, end, hashes, slot * hashBytes)
    }
  }

  private extras(
    job: ShardJob,
    index: number,
    needed: TileFile,
    content: Buffer,
    comparison: TileComparison,
  ): void {
    for (const extra of job.extraBundles) {
      if (extra.index !== index || extra.path === needed.path) continue
      const end = (this.starts[extra.width] ?? 0) - lengthBytes
      comparison.extra(extra, content.subarray(0, end), index * tileWidth)
    }
  }
}

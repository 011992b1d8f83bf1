/**
 * Hashes a whole trail from its entries upwards, bundle by bundle, and says which entry is not the
 * one that was signed. It runs in a thread of its own.
 */
import type { BundlePiece } from "@countersign/monitor/protocol/TrailProof"
import { fromBase64, isSame, toHex } from "../proof/Bytes.ts"
import { GrowingTree, hashBytes, leafHash } from "../proof/Tree.ts"

export interface Finding {
  /** `null`: it concerns the trail as a whole. */
  readonly index: number | null
  readonly kind: string
  readonly path: string
  readonly detail: string
}

/** A tree that the entries must give when there are so many of them. */
export interface ExpectedRoot {
  readonly size: number
  readonly root: Uint8Array
  readonly name: string
}

export interface HashedBundles {
  readonly entries: number
  /** Units: bytes of entries. */
  readonly bytes: number
  /** Bundles that ended with these pieces, and whether the hashes of their tiles are the same. */
  readonly bundles: ReadonlyArray<{ readonly bundle: number; readonly isSame: boolean }>
}

export interface HashedTrail {
  readonly findings: ReadonlyArray<Finding>
  /** The entries give the signed root. */
  readonly isRootRight: boolean
  /** The tiles' hashes give it, so what agrees with them is what was signed. */
  readonly areTilesRight: boolean
  readonly entries: number
  readonly bytes: number
  /** The root over each bundle's entries; 32 bytes each. */
  readonly bundleRoots: Uint8Array
}

export const bundleWidth = 256
const lengthBytes = 2
/** No bundle is larger; whoever sends more of one does not fill the memory with it. */
const bundleBytesMax = bundleWidth * (lengthBytes + 0xffff)
const findingsMax = 100
/** In one bundle: an entry that is gone moves all behind it. */
const bundleFindingsMax = 4

const pathOf = (bundle: number): string => `tile/entries/${bundle}`

const widthOf = (size: number, bundle: number): number =>
  Math.min(bundleWidth, size - bundle * bundleWidth)

/** The entries of a bundle; what is behind a place that can't be read is left out. */
export const entriesIn = (
  bytes: Uint8Array,
  width: number,
): { readonly entries: ReadonlyArray<Uint8Array>; readonly problem: string } => {
  const entries: Array<Uint8Array> = []
  for (let at = 0; entries.length < width;) {
    if (at === bytes.length) return { entries, problem: `ends after ${entries.length} entries` }
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    const end = at + lengthBytes + length
    if (end > bytes.length) return { entries, problem: `is cut within entry ${entries.length}` }
    entries.push(bytes.subarray(at + lengthBytes, end))
    at = end
  }
  return { entries, problem: "" }
}

export class TrailHasher {
  private readonly size: number
  private readonly expected: Array<ExpectedRoot>
  private readonly tree = new GrowingTree()
  /** Of the hashes that the tiles hold: with it, it is known which of both was changed. */
  private readonly tiles = new GrowingTree()
  private readonly found: Array<Finding> = []
  private readonly roots: Array<Uint8Array> = []
  private parts: Array<Uint8Array> = []
  private heldBytes = 0
  private isCut = false
  private areTilesCut = false
  private bytes = 0

  constructor(size: number, expected: ReadonlyArray<ExpectedRoot> = []) {
    this.size = size
    this.expected = expected
      .filter((each) => each.size > 0 && each.size < size)
      .toSorted((left, right) => left.size - right.size)
  }

  add(pieces: ReadonlyArray<BundlePiece>): HashedBundles {
    const bundles: Array<{ readonly bundle: number; readonly isSame: boolean }> = []
    for (const piece of pieces) {
      const bytes = fromBase64(piece.bytes) ?? new Uint8Array()
      this.bytes += bytes.length
      this.parts.push(bytes)
      this.heldBytes += bytes.length
      const isWhole = piece.offset + bytes.length >= piece.total
      if (!isWhole && this.heldBytes <= bundleBytesMax) continue
      const whole = joined(this.parts)
      this.parts = []
      this.heldBytes = 0
      bundles.push({ bundle: piece.bundle, isSame: this.judge(piece, whole) })
    }
    return { entries: this.tree.size, bytes: this.bytes, bundles }
  }

  finish(root: Uint8Array): HashedTrail {
    const isRootRight = !this.isCut && this.tree.size === this.size && isSame(this.tree.root, root)
    const areTilesRight =
      !this.areTilesCut && this.tiles.size === this.size && isSame(this.tiles.root, root)
    const findings = this.found.map((finding) => ({
      ...finding,
      ...(finding.kind !== "entry"
        ? {}
        : isRootRight
          ? {
              kind: "tile",
              detail: `${finding.detail}; the entries give the signed root, so the tile was changed`,
            }
          : areTilesRight
            ? {
                detail: `${finding.detail}; the tiles give the signed root, so the entry was changed`,
              }
            : {}),
    }))
    if (!isRootRight && findings.length === 0) {
      findings.push({
        index: null,
        kind: "root",
        path: "checkpoint",
        detail: `the entries give the root ${toHex(this.tree.root)}, and ${toHex(root)} was signed; entries and tiles agree with each other, so both were written anew`,
      })
    }
    const bundleRoots = joined(this.roots)
    const { bytes, tree } = this
    return { findings, isRootRight, areTilesRight, entries: tree.size, bytes, bundleRoots }
  }

  private report(finding: Finding): void {
    if (this.found.length < findingsMax) this.found.push(finding)
  }

  /** Takes the leaves of a bundle into the trees. */
  private judge({ bundle, problem, tile }: BundlePiece, bytes: Uint8Array): boolean {
    const width = widthOf(this.size, bundle)
    const first = bundle * bundleWidth
    const held = fromBase64(tile) ?? new Uint8Array()
    const read = entriesIn(bytes, width)
    const leaves = read.entries.map(leafHash)
    const hashes = Array.from(
      { length: Math.min(width, Math.floor(held.length / hashBytes)) },
      (_, at) => held.subarray(at * hashBytes, (at + 1) * hashBytes),
    )
    if (hashes.length < width) {
      this.areTilesCut = true
      const detail = problem === "" ? `holds ${hashes.length} hashes, expected ${width}` : problem
      this.report({ index: first + hashes.length, kind: "tile", path: `tile/0/${bundle}`, detail })
    }
    const wrong = this.compare(bundle, leaves, hashes)
    if (leaves.length < width) {
      this.isCut = true
      const detail = bytes.length === 0 && problem !== "" ? problem : `the bundle ${read.problem}`
      this.report({ index: first + leaves.length, kind: "bundle", path: pathOf(bundle), detail })
    }
    const own = new GrowingTree()
    for (const leaf of leaves) own.add(leaf)
    this.roots.push(own.root)
    const isAlike = wrong === 0 && leaves.length === hashes.length
    if (isAlike && width === bundleWidth) this.tiles.addSubtree(own.root, bundleWidth)
    else for (const hash of hashes) this.tiles.add(hash)
    // A root that is due within the bundle needs its leaves one by one.
    const isDue = (this.expected[0]?.size ?? Infinity) < this.tree.size + bundleWidth
    if (leaves.length === bundleWidth && !isDue && !this.isCut) this.growBy(own.root, bundleWidth)
    else for (const leaf of leaves) this.growBy(leaf, 1)
    return wrong === 0 && leaves.length === width && hashes.length === width
  }

  private compare(
    bundle: number,
    leaves: ReadonlyArray<Uint8Array>,
    hashes: ReadonlyArray<Uint8Array>,
  ): number {
    const first = bundle * bundleWidth
    let wrong = 0
    for (const [at, leaf] of leaves.entries()) {
      const hash = hashes[at]
      if (hash === undefined || isSame(hash, leaf)) continue
      wrong += 1
      if (wrong > bundleFindingsMax) continue
      const other = hashes.findIndex((each) => isSame(each, leaf))
      const detail =
        other < 0
          ? "the bytes do not hash to what the tile holds"
          : `here lies what was signed as entry ${first + other}`
      this.report({ index: first + at, kind: "entry", path: pathOf(bundle), detail })
    }
    if (wrong > bundleFindingsMax) {
      const path = pathOf(bundle)
      const index = first + bundleWidth - 1
      const detail = `${wrong - bundleFindingsMax} more entries of this bundle are not as the tile says`
      this.report({ index, kind: "bundle", path, detail })
    }
    return wrong
  }

  private growBy(root: Uint8Array, width: number): void {
    this.tree.addSubtree(root, width)
    while (this.expected[0]?.size === this.tree.size) {
      const [due] = this.expected.splice(0, 1)
      if (due === undefined || this.isCut || isSame(this.tree.root, due.root)) continue
      this.report({
        index: null,
        kind: "root",
        path: due.name,
        detail: `the first ${due.size} entries give another root than ${due.name} has`,
      })
    }
  }
}

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

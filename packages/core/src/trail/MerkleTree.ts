/**
 * The Merkle tree of a trail: its hashes, and its growing right edge.
 *
 * Leaf and inner hashes begin with different bytes, so that an inner node can never be
 * passed off as an entry (RFC 6962, section 2.1). Sizes and indexes are whole numbers up to
 * 2^53 - 1, and shifts are written as divisions since JavaScript's stop at 32 bits.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"

/**
 * Levels of the tree that a tile spans.
 *
 * - Source: C2SP tlog-tiles.
 *
 * @category constants
 * @since 0.1.0
 */
export const tileHeight = 8

/**
 * Length of a SHA-256 hash. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const hashBytes = 32

// Half the cost of `write(text, offset, 32, "latin1")`, which does the same. Buffer has it
// since Node 0.x and its published types do not, hence the cast.
interface Latin1Target {
  readonly latin1Write: (this: Buffer, text: string, offset: number, lengthBytes: number) => number
}
const { latin1Write } = Buffer.prototype as unknown as Latin1Target

// With a length Node skips a look at the name, on each call, for algorithms that need one. Before
// version 24.4 it takes the encoding alone.
const latin1Digest = ((): "latin1" | { outputEncoding: "latin1"; outputLength: number } => {
  const options = { outputEncoding: "latin1", outputLength: hashBytes } as const
  try {
    hash("sha256", "", options)
    return options
  } catch {
    return "latin1"
  }
})()

/**
 * Writes the SHA-256 of some bytes into a buffer.
 *
 * The digest passes through a latin1 string: at 376 bytes of input that takes half the time
 * of a new Buffer for each hash.
 *
 * @category hashing
 * @since 0.1.0
 */
export const sha256Into = (input: Uint8Array, out: Buffer, outOffset: number): void => {
  latin1Write.call(out, hash("sha256", input, latin1Digest), outOffset, hashBytes)
}

/**
 * The root of a tree without entries: SHA-256 of nothing.
 *
 * - Source: RFC 6962, section 2.1.
 *
 * @category constants
 * @since 0.1.0
 */
export const emptyRoot: Uint8Array = hash("sha256", "", "buffer")

/**
 * Hash of an entry: SHA-256 of `0x00` and its bytes.
 *
 * - Source: RFC 6962, section 2.1.
 *
 * @category hashing
 * @since 0.1.0
 */
export const leafHash = (entry: Uint8Array): Uint8Array =>
  hash("sha256", Buffer.concat([Uint8Array.of(0), entry]), "buffer")

/**
 * Hash of an inner node: SHA-256 of `0x01` and its children's hashes.
 *
 * - Source: RFC 6962, section 2.1.
 *
 * @category hashing
 * @since 0.1.0
 */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  hash("sha256", Buffer.concat([Uint8Array.of(1), left, right]), "buffer")

/**
 * Writes the hash of the entry at `slab[start, end)` to `out`, without copying the entry.
 *
 * The byte before the entry becomes the `0x00` prefix for the time of the call. In an entry
 * bundle it is the low byte of the entry's length.
 *
 * @param start offset of the entry in the slab, at least 1
 * @category hashing
 * @since 0.1.0
 */
export const hashLeafAt = (
  slab: Buffer,
  start: number,
  end: number,
  out: Buffer,
  outOffset: number,
): void => {
  const saved = slab[start - 1] ?? 0
  slab[start - 1] = 0
  sha256Into(slab.subarray(start - 1, end), out, outOffset)
  slab[start - 1] = saved
}

/**
 * A complete, aligned subtree.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subtree {
  /** Height: it has `2^level` entries. */
  readonly level: number
  readonly index: number
}

/**
 * The complete subtrees that make up a tree, from left to right: at most one of each height.
 *
 * @category proofs
 * @since 0.1.0
 */
export const rightEdge = (size: number): ReadonlyArray<Subtree> => {
  const subtrees: Array<Subtree> = []
  let rest = size
  for (let level = 0; rest > 0; level += 1) {
    if (rest % 2 === 1) subtrees.unshift({ level, index: rest - 1 })
    rest = Math.floor(rest / 2)
  }
  return subtrees
}

/**
 * The root of a tree from the hashes of its {@link rightEdge}, in its order.
 *
 * @category hashing
 * @since 0.1.0
 */
export const rootOfFrontier = (frontier: ReadonlyArray<Uint8Array>): Uint8Array =>
  frontier.reduceRight<Uint8Array | undefined>(
    (right, left) => (right === undefined ? left : nodeHash(left, right)),
    undefined,
  ) ?? emptyRoot

/** Levels of a tree of 2^53 - 1 entries, and one above for the carry. */
const levelsMax = 54

/**
 * Takes the hash of a complete subtree of `256^tileLevel` entries: an entry of the tiles of
 * that level.
 *
 * It lies in `buffer` from `offset` on for the time of the call and must be copied.
 *
 * @category models
 * @since 0.1.0
 */
export type OnTileHash = (tileLevel: number, index: number, buffer: Buffer, offset: number) => void

// Each level of the edge has a block: 0x01, the left child's hash, the right child's. A hash
// is written where its parent will be hashed from, so that a carry copies nothing.
const blockBytes = 1 + 2 * hashBytes

/**
 * The right edge of a growing tree: all that is needed to go on, and for the root.
 *
 * - Cost: one SHA-256 of 65 bytes a leaf on average; nothing is kept but the edge.
 *
 * @category models
 * @since 0.1.0
 */
export class TreeHead {
  /** Entries in the tree. */
  size = 0

  private readonly blocks = Buffer.allocUnsafe(levelsMax * blockBytes)
  /** Made when they are needed: a small batch has a head of its own, and needs few. */
  private readonly views: Array<Buffer> = []
  private readonly onTileHash: OnTileHash | undefined

  constructor(onTileHash?: OnTileHash) {
    this.onTileHash = onTileHash
  }

  /**
   * The head of a tree of which only the edge is known.
   *
   * @param hashes those of {@link rightEdge}, in its order
   */
  static fromFrontier(
    size: number,
    hashes: ReadonlyArray<Uint8Array>,
    onTileHash?: OnTileHash,
  ): TreeHead {
    const head = new TreeHead(onTileHash)
    for (const [position, { level }] of rightEdge(size).entries()) {
      const bytes = hashes[position]
      if (bytes === undefined || bytes.byteLength !== hashBytes) {
        throw new RangeError(`a tree of ${size} entries has ${rightEdge(size).length} edge hashes`)
      }
      head.blocks.set(bytes, level * blockBytes + 1)
    }
    head.size = size
    return head
  }

  /** The hashes of {@link rightEdge}, in its order. */
  get frontier(): ReadonlyArray<Uint8Array> {
    return rightEdge(this.size).map(({ level }) =>
      Uint8Array.prototype.slice.call(this.blocks, level * blockBytes + 1, level * blockBytes + 33),
    )
  }

  /** Appends the leaf hash at `hashes[offset, offset + 32)`. */
  append(hashes: Buffer, offset: number): void {
    const blocks = this.blocks
    const onTileHash = this.onTileHash
    let level = 0
    let rest = this.size
    hashes.copy(blocks, rest % 2 === 0 ? 1 : 33, offset, offset + hashBytes)
    while (rest % 2 === 1) {
      const view = this.views[level] ?? this.viewOf(level)
      rest = (rest - 1) / 2
      level += 1
      const at = level * blockBytes + (rest % 2 === 0 ? 1 : 33)
      sha256Into(view, blocks, at)
      if (level % tileHeight === 0) onTileHash?.(level / tileHeight, rest, blocks, at)
    }
    this.size += 1
  }

  private viewOf(level: number): Buffer {
    if (level >= levelsMax - 1) throw new RangeError("a tree holds at most 2^53 - 1 entries")
    const view = this.blocks.subarray(level * blockBytes, (level + 1) * blockBytes)
    view[0] = 1
    this.views[level] = view
    return view
  }

  /** The root of the tree as it is now. */
  root(): Uint8Array {
    return rootOfFrontier(this.frontier)
  }

  /** A head that grows on its own from here; it reports no tile hashes unless told where. */
  clone(onTileHash?: OnTileHash): TreeHead {
    const head = new TreeHead(onTileHash)
    this.blocks.copy(head.blocks)
    head.size = this.size
    return head
  }
}

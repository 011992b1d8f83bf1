/**
 * The root over the hashes of one tile, computed in place.
 *
 * @since 0.1.0
 */
import { hashBytes, sha256Into } from "./MerkleTree.ts"
import { tileWidth } from "./Tile.ts"

/**
 * Computes the root over up to 256 consecutive hashes, in place.
 *
 * Where the count is not a power of two, the last hash may stand for an incomplete subtree:
 * an odd one out moves up unchanged, which is where RFC 6962 splits.
 *
 * @category models
 * @since 0.1.0
 */
export class RootHasher {
  /** Where the hashes go before {@link reduce}; the root is its first 32 bytes after it. */
  readonly hashes: Buffer

  private readonly views: ReadonlyArray<Buffer>
  private readonly bytes = Buffer.alloc(1 + tileWidth * hashBytes)

  constructor() {
    this.hashes = this.bytes.subarray(1)
    this.views = Array.from({ length: tileWidth / 2 }, (_, pair) =>
      this.bytes.subarray(pair * 2 * hashBytes, (pair + 1) * 2 * hashBytes + 1),
    )
  }

  /** Leaves the root of the first `count` hashes in the first 32 bytes; destroys the others. */
  reduce(count: number): void {
    const { bytes, hashes, views } = this
    for (let width = count; width > 1; width = (width + 1) >>> 1) {
      const pairs = width >>> 1
      for (let pair = 0; pair < pairs; pair += 1) {
        const view = views[pair]
        if (view === undefined) throw new RangeError(`at most ${tileWidth} hashes, not ${count}`)
        // The byte before a pair belongs to the pair before, which is hashed already; the
        // parents are written behind the pairs that are still to be read.
        bytes[pair * 2 * hashBytes] = 1
        sha256Into(view, hashes, pair * hashBytes)
      }
      if (width % 2 === 1) {
        hashes.copy(hashes, pairs * hashBytes, (width - 1) * hashBytes, width * hashBytes)
      }
    }
  }
}

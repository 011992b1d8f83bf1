/**
 * Where entries lie in the bytes of a bundle.
 *
 * It imports nothing of Effect: a verifier's thread loads it, and each such thread would pay
 * 45 MB and a tenth of a second for the rest.
 *
 * - Source: C2SP tlog-tiles, log entries.
 *
 * @since 0.1.0
 */
import { tileWidth } from "./Tile.ts"

/**
 * Length before each entry. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const lengthBytes = 2

/** Longest entry: its length has 16 bits. Units: bytes. */
export const entryBytesMax = 0xffff

/**
 * Largest bundle. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const bundleBytesMax = tileWidth * (lengthBytes + entryBytesMax)

/**
 * Why bytes are no sequence of entries.
 *
 * @category models
 * @since 0.1.0
 */
export interface LayoutProblem {
  /** The entry, counted from 0. */
  readonly index: number
  /** Where its length lies. Units: bytes. */
  readonly offset: number
  readonly detail: string
}

/**
 * What is wrong, in a sentence.
 *
 * @category encoding
 * @since 0.1.0
 */
export const describe = ({ detail, index, offset }: LayoutProblem): string =>
  `entry ${index} of the bundle, at byte ${offset}: ${detail}`

/**
 * Finds the entries: the start of each goes to `starts`, where `starts[i + 1] - 2` is the end
 * of entry `i`.
 *
 * No object an entry: verification and the query scan run this over whole trails.
 *
 * A failure at entry `n` leaves the entries before it in `starts`.
 *
 * @param starts room for `countMax + 1` numbers
 * @returns how many entries there are, or what is wrong
 * @category decoding
 * @since 0.1.0
 */
export const locateEntries = (
  bytes: Uint8Array,
  starts: Uint32Array,
  countMax: number,
): number | LayoutProblem => {
  const end = bytes.byteLength
  let count = 0
  let at = 0
  while (at < end) {
    const start = at + lengthBytes
    starts[count] = start
    if (count === countMax)
      return { index: count, offset: at, detail: `more than ${countMax} entries` }
    if (start > end) return { index: count, offset: at, detail: "ends within a length" }
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    if (start + length > end) {
      return { index: count, offset: at, detail: `${length} bytes announced, ${end - start} left` }
    }
    count += 1
    at = start + length
  }
  starts[count] = at + lengthBytes
  return count
}

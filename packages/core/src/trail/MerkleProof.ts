/**
 * Proofs over a trail's tree: that it holds an entry, that it only grew.
 *
 * @since 0.1.0
 */
import { emptyRoot, nodeHash } from "./MerkleTree.ts"

/**
 * Gives the hash of a complete, aligned subtree: entries `index * 2^level` up to
 * `(index + 1) * 2^level`.
 *
 * @category models
 * @since 0.1.0
 */
export type HashAt = (level: number, index: number) => Uint8Array

/** Largest power of two below `count`, which is at least 2. */
const splitOf = (count: number): number => {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

/** Root over entries `[start, end)` of a tree, where `start` is where RFC 6962 splits it. */
const rangeHash = (start: number, end: number, hashAt: HashAt): Uint8Array => {
  const count = end - start
  const level = Math.round(Math.log2(count))
  if (2 ** level === count) return hashAt(level, start / count)
  const middle = start + splitOf(count)
  return nodeHash(rangeHash(start, middle, hashAt), rangeHash(middle, end, hashAt))
}

/**
 * Root of the tree of the first `size` entries.
 *
 * @category proofs
 * @since 0.1.0
 */
export const rootAt = (size: number, hashAt: HashAt): Uint8Array =>
  size === 0 ? emptyRoot : rangeHash(0, size, hashAt)

/**
 * Proof that a tree holds an entry: the hashes beside its path, from the leaf upwards.
 *
 * - Source: RFC 6962, section 2.1.1.
 *
 * @param index `0 <= index < size`; outside of that the proof is empty
 * @category proofs
 * @since 0.1.0
 */
export const inclusionProof = (
  index: number,
  size: number,
  hashAt: HashAt,
): ReadonlyArray<Uint8Array> => {
  const proof: Array<Uint8Array> = []
  if (index < 0 || index >= size) return proof
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      proof.push(rangeHash(middle, end, hashAt))
      end = middle
    } else {
      proof.push(rangeHash(start, middle, hashAt))
      start = middle
    }
  }
  return proof.reverse()
}

/**
 * Proof that a tree is the beginning of a larger one.
 *
 * - Source: RFC 6962, section 2.1.2.
 *
 * @param oldSize `0 < oldSize <= newSize`; otherwise, and for equal sizes, the proof is empty
 * @category proofs
 * @since 0.1.0
 */
export const consistencyProof = (
  oldSize: number,
  newSize: number,
  hashAt: HashAt,
): ReadonlyArray<Uint8Array> => {
  const proof: Array<Uint8Array> = []
  if (oldSize <= 0 || oldSize >= newSize) return proof
  let start = 0
  let end = newSize
  // The old root itself is left out while the range still begins at the first entry.
  while (end !== oldSize) {
    const middle = start + splitOf(end - start)
    if (oldSize <= middle) {
      proof.push(rangeHash(middle, end, hashAt))
      end = middle
    } else {
      proof.push(rangeHash(start, middle, hashAt))
      start = middle
    }
  }
  if (start > 0) proof.push(rangeHash(start, end, hashAt))
  return proof.reverse()
}

const isEqual = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0

const half = (count: number): number => Math.floor(count / 2)

/**
 * Tells whether a proof shows that the tree with this root and size holds the leaf at `index`.
 *
 * - Source: RFC 9162, section 2.1.3.2.
 *
 * @category proofs
 * @since 0.1.0
 */
export const verifyInclusion = (
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: ReadonlyArray<Uint8Array>,
  root: Uint8Array,
): boolean => {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false
  if (index < 0 || index >= size) return false
  let node = index
  let last = size - 1
  let hashed = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hashed = nodeHash(sibling, hashed)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      hashed = nodeHash(hashed, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && isEqual(hashed, root)
}

/**
 * Tells whether a proof shows that the old tree is the beginning of the new one.
 *
 * Every tree begins with the empty one, with an empty proof.
 *
 * - Source: RFC 9162, section 2.1.4.2.
 *
 * @category proofs
 * @since 0.1.0
 */
export const verifyConsistency = (
  oldSize: number,
  newSize: number,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: ReadonlyArray<Uint8Array>,
): boolean => {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize)) return false
  if (oldSize < 0 || oldSize > newSize) return false
  if (oldSize === newSize) return proof.length === 0 && isEqual(oldRoot, newRoot)
  if (oldSize === 0) return proof.length === 0 && isEqual(oldRoot, emptyRoot)
  const isComplete = 2 ** Math.round(Math.log2(oldSize)) === oldSize
  const path = isComplete ? [oldRoot, ...proof] : proof
  const [first, ...siblings] = path
  if (first === undefined || proof.length === 0) return false
  let node = oldSize - 1
  let last = newSize - 1
  while (node % 2 === 1) {
    node = half(node)
    last = half(last)
  }
  let oldHash = first
  let newHash = first
  for (const sibling of siblings) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sibling, oldHash)
      newHash = nodeHash(sibling, newHash)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      newHash = nodeHash(newHash, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && isEqual(oldHash, oldRoot) && isEqual(newHash, newRoot)
}

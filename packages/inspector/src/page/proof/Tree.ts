/**
 * The Merkle tree of a trail (RFC 6962 and RFC 9162), computed in the page. It shares no code with
 * the server's verifier, so that one mistake can't hide on both sides.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { isSame } from "./Bytes.ts"
import { hashBehind } from "./Sha256.ts"

export const hashBytes = 32

export const emptyRoot: Uint8Array = sha256(new Uint8Array())

export const leafHash = (entry: Uint8Array): Uint8Array => hashBehind(0, entry)

export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  hashBehind(1, left, right)

/** One step of the way from a leaf to the root. */
export interface PathStep {
  /** The hash that is beside the path here. */
  readonly sibling: Uint8Array
  readonly side: "left" | "right"
  /** The hash above both. */
  readonly node: Uint8Array
  /** The entries under `node`, the last one left out. */
  readonly from: number
  readonly to: number
}

/** Largest power of two below `count`, which is at least 2. */
const splitOf = (count: number): number => {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

/** Where the way from the root to a leaf turns, from the leaf upwards. */
const turnsOf = (
  index: number,
  size: number,
): ReadonlyArray<Pick<PathStep, "side" | "from" | "to">> => {
  const turns: Array<Pick<PathStep, "side" | "from" | "to">> = []
  let from = 0
  let to = size
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    const isLeft = index < middle
    turns.push({ side: isLeft ? "right" : "left", from, to })
    if (isLeft) to = middle
    else from = middle
  }
  return turns.reverse()
}

/**
 * The way from a leaf to the root, with each hash on it; `undefined`: the tree has no such leaf, or
 * the number of hashes is not that of its way.
 */
export const climb = (
  leaf: Uint8Array,
  index: number,
  size: number,
  hashes: ReadonlyArray<Uint8Array>,
): { readonly steps: ReadonlyArray<PathStep>; readonly root: Uint8Array } | undefined => {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return undefined
  if (index < 0 || index >= size) return undefined
  const turns = turnsOf(index, size)
  if (turns.length !== hashes.length) return undefined
  const steps: Array<PathStep> = []
  let root = leaf
  for (const [at, turn] of turns.entries()) {
    const sibling = hashes[at]
    if (sibling?.length !== hashBytes) return undefined
    root = turn.side === "left" ? nodeHash(sibling, root) : nodeHash(root, sibling)
    steps.push({ ...turn, sibling, node: root })
  }
  return { steps, root }
}

/**
 * The roots of the first `oldSize` entries and of all of them, from the nodes that a consistency
 * proof names: both are built up from the same hashes, by recursion as RFC 6962, section 2.1.2,
 * defines the proof.
 */
const rebuilt = (
  oldSize: number,
  size: number,
  hashes: Array<Uint8Array>,
  oldRoot: Uint8Array,
  isWhole: boolean,
): { readonly before: Uint8Array; readonly after: Uint8Array } | undefined => {
  if (oldSize === size) {
    const node = isWhole ? oldRoot : hashes.shift()
    return node === undefined ? undefined : { before: node, after: node }
  }
  const middle = splitOf(size)
  if (oldSize <= middle) {
    const left = rebuilt(oldSize, middle, hashes, oldRoot, isWhole)
    const right = hashes.shift()
    if (left === undefined || right === undefined) return undefined
    return { before: left.before, after: nodeHash(left.after, right) }
  }
  const right = rebuilt(oldSize - middle, size - middle, hashes, oldRoot, false)
  const left = hashes.shift()
  if (left === undefined || right === undefined) return undefined
  return { before: nodeHash(left, right.before), after: nodeHash(left, right.after) }
}

/** Whether a proof shows that the old tree is the beginning of the new one. */
export const isContinued = (
  oldSize: number,
  size: number,
  oldRoot: Uint8Array,
  root: Uint8Array,
  hashes: ReadonlyArray<Uint8Array>,
): boolean => {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(size)) return false
  if (oldSize < 0 || oldSize > size) return false
  if (hashes.some(({ length }) => length !== hashBytes)) return false
  if (oldSize === 0) return hashes.length === 0 && isSame(oldRoot, emptyRoot)
  if (oldSize === size) return hashes.length === 0 && isSame(oldRoot, root)
  const rest = [...hashes]
  const found = rebuilt(oldSize, size, rest, oldRoot, true)
  if (found === undefined || rest.length > 0) return false
  return isSame(found.before, oldRoot) && isSame(found.after, root)
}

/** A tree that grows by leaves, of which only the roots of complete subtrees are kept. */
export class GrowingTree {
  private readonly peaks: Array<{ readonly hash: Uint8Array; readonly size: number }> = []
  size = 0

  add(leaf: Uint8Array): void {
    this.addSubtree(leaf, 1)
  }

  /**
   * @param width a power of two that divides the size so far
   */
  addSubtree(root: Uint8Array, width: number): void {
    let hash = root
    let size = width
    for (let last = this.peaks.at(-1); last?.size === size; last = this.peaks.at(-1)) {
      this.peaks.pop()
      hash = nodeHash(last.hash, hash)
      size *= 2
    }
    this.peaks.push({ hash, size })
    this.size += width
  }

  get root(): Uint8Array {
    const last = this.peaks.at(-1)
    if (last === undefined) return emptyRoot
    return this.peaks
      .slice(0, -1)
      .reduceRight((right, { hash }) => nodeHash(hash, right), last.hash)
  }
}

/**
 * Finds the bundle that was written anew together with the hashes of its tile: the entries agree
 * with the tile, and only the tiles above it, as far as they lead to the signed root, tell.
 */
import type { ProvenEvent } from "@countersign/monitor/protocol/TrailEvent"
import { fromBase64, isSame } from "../proof/Bytes.ts"
import { climb, GrowingTree, hashBytes, leafHash, type PathStep } from "../proof/Tree.ts"

const bundleWidth = 256
/** Questions for one search: two for each level of the tree. */
const questionsMax = 120

interface Span {
  readonly from: number
  readonly to: number
}

export interface SignedTree {
  readonly size: number
  readonly root: Uint8Array
}

export interface Searched {
  readonly size: number
  /** The tree that an answer speaks of, if it was signed: a trail that grows has a larger one. */
  readonly treeOf: (found: ProvenEvent) => SignedTree | undefined
  /** Of each bundle's entries, as computed here; 32 bytes each. */
  readonly bundleRoots: Uint8Array
  readonly ask: (sequence: number) => Promise<ProvenEvent>
}

const bundleOf = (sequence: number): number => Math.floor(sequence / bundleWidth)

/** The root over whole bundles, as computed here. */
const rootOver = ({ bundleRoots }: Searched, { from, to }: Span): Uint8Array => {
  const tree = new GrowingTree()
  for (let at = bundleOf(from); at <= bundleOf(to - 1); at += 1)
    tree.add(bundleRoots.subarray(at * hashBytes, (at + 1) * hashBytes))
  return tree.root
}

/** The way of an entry where it leads to the signed root; what is beside it is then what was signed. */
const signedWay = async (
  { ask, treeOf }: Searched,
  sequence: number,
): Promise<ReadonlyArray<PathStep> | undefined> => {
  const found = await ask(sequence)
  const tree = treeOf(found)
  if (tree === undefined) return undefined
  const leaf = leafHash(fromBase64(found.entry) ?? new Uint8Array())
  const beside = found.hashes.map((hash) => fromBase64(hash) ?? new Uint8Array())
  const way = climb(leaf, sequence, tree.size, beside)
  return way !== undefined && isSame(way.root, tree.root) ? way.steps : undefined
}

/** The entries under the hash that is beside a step. */
const besideOf = (step: PathStep, below: Span): Span =>
  step.side === "left" ? { from: step.from, to: below.from } : { from: below.to, to: step.to }

const wrongBeside = (
  searched: Searched,
  sequence: number,
  way: ReadonlyArray<PathStep>,
): Array<Span> => {
  const wrong: Array<Span> = []
  let below: Span = { from: sequence, to: sequence + 1 }
  for (const step of way) {
    const beside = besideOf(step, below)
    const isWhole = beside.from % bundleWidth === 0 && step.to - step.from > bundleWidth
    const isHashed = beside.to <= searched.size
    if (isWhole && isHashed && !isSame(rootOver(searched, beside), step.sibling)) wrong.push(beside)
    below = step
  }
  return wrong
}

const firstOf = (sequence: number): number => bundleOf(sequence) * bundleWidth

/** The span without the bundles at its ends. */
const insideOf = ({ from, to }: Span): ReadonlyArray<Span> => {
  const inside = { from: firstOf(from) + bundleWidth, to: firstOf(to - 1) }
  return inside.from < inside.to ? [inside] : []
}

/**
 * The first entries of the bundles that were written anew; empty where nothing tells, as where no
 * entry leads to the signed root any more.
 */
export const findRewritten = async (searched: Searched): Promise<ReadonlyArray<number>> => {
  const found = new Set<number>()
  const waiting: Array<Span> = [{ from: 0, to: searched.size }]
  let isAnchored = false
  let questions = 0
  for (
    let span = waiting.pop();
    span !== undefined && questions < questionsMax;
    span = waiting.pop()
  ) {
    const { from, to } = span
    let way: ReadonlyArray<PathStep> | undefined
    for (const sequence of [from, to - 1]) {
      questions += 1
      way = await signedWay(searched, sequence)
      if (way === undefined) continue
      isAnchored = true
      const wrong = wrongBeside(searched, sequence, way)
      waiting.push(...wrong.filter((each) => each.from >= from && each.to <= to))
      break
    }
    if (way !== undefined) continue
    found.add(firstOf(from)).add(firstOf(to - 1))
    waiting.push(...insideOf(span))
  }
  return isAnchored ? [...found].toSorted((left, right) => left - right) : []
}

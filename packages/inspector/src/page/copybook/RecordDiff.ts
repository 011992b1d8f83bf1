/** Two records, field by field. */
import type { FieldNode, RecordTree } from "./FieldTree.ts"

export interface FieldPair {
  readonly id: string
  readonly left: FieldNode | undefined
  readonly right: FieldNode | undefined
  /** `bytes`: both say the same with other bytes, such as another sign of the same number. */
  readonly change: "same" | "value" | "bytes" | "left-only" | "right-only"
}

export interface SideBytes {
  readonly tree: RecordTree
  readonly bytes: Uint8Array
}

export const bytesOf = ({ bytes }: SideBytes, node: FieldNode | undefined): Uint8Array =>
  node === undefined || node.offset < 0
    ? new Uint8Array(0)
    : bytes.subarray(node.offset, node.offset + node.length)

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at])

const changeOf = (
  left: SideBytes,
  right: SideBytes,
  one: FieldNode | undefined,
  other: FieldNode | undefined,
): FieldPair["change"] => {
  if (one === undefined) return "right-only"
  if (other === undefined) return "left-only"
  const areBytesSame = isSame(bytesOf(left, one), bytesOf(right, other))
  if (areBytesSame && one.problem === other.problem) return "same"
  return one.value === other.value && one.problem === other.problem && one.value !== undefined
    ? "bytes"
    : "value"
}

/** Fields that are read in at least one of both, in the order of the text. */
export const diffRecords = (left: SideBytes, right: SideBytes): ReadonlyArray<FieldPair> => {
  const read = ({ tree }: SideBytes) => tree.leaves.filter((leaf) => leaf.isRead)
  const ones = new Map(read(left).map((leaf) => [leaf.id, leaf]))
  const others = new Map(read(right).map((leaf) => [leaf.id, leaf]))
  const ids: Array<string> = []
  const rest = [...others.keys()]
  for (const id of ones.keys()) {
    // What only the right one has stands where the text has it, as far as both go together.
    const at = rest.indexOf(id)
    if (at > 0) ids.push(...rest.splice(0, at))
    if (at >= 0) rest.shift()
    ids.push(id)
  }
  return [...new Set([...ids, ...rest])].map((id) => {
    const [one, other] = [ones.get(id), others.get(id)]
    return { id, left: one, right: other, change: changeOf(left, right, one, other) }
  })
}

/**
 * `same`: all bytes are. `fields`: some that are read differ. `bytes`: none of them does, and yet
 * the records are not the same: what differs is in no field that is looked at.
 */
export type Comparison =
  | { readonly _tag: "same" }
  | { readonly _tag: "fields"; readonly count: number }
  | { readonly _tag: "bytes"; readonly offset: number }

/** The first byte that is not the same in both; `undefined`: all are. */
const firstDifference = (one: Uint8Array, other: Uint8Array): number | undefined => {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at += 1) if (one[at] !== other[at]) return at
  return one.length === other.length ? undefined : length
}

/** That two records are the same is said of their bytes, and of nothing less. */
export const comparisonOf = (
  left: SideBytes,
  right: SideBytes,
  pairs: ReadonlyArray<FieldPair>,
): Comparison => {
  const count = pairs.filter(({ change }) => change !== "same").length
  if (count > 0) return { _tag: "fields", count }
  const offset = firstDifference(left.bytes, right.bytes)
  return offset === undefined ? { _tag: "same" } : { _tag: "bytes", offset }
}

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

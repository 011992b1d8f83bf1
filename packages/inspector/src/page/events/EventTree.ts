/** An event's JSON as a tree of one tab stop, each value with the path that a filter takes. */
import type { TreeNode } from "../tree/Tree.tsx"
import { visible } from "../text/HostileText.ts"
import { type Path } from "./EventPath.ts"
import type { Scalar } from "./FilterEdit.ts"

export interface EventValue {
  readonly path: Path
  readonly value: Scalar
}

export interface EventTree {
  readonly nodes: ReadonlyArray<TreeNode>
  readonly values: ReadonlyMap<string, EventValue>
}

const nodesMax = 500
const depthMax = 24
const textMax = 400

const isScalar = (value: unknown): value is Scalar =>
  value === null ||
  typeof value === "string" ||
  typeof value === "number" ||
  typeof value === "boolean"

const shownValue = (value: Scalar): string =>
  typeof value === "string" ? `"${visible(value, textMax)}"` : String(value)

export const treeOf = (event: unknown): EventTree => {
  const values = new Map<string, EventValue>()
  let made = 0
  const nodeOf = (
    name: string,
    value: unknown,
    path: Path,
    id: string,
    depth: number,
  ): TreeNode => {
    made += 1
    const title = visible(name, 120)
    if (isScalar(value)) {
      values.set(id, { path, value })
      return { id, label: `${title}: ${shownValue(value)}` }
    }
    if (depth >= depthMax) return { id, label: `${title}: deeper than is shown` }
    return { id, label: title, children: childrenOf(value, path, id, depth) }
  }
  const childrenOf = (
    value: unknown,
    path: Path,
    id: string,
    depth: number,
  ): ReadonlyArray<TreeNode> => {
    const isList = Array.isArray(value)
    const members: ReadonlyArray<readonly [string, unknown]> =
      typeof value === "object" && value !== null ? Object.entries(value) : []
    const nodes: Array<TreeNode> = []
    for (const [index, [name, inner]] of members.entries()) {
      if (made >= nodesMax) {
        nodes.push({ id: `${id}/…`, label: `… ${members.length - index} more` })
        break
      }
      const at = isList ? path : [...path, name]
      nodes.push(nodeOf(isList ? `[${name}]` : name, inner, at, `${id}/${name}`, depth + 1))
    }
    return nodes
  }
  if (isScalar(event))
    return { nodes: [nodeOf("no JSON object", event, [], "0", 0)], values: new Map() }
  return { nodes: childrenOf(event, [], "", 0), values }
}

/** A tree as the rows that are seen of it. */
import type { ReactNode } from "react"

export interface TreeNode {
  readonly id: string
  /** What a screen reader reads, and what letters find. */
  readonly label: string
  readonly content?: ReactNode
  readonly icon?: string
  readonly children?: ReadonlyArray<TreeNode>
}

export interface FlatNode {
  readonly node: TreeNode
  readonly level: number
  readonly position: number
  readonly setSize: number
  readonly parent: string | undefined
  readonly isOpen: boolean
}

/** Rows as they are seen, from the first to the last. */
export const flatten = (
  nodes: ReadonlyArray<TreeNode>,
  closed: ReadonlySet<string>,
  level = 1,
  parent?: string,
): ReadonlyArray<FlatNode> =>
  nodes.flatMap((node, index) => {
    const isOpen = node.children !== undefined && !closed.has(node.id)
    const row = { node, level, position: index + 1, setSize: nodes.length, parent, isOpen }
    return isOpen ? [row, ...flatten(node.children ?? [], closed, level + 1, node.id)] : [row]
  })

/** What is chosen and what is pointed at, in each of the three panes. */
import { useState } from "react"
import type { FieldNode, RecordTree } from "./FieldTree.ts"

/** The occurrence of a field that is meant: the one that is chosen already, or the first that is read. */
export const nodeOfPath = (
  tree: RecordTree | undefined,
  path: string,
  selected: string | undefined,
): FieldNode | undefined => {
  const chosen = selected === undefined ? undefined : tree?.byId.get(selected)
  if (chosen?.field.path === path) return chosen
  const all = [...(tree?.byId.values() ?? [])].filter(({ field }) => field.path === path)
  return all.find(({ isRead, kind }) => isRead && kind === "table") ?? all[0]
}

export type Pane = "source" | "tree" | "bytes"

/** Another object makes the source show a field's entry, or a place. */
export type SourceReveal = { readonly path: string } | { readonly at: number } | undefined

export interface Links {
  readonly selected: FieldNode | undefined
  readonly hovered: FieldNode | undefined
  readonly toSource: SourceReveal
  readonly toTree: { readonly id: string } | undefined
  readonly toBytes: { readonly offset: number } | undefined
  /** Shows a field in the panes that it was not chosen in. */
  readonly select: (node: FieldNode, from: Pane | undefined) => void
  readonly hover: (node: FieldNode | undefined) => void
  readonly showText: (at: number) => void
}

export const useLinks = (tree: RecordTree | undefined, first: string | undefined): Links => {
  const [selected, setSelected] = useState(first)
  const [hovered, setHovered] = useState<string | undefined>(undefined)
  const [toSource, setToSource] = useState<SourceReveal>(undefined)
  const [toTree, setToTree] = useState<Links["toTree"]>(undefined)
  const [toBytes, setToBytes] = useState<Links["toBytes"]>(undefined)
  const nodeOf = (id: string | undefined) => (id === undefined ? undefined : tree?.byId.get(id))
  return {
    selected: nodeOf(selected),
    hovered: nodeOf(hovered),
    toSource,
    toTree,
    toBytes,
    select: (node, from) => {
      setSelected(node.id)
      if (from !== "source") setToSource({ path: node.field.path })
      if (from !== "tree") setToTree({ id: node.id })
      if (from !== "bytes" && node.offset >= 0) setToBytes({ offset: node.offset })
    },
    hover: (node) => setHovered(node?.id),
    showText: (at) => setToSource({ at }),
  }
}

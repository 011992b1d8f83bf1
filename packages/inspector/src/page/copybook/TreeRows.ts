/** The rows of a record's tree as they are seen: what is open, what is left out, and level 88. */
import type { Condition, Literal } from "@countersign/copybook/syntax/Item"
import type { Field, Layout } from "@countersign/copybook/layout/Layout"
import type { FieldNode, RecordTree } from "./FieldTree.ts"

export interface TreeRow {
  readonly key: string
  readonly node: FieldNode
  readonly level: number
  readonly position: number
  readonly setSize: number
  /** `undefined`: nothing is in it. */
  readonly isOpen: boolean | undefined
  /** A level 88 of the node. */
  readonly condition?: Condition
  /** Entries that are not shown. */
  readonly left?: number
}

/** Tables of more entries are closed at first. */
const openEntriesMax = 8

const isOpenFirst = ({ children, isRead, kind }: FieldNode): boolean => {
  if (kind === "elementary" || !isRead) return false
  return kind === "group" || children.length <= openEntriesMax
}

const hasRows = ({ children, field, kind, left }: FieldNode): boolean =>
  children.length > 0 || left > 0 || (kind === "elementary" && field.conditions.length > 0)

/** @param toggled nodes that are open where they would be closed, and the other way around */
export const treeRows = (root: FieldNode, toggled: ReadonlySet<string>): ReadonlyArray<TreeRow> => {
  const rows: Array<TreeRow> = []
  const visit = (node: FieldNode, level: number, position: number, setSize: number): void => {
    const isOpen = hasRows(node) ? isOpenFirst(node) !== toggled.has(node.id) : undefined
    rows.push({ key: node.id, node, level, position, setSize, isOpen })
    if (isOpen !== true) return
    const { conditions } = node.field
    if (node.kind === "elementary") {
      for (const [at, condition] of conditions.entries())
        rows.push({
          key: `${node.id}#${at}`,
          node,
          level: level + 1,
          position: at + 1,
          setSize: conditions.length,
          isOpen: undefined,
          condition,
        })
      return
    }
    const size = node.children.length + (node.left > 0 ? 1 : 0)
    for (const [at, child] of node.children.entries()) visit(child, level + 1, at + 1, size)
    if (node.left > 0)
      rows.push({
        key: `${node.id}#left`,
        node,
        level: level + 1,
        position: size,
        setSize: size,
        isOpen: undefined,
        left: node.left,
      })
  }
  visit(root, 1, 1, 1)
  return rows
}

/** What has to be toggled so that a node is seen. */
export const revealing = (
  tree: RecordTree,
  id: string,
  toggled: ReadonlySet<string>,
): ReadonlySet<string> => {
  const next = new Set(toggled)
  for (let at = tree.byId.get(id)?.parent; at !== undefined; at = tree.byId.get(at)?.parent) {
    const node = tree.byId.get(at)
    if (node === undefined || isOpenFirst(node) !== next.has(at)) continue
    if (!next.delete(at)) next.add(at)
  }
  return next
}

const literal = (value: Literal): string => {
  switch (value.kind) {
    case "text":
      return `${value.isAll ? "ALL " : ""}"${value.text}"`
    case "number":
      return value.text
    case "hex":
      return `X"${Array.from(value.bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}"`
    case "figurative":
      return value.name.toUpperCase()
  }
}

export const conditionText = ({ values }: Condition): string =>
  values
    .map(({ from, through }) =>
      through === undefined ? literal(from) : `${literal(from)} to ${literal(through)}`,
    )
    .join(", ")

/** A layout without a record: each field once, where it is when every table is full. */
export const layoutTree = ({ root }: Layout): RecordTree => {
  const byId = new Map<string, FieldNode>()
  const leaves: Array<FieldNode> = []
  const visit = (field: Field, parent: string | undefined): FieldNode => {
    const id = parent === undefined ? "" : field.path
    const { table } = field
    const node: FieldNode = {
      id,
      name: field.name,
      field,
      kind: field.kind,
      offset: field.offset,
      length: table === undefined ? field.length : table.stride * table.max,
      isWhole: true,
      isRead: true,
      names: [],
      ...(table === undefined
        ? {}
        : {
            value:
              table.min === table.max ? `${table.max} times` : `${table.min} to ${table.max} times`,
          }),
      ...(parent === undefined ? {} : { parent }),
      children: field.kind === "group" ? field.fields.map((child) => visit(child, id)) : [],
      left: 0,
    }
    byId.set(id, node)
    if (field.kind === "elementary") leaves.push(node)
    return node
  }
  return { root: visit(root, undefined), byId, leaves, faults: [], troubles: [], isDecoded: true }
}

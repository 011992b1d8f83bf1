/** A tree as the ARIA APG describes it: one tab stop, arrows, Home, End, and letters. */
import { useRef, useState } from "react"
import { Icon } from "../shell/Icon.tsx"
import { type TreeNode, flatten } from "./TreeRows.ts"

export type { TreeNode } from "./TreeRows.ts"

export interface TreeProps {
  readonly label: string
  readonly nodes: ReadonlyArray<TreeNode>
  /** Branches that are closed; every other one is open. */
  readonly closed?: ReadonlySet<string>
  readonly onToggle?: (id: string) => void
  readonly onOpen?: (id: string, isBeside: boolean) => void
  readonly selected?: string | undefined
  readonly onSelect?: (id: string) => void
}

const nothing: ReadonlySet<string> = new Set()

export const Tree = ({ closed, label, nodes, onOpen, onSelect, onToggle, selected }: TreeProps) => {
  const [ownClosed, setOwnClosed] = useState(nothing)
  const [focused, setFocused] = useState<string | undefined>(undefined)
  const list = useRef<HTMLDivElement>(null)
  const shut = closed ?? ownClosed
  const rows = flatten(nodes, shut)
  const at = Math.max(
    0,
    rows.findIndex(({ node }) => node.id === (focused ?? selected)),
  )
  const toggle = (id: string) => {
    if (onToggle !== undefined) return onToggle(id)
    const next = new Set(ownClosed)
    if (!next.delete(id)) next.add(id)
    setOwnClosed(next)
  }
  const go = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))]
    if (row === undefined) return
    setFocused(row.node.id)
    onSelect?.(row.node.id)
    list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(row.node.id)}"]`)?.focus()
  }
  const onKey = (key: string, isBeside: boolean): boolean => {
    const row = rows[at]
    if (row === undefined) return false
    if (key === "ArrowDown") go(at + 1)
    else if (key === "ArrowUp") go(at - 1)
    else if (key === "Home") go(0)
    else if (key === "End") go(rows.length - 1)
    else if (key === "PageDown") go(at + 10)
    else if (key === "PageUp") go(at - 10)
    else if (key === "ArrowRight" && row.node.children !== undefined) {
      if (row.isOpen) go(at + 1)
      else toggle(row.node.id)
    } else if (key === "ArrowLeft") {
      if (row.isOpen) toggle(row.node.id)
      else if (row.parent !== undefined) go(rows.findIndex(({ node }) => node.id === row.parent))
    } else if (key === "Enter" || key === " ") {
      if (onOpen !== undefined) onOpen(row.node.id, isBeside)
      else if (row.node.children !== undefined) toggle(row.node.id)
    } else if (/^[a-z0-9]$/i.test(key)) {
      const found = [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find(({ node }) =>
        node.label.toLowerCase().startsWith(key.toLowerCase()),
      )
      if (found !== undefined) go(rows.indexOf(found))
    } else return false
    return true
  }
  return (
    <div
      ref={list}
      className="tree"
      role="tree"
      aria-label={label}
      onKeyDown={(event) => {
        const isChord = event.altKey || ((event.ctrlKey || event.metaKey) && event.key !== "Enter")
        if (!isChord && onKey(event.key, event.ctrlKey || event.metaKey)) event.preventDefault()
      }}
    >
      {rows.map(({ isOpen, level, node, position, setSize }, index) => (
        <div
          key={node.id}
          data-id={node.id}
          className="tree-row"
          role="treeitem"
          aria-label={node.label}
          aria-level={level}
          aria-posinset={position}
          aria-setsize={setSize}
          aria-selected={node.id === selected}
          aria-expanded={node.children === undefined ? undefined : isOpen}
          tabIndex={index === at ? 0 : -1}
          style={{ paddingInlineStart: level * 12 }}
          onFocus={() => setFocused(node.id)}
          onClick={(event) => {
            go(index)
            if (onOpen !== undefined) onOpen(node.id, event.ctrlKey || event.metaKey)
            else if (node.children !== undefined) toggle(node.id)
          }}
        >
          {node.children === undefined ? (
            <span className="tree-twist" />
          ) : (
            <span
              className="tree-twist"
              onClick={(event) => {
                event.stopPropagation()
                toggle(node.id)
              }}
            >
              <Icon name={isOpen ? "chevron-down" : "chevron-right"} />
            </span>
          )}
          {node.icon === undefined ? null : <Icon name={node.icon} />}
          <span className="tree-content">{node.content ?? node.label}</span>
        </div>
      ))}
    </div>
  )
}

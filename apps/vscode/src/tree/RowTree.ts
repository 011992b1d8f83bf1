/** Rows in a tree of the editor. */
import type * as vscode from "vscode"
import type { Editor } from "../Editor.ts"
import type { Row } from "./Row.ts"

export interface RowTreeOptions {
  /** As the manifest names the view. */
  readonly id: string
  readonly rows: () => ReadonlyArray<Row>
  /** A number on the tree, and what it counts; `undefined`: there is nothing to say. */
  readonly badge?: () => vscode.ViewBadge | undefined
  /** A line above the rows. */
  readonly message?: () => string | undefined
}

export interface RowTree extends vscode.Disposable {
  readonly refresh: () => void
}

const itemOf = (editor: Editor, row: Row): vscode.TreeItem => {
  const { None, Expanded } = editor.TreeItemCollapsibleState
  const item = new editor.TreeItem(row.label, row.children.length > 0 ? Expanded : None)
  item.id = row.id
  item.description = row.description
  item.iconPath =
    row.colour === undefined
      ? new editor.ThemeIcon(row.icon)
      : new editor.ThemeIcon(row.icon, new editor.ThemeColor(row.colour))
  item.accessibilityInformation = { label: row.spoken }
  item.contextValue = row.context
  if (row.command !== undefined) {
    const { argument, id, title } = row.command
    item.command = { command: id, title, arguments: [argument] }
  }
  return item
}

const stateOf = (rows: ReadonlyArray<Row>): string =>
  JSON.stringify(rows, (key, value: unknown) => (key === "tooltip" ? undefined : value))

const rowOf = (rows: ReadonlyArray<Row>, id: string): Row | undefined => {
  for (const row of rows) {
    const found = row.id === id ? row : rowOf(row.children, id)
    if (found !== undefined) return found
  }
  return undefined
}

export const makeRowTree = (editor: Editor, options: RowTreeOptions): RowTree => {
  const changed = new editor.EventEmitter<void>()
  const view = editor.window.createTreeView<Row>(options.id, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (row) => itemOf(editor, row),
      resolveTreeItem: (item, row) => {
        // Text alone: a string is not read as Markdown.
        item.tooltip = (rowOf(options.rows(), row.id) ?? row).tooltip
        return item
      },
      getChildren: (row) => [...(row === undefined ? options.rows() : row.children)],
    },
    showCollapseAll: options.id === "countersign.actors",
  })
  let shown = ""
  return {
    // A tree that is drawn anew loses where a screen reader is: only what differs is worth it.
    refresh: () => {
      view.badge = options.badge?.()
      const message = options.message?.() ?? ""
      if (view.message !== message) view.message = message
      const state = stateOf(options.rows())
      if (state === shown) return
      shown = state
      changed.fire()
    },
    dispose: () => {
      view.dispose()
      changed.dispose()
    },
  }
}
